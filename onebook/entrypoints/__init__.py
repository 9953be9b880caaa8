"""How the outside gets in."""
