"""A run's puzzles: those to train on, in which order, and those to measure with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hrmkit.errors import UserError
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.puzzles.arc.canvas import side_of
from hrmkit.puzzles.arc.tasks import ArcData, load_arc
from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.puzzle import Labelled, PuzzleSet
from hrmkit.puzzles.registry import definition_of
from hrmkit.runs.plan import Plan
from hrmkit.training.puzzles.arc_queue import ArcQueue
from hrmkit.training.puzzles.queues import Epochs, Queue


@dataclass(frozen=True, eq=False)
class RunData:
    """The puzzles of a run."""

    train: Labelled
    test: Labelled | None
    queue: Callable[[np.random.Generator], Queue]
    """The puzzles to train on, drawn with these random numbers."""
    puzzles: int = 1
    """The number of puzzle embeddings."""
    arc: ArcData | None = None
    """ARC only: the collection and its views."""
    before: tuple[dict[str, Any], ...] = ()
    """Data that the model it was initialized from had learned from: `source_of` of each."""
    trained_on: tuple[str, ...] = ()
    """ARC only: what the metadata of that model says of the answers it may have seen."""

    def after(self, before: Iterable[dict[str, Any]], trained_on: Iterable[str]) -> RunData:
        """The same puzzles, for a model that had learned from these before."""
        return replace(self, before=tuple(before), trained_on=tuple(trained_on))

    def has_ids_of(self, learned: Sequence[Mapping[str, Any]]) -> bool:
        """Whether puzzle ids mean the same as in a model that had learned from these."""
        if self.arc is None:
            return True
        if not learned:
            return False
        mine, theirs = self.arc.described(), learned[0]
        return all(mine[key] == theirs.get(key) for key in ("fingerprint", "views", "seed"))

    def described(self) -> dict[str, Any]:
        """The description of the data that is saved with a model, as JSON."""
        if self.arc:
            seen = dict.fromkeys((*self.arc.trained_on, *self.trained_on))
            return {"data": [self.arc.described(), *self.before], "trained_on": list(seen)}
        return {"data": [source_of(self.train), *self.before]}

    def is_of(self, fingerprint: str) -> bool:
        """Whether these are the puzzles of a run with this fingerprint."""
        if self.arc:
            return self.arc.is_of(fingerprint)
        return fingerprint == self.train.fingerprint

    @property
    def interface(self) -> PuzzleInterface:
        """The interface of a model of these puzzles."""
        puzzle = self.train.puzzle
        return PuzzleInterface(vocab=puzzle.vocab, tokens=puzzle.cells, puzzles=self.puzzles)


def load_data(plan: Plan, skip_bad: bool = False, read: PuzzleInterface | None = None) -> RunData:
    """The puzzles that a plan names; raises `UserError` where they cannot be read or do not fit.

    `read` is what the model reads that the run begins with, whose canvas may hold smaller puzzles.
    """
    kind = definition_of(plan.puzzle)
    if kind.by_task:
        return load_arc_data(plan, side_of(read.tokens) if read else None)
    any_canvas = plan.wiring.any_canvas
    cells = read.tokens if read and kind.holds_smaller else None
    if plan.canvas is not None:
        check_canvas(plan.canvas, cells, any_canvas)
        cells = plan.canvas**2
    larger = any_canvas and plan.canvas is None
    train = load_puzzles(plan.puzzle, plan.data, skip_bad, cells, larger)
    if plan.test:
        if cells:
            cells = train.puzzle.cells
        test = load_puzzles(plan.puzzle, plan.test, skip_bad, cells)
    else:
        test = None
    check_same_size(train, test)
    puzzle = train.puzzle

    def augment(puzzles: PuzzleSet, rng: np.random.Generator) -> PuzzleSet:
        return puzzle.augment(puzzles, rng)[0]

    def queue(rng: np.random.Generator) -> Queue:
        return Epochs(train.rows, rng, augment if plan.recipe.augment else None)

    return RunData(train, test, queue, read.puzzles if read else 1)


def check_canvas(side: int, cells: int | None, any_canvas: bool) -> None:
    """Raise `UserError` for no canvas, or one that the model which a run begins with cannot have.

    `cells` are those that it reads, None where there is no such model.
    """
    if side < 1:
        raise UserError(f"a canvas of {side} cells a side is not possible: choose 2 or more")
    if cells and side**2 != cells and not any_canvas:
        raise UserError(
            f"a canvas of {side} x {side} is not possible: the model that the run begins with has "
            f"weights for {cells} cells; only attention with positions by row and column "
            "(rope-2d) holds for any canvas"
        )


def check_same_size(train: Labelled, test: Labelled | None) -> None:
    """Raise `UserError` for puzzles of two sizes."""
    if test and test.puzzle.cells != train.puzzle.cells:
        raise UserError(
            f"{test.source} has puzzles of {test.puzzle.cells} cells and {train.source} of "
            f"{train.puzzle.cells}: they have to be of one size"
        )


def load_arc_data(plan: Plan, side: int | None = None) -> RunData:
    """ARC: examples to train on; each view of a task has its own embedding.

    `side` is that of the canvases of the model that the run begins with.
    """
    if plan.test:
        raise UserError(
            f"--test {plan.test} does not fit ARC, which holds out its own tests: leave it out, "
            "and score the model with hrmkit eval"
        )
    views = plan.recipe.views if plan.recipe.augment else 0
    arc = load_arc(plan.data, views, plan.seed, side)

    def queue(rng: np.random.Generator) -> Queue:
        return ArcQueue(arc.examples, arc.views, rng)

    return RunData(arc.labelled, None, queue, arc.puzzles, arc)


def source_of(labelled: Labelled) -> dict[str, Any]:
    """Where puzzles are from, as JSON."""
    return {
        "source": labelled.source,
        "fingerprint": labelled.fingerprint,
        "rows": len(labelled.rows),
    }
