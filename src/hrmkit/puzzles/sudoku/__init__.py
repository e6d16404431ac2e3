"""Sudoku: its puzzles, a solver, and generators."""
