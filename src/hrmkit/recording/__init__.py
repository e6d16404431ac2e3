"""What a run computed, as one typed file."""
