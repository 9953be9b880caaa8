"""Two people who change the same record: what each of them did, and what goes together."""
