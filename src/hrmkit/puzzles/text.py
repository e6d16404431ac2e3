"""Puzzles as text: lists and arrays written as text, the lines of a stream, many texts at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from hrmkit.errors import UserError

FIRST, NEXT = "> ", "... "
"""Prompts for a puzzle's first line and for the others."""

COMMENTS = "#", "//"
"""How a line begins that is for the reader only."""
CONTROLS = re.compile("[\\x00-\\x08\\x0e-\\x19\\x1c-\\x1f]")
"""Characters that are in no text: in pictures, archives, text in UTF-16."""


def check_text(text: str, said: str) -> None:
    """Raise `UserError` for what was read as text, and is none; `said` is where it is from."""
    if CONTROLS.search(text):
        raise no_text(said)


def no_text(said: str) -> UserError:
    """What to raise where bytes are no text; `said` is where they are from."""
    return UserError(f"{said} is no text: give a text file, in UTF-8, with puzzles as text")


def json_of(text: str) -> object:
    """What JSON says; `ValueError` in words for a user where it cannot be read."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except ValueError:  # Python's own words are for its programmers
        raise ValueError("a number in it is too long") from None


@runtime_checkable
class Lines(Protocol):
    """A puzzle that knows, of lines that come one by one, where one puzzle ends."""

    def is_whole(self, lines: Sequence[str]) -> bool:
        """Whether some lines are a whole puzzle, so that the next line is of another."""
        ...

    def is_empty(self, lines: Sequence[str]) -> bool:
        """Whether some lines hold no cell of a puzzle: heads, comments, the end of a frame."""
        ...


def puzzles(line_after: Callable[[str], str], known: Lines) -> Iterator[str]:
    """The puzzles in the lines that `line_after` reads after a prompt; "" is the end.

    A line that is a whole puzzle stands alone. Other lines are joined until they are a whole
    puzzle, or until a heading, an empty line, a whole line or the end. A line of spaces or tabs
    that is as long as the line before it is a row of free cells, not an empty line.
    """
    gathered: list[str] = []

    def taken() -> Iterator[str]:
        if not known.is_empty(gathered):
            yield "\n".join(gathered)
        gathered.clear()

    while line := line_after(NEXT if gathered else FIRST):
        line = line.rstrip("\r\n")
        if known.is_whole([line]):
            yield from taken()
            yield line
        elif not line.strip() and not (line and gathered and len(line) == len(gathered[-1])):
            yield from taken()
        else:
            if is_heading(line, known):  # the puzzle before it is over, be it too short
                yield from taken()
            gathered.append(line)
            if known.is_whole(gathered):
                yield from taken()
    yield from taken()


def is_heading(line: str, known: Lines) -> bool:
    """Whether a line is the name of a puzzle: words, and neither cells nor a comment."""
    words = any(character.isalpha() for character in line)
    return words and not line.strip().startswith(COMMENTS) and known.is_empty([line])


def as_text(puzzle: object) -> str:
    """A puzzle as text: a text as it is; a list, or an array, of rows as JSON, or as lines.

    Rows of characters become lines, and rows of anything else JSON. Raises `UserError` for what is
    neither text nor rows.
    """
    if isinstance(puzzle, str):
        return puzzle
    try:
        text = json.dumps(puzzle, default=_listed)
    except (TypeError, ValueError, RecursionError):
        text = ""
    if not text.startswith("["):
        raise UserError(f"a {type(puzzle).__name__} is no puzzle: give a text, or a list of rows")
    rows = cast("list[Any]", json.loads(text))
    if all(isinstance(row, str) for row in rows):
        return ("\n" if any(len(row) > 1 for row in rows) else "").join(rows)
    if all(_are_characters(row) for row in rows):
        return "\n".join("".join(row) for row in rows)
    return text


def _listed(value: Any) -> Any:
    """An array, a tensor or one of their numbers as JSON knows them; `TypeError` for others."""
    if not hasattr(value, "tolist"):
        raise TypeError
    return value.tolist()


def _are_characters(row: Any) -> bool:
    """Whether a row is a list of characters."""
    cells = cast("list[Any]", row) if isinstance(row, list) else [None]
    return all(isinstance(cell, str) and len(cell) == 1 for cell in cells)


def tokens_of(texts: list[str], alphabet: str, first: int) -> NDArray[np.int64]:
    """One text or more, of one length, as tokens, `alphabet` being `first` and on.

    int64 [n, length], -1 for other characters.
    """
    table = np.full(256, -1, np.int64)
    for token, character in enumerate(alphabet, first):
        table[ord(character)] = token
    # What is not ASCII becomes a question mark, which is in no puzzle's alphabet.
    joined = "".join(texts).encode("ascii", "replace")
    return table[np.frombuffer(joined, np.uint8)].reshape(len(texts), -1)
