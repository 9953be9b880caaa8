"""What reports over the ledger read: one file for each source, on accounts of a level, as of any moment."""
