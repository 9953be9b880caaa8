-- Reports are shown to others as they were looked at: as which picture, by which keys, how many of their rows.
ALTER TABLE onebook_share ALTER COLUMN dashboard DROP NOT NULL;
ALTER TABLE onebook_share ADD COLUMN report text;
ALTER TABLE onebook_share ADD COLUMN look jsonb NOT NULL DEFAULT '{}';
ALTER TABLE onebook_share ADD CHECK ((dashboard IS NULL) <> (report IS NULL));
ALTER TABLE onebook_subscription ADD COLUMN look jsonb NOT NULL DEFAULT '{}';
