"""The standard streams: what becomes of a program whose input is closed, or whose output is lost.

An output that cannot be written ends the program: somebody waits for it. Of messages nothing is
said, as there is nowhere to say it: a training whose log has no room left goes on.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from hrmkit.errors import UserError


class OutputError(Exception):
    """The standard output cannot be written."""


@contextmanager
def readable() -> Generator[None]:
    """Turn an `OSError` into a sentence about the standard input."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"the standard input cannot be read ({error.strerror}): name the puzzle, or a file"
        ) from None


class Input(io.FileIO):
    """The standard input; what cannot be read is a `UserError`."""

    def readinto(self, buffer: Any, /) -> int | None:
        """Read into `buffer`."""
        with readable():
            return super().readinto(buffer)

    def readall(self) -> bytes:
        """Read to the end."""
        with readable():
            return super().readall() or b""


class Output(io.FileIO):
    """The standard output; `OutputError` where it cannot be written, once."""

    lost = False

    def write(self, b: Any, /) -> int | None:
        """Write `b`, or some of it."""
        if self.lost:
            return len(b)
        try:
            return super().write(b)
        except OSError as error:
            self.lost = True
            if error.errno == errno.EPIPE:  # whoever read has seen enough, which is no fault
                raise
            raise OutputError(f"the output is lost: {error.strerror}") from None


class Messages(io.FileIO):
    """The standard error; what cannot be written is dropped."""

    def write(self, b: Any, /) -> int | None:
        """Write `b`, or some of it."""
        try:
            return super().write(b)
        except OSError:
            return len(b)


def open_streams() -> None:
    """Put these in the place of Python's own, also of those that were closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # No file that is opened later may become the output; and what was closed stays so:
            # this cannot be read from as an input, and not be written to as an output.
            os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_WRONLY)
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"
    # What a terminal cannot show is better shown as its code than not.
    how: dict[str, Any] = {"encoding": encoding, "errors": "backslashreplace"}
    tty = os.isatty(1)
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(Output(1, "wb", closefd=False)), line_buffering=tty, **how
    )
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(Messages(2, "wb", closefd=False)), line_buffering=True, **how
    )
    sys.stdin = io.TextIOWrapper(
        io.BufferedReader(Input(0, "rb", closefd=False)),
        encoding=sys.stdin.encoding if sys.stdin else "utf-8",
    )
