"""A fine-tuning in a world, as a recording."""
