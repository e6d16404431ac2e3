"""Views of a puzzle: the puzzle as it is, and the same under symmetries of its kind.

Their answers, undone, are answers to the puzzle itself. They may vote, or be looked at one after
the other until one is valid, where a puzzle can be checked without knowing its answer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from hrmkit.puzzles.augment import Unchanged
from hrmkit.puzzles.puzzle import IGNORED, Puzzle, PuzzleSet, Reversible, generator


def view(
    puzzle: Puzzle, puzzles: PuzzleSet, number: int, rng: np.random.Generator
) -> tuple[PuzzleSet, Reversible]:
    """The view `number` of puzzles: the first is as they are, others are drawn from `rng`."""
    return (puzzles, Unchanged()) if number == 1 else puzzle.augment(puzzles, rng)


def view_of_one(puzzle: Puzzle, one: PuzzleSet, number: int) -> tuple[PuzzleSet, Reversible]:
    """The view `number` of a puzzle whose answer need not be known; it is always the same."""
    # Symmetries are of whole grids, and an unknown answer is none.
    seen, change = view(puzzle, replace(one, solution=one.given), number, generator(number))
    return replace(seen, solution=torch.full_like(seen.given, IGNORED)), change
