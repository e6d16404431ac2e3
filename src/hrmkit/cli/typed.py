"""Puzzles typed one after the other: where one ends, and what is said of each.

Loading PyTorch takes longer than most thoughts; here it is done once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import typer

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import Puzzle
from hrmkit.puzzles.text import Lines

FIRST, NEXT = "> ", "... "
"""Prompts, for a puzzle's first line and the others."""


def answer_typed(name: str, lines: Lines, answer: Callable[[str], bool], as_json: bool) -> int:
    """Answer what the standard input says, puzzle by puzzle; the exit status that all earn.

    `name` is the puzzle's, and `lines` as in `puzzles`; `answer` as in `answer_all`.
    """
    if sys.stdin.isatty():
        typer.echo(
            f"Type a {name} on one line, or in several and an empty one; Ctrl-D ends.", err=True
        )
    return answer_all(puzzles(typed_line, lines), answer, as_json)


def answer_all(texts: Iterable[str], answer: Callable[[str], bool], as_json: bool) -> int:
    """Answer several puzzles; the exit status that all earn.

    `answer` answers one and says whether that was right. Malformed puzzles are told and passed
    over, as JSON on a line of their own. The status is 2 if there was one, else 1 if an answer was
    wrong.
    """
    status = 0
    for text in texts:
        try:
            status = max(status, 0 if answer(text) else 1)
        except UserError as error:
            status = 2
            if as_json:
                typer.echo(json.dumps({"puzzle": text, "error": str(error)}))
            else:
                typer.echo(f"error: {error}", err=True)
    return status


class Long(NamedTuple):
    """`Lines` of a puzzle that is on one line, or ended by an empty one."""

    full: int
    """Characters of a line from which on it is a puzzle, be it a malformed one."""

    def is_whole(self, lines: Sequence[str]) -> bool:
        """Whether this is one full line."""
        return len(lines) == 1 and len(lines[0].strip()) >= self.full

    def is_empty(self, lines: Sequence[str]) -> bool:
        """Whether there is no line."""
        return not lines


def puzzles(line_after: Callable[[str], str], known: Lines) -> Iterator[str]:
    """The puzzles in lines that `line_after` a prompt are read, "" at the end.

    A line that is whole by itself is a puzzle, be it a malformed one; others are one together, up
    to where they are whole, to an empty line, to a whole one, or to the end. Spaces or tabs in a
    line as long as the one before are a row of free cells.
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
            gathered.append(line)
            if known.is_whole(gathered):
                yield from taken()
    yield from taken()


def puzzles_in(text: str, kind: Puzzle) -> list[str]:
    """The puzzles of a text: itself if it can be read as one, or if it is not several."""
    try:
        kind.encode(text)
    except UserError:
        lines = iter(text.splitlines(keepends=True))
        found = list(puzzles(lambda _: next(lines, ""), lines_of(kind)))
        return found if len(found) > 1 and isinstance(kind, Lines) else [text]
    return [text]


def lines_of(kind: Puzzle) -> Lines:
    """How lines are parted into puzzles of that kind."""
    return kind if isinstance(kind, Lines) else Long(kind.cells)


def typed_line(prompt: str) -> str:
    """A line of the standard input, "" at its end; a person is prompted for it.

    What is not text becomes a character that no puzzle has: that costs its line, and no other.
    """
    interactive = sys.stdin.isatty()
    if interactive:
        typer.echo(prompt, nl=False, err=True)
    line = sys.stdin.buffer.readline().decode(errors="replace")
    if interactive and not line:
        typer.echo(err=True)
    return line
