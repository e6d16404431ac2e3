"""A model shown thinking in the terminal, segment by segment."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from itertools import zip_longest
from time import sleep

from rich.console import Console
from rich.live import Live
from rich.text import Text

from hrmkit.puzzles.puzzle import Grid, Puzzle, as_grids
from hrmkit.solving.thinking import SegmentAnswer

PAUSE = 0.4
"""Seconds that a terminal shows each segment."""
CHANGED = "reverse"
"""Style of cells that changed in this segment; not colour alone."""
FILLED = "bold"
"""Style of cells that the model filled in."""


@contextmanager
def watched(
    puzzle: Puzzle, given: Grid, console: Console, halting: bool = True
) -> Generator[Callable[[SegmentAnswer], None]]:
    """What to call with the answer after each segment; `halting`: the model has learned to halt.

    A terminal shows the answer growing in place; elsewhere each segment is a line.
    """
    empty = seen = puzzle.show(given)
    view = 0
    live = Live(Text(empty), console=console, auto_refresh=False)
    with live if console.is_terminal else nullcontext(console) as screen:

        def show(thought: SegmentAnswer) -> None:
            nonlocal seen, view
            view += thought.number == 1  # a view begins with its first segment
            (answer,) = as_grids(thought.tokens)
            drawn = puzzle.show(given, answer)
            line = described(thought, changes(drawn, seen), halting, view)
            if isinstance(screen, Live):
                screen.update(
                    Text.assemble(highlighted(drawn, seen, empty), "\n", line), refresh=True
                )
                sleep(PAUSE)
            else:
                screen.print(line, highlight=False)
            seen = drawn

        yield show


def described(thought: SegmentAnswer, changed: int, halting: bool, view: int = 1) -> str:
    """One segment as a line of text."""
    where = f"view {view}, " if view > 1 else ""
    line = f"{where}segment {thought.number}: {changed} cells changed"
    if not halting:
        return line
    then = "halts" if bool(thought.halts[0]) else "continues"
    return f"{line}, q_halt {float(thought.q_halt[0]):.2f}, {then}"


def changes(now: str, before: str) -> int:
    """How many characters of two drawings differ; each cell is one character."""
    lines = zip_longest(now.split("\n"), before.split("\n"), fillvalue="")
    return sum(one != other for pair in lines for one, other in zip_longest(*pair))


def highlighted(now: str, before: str, empty: str) -> Text:
    """The drawing `now`, with what differs from the one before, and from the puzzle, set off.

    Character by character: this way it serves every kind of puzzle.
    """
    out = Text()
    lines = zip_longest(now.split("\n"), before.split("\n"), empty.split("\n"), fillvalue="")
    for number, (new, old, given) in enumerate(lines):
        if number:
            out.append("\n")
        for column, character in enumerate(new):
            fresh = character != old[column : column + 1]
            filled = character != given[column : column + 1]
            out.append(character, CHANGED if fresh else FILLED if filled else "")
    return out
