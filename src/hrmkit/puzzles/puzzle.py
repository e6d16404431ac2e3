"""The interface of every kind of puzzle, and sets of puzzles as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from hrmkit.bounds import check_seed
from hrmkit.errors import UserError

EMPTY = 0
"""The token of an empty cell: a blank of a 4x4 sudoku, the background of an ARC grid."""
SEVERAL = "several"
"""In what a puzzle says of its flaw: it has answers all the same; see `Puzzle.flaw`."""
IGNORED = -100
"""In a solution: a cell without a label, such as the padding beside a small grid."""


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
    """int64 [n, cells]; `IGNORED` in cells without a label."""
    puzzle_ids: Tensor
    """int64 [n]: the index of each row's puzzle embedding; 0 without one."""

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
        """These rows, in this order; or those of a mask, bool [n]."""
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
        return (self.given == EMPTY).sum(1)

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
        """The grid of a text: a row of a data file, or what a person types.

        Raises `UserError` for a malformed text, with the place and what is accepted there.
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
        """The one solution, found by rule; None where no rule can find it."""
        ...

    def is_valid(self, given: Grid, answer: Grid, solution: Grid | None = None) -> bool:
        """Whether `answer` is correct, whether it equals the label or not.

        `solution` is the label, for puzzles whose answers no rule can check.
        """
        ...

    def difficulty(self, given: Grid) -> float:
        """How hard the puzzle is, in a unit of its own kind."""
        ...

    def augment(self, puzzles: PuzzleSet, rng: np.random.Generator) -> tuple[PuzzleSet, Reversible]:
        """Each puzzle under a random symmetry, with its label, and the changes to undo."""
        ...


@runtime_checkable
class Explains(Protocol):
    """A puzzle that can say what is wrong with an answer."""

    def fault(self, given: Grid, answer: Grid) -> str | None:
        """The first thing that makes `answer` incorrect, in words; None for a correct one."""
        ...


def fault_of(puzzle: Puzzle, given: Grid, answer: Grid, solution: Grid | None) -> str:
    """What is wrong with an answer that is not correct, in words.

    By the puzzle's rules where it knows them; else by its `solution`, `IGNORED` in cells without a
    label; else only that it is not one.
    """
    fault = puzzle.fault(given, answer) if isinstance(puzzle, Explains) else None
    return fault or wrong_cells(answer, solution) or "it is not a correct answer"


def wrong_cells(answer: Grid, solution: Grid | None) -> str | None:
    """How many cells differ from the solution, in words; None if none does, or it is not known."""
    pairs = list(zip(answer, solution or (), strict=False))
    asked = [(a, b) for a, b in pairs if b != IGNORED]
    wrong = sum(a != b for a, b in asked)
    return f"{wrong} of {len(asked)} cells {'is' if wrong == 1 else 'are'} wrong" if wrong else None


@dataclass(frozen=True, eq=False)
class Labelled:
    """Puzzles of one kind with their answers, and where they are from."""

    puzzle: Puzzle
    rows: PuzzleSet
    ratings: Tensor
    """float64 [n]: how hard each is; NaN where its source does not say."""
    source: str
    """The file or data set, for messages."""
    fingerprint: str
    """SHA-256 of what was read: two sources with the same are the same."""
    skipped: int = 0
    """Bad rows that were skipped."""


def as_grids(rows: Tensor) -> list[Grid]:
    """The rows of int64 [n, cells], comparable and hashable."""
    return [tuple(row) for row in cast("list[list[int]]", rows.tolist())]


def generator(seed: int) -> np.random.Generator:
    """A random number generator; `UserError` for a seed out of range."""
    check_seed(seed)
    return np.random.default_rng(seed)
