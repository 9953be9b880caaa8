"""Drafting, previewing and publishing declarations."""
