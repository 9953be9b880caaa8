-- A step or a change that no rule listens to is let go by one look, without anything being prepared to be written.
CREATE OR REPLACE FUNCTION onebook_hear_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM onebook_listener WHERE kind IN ('created', 'changed')) OR NOT EXISTS (
        SELECT FROM told c JOIN onebook_listener l ON l.form = c.form AND l.kind IN ('created', 'changed')
    ) THEN
        RETURN NULL;
    END IF;
    INSERT INTO onebook_event (kind, source, form, record, by, cause, depth)
    SELECT 'change', c.id, c.form, c.record, c.by, nullif(current_setting('onebook.cause', true), '')::bigint,
           coalesce(nullif(current_setting('onebook.depth', true), ''), '0')::integer
    FROM told c
    WHERE EXISTS (
        SELECT FROM onebook_listener l
        WHERE l.form = c.form AND CASE l.kind
            WHEN 'created' THEN c.version = 1 AND c.action IN ('create', 'import')
            WHEN 'changed' THEN c.changes ?| l.names
            ELSE false END
    );
    IF FOUND THEN
        PERFORM onebook_call_rules();
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION onebook_hear_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM made s JOIN onebook_listener l ON l.form = s.form AND l.kind IN ('step', 'reversed')
        AND s.transition = ANY(l.names)
    ) THEN
        RETURN NULL;
    END IF;
    INSERT INTO onebook_event (kind, source, form, record, by, cause, depth)
    SELECT 'step', s.id, s.form, s.record, s.by, nullif(current_setting('onebook.cause', true), '')::bigint,
           coalesce(nullif(current_setting('onebook.depth', true), ''), '0')::integer
    FROM made s
    WHERE EXISTS (
        SELECT FROM onebook_listener l
        WHERE l.form = s.form AND s.transition = ANY(l.names)
          AND l.kind = CASE WHEN s.reverses IS NULL THEN 'step' ELSE 'reversed' END
    );
    IF FOUND THEN
        PERFORM onebook_call_rules();
    END IF;
    RETURN NULL;
END $$;
