-- Messages from outside are known again by the name that their sender gave them, and answered as the first time.
ALTER TABLE onebook_hook_taken RENAME COLUMN signature TO message;
ALTER TABLE onebook_hook_taken ADD COLUMN record bigint;
GRANT UPDATE ON onebook_hook_taken TO onebook_app;
