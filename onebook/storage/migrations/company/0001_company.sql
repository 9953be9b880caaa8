-- What every company has whatever its apps declare: ids, steps, the trail of changes, answers, numbers, declarations, files.

-- One sequence for all records and rows of lines: an id alone tells them apart.
CREATE SEQUENCE record_id;
GRANT USAGE ON SEQUENCE record_id TO onebook_app;

-- Every transition that a record made.
CREATE TABLE onebook_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    form text NOT NULL,
    record bigint NOT NULL,
    transition text NOT NULL,
    from_state text,
    to_state text,
    journal bigint,
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL,
    created bigint[] NOT NULL DEFAULT '{}',
    reverses bigint UNIQUE REFERENCES onebook_step,
    reversed_by bigint REFERENCES onebook_step
);
CREATE INDEX ON onebook_step (record, id);
CREATE INDEX ON onebook_step (journal);
GRANT SELECT, INSERT, UPDATE (reversed_by, created, journal) ON onebook_step TO onebook_app;

-- Every change of every record: who, when, old -> new per field. Only grows.
CREATE TABLE onebook_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    form text NOT NULL,
    record bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL,
    action text NOT NULL,
    version integer NOT NULL,
    changes jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ON onebook_change (record, id);
GRANT SELECT, INSERT ON onebook_change TO onebook_app;

-- Answers of commands by idempotency key: the same request again gets the same answer and does nothing.
CREATE TABLE onebook_answer (
    key text NOT NULL CHECK (length(key) <= 255),
    actor bigint NOT NULL,
    request_hash text NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);
CREATE INDEX ON onebook_answer (at);
GRANT SELECT, INSERT, DELETE ON onebook_answer TO onebook_app;

-- The last number given out per form and prefix.
CREATE TABLE onebook_number (
    form text NOT NULL,
    prefix text NOT NULL,
    last bigint NOT NULL CHECK (last > 0),
    PRIMARY KEY (form, prefix)
);
GRANT SELECT, INSERT, UPDATE ON onebook_number TO onebook_app;

-- Every published version of every app, as text.
CREATE TABLE onebook_definition (
    version integer NOT NULL,
    app text NOT NULL,
    text text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by bigint NOT NULL,
    PRIMARY KEY (version, app)
);
GRANT SELECT ON onebook_definition TO onebook_app;

-- Uploaded files of imports, and the files of errors given back.
CREATE TABLE onebook_file (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL
);
GRANT SELECT, INSERT, DELETE ON onebook_file TO onebook_app;
