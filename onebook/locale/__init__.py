"""The texts of refusals and of the product's own words, in each language."""
