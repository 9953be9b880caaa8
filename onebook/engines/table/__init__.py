"""How declarations lie in the database: tables, joins and row predicates."""
