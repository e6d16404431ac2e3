"""Tiny, finite decision tasks. Know no model."""

# gymnasium.make("hrmkit.worlds:hrmkit/KeyDoor-v0") imports this module to find the worlds.
from hrmkit.worlds import env

__all__ = ["env"]
