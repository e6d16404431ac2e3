"""ARC: its canvases, its tasks and their augmented views."""
