"""Puzzles typed one after the other: what is one, and what is said of each.

Loading PyTorch takes longer than most thoughts; here it is done once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import typer

from hrmkit.errors import UserError
from hrmkit.solving.answer import text_of

FIRST, NEXT = "> ", "... "
"""Prompts, for a puzzle's first line and the others."""


def answer_typed(
    name: str, whole: Callable[[str], bool], answer: Callable[[str], bool], as_json: bool
) -> int:
    """Answer what the standard input says, puzzle by puzzle; the exit status that all earn.

    `name` is the puzzle's. `whole` says whether a line is a puzzle, `answer` answers one and says
    whether that was right. Malformed puzzles are told and passed over, as JSON on a line of their
    own. The status is 2 if there was one, else 1 if an answer was wrong.
    """
    if sys.stdin.isatty():
        typer.echo(
            f"Type a {name} on one line, or in several and an empty one; Ctrl-D ends.", err=True
        )
    status = 0
    for text in puzzles(typed_line, whole):
        try:
            status = max(status, 0 if answer(text) else 1)
        except UserError as error:
            status = 2
            if as_json:
                typer.echo(json.dumps({"puzzle": text, "error": str(error)}))
            else:
                typer.echo(f"error: {error}", err=True)
    return status


def puzzles(line_after: Callable[[str], str], whole: Callable[[str], bool]) -> Iterator[str]:
    """The puzzles in lines that `line_after` a prompt are read, "" at the end.

    A line that is `whole` is a puzzle; others are one up to an empty line, to a whole one, or to
    the end.
    """
    gathered: list[str] = []
    while line := line_after(NEXT if gathered else FIRST):
        line = line.rstrip("\n")
        alone = whole(line)
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

    Raises `UserError` if it is not text.
    """
    asked = sys.stdin.isatty()
    if asked:
        typer.echo(prompt, nl=False, err=True)
    line = text_of(sys.stdin.readline)
    if asked and not line:
        typer.echo(err=True)
    return line
