"""Reports over the subjects of the chart of accounts."""
