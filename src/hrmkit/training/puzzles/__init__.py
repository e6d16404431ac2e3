"""Models of puzzles: the trainer, its queues, and what it measures."""
