"""What was computed, as one typed file: a folder a kind, each with its schema and its recorder."""
