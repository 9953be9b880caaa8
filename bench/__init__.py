"""Speed as ratios in one run: this product against a hand-made minimum, and against itself at ten times the data."""
