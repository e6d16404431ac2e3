"""Puzzles answered by a trained model, one by one or by the thousand, and how well."""
