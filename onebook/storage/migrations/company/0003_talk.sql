-- What people say and put beside records: comments, files, and who is told of a comment.

-- Comments on records. A deleted one stays as a trace without its words.
CREATE TABLE onebook_comment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    form text NOT NULL,
    record bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL,
    text text NOT NULL,
    mentions bigint[] NOT NULL DEFAULT '{}',
    deleted_at timestamptz,
    -- The idempotency key that it came with: asked again, it is the same comment.
    key text CHECK (length(key) <= 255)
);
CREATE INDEX ON onebook_comment (record, id);
CREATE UNIQUE INDEX ON onebook_comment (by, key) WHERE key IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (text, mentions, deleted_at) ON onebook_comment TO onebook_app;

-- Files beside records. Pictures and PDF are packed already: their bytes are stored as they come.
CREATE TABLE onebook_attachment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    form text NOT NULL,
    record bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL,
    name text NOT NULL,
    media text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE onebook_attachment ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX ON onebook_attachment (record, id);
GRANT SELECT, INSERT, DELETE ON onebook_attachment TO onebook_app;

-- What a user is told of. `subject` is the comment that mentions them.
CREATE TABLE onebook_notification (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('mention')),
    form text NOT NULL,
    record bigint NOT NULL,
    subject bigint NOT NULL REFERENCES onebook_comment,
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL,
    read_at timestamptz
);
CREATE INDEX ON onebook_notification (recipient, id);
CREATE INDEX ON onebook_notification (recipient, id) WHERE read_at IS NULL;
CREATE INDEX ON onebook_notification (subject);
GRANT SELECT, INSERT, UPDATE (read_at) ON onebook_notification TO onebook_app;
