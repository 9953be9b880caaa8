"""Looking without touching: a record with its chain, the names of things, what a figure is made of."""
