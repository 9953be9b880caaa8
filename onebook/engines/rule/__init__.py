"""规则引擎: which rules speak, on what, and what became of it. What they ask for is run elsewhere, on the one road."""
