"""Exact words for what every room counts with: decimals, months, references, refusals."""
