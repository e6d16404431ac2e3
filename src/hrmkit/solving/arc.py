"""ARC answers: every view of a test is answered, mapped back, and equal answers are counted.

As in the originals, an answer is the grid at the top left of the canvas; the most counted one comes
first, ties go to the higher mean of q as a chance, and the first two are what is handed in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, cast, get_args

import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.arc.canvas import cropped, placed, side_of
from hrmkit.puzzles.arc.leak import refuse_leak
from hrmkit.puzzles.arc.tasks import ArcViews
from hrmkit.puzzles.puzzle import Grid, PuzzleSet, as_grids
from hrmkit.puzzles.vote import Candidate, best_two, count_votes
from hrmkit.writing import deliver

Solve = Callable[[PuzzleSet], tuple[Tensor, Tensor]]
"""Answers puzzles: tokens, int64 [n, cells], and q_halt as the model's logit, float [n]."""
Per = Literal["task", "test", "whole task"]
"""What is counted: see `ArcResult.rate`."""

ROWS = 1024
"""Puzzles answered at once, or all views of one test if there are more."""
NO_ANSWER = [[0, 0], [0, 0]]
"""The grid that Kaggle's sample submission has for a missing attempt."""


@dataclass(frozen=True)
class Answered:
    """One test and the answers to it."""

    task: str
    test: int
    """The test's number in its task, from 0."""
    candidates: tuple[Candidate, ...]
    """The distinct answers, the best first, as canvases with the grid at the top left."""
    label: Grid | None
    """The right answer, likewise; None where it is not known."""
    held_out: bool
    """Whether the right answer was kept out of the training."""
    votes: tuple[int, ...] = ()
    """Which of the candidates each view answered, by its place."""
    chances: tuple[float, ...] = ()
    """How sure each view was."""

    def place(self) -> int | None:
        """The number, from 1, of the first right try; None if none is, or no answer is known."""
        answers = [candidate.answer for candidate in self.candidates]
        return answers.index(self.label) + 1 if self.label in answers else None

    def attempts(self) -> tuple[list[list[int]], list[list[int]]]:
        """The two grids to submit; the first twice if there is only one answer."""
        grids = [cropped(torch.tensor(best.answer)).tolist() for best in best_two(self.candidates)]
        first, second = (grids[0] or NO_ANSWER, grids[-1] or NO_ANSWER)
        return first, second


@dataclass(frozen=True)
class ArcResult:
    """The answers to all tests, and their score."""

    answered: tuple[Answered, ...]

    def rate(self, tries: int = 2, per: Per = "task") -> float:
        """The share that is solved within `tries` answers to each test: pass@1, pass@2, ...

        Per task, a task counts by the share of its tests that are solved, as TRM's evaluation has
        it. Per test is Kaggle's score: the share of all tests. Per whole task, as the notebook of
        the original HRM has it, a task counts if all its tests are solved. Tests whose answer is
        not known are left out. Raises `UserError` if that are all, if an answer was learned in
        training, for fewer tries than 1, or another `per`.
        """
        if tries < 1:
            raise UserError(f"{tries} tries are not possible: choose 1 or more")
        if per not in get_args(Per):
            raise UserError(f"{per!r} is not counted: choose {', '.join(get_args(Per))}")
        solved: dict[str, list[bool]] = {}
        for test in self.answered:
            if not test.held_out:
                raise UserError(
                    f"the answer to {test.task} was learned in training: it can be shown, but "
                    "not scored"
                )
            if test.label is not None:
                place = test.place()
                right = place is not None and place <= tries
                solved.setdefault(test.task, []).append(right)
        if not solved:
            raise UserError("no test's answer is known: there is nothing to score")
        if per == "test":
            return _mean([right for task in solved.values() for right in task])
        if per == "whole task":
            return _mean([all(task) for task in solved.values()])
        return _mean([_mean(task) for task in solved.values()])

    def submission(self) -> dict[str, list[dict[str, list[list[int]]]]]:
        """Two attempts at every test of every task, as Kaggle wants them in JSON."""
        said: dict[str, list[dict[str, list[list[int]]]]] = {}
        for test in self.answered:
            first, second = test.attempts()
            said.setdefault(test.task, []).append({"attempt_1": first, "attempt_2": second})
        return said

    def save(self, file: Path | str) -> None:
        """Write the submission; `UserError` where that cannot be done."""
        deliver(Path(file), json.dumps(self.submission()))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def evaluate(
    views: ArcViews,
    solve: Solve,
    trained_on: Sequence[str],
    *,
    rows: int = ROWS,
) -> ArcResult:
    """Answer every view of every test with `solve`, and vote.

    `trained_on` is what the model's metadata says; `rows` are asked at once, or all views of one
    test if they are more. Raises `UserError` if the model may have seen the answers
    (`refuse_leak`), `rows` is less than 1, or `solve` gives something of another shape.
    """
    refuse_leak(trained_on, views.source)
    if rows < 1:
        raise UserError(f"{rows} rows at once are not possible: choose 1 or more")
    answered: list[Answered] = []
    for bounds in _chunks(views, rows):
        start, stop = bounds[0], bounds[-1]
        puzzles = views.rows(start, stop)
        tokens, q = solve(puzzles)
        if tokens.shape != puzzles.given.shape or q.shape != tokens.shape[:1]:
            raise UserError(
                f"answers of shape {tuple(tokens.shape)} and q of shape {tuple(q.shape)} do not "
                f"fit {len(puzzles)} puzzles of {puzzles.cells} cells"
            )
        undone = views.changes(start, stop).undo(tokens.cpu())
        chance = q.cpu().double().sigmoid()
        for first, last in pairwise(bounds):
            part = slice(first - start, last - start)
            answered.append(_counted(views, first, undone[part], chance[part]))
    return ArcResult(tuple(answered))


def _chunks(views: ArcViews, rows: int) -> Iterator[list[int]]:
    """Whole tests of up to `rows` rows in all, or one: the rows where they begin, and the end."""
    new = (views.task.diff() != 0) | (views.test.diff() != 0)
    starts = [0, *(int(row) + 1 for row in new.nonzero()), len(views)]
    chunk = starts[:1]
    for start in starts[1:]:
        if len(chunk) > 1 and start - chunk[0] > rows:
            yield chunk
            chunk = chunk[-1:]
        chunk.append(start)
    yield chunk


def _counted(views: ArcViews, row: int, undone: Tensor, chance: Tensor) -> Answered:
    """The vote on the test whose views begin at `row`."""
    task, test = views.tasks[int(views.task[row])], int(views.test[row])
    answer = task.tests[test].answer
    side = side_of(undone.shape[1])
    label = None if answer is None else as_grids(placed(answer, side=side)[None])[0]
    candidates = tuple(count_votes(undone, chance))
    places = {candidate.answer: place for place, candidate in enumerate(candidates)}
    votes = tuple(places[grid] for grid in as_grids(undone))
    chances = tuple(cast("list[float]", chance.tolist()))
    return Answered(task.id, test, candidates, label, task.held_out, votes, chances)
