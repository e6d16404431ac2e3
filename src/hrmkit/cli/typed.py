"""Puzzles typed one after the other: where one ends, and what is said of each.

Loading PyTorch takes longer than most thoughts; here it is done once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import typer

from hrmkit.errors import UserError

FIRST, NEXT = "> ", "... "
"""Prompts, for a puzzle's first line and the others."""


def answer_typed(name: str, full: int, answer: Callable[[str], bool], as_json: bool) -> int:
    """Answer what the standard input says, puzzle by puzzle; the exit status that all earn.

    `name` is the puzzle's, and `full` as in `puzzles`. `answer` answers one and says whether that
    was right. Malformed puzzles are told and passed over, as JSON on a line of their own. The
    status is 2 if there was one, else 1 if an answer was wrong.
    """
    if sys.stdin.isatty():
        typer.echo(
            f"Type a {name} on one line, or in several and an empty one; Ctrl-D ends.", err=True
        )
    status = 0
    for text in puzzles(typed_line, full):
        try:
            status = max(status, 0 if answer(text) else 1)
        except UserError as error:
            status = 2
            if as_json:
                typer.echo(json.dumps({"puzzle": text, "error": str(error)}))
            else:
                typer.echo(f"error: {error}", err=True)
    return status


def puzzles(line_after: Callable[[str], str], full: int) -> Iterator[str]:
    """The puzzles in lines that `line_after` a prompt are read, "" at the end.

    A line of `full` characters or more is a puzzle, be it a malformed one; shorter ones are one
    together, up to an empty line, to a full one, or to the end.
    """
    gathered: list[str] = []
    while line := line_after(NEXT if gathered else FIRST):
        line = line.rstrip("\r\n")
        alone = len(line.strip()) >= full
        if gathered and (alone or not line.strip()):
            yield "\n".join(gathered)
            gathered = []
        if alone:
            yield line
        elif line.strip():
            gathered.append(line)
    if gathered:
        yield "\n".join(gathered)


def typed_line(prompt: str) -> str:
    """A line of the standard input, "" at its end; a person is prompted for it.

    What is not text becomes a character that no puzzle has: that costs its line, and no other.
    """
    asked = sys.stdin.isatty()
    if asked:
        typer.echo(prompt, nl=False, err=True)
    line = sys.stdin.buffer.readline().decode(errors="replace")
    if asked and not line:
        typer.echo(err=True)
    return line
