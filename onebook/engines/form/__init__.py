"""Records: load, compute, check, save, import."""
