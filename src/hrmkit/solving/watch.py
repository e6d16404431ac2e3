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
from hrmkit.solving.thinking import Thought

PAUSE = 0.4
"""Seconds for which every segment is seen, on a terminal."""
CHANGED = "reverse"
"""Style of what is new since the segment before: not colour alone."""
FILLED = "bold"
"""Style of what is not as in the puzzle."""


@contextmanager
def watched(
    puzzle: Puzzle, given: Grid, console: Console, lights: bool = True
) -> Generator[Callable[[Thought], None]]:
    """What to call with every thought about one puzzle; `lights`: the model has learned to halt.

    A terminal shows the answer growing in place; elsewhere each segment is a line.
    """
    empty = seen = puzzle.show(given)
    view = 0
    live = Live(Text(empty), console=console, auto_refresh=False)
    with live if console.is_terminal else nullcontext(console) as screen:

        def show(thought: Thought) -> None:
            nonlocal seen, view
            view += thought.number == 1  # a view begins with its first segment
            (answer,) = as_grids(thought.tokens)
            drawn = puzzle.show(given, answer)
            line = described(thought, changes(drawn, seen), lights, view)
            if isinstance(screen, Live):
                screen.update(
                    Text.assemble(highlighted(drawn, seen, empty), "\n", line), refresh=True
                )
                sleep(PAUSE)
            else:
                screen.print(line, highlight=False)
            seen = drawn

        yield show


def described(thought: Thought, changed: int, lights: bool, view: int = 1) -> str:
    """A segment in a line."""
    where = f"view {view}, " if view > 1 else ""
    line = f"{where}segment {thought.number}: {changed} cells changed"
    if not lights:
        return line
    light = "red" if bool(thought.red[0]) else "green"
    return f"{line}, q_halt {float(thought.q_halt[0]):.2f}, light {light}"


def changes(now: str, before: str) -> int:
    """How many characters of two drawings differ: every cell is one in all of them."""
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
