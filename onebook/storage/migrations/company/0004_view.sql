-- How people set up what they look at: saved views of lists, which one a user begins with, and what a user prefers.

CREATE TABLE onebook_view (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    form text NOT NULL,
    owner bigint NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL CHECK (kind IN ('table', 'board', 'calendar')),
    shared boolean NOT NULL DEFAULT false,
    settings jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON onebook_view (form, owner);
GRANT SELECT, INSERT, UPDATE (name, kind, shared, settings, at), DELETE ON onebook_view TO onebook_app;

-- The view that a user begins with, one for each form: their own or a shared one.
CREATE TABLE onebook_view_default (
    actor bigint NOT NULL,
    form text NOT NULL,
    view bigint NOT NULL REFERENCES onebook_view ON DELETE CASCADE,
    PRIMARY KEY (actor, form)
);
CREATE INDEX ON onebook_view_default (view);
GRANT SELECT, INSERT, UPDATE (view), DELETE ON onebook_view_default TO onebook_app;

CREATE TABLE onebook_preference (
    actor bigint PRIMARY KEY,
    settings jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE (settings, at) ON onebook_preference TO onebook_app;
