"""What Ctrl-C does while the program begins and ends. Imports nothing that takes time."""

from __future__ import annotations

import os
import signal
from types import FrameType

INTERRUPTED = 130
"""The exit status after Ctrl-C."""


def mind_interrupts() -> None:
    """Let Ctrl-C end the program whatever it is at, unless it was begun deaf to it."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # in the background, none is meant
        signal.signal(signal.SIGINT, interrupted)


def end_at_interrupt() -> None:
    """All is done: from here on, Ctrl-C ends the program, without a traceback of Python's own."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, end_now)


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
