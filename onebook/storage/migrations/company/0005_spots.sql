-- Places within a place, pieces picked from the leaves below an account, and goods that are given back.

-- `spot`: a place within a place. `has_pieces`: whether pieces stand on the account itself, not only below it. It is
-- generated, because an index over `own_quantity` would make every posting write into that index.
ALTER TABLE ledger_account
    ADD COLUMN spot bigint NOT NULL DEFAULT 0,
    ADD COLUMN has_pieces boolean GENERATED ALWAYS AS (kept AND own_quantity <> 0) STORED,
    DROP CONSTRAINT ledger_account_key,
    ADD CONSTRAINT ledger_account_key UNIQUE (role, item, place, lot, party, document, spot);
-- The leaves that pieces can be picked from; where a lot is and was.
CREATE INDEX ledger_account_pieces ON ledger_account (control, spot, lot) WHERE has_pieces AND control IS NOT NULL;
CREATE INDEX ledger_account_lot ON ledger_account (lot, role) WHERE lot <> 0;

-- `gives_back`: the row whose goods this entry gives back, 0 where it gives nothing back. Summed, it is what was given
-- back so far: a reversed return carries the same mark with its signs turned.
ALTER TABLE ledger_entry ADD COLUMN gives_back bigint NOT NULL DEFAULT 0;
CREATE INDEX ledger_entry_gives_back ON ledger_entry (gives_back) WHERE gives_back <> 0;

-- A leaf that pieces are carried to gets its number before its row.
GRANT USAGE ON SEQUENCE ledger_account_id_seq TO onebook_app;
