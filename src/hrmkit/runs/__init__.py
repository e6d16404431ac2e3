"""Runs: a training in a folder, from its plan to its last checkpoint.

Only what is here writes such a folder, or reads it.
"""
