-- The book of one company: accounts, journals and their entries, holds and what happened to them, totals, periods.
-- Columns are described in docs/ledger.md. Statements run with the company's schema first in the search path.

-- Accounts: a role at dimensions. `control` is the account that a leaf rolls up to, NULL on a control account.
-- Balances and hold sums are kept under lock; on a control account they include its leaves.
-- Nothing that changes with every posting stands in an index, so that updates stay inside their page.
CREATE TABLE ledger_account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role text COLLATE "C" NOT NULL,
    item bigint NOT NULL DEFAULT 0,
    place bigint NOT NULL DEFAULT 0,
    lot bigint NOT NULL DEFAULT 0,
    party bigint NOT NULL DEFAULT 0,
    document bigint NOT NULL DEFAULT 0,
    control bigint REFERENCES ledger_account (id),
    kept boolean NOT NULL,
    quantity numeric(18, 6) NOT NULL DEFAULT 0,
    amount numeric(18, 2) NOT NULL DEFAULT 0,
    own_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    own_amount numeric(18, 2) NOT NULL DEFAULT 0,
    taken_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    taken_amount numeric(18, 2) NOT NULL DEFAULT 0,
    expected_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    expected_amount numeric(18, 2) NOT NULL DEFAULT 0,
    waiting numeric(18, 6) NOT NULL DEFAULT 0,
    unit_cost numeric(28, 6) NOT NULL DEFAULT 0,
    last_on date,
    floor numeric(18, 6),
    is_open_item boolean GENERATED ALWAYS AS (kept AND document <> 0 AND amount <> 0) STORED,
    CONSTRAINT ledger_account_key UNIQUE (role, item, place, lot, party, document),
    CONSTRAINT ledger_account_floor CHECK (floor IS NULL OR quantity - taken_quantity >= floor),
    CONSTRAINT ledger_account_promises CHECK (
        taken_quantity >= 0 AND taken_amount >= 0 AND expected_quantity >= 0 AND expected_amount >= 0 AND waiting >= 0
    )
) WITH (fillfactor = 70);
CREATE INDEX ledger_account_leaves ON ledger_account (control) WHERE control IS NOT NULL;
CREATE INDEX ledger_account_open_item ON ledger_account (role, party, document) WHERE is_open_item;
CREATE INDEX ledger_account_item ON ledger_account (item, role, place) WHERE item <> 0;
CREATE INDEX ledger_account_party ON ledger_account (party, role) WHERE party <> 0;
CREATE INDEX ledger_account_document ON ledger_account (document) WHERE document <> 0;

