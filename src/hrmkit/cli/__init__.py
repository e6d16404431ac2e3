"""The command line: verbs only. What a verb does is elsewhere, and imported when it is called."""

from __future__ import annotations

import atexit
import gc
import sys

from hrmkit.cli import about, data, evaluate, inspection, solve, stories, studio, train
from hrmkit.cli.app import app, say
from hrmkit.cli.streams import OutputError, open_streams
from hrmkit.errors import UserError
from hrmkit.interrupts import INTERRUPTED, end_at_interrupt

__all__ = [
    "about",
    "app",
    "data",
    "evaluate",
    "inspection",
    "main",
    "solve",
    "stories",
    "studio",
    "train",
]


def main() -> None:
    """Run the program ``hrmkit``."""
    # Looking through all that torch has imported for garbage, as a process ends, takes 0.3 s.
    atexit.register(gc.freeze)
    open_streams()
    try:
        try:
            app(prog_name="hrmkit")
        finally:
            sys.stdout.flush()
    except (UserError, OutputError) as error:  # raised outside of a verb: by --help, say
        say(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        end_at_interrupt()
