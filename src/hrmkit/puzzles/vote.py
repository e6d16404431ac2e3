"""Voting: the answers to several views of one puzzle, undone and counted.

As in the original's ARC answer: the change is undone, equal answers are counted, ties go to the
answer with the higher mean q, and the best two count as tries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import Grid, Reversible, as_grids


@dataclass(frozen=True)
class Candidate:
    """One distinct answer and its votes."""

    answer: Grid
    count: int
    """How many views gave it."""
    mean_q: float | None
    """The mean of q over those views; None where there is no q."""


def undo_each(answers: Tensor, views: Sequence[Reversible]) -> Tensor:
    """Answers in the puzzle's own cells and symbols.

    `answers` is int64 [views, ..., cells], answers[v] in those of views[v]; the result has the
    same shape. Raises `UserError` if there are not as many answers as views.
    """
    if len(answers) != len(views) or not views:
        raise UserError(
            f"{len(answers)} answers and {len(views)} views do not fit: give one answer a view"
        )
    return torch.stack([view.undo(answer) for view, answer in zip(views, answers, strict=True)])


def count_votes(undone: Tensor, q: Tensor | None = None) -> list[Candidate]:
    """The distinct answers to one puzzle, the one with the most votes first.

    `undone` is int64 [views, cells], from `undo_each`; `q` float [views]. Ties go to the higher
    mean q, then to the answer seen first. Raises `UserError` if the shapes do not fit.
    """
    if undone.ndim != 2 or (q is not None and q.shape != undone.shape[:1]):
        raise UserError(
            f"answers of shape {tuple(undone.shape)} and q of shape "
            f"{None if q is None else tuple(q.shape)} do not fit: give [views, cells] and [views]"
        )
    rows = as_grids(undone)
    values = [0.0] * len(rows) if q is None else [float(value) for value in q]
    voters: dict[Grid, list[float]] = {}
    for row, value in zip(rows, values, strict=True):
        voters.setdefault(row, []).append(value)
    means = {answer: sum(given) / len(given) for answer, given in voters.items()}
    # sorted() is stable: what is equal in both stays in the order in which it was seen.
    ranked = sorted(voters, key=lambda answer: (-len(voters[answer]), -means[answer]))
    return [
        Candidate(answer, len(voters[answer]), None if q is None else means[answer])
        for answer in ranked
    ]


def vote(
    answers: Tensor, views: Sequence[Reversible], q: Tensor | None = None
) -> list[list[Candidate]]:
    """The candidates of many puzzles, each the most counted first.

    `answers` is int64 [views, n, cells], answers[v] in the cells and symbols of views[v]: one
    change for all puzzles, or a `Symmetries` with one for each. `q` is float [views, n].
    """
    undone = undo_each(answers, views)
    return [
        count_votes(undone[:, row], None if q is None else q[:, row])
        for row in range(undone.shape[1])
    ]


def best_two(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The two answers to submit, or the only one."""
    return tuple(candidates[:2])


def solved(counted: Sequence[Sequence[Candidate]], solution: Tensor, tries: int) -> Tensor:
    """Which puzzles one of the first `tries` candidates solves: bool [n].

    `counted` is from `vote`; `solution` int64 [n, cells]. Raises `UserError` if they are not as
    many, or `tries` is less than 1.
    """
    if len(counted) != len(solution) or tries < 1:
        raise UserError(
            f"{len(counted)} votes, {len(solution)} solutions and {tries} tries do not fit: "
            "give one vote a solution and at least 1 try"
        )
    return torch.tensor(
        [
            any(candidate.answer == right for candidate in candidates[:tries])
            for candidates, right in zip(counted, as_grids(solution), strict=True)
        ],
        dtype=torch.bool,
    )