-- Journals: one per event that changed the book, whether by entries, by promises, or both.
CREATE SEQUENCE ledger_journal_id;
CREATE TABLE ledger_journal (
    id bigint PRIMARY KEY DEFAULT nextval('ledger_journal_id'),
    booked_on date NOT NULL,
    form text COLLATE "C" NOT NULL,
    record bigint NOT NULL,
    transition text COLLATE "C" NOT NULL,
    actor bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    reverses bigint REFERENCES ledger_journal (id)
);
ALTER SEQUENCE ledger_journal_id OWNED BY ledger_journal.id;
CREATE UNIQUE INDEX ledger_journal_reversal ON ledger_journal (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ledger_journal_record ON ledger_journal (record);

-- Entries: facts. `is_red`: the entry of a reversing journal; it lowers the totals that the original raised.
-- No foreign keys: they would lock rows of hot summed accounts. `onebook check` names an entry without account or journal.
CREATE TABLE ledger_entry (
    journal bigint NOT NULL,
    position integer NOT NULL,
    account bigint NOT NULL,
    booked_on date NOT NULL,
    line bigint NOT NULL DEFAULT 0,
    quantity numeric(18, 6) NOT NULL,
    amount numeric(18, 2) NOT NULL,
    is_red boolean NOT NULL DEFAULT false,
    PRIMARY KEY (journal, position)
);
CREATE INDEX ledger_entry_account ON ledger_entry (account, booked_on, journal) INCLUDE (quantity, amount);

-- Holds: promises. `sign` -1 takes, +1 is expected; the measures are absolute. `owner` is the row or record that placed it.
CREATE SEQUENCE ledger_hold_id;
CREATE TABLE ledger_hold (
    id bigint PRIMARY KEY DEFAULT nextval('ledger_hold_id'),
    name text COLLATE "C" NOT NULL,
    account bigint NOT NULL REFERENCES ledger_account (id),
    form text COLLATE "C" NOT NULL,
    document bigint NOT NULL,
    line bigint NOT NULL DEFAULT 0,
    owner bigint GENERATED ALWAYS AS (CASE WHEN line = 0 THEN document ELSE line END) STORED,
    sign smallint NOT NULL CHECK (sign IN (-1, 1)),
    due date,
    priority integer NOT NULL DEFAULT 0,
    waits boolean NOT NULL DEFAULT false,
    wanted_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    wanted_amount numeric(18, 2) NOT NULL DEFAULT 0,
    settled_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    settled_amount numeric(18, 2) NOT NULL DEFAULT 0,
    released_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    released_amount numeric(18, 2) NOT NULL DEFAULT 0,
    waiting numeric(18, 6) NOT NULL DEFAULT 0,
    open_quantity numeric(18, 6) GENERATED ALWAYS AS (wanted_quantity - settled_quantity - released_quantity) STORED,
    open_amount numeric(18, 2) GENERATED ALWAYS AS (wanted_amount - settled_amount - released_amount) STORED,
    is_open boolean GENERATED ALWAYS AS (
        wanted_quantity > settled_quantity + released_quantity OR wanted_amount > settled_amount + released_amount
    ) STORED,
    is_waiting boolean GENERATED ALWAYS AS (waiting > 0) STORED,
    CONSTRAINT ledger_hold_measures CHECK (
        settled_quantity >= 0 AND settled_amount >= 0 AND released_quantity >= 0 AND released_amount >= 0
        AND wanted_quantity >= settled_quantity + released_quantity AND wanted_amount >= settled_amount + released_amount
        AND waiting >= 0 AND waiting <= wanted_quantity - settled_quantity - released_quantity
        AND (waiting = 0 OR sign = -1)
    )
) WITH (fillfactor = 80);
ALTER SEQUENCE ledger_hold_id OWNED BY ledger_hold.id;
CREATE INDEX ledger_hold_owner ON ledger_hold (owner, name);
CREATE INDEX ledger_hold_document ON ledger_hold (document, name);
CREATE INDEX ledger_hold_open ON ledger_hold (account, due) WHERE is_open;
CREATE INDEX ledger_hold_waiting ON ledger_hold (account, priority, due, id) WHERE is_waiting;

-- What a journal did to holds: signed differences of each measure. The sum over all journals is the hold.
CREATE TABLE ledger_hold_change (
    journal bigint NOT NULL,
    position integer NOT NULL,
    hold bigint NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('place', 'settle', 'release', 'serve')),
    line bigint NOT NULL DEFAULT 0,
    wanted_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    wanted_amount numeric(18, 2) NOT NULL DEFAULT 0,
    settled_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    settled_amount numeric(18, 2) NOT NULL DEFAULT 0,
    released_quantity numeric(18, 6) NOT NULL DEFAULT 0,
    released_amount numeric(18, 2) NOT NULL DEFAULT 0,
    waiting numeric(18, 6) NOT NULL DEFAULT 0,
    PRIMARY KEY (journal, position)
);
CREATE INDEX ledger_hold_change_hold ON ledger_hold_change (hold);

-- Totals per account and month, of control accounts with their leaves. Hot summed accounts are split into shards.
CREATE TABLE ledger_total (
    account bigint NOT NULL,
    month date NOT NULL,
    shard smallint NOT NULL DEFAULT 0,
    quantity_in numeric(18, 6) NOT NULL DEFAULT 0,
    quantity_out numeric(18, 6) NOT NULL DEFAULT 0,
    amount_in numeric(18, 2) NOT NULL DEFAULT 0,
    amount_out numeric(18, 2) NOT NULL DEFAULT 0,
    PRIMARY KEY (account, month, shard)
) WITH (fillfactor = 80);
CREATE INDEX ledger_total_month ON ledger_total (month, account);

-- Months that were ever closed. A closed month closes every month before it.
CREATE TABLE ledger_period (
    month date PRIMARY KEY CHECK (extract(day FROM month) = 1),
    closed boolean NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by bigint NOT NULL
);

-- Second walls. The kernel refuses all of this before; these hold when it, or somebody at a prompt, does not.
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: post a reversal', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_hold_change
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE FUNCTION ledger_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_period WHERE closed AND month >= date_trunc('month', NEW.booked_on)) THEN
        RAISE EXCEPTION 'the month of % is closed', NEW.booked_on USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER open_period BEFORE INSERT ON ledger_journal
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_closed();

CREATE FUNCTION ledger_refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added GROUP BY journal HAVING sum(amount) <> 0 OR sum(quantity) <> 0) THEN
        RAISE EXCEPTION 'entries of a journal do not sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER balanced AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_unbalanced();

-- What the application's role may do: append facts, move balances on, never rewrite.
REVOKE ALL ON ledger_account, ledger_journal, ledger_entry, ledger_hold, ledger_hold_change, ledger_total, ledger_period
    FROM onebook_app;
GRANT SELECT, INSERT ON ledger_journal, ledger_entry, ledger_hold_change TO onebook_app;
GRANT SELECT, INSERT, UPDATE ON ledger_account, ledger_hold, ledger_total, ledger_period TO onebook_app;
GRANT USAGE ON SEQUENCE ledger_journal_id, ledger_hold_id TO onebook_app;
