"""What every puzzle shares: a set of them as tensors, and what it takes to change one and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import torch
from torch import Tensor

from hrmkit.errors import UserError

BLANK = 0
"""The token of a cell with nothing in it: a sudoku's blank, the background of an ARC grid."""


Grid = tuple[int, ...]
"""One grid outside a tensor: its tokens, row by row."""


class Reversible(Protocol):
    """A change of grids that can be undone exactly.

    Grids are int64 tensors [..., cells]; both methods return new ones of the same shape.
    """

    def apply(self, grid: Tensor) -> Tensor:
        """The changed grid."""
        ...

    def undo(self, grid: Tensor) -> Tensor:
        """The grid that `apply` would change into this one."""
        ...


class Transform(Reversible, Protocol):
    """One change, the same for every grid, that can say what it does."""

    @property
    def words(self) -> str:
        """What it does, in a few plain words."""
        ...


@dataclass(frozen=True, eq=False)
class PuzzleSet:
    """Puzzles and their solutions, one a row.

    Raises `UserError` if the three tensors do not belong together.
    """

    given: Tensor
    """int64 [n, cells]; tokens, 0 is blank."""
    solution: Tensor
    """int64 [n, cells]."""
    puzzle_ids: Tensor
    """int64 [n]; which puzzle embedding a row is given. 0 where there is none."""

    def __post_init__(self) -> None:
        shapes = [tuple(part.shape) for part in (self.given, self.solution, self.puzzle_ids)]
        if self.given.ndim != 2 or shapes[1] != shapes[0] or shapes[2] != shapes[0][:1]:
            raise UserError(
                f"puzzles, solutions and ids of shapes {shapes[0]}, {shapes[1]} and {shapes[2]} "
                "do not belong together: give [n, cells], [n, cells] and [n]"
            )

    def __len__(self) -> int:
        return len(self.given)

    def __getitem__(self, rows: slice | Tensor | Sequence[int]) -> PuzzleSet:
        """The named rows, in the order named; a mask (bool [n]) works as well."""
        pick = rows if isinstance(rows, slice | Tensor) else torch.tensor(rows, dtype=torch.int64)
        return PuzzleSet(self.given[pick], self.solution[pick], self.puzzle_ids[pick])

    @property
    def cells(self) -> int:
        """Cells of a grid."""
        return self.given.shape[1]

    @property
    def blanks(self) -> Tensor:
        """How many cells of each puzzle are blank: int64 [n]."""
        return (self.given == BLANK).sum(1)

    def changed(self, change: Reversible) -> PuzzleSet:
        """The same puzzles, given and solution changed alike; the ids stay."""
        return PuzzleSet(change.apply(self.given), change.apply(self.solution), self.puzzle_ids)


def as_grids(rows: Tensor) -> list[Grid]:
    """The rows of int64 [n, cells], comparable and hashable."""
    return [tuple(row) for row in cast("list[list[int]]", rows.tolist())]


def generator(seed: int) -> np.random.Generator:
    """The random numbers of `seed`; `UserError` if it is negative."""
    if seed < 0:
        raise UserError(f"seed {seed} is negative: choose 0 or more")
    return np.random.default_rng(seed)
