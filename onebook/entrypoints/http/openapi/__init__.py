"""The description of the API for machines, made from what a company has published."""
