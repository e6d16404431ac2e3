"""Checks many answers by the rules of their puzzles."""

from __future__ import annotations

import torch
from torch import Tensor

from hrmkit.progress import Progress, silent
from hrmkit.puzzles.files import InBulk
from hrmkit.puzzles.puzzle import Puzzle, as_grids


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
