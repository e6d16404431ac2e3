"""What every puzzle shares: how it is written, shown, checked and changed, and a set as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import torch
from torch import Tensor

from hrmkit.bounds import check_seed
from hrmkit.errors import UserError

BLANK = 0
"""The token of a cell with nothing in it: a sudoku's blank, the background of an ARC grid."""
IGNORED = -100
"""In a solution: a cell that is not asked about, as the padding beside a small grid."""


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
    """int64 [n, cells]; `IGNORED` where nothing is asked."""
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

    def to(self, device: torch.device) -> PuzzleSet:
        """The same puzzles on `device`."""
        return PuzzleSet(
            self.given.to(device), self.solution.to(device), self.puzzle_ids.to(device)
        )

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


class Puzzle(Protocol):
    """A kind of puzzle, of one size: how it is written, shown, checked and changed.

    Its grids are what a model reads: `cells` tokens from 0 to `vocab` - 1. Token 0 pads a grid that
    is smaller than that; a `PuzzleSet` made of them holds `IGNORED` where a solution is padded.
    """

    @property
    def name(self) -> str:
        """One word, as on the command line."""
        ...

    @property
    def vocab(self) -> int:
        """Number of different tokens, padding among them."""
        ...

    @property
    def cells(self) -> int:
        """Tokens of a grid."""
        ...

    def encode(self, text: str) -> Grid:
        """The grid that `text` says: a data file's row, or what a person types.

        Raises `UserError` where it is malformed, with the place and what belongs there.
        """
        ...

    def decode(self, grid: Grid) -> str:
        """The grid as data files write it, on one line; `encode` reads it back."""
        ...

    def show(self, given: Grid, answer: Grid | None = None) -> str:
        """The puzzle, or its answer, drawn in lines of text for a terminal."""
        ...

    def flaw(self, given: Grid) -> str | None:
        """What is wrong with the puzzle, in one sentence: contradictory, several answers, ...

        None for a proper one. A puzzle with several answers can still be answered: its sentence,
        and no other's, has the word "several".
        """
        ...

    def solution(self, given: Grid) -> Grid | None:
        """The answer that a label would be, found by rule; None where no rule knows it."""
        ...

    def is_valid(self, given: Grid, answer: Grid, solution: Grid | None = None) -> bool:
        """Whether `answer` is a correct answer of the puzzle, be it the labelled one or another.

        `solution` is the label, for puzzles that nothing but their label can judge.
        """
        ...

    def difficulty(self, given: Grid) -> float:
        """How hard it is; in what unit is the puzzle's matter."""
        ...

    def augment(self, puzzles: PuzzleSet, rng: np.random.Generator) -> tuple[PuzzleSet, Reversible]:
        """Every puzzle changed at random into another with a correct label, and the changes."""
        ...


@dataclass(frozen=True, eq=False)
class Labelled:
    """Puzzles of one kind with their answers, and where they are from."""

    puzzle: Puzzle
    rows: PuzzleSet
    ratings: Tensor
    """float64 [n]: how hard each is; NaN where its source does not say."""
    source: str
    """The file or data set, for people."""
    fingerprint: str
    """SHA-256 of what was read: two sources with the same are the same."""
    skipped: int = 0
    """Bad rows that were left out, having been asked to."""


def as_grids(rows: Tensor) -> list[Grid]:
    """The rows of int64 [n, cells], comparable and hashable."""
    return [tuple(row) for row in cast("list[list[int]]", rows.tolist())]


def generator(seed: int) -> np.random.Generator:
    """The random numbers of `seed`; `UserError` if it is none."""
    check_seed(seed)
    return np.random.default_rng(seed)
