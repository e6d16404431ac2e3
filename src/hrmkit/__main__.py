"""The program ``hrmkit``, which ``python -m hrmkit`` is too.

Nothing else is imported before Ctrl-C is minded: what an import makes of a KeyboardInterrupt is a
traceback, or an ImportError that has nothing to do with it.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

INTERRUPTED = 130


def main() -> None:
    """Run the program; Ctrl-C ends it with status 130, whatever it is at."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # in the background, none is meant
        signal.signal(signal.SIGINT, interrupted)
    from hrmkit.cli import main as run

    run()


def interrupted(number: int, frame: FrameType | None) -> None:
    """End at once while modules are loaded, when nothing can be lost; else raise as usual."""
    while frame:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            end_now(number, frame)
        frame = frame.f_back
    raise KeyboardInterrupt


def end_now(number: int, frame: FrameType | None) -> None:
    """End without another word."""
    os.write(2, b"\n")  # after the ^C that the terminal shows
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
