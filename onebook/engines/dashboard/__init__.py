"""Dashboards: tiles of metrics, reports and lists for one reader, kept for others by link or by mail."""
