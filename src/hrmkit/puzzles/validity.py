"""Checks many answers by the rules of their puzzles, and scores them where others do."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from hrmkit.progress import Progress, silent
from hrmkit.puzzles.files import InBulk
from hrmkit.puzzles.puzzle import IGNORED, Grid, Puzzle, as_grids


@runtime_checkable
class Scored(Protocol):
    """A puzzle whose answers the library that it is from scores as well."""

    def check_score(self) -> None:
        """Raise `UserError` where that library is not there."""
        ...

    def score(self, given: Grid, answer: Grid, solution: Grid) -> float:
        """The library's score of an answer, from 0 to 1; `solution` is the label, in tokens."""
        ...


def valid_rows(
    puzzle: Puzzle,
    given: Tensor,
    answers: Tensor,
    labels: Tensor | None = None,
    progress: Progress = silent,
) -> Tensor:
    """Which answers are valid: bool [n].

    `given`, `answers` and `labels` are int64 [n, cells]. Raises `UserError` where an answer can
    only be checked with a label, and there is none.
    """
    if isinstance(puzzle, InBulk):
        return torch.from_numpy(puzzle.are_valid(given.numpy(), answers.numpy()))
    solutions = [None] * len(given) if labels is None else as_grids(labels)
    out = torch.zeros(len(given), dtype=torch.bool)
    grids = zip(as_grids(given), as_grids(answers), solutions, strict=True)
    for row, three in enumerate(grids):
        out[row] = puzzle.is_valid(*three)
        progress("checking", row + 1, len(given))
    return out


def scores(
    puzzle: Scored, given: Tensor, answers: Tensor, labels: Tensor, progress: Progress = silent
) -> Tensor:
    """The scores of answers, float64 [n], for `given`, `answers` and `labels` int64 [n, cells]."""
    padded = labels.where(labels != IGNORED, 0)
    grids = zip(as_grids(given), as_grids(answers), as_grids(padded), strict=True)
    found: list[float] = []
    for three in grids:
        found.append(puzzle.score(*three))
        progress("scoring", len(found), len(given))
    return torch.tensor(found, dtype=torch.float64)
