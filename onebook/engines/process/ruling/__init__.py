"""Doing what rules ask for: firings become commands on the one road, and messages."""
