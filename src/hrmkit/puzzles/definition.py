"""What a kind of puzzle says of itself, before there is one: its sizes, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hrmkit.puzzles.board import Board, numbered
from hrmkit.puzzles.puzzle import Puzzle


def usual_size(questions: Sequence[str]) -> None:
    """None: puzzles of the kind are of one size, whatever a file says."""


@dataclass(frozen=True)
class PuzzleDefinition:
    """A kind of puzzle."""

    make: Callable[[int | None], Puzzle]
    """The puzzle with grids of so many cells, or of its usual size.

    Raises `UserError` if it has no such size.
    """
    canvas: Callable[[Sequence[str]], int | None] = usual_size
    """Cells of the canvas that fits the questions of a file; None for the usual size."""
    board: Callable[[int, int], Board | None] = numbered
    """How grids look, given how many kinds of token and cells they have.

    None where they are not of the kind; they are then drawn as numbers.
    """
    known_by: frozenset[tuple[int, int]] = frozenset()
    """Kinds of token and cells that tell the kind, where a model does not say which it is of."""
    holds_smaller: bool = False
    """Whether a model also reads smaller puzzles, each at the top left of its own canvas."""
    by_task: bool = False
    """Whether the puzzles are tests of tasks, whose examples alone show what is asked.

    A model knows a task by its puzzle embedding, and no rule can check an answer.
    """
