"""A run's puzzles: what it trains on, how they are drawn, and what it is measured with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hrmkit.errors import UserError
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.puzzle import Labelled, PuzzleSet
from hrmkit.training.plan import Plan
from hrmkit.training.queues import Epochs, Queue


@dataclass(frozen=True, eq=False)
class RunData:
    """What a run reads."""

    train: Labelled
    test: Labelled | None
    queue: Callable[[np.random.Generator], Queue]
    """The puzzles to train on, drawn with these random numbers."""
    puzzles: int = 1
    """How many puzzle embeddings there are."""
    trained_on: tuple[str, ...] = ()
    """Collections that a score has to keep away from; see puzzles/arc_tasks.py."""

    @property
    def interface(self) -> PuzzleInterface:
        """What a model of these puzzles reads and says."""
        puzzle = self.train.puzzle
        return PuzzleInterface(vocab=puzzle.vocab, tokens=puzzle.cells, puzzles=self.puzzles)


def load_data(plan: Plan, skip_bad: bool = False) -> RunData:
    """The puzzles that a plan names; raises `UserError` where they cannot be read or do not fit."""
    if plan.puzzle == "arc":
        return load_arc_data(plan)
    train = load_puzzles(plan.puzzle, plan.data, skip_bad=skip_bad)
    test = load_puzzles(plan.puzzle, plan.test, skip_bad=skip_bad) if plan.test else None
    check_same_size(train, test)
    puzzle = train.puzzle

    def augment(puzzles: PuzzleSet, rng: np.random.Generator) -> PuzzleSet:
        return puzzle.augment(puzzles, rng)[0]

    def queue(rng: np.random.Generator) -> Queue:
        return Epochs(train.rows, rng, augment if plan.recipe.augment else None)

    return RunData(train, test, queue)


def check_same_size(train: Labelled, test: Labelled | None) -> None:
    """Refuse puzzles of two sizes."""
    if test and test.puzzle.cells != train.puzzle.cells:
        raise UserError(
            f"{test.source} has puzzles of {test.puzzle.cells} cells and {train.source} of "
            f"{train.puzzle.cells}: they have to be of one size"
        )


def load_arc_data(plan: Plan) -> RunData:
    """ARC: demonstrations to train on, each task's views with an embedding of their own."""
    raise NotImplementedError
