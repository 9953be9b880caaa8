"""The vocabulary of declarations, and the catalog that checks them against each other."""
