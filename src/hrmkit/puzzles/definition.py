"""The definition of a kind of puzzle: its sizes, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hrmkit.puzzles.board import Board, numbered
from hrmkit.puzzles.puzzle import Puzzle


def usual_size(questions: Sequence[str]) -> None:
    """None: puzzles of this kind have one size."""


@dataclass(frozen=True)
class PuzzleDefinition:
    """A kind of puzzle."""

    make: Callable[[int | None], Puzzle]
    """Makes the puzzle with grids of so many cells, or of its default size.

    Raises `UserError` if it has no such size.
    """
    canvas: Callable[[Sequence[str]], int | None] = usual_size
    """Cells of the canvas that fits the questions of a file; None for the default size."""
    board: Callable[[int, int], Board | None] = numbered
    """How grids are drawn, given the number of token kinds and of cells.

    None if such grids are not of this kind; they are then drawn as numbers.
    """
    known_by: frozenset[tuple[int, int]] = frozenset()
    """(token kinds, cells) that identify this kind where a model does not name its puzzle."""
    holds_smaller: bool = False
    """Whether a model also reads smaller puzzles, placed at the top left of its canvas."""
    by_task: bool = False
    """Whether the puzzles are tests of tasks, whose rule only examples show.

    A model knows a task by its puzzle embedding, and no rule can check an answer.
    """
