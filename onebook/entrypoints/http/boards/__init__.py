"""Dashboards over HTTP: for their readers, and for others by link and by mail."""
