-- What days and leaves cost a reader: the past of a control account is one range of an index, however many leaves it has.

-- `control`: the account that the entry's own rolls up to, 0 where it stands on a control account itself.
ALTER TABLE ledger_entry ADD COLUMN control bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger_entry DISABLE TRIGGER append_only;
UPDATE ledger_entry e SET control = a.control FROM ledger_account a WHERE a.id = e.account AND a.control IS NOT NULL;
ALTER TABLE ledger_entry ENABLE TRIGGER append_only;
CREATE INDEX ledger_entry_control ON ledger_entry (control, booked_on, journal) INCLUDE (quantity, amount, is_red)
    WHERE control <> 0;
-- Control accounts of goods, apart from their lots.
CREATE INDEX ledger_account_control_item ON ledger_account (role, item, place) WHERE control IS NULL AND item <> 0;

-- Journals that were written more than a day after their own: what a month did not know yet when it ended. Zones differ
-- from UTC by less than a day, so that others are found by their days alone.
CREATE INDEX ledger_journal_late ON ledger_journal (at, booked_on)
    WHERE (at AT TIME ZONE 'UTC')::date > booked_on + 1;
