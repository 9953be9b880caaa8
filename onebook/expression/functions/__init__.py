"""What the formula language can call: each function pure, typed and named."""
