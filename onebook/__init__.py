"""Onebook 一本: one book for customers, goods and money."""
