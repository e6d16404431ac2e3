"""Mazes: their puzzles, shortest paths, and a generator."""
