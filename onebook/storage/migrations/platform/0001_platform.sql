-- What all companies of one server share: the companies, who may log in, and their sessions.

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE TABLE onebook.company (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    schema text NOT NULL UNIQUE CHECK (schema ~ '^[a-z][a-z0-9_]{0,40}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE onebook.login (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);

CREATE TABLE onebook.membership (
    login bigint NOT NULL REFERENCES onebook.login ON DELETE CASCADE,
    company bigint NOT NULL REFERENCES onebook.company ON DELETE CASCADE,
    PRIMARY KEY (login, company)
);
CREATE INDEX ON onebook.membership (company);

-- Only the hash of a session's token is kept: whoever reads this table cannot log in with it.
CREATE TABLE onebook.session (
    token_hash bytea PRIMARY KEY,
    login bigint NOT NULL REFERENCES onebook.login ON DELETE CASCADE,
    company bigint REFERENCES onebook.company ON DELETE CASCADE,
    csrf text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX ON onebook.session (login);
CREATE INDEX ON onebook.session (expires_at);

-- Failed attempts, for slowing down whoever guesses.
CREATE TABLE onebook.login_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON onebook.login_attempt (name, at);
CREATE INDEX ON onebook.login_attempt (address, at);

GRANT SELECT ON onebook.company TO onebook_app;
GRANT SELECT, INSERT, UPDATE ON onebook.login TO onebook_app;
GRANT SELECT, INSERT, DELETE ON onebook.membership TO onebook_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON onebook.session TO onebook_app;
GRANT SELECT, INSERT, DELETE ON onebook.login_attempt TO onebook_app;
