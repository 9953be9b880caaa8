-- Files that go along with an answer to an approval: what they were called stays, also when one is taken away.

ALTER TABLE onebook_flow_task ADD COLUMN files jsonb NOT NULL DEFAULT '[]';
ALTER TABLE onebook_flow_event ADD COLUMN files jsonb NOT NULL DEFAULT '[]';
