"""Lists, reports, search and export: a declaration becomes SQL, SQL becomes rows."""
