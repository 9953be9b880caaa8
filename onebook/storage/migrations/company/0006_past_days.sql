-- Ways back in time: what was written or booked behind a moment, and the accounts that others roll up to.

-- Journals come almost in the order of both days, so that a few ranges of pages tell where to look. A range that no
-- maintenance has counted yet is read; posting writes nothing here but in new ranges.
CREATE INDEX ledger_journal_times ON ledger_journal USING brin (booked_on, at)
    WITH (pages_per_range = 16, autosummarize = on);
-- Figures of a whole role pass by its leaves, of which there is one for every document.
CREATE INDEX ledger_account_control ON ledger_account (role, party) WHERE control IS NULL;
