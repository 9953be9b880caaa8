-- Rules: what they listen to, what they heard, what each of them did about it and why, and who stopped them.

-- What the published rules that are not paused listen to: written anew by every publication and pause.
CREATE TABLE onebook_listener (
    rule text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('created', 'changed', 'step', 'reversed', 'posted', 'clock')),
    -- The form whose records are listened to; of 'posted' the account role.
    form text NOT NULL,
    -- Of 'changed' the fields, of 'step' and 'reversed' the transition.
    names text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX ON onebook_listener (form, kind);
GRANT SELECT, INSERT, DELETE ON onebook_listener TO onebook_app;

-- What was heard and not yet looked at: a row of the trail, a step, or a journal. The outbox of rules.
CREATE TABLE onebook_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('change', 'step', 'journal')),
    source bigint NOT NULL,
    form text NOT NULL,
    record bigint NOT NULL,
    by bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    -- The event that everything began with, and how many firings lie between.
    cause bigint,
    depth integer NOT NULL DEFAULT 0
);
GRANT SELECT, INSERT, UPDATE, DELETE ON onebook_event TO onebook_app;

-- One effect for each (rule, object, episode): the key says so.
CREATE TABLE onebook_firing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    version integer NOT NULL,
    form text NOT NULL,
    object bigint NOT NULL,
    episode text NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'running', 'done', 'failed', 'dead', 'skipped')),
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    -- How many of its consequences are done; each counts in the transaction that does it.
    done integer NOT NULL DEFAULT 0,
    why jsonb NOT NULL DEFAULT '{}',
    did jsonb NOT NULL DEFAULT '[]',
    error jsonb,
    cause bigint NOT NULL,
    depth integer NOT NULL,
    ended_at timestamptz,
    CONSTRAINT onebook_firing_once UNIQUE (rule, object, episode)
) WITH (fillfactor = 80);
CREATE INDEX onebook_firing_due ON onebook_firing (next_at, id) WHERE state IN ('waiting', 'running', 'failed');
CREATE INDEX onebook_firing_log ON onebook_firing (rule, id);
CREATE INDEX onebook_firing_dead ON onebook_firing (id) WHERE state = 'dead';
CREATE INDEX onebook_firing_cause ON onebook_firing (cause);
GRANT SELECT, INSERT, UPDATE ON onebook_firing TO onebook_app;

-- Episodes that are not over: the condition has held since, and the rule does not speak again before it did not.
CREATE TABLE onebook_episode (
    rule text NOT NULL,
    object bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rule, object)
);
GRANT SELECT, INSERT, DELETE ON onebook_episode TO onebook_app;

-- What administrators said about a rule; without a row it is as it was declared.
CREATE TABLE onebook_rule_state (
    rule text PRIMARY KEY,
    paused boolean,
    pilot_users bigint[] NOT NULL DEFAULT '{}',
    pilot_departments bigint[] NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL DEFAULT 0
);
GRANT SELECT, INSERT, UPDATE ON onebook_rule_state TO onebook_app;

-- The days that rules of the clock were begun on.
CREATE TABLE onebook_rule_day (
    rule text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (rule, day)
);
GRANT SELECT, INSERT, DELETE ON onebook_rule_day TO onebook_app;

-- What others send in: the secret that signs it, as ciphertext; and what was taken already.
CREATE TABLE onebook_hook (
    webhook text PRIMARY KEY,
    secret bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON onebook_hook TO onebook_app;
CREATE TABLE onebook_hook_taken (
    webhook text NOT NULL,
    signature text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (webhook, signature)
);
CREATE INDEX ON onebook_hook_taken (at);
GRANT SELECT, INSERT, DELETE ON onebook_hook_taken TO onebook_app;

-- The worker is called once for all that waits; what a call misses by a hair the clock finds.
CREATE FUNCTION onebook_call_rules() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM procrastinate.procrastinate_jobs
        WHERE lock = 'rules:' || current_schema() AND status = 'todo'
    ) THEN
        PERFORM procrastinate.procrastinate_defer_jobs_v1(ARRAY[ROW(
            'onebook'::varchar, 'rules'::varchar, 0, 'rules:' || current_schema(), NULL::text,
            jsonb_build_object('schema', current_schema()), NULL::timestamptz
        )::procrastinate.procrastinate_job_to_defer_v1]);
    END IF;
END $$;

-- Every writer leaves a trail; whoever writes it, and however many records at once, is heard by one statement.
CREATE FUNCTION onebook_hear_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM onebook_listener WHERE kind IN ('created', 'changed')) THEN
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
CREATE TRIGGER onebook_hear AFTER INSERT ON onebook_change
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION onebook_hear_change();

CREATE FUNCTION onebook_hear_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM onebook_listener WHERE kind IN ('step', 'reversed')) THEN
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
CREATE TRIGGER onebook_hear AFTER INSERT ON onebook_step
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION onebook_hear_step();

-- Which accounts a journal moved is asked when it is looked at: posting waits for one row of the outbox, not more.
CREATE FUNCTION onebook_hear_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM onebook_listener WHERE kind = 'posted') THEN
        RETURN NULL;
    END IF;
    INSERT INTO onebook_event (kind, source, form, record, by, cause, depth)
    SELECT 'journal', j.id, j.form, j.record, j.actor, nullif(current_setting('onebook.cause', true), '')::bigint,
           coalesce(nullif(current_setting('onebook.depth', true), ''), '0')::integer
    FROM written j;
    PERFORM onebook_call_rules();
    RETURN NULL;
END $$;
CREATE TRIGGER onebook_hear AFTER INSERT ON ledger_journal
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION onebook_hear_journal();
