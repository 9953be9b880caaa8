"""PostgreSQL and nothing else: connections, transactions, numbering, outbox, the embedded server."""
