"""Append-only double entry for goods and money: facts, promises, limits; knows nobody."""
