"""Metrics: totals of reports by their names, and formulas over them, for a time."""
