"""A run on full-size puzzles, as a recording."""
