"""The command line: verbs only. What a verb does is elsewhere, and imported when it is called."""

from __future__ import annotations

import atexit
import gc

from hrmkit.cli import about, data, evaluate, solve, stories, studio, train
from hrmkit.cli.app import app

__all__ = ["about", "app", "data", "evaluate", "main", "solve", "stories", "studio", "train"]


def main() -> None:
    """Run the program ``hrmkit``."""
    # Looking through all that torch has imported for garbage, as a process ends, takes 0.3 s.
    atexit.register(gc.freeze)
    app(prog_name="hrmkit")
