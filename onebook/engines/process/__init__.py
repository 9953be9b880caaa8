"""The conductor: a command becomes a plan, a plan becomes facts."""
