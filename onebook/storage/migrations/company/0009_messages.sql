-- What people are told: the outbox, the channels it leaves by, what each prefers; the inbox tells of more than mentions.

ALTER TABLE onebook_notification DROP CONSTRAINT onebook_notification_kind_check;
ALTER TABLE onebook_notification ADD CONSTRAINT onebook_notification_kind_check CHECK (kind IN (
    'mention', 'task', 'granted', 'refused', 'returned', 'cc', 'reminder', 'rule', 'alarm', 'report'));
ALTER TABLE onebook_notification ALTER COLUMN form DROP NOT NULL;
ALTER TABLE onebook_notification ALTER COLUMN record DROP NOT NULL;
ALTER TABLE onebook_notification ALTER COLUMN subject DROP NOT NULL;
-- Finished words, or the code of words that are written in the reader's language with `data`.
ALTER TABLE onebook_notification
    ADD COLUMN title text NOT NULL DEFAULT '',
    ADD COLUMN text text NOT NULL DEFAULT '',
    ADD COLUMN words text,
    ADD COLUMN data jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN link text,
    ADD COLUMN urgent boolean NOT NULL DEFAULT false,
    ADD COLUMN message bigint UNIQUE,
    ADD CHECK ((kind = 'mention') = (subject IS NOT NULL)),
    ADD CHECK ((form IS NULL) = (record IS NULL));

-- Every message on every way that it takes. A message to a user waits as `inbox` first; the worker makes one row more
-- for each further channel. `held`: until the night is over, or for the day's bundle.
CREATE TABLE onebook_message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN (
        'mention', 'task', 'granted', 'refused', 'returned', 'cc', 'reminder', 'rule', 'alarm', 'report')),
    channel text NOT NULL,
    recipient bigint,
    address text,
    via text[] NOT NULL DEFAULT '{}',
    title text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT '',
    words text,
    data jsonb NOT NULL DEFAULT '{}',
    template text,
    has_formulas boolean NOT NULL DEFAULT false,
    form text,
    record bigint,
    comment bigint,
    files bigint[] NOT NULL DEFAULT '{}',
    link text,
    by bigint NOT NULL,
    urgent boolean NOT NULL DEFAULT false,
    key text CHECK (length(key) <= 255),
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'failed', 'dead', 'held', 'dropped')),
    attempts integer NOT NULL DEFAULT 0,
    -- Not before; without it at once.
    next_at timestamptz,
    provider_id text,
    error text,
    -- The words as their reader got them.
    shown_title text,
    shown_text text,
    at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    -- The message to a user that this row carries further.
    origin bigint REFERENCES onebook_message ON DELETE CASCADE,
    -- Waits for the day's bundle, and leaves in one piece with what waits beside it.
    is_bundled boolean NOT NULL DEFAULT false,
    CHECK ((form IS NULL) = (record IS NULL))
);
CREATE UNIQUE INDEX ON onebook_message (key, channel, coalesce(recipient, 0), coalesce(address, ''))
    WHERE key IS NOT NULL;
CREATE INDEX ON onebook_message (next_at, id) WHERE state IN ('waiting', 'failed', 'held');
CREATE INDEX ON onebook_message (channel, id) WHERE state = 'dead';
CREATE INDEX ON onebook_message (origin);
CREATE INDEX ON onebook_message (at);
GRANT SELECT, INSERT, UPDATE, DELETE ON onebook_message TO onebook_app;

-- How a company reaches out. The secret is a ciphertext; its key lies outside of the database.
CREATE TABLE onebook_channel (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,63}$' AND name <> 'inbox'),
    kind text NOT NULL CHECK (kind IN ('mail', 'aliyun', 'tencent', 'wecom', 'dingtalk', 'feishu', 'webhook')),
    label text NOT NULL CHECK (label <> ''),
    active boolean NOT NULL DEFAULT true,
    settings jsonb NOT NULL DEFAULT '{}',
    secret bytea,
    -- The bucket: so many tokens at that moment; it fills by the minute up to what the settings say.
    tokens double precision,
    filled_at timestamptz,
    -- The provider said to wait.
    closed_until timestamptz,
    sent_at timestamptz,
    error text,
    error_at timestamptz,
    at timestamptz NOT NULL DEFAULT now(),
    by bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON onebook_channel TO onebook_app;

CREATE TABLE onebook_message_preference (
    actor bigint PRIMARY KEY,
    settings jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE (settings, at) ON onebook_message_preference TO onebook_app;
