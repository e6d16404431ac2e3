"""How models are trained: those of worlds and those of puzzles, and what both share."""
