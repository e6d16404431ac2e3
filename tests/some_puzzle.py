"""A puzzle that is not in the package, unlike sudoku, maze and ARC in whatever can be unlike.

The left half of a grid is given, the right half is its mirror image. Grids have 4 columns, and 2 or
4 rows: they are no squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.board import Board, board_of_signs
from hrmkit.puzzles.definition import PuzzleDefinition
from hrmkit.puzzles.puzzle import Grid, PuzzleSet

LETTERS = "?.xo"
BLANK, WIDTH = 1, 4


@dataclass(frozen=True, eq=False)
class Exchanged:
    """The two marks exchanged in some of the puzzles."""

    rows: Tensor

    def apply(self, grid: Tensor) -> Tensor:
        marks = self.rows.reshape(-1, *[1] * (grid.ndim - 1)) & (grid > BLANK)
        return torch.where(marks, 5 - grid, grid)

    def undo(self, grid: Tensor) -> Tensor:
        return self.apply(grid)


@dataclass(frozen=True)
class Mirror:
    rows: int = 4

    name = "mirror"
    vocab = len(LETTERS)

    @property
    def cells(self) -> int:
        return self.rows * WIDTH

    def encode(self, text: str) -> Grid:
        letters = "".join(text.split())
        if len(letters) != self.cells or set(letters) - set(LETTERS[1:]):
            raise UserError(f"{text!r} is no mirror: write {self.cells} of . x o")
        return tuple(LETTERS.index(letter) for letter in letters)

    def decode(self, grid: Grid) -> str:
        return "".join(LETTERS[token] for token in grid)

    def show(self, given: Grid, answer: Grid | None = None) -> str:
        text = self.decode(answer or given)
        return "\n".join(text[at : at + WIDTH] for at in range(0, self.cells, WIDTH))

    def flaw(self, given: Grid) -> str | None:
        left = np.reshape(given, (self.rows, WIDTH))[:, : WIDTH // 2]
        return None if (left > BLANK).all() else "its left half has a blank"

    def solution(self, given: Grid) -> Grid | None:
        grid = np.reshape(given, (self.rows, WIDTH)).copy()
        grid[:, WIDTH // 2 :] = grid[:, WIDTH // 2 - 1 :: -1]
        return None if self.flaw(given) else tuple(grid.ravel().tolist())

    def is_valid(self, given: Grid, answer: Grid, solution: Grid | None = None) -> bool:
        return answer == self.solution(given)

    def difficulty(self, given: Grid) -> float:
        return float(given.count(BLANK))

    def augment(self, puzzles: PuzzleSet, rng: np.random.Generator) -> tuple[PuzzleSet, Exchanged]:
        change = Exchanged(torch.from_numpy(rng.integers(2, size=len(puzzles)) == 1))
        return puzzles.changed(change), change


def mirror_of(cells: int | None) -> Mirror:
    if cells not in (None, 8, 16):
        raise UserError(f"a mirror of {cells} cells is not possible: choose 8 or 16")
    return Mirror((cells or 16) // WIDTH)


def canvas_of(questions: Sequence[str]) -> int:
    return len("".join(questions[0].split()))


def board_of(vocab: int, cells: int) -> Board | None:
    names = ("padding", "blank", "cross", "ring")
    return board_of_signs(cells, ("", "", "x", "o"), names, BLANK) if vocab == 4 else None


DEFINITION = PuzzleDefinition(
    make=mirror_of, canvas=canvas_of, board=board_of, known_by=frozenset({(4, 8), (4, 16)})
)
