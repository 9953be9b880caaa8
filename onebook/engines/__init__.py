"""How any declaration runs."""
