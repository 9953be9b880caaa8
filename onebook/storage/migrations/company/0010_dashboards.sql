-- Dashboards shown to others: by link for some days, and by mail at some hours.

-- Who has the token sees the dashboard as its sharer does at that moment. The token itself is never stored.
CREATE TABLE onebook_share (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    dashboard text NOT NULL,
    parameters jsonb NOT NULL,
    by bigint NOT NULL,
    at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > at),
    revoked_at timestamptz,
    last_read_at timestamptz,
    reads bigint NOT NULL DEFAULT 0
);
CREATE INDEX ON onebook_share (by, id);
GRANT SELECT, INSERT, UPDATE (revoked_at, last_read_at, reads) ON onebook_share TO onebook_app;

-- What somebody wants to get by mail, and when: every day, on a day of the week, on a day of the month.
CREATE TABLE onebook_subscription (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    by bigint NOT NULL,
    dashboard text,
    report text,
    parameters jsonb NOT NULL,
    every text NOT NULL CHECK (every IN ('day', 'week', 'month')),
    day integer CHECK (day BETWEEN 1 AND 31),
    at_time time NOT NULL,
    format text NOT NULL CHECK (format IN ('xlsx', 'pdf', 'link')),
    channel text NOT NULL CHECK (channel IN ('mail', 'inbox')),
    paused boolean NOT NULL DEFAULT false,
    next_at timestamptz NOT NULL,
    last_at timestamptz,
    last_error jsonb,
    CHECK ((dashboard IS NULL) <> (report IS NULL)),
    CHECK ((every = 'day') = (day IS NULL))
);
CREATE INDEX ON onebook_subscription (by, id);
CREATE INDEX ON onebook_subscription (next_at) WHERE NOT paused;
GRANT SELECT, INSERT, UPDATE, DELETE ON onebook_subscription TO onebook_app;
