"""The ladder, as a recording."""
