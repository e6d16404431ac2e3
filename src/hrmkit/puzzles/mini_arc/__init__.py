"""Mini-ARC: made-up tasks, as small as the ladder needs them."""
