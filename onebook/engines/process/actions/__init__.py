"""What can be done to records, each from its first question to its commit."""
