"""Puzzles that are typed or piped in one after the other, and answered one by one.

Loading PyTorch takes longer than most answers; here it is loaded once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import typer

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import Puzzle
from hrmkit.puzzles.text import Lines, check_text, puzzles

LONGEST = 40
"""Characters of a line that are shown."""


def answer_typed(name: str, lines: Lines, answer: Callable[[str], bool], as_json: bool) -> int:
    """Answer the puzzles on the standard input; returns the exit status.

    `name` is the kind of puzzle. For `lines` see `puzzles`, for `answer` see `answer_all`. Raises
    `UserError` where something was typed and nothing of it belongs to a puzzle, and where nothing
    came through a pipe; a person may leave without a puzzle.
    """
    typed: list[str] = []
    found: list[str] = []

    def line_after(prompt: str) -> str:
        line = typed_line(prompt)
        if line.strip() and not typed:
            typed.append(line.strip())
        return line

    def noted() -> Iterator[str]:
        for text in puzzles(line_after, lines):
            found[:] = [text]
            yield text

    if sys.stdin.isatty():
        typer.echo(
            f"Type a {name} on one line, or in several and an empty one; Ctrl-D ends.", err=True
        )
    status = answer_all(noted(), answer, as_json)
    if typed and not found:
        raise UserError(
            f"no {name} was typed: {typed[0][:LONGEST]!r} is read as a heading, as is every line "
            "without cells"
        )
    if not found and not sys.stdin.isatty():
        raise UserError(f"no puzzle came in ({name}): the standard input is empty")
    return status


def answer_all(texts: Iterable[str], answer: Callable[[str], bool], as_json: bool) -> int:
    """Answer several puzzles; returns the exit status.

    `answer` answers one puzzle and returns whether the answer is right. A malformed puzzle is
    reported, with `as_json` as JSON on a line of its own, and skipped. The status is 2 if there
    was a malformed puzzle, else 1 if an answer was wrong, else 0.
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
    """`Lines` of a puzzle that is written on one line, or on several up to an empty one."""

    full: int
    """A line of at least so many characters is a whole puzzle, well-formed or not."""

    def is_whole(self, lines: Sequence[str]) -> bool:
        """Whether this is one line that is long enough."""
        return len(lines) == 1 and len(lines[0].strip()) >= self.full

    def is_empty(self, lines: Sequence[str]) -> bool:
        """Whether there is no line."""
        return not lines


def puzzles_in(text: str, kind: Puzzle) -> list[str]:
    """The puzzles in a text: the text itself if it is one puzzle, or cannot be split.

    A kind that knows where its puzzles end (`Lines`) has a malformed one among the others; of
    another kind all have to be well-formed, or an empty line may as well stand within one.
    """
    if is_one(text, kind):
        return [text]
    lines = iter(text.splitlines(keepends=True))
    found = list(puzzles(lambda _: next(lines, ""), lines_of(kind)))
    splits = isinstance(kind, Lines) or all(is_one(one, kind) for one in found)
    return found if len(found) > 1 and splits else [text]


def check_some(texts: Sequence[str], kind: Puzzle, file: Path | None = None) -> None:
    """Raises `UserError` where none of the texts is a puzzle: that is then all there is to say.

    `file` is what they were read from, if it was one.
    """
    if any(is_one(text, kind) for text in texts):
        return
    try:
        kind.encode(texts[0])
    except UserError as error:
        none = f"none of these {len(texts)} is a {kind.name}; of the first: "
        where = f"{file}: " if file else ""
        raise UserError(f"{where}{none if len(texts) > 1 else ''}{error}") from None


def is_one(text: str, kind: Puzzle) -> bool:
    """Whether a text is one puzzle."""
    try:
        kind.encode(text)
    except UserError:
        return False
    return True


def lines_of(kind: Puzzle) -> Lines:
    """How lines are split into puzzles of that kind."""
    return kind if isinstance(kind, Lines) else Long(kind.cells)


def typed_line(prompt: str) -> str:
    """A line of the standard input, "" at its end; a terminal shows the prompt.

    Bytes that are not text become a character that no puzzle has, so only that line is lost. Where
    there are characters that no text has, all of it is none: `UserError`.
    """
    interactive = sys.stdin.isatty()
    if interactive:
        typer.echo(prompt, nl=False, err=True)
    line = sys.stdin.buffer.readline().decode(errors="replace")
    if interactive and not line:
        typer.echo(err=True)
    check_text(line, "the standard input")
    return line
