"""Augmentation: changes of a grid that turn a puzzle into another puzzle, and back.

Every change here rearranges the rows and the columns of a square grid, may transpose it first, and
exchanges its symbols; 0 (blank, background) stays 0. Which rearrangements and exchanges leave a
puzzle a puzzle is the puzzle's own matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import as_grids

Symbol = Literal["digit", "colour"]

DIHEDRAL_WORDS = {
    (False, False, False): "",
    (False, True, False): "flipped top to bottom",
    (False, False, True): "flipped left to right",
    (False, True, True): "turned by 180 degrees",
    (True, False, False): "transposed",
    (True, True, False): "turned left",
    (True, False, True): "turned right",
    (True, True, True): "transposed along the other diagonal",
}
"""By (transposed, rows reversed, columns reversed)."""


class Unchanged:
    """The change that changes nothing, of any puzzle."""

    def apply(self, grid: Tensor) -> Tensor:
        """The same grids."""
        return grid

    def undo(self, grid: Tensor) -> Tensor:
        """The same grids."""
        return grid


@dataclass(frozen=True)
class Symmetry:
    """One change of square grids; a `Transform`.

    The grid is transposed (or not), then row i of the result is row `rows[i]`, column j is column
    `columns[j]`, and token t becomes `tokens[t]`. Raises `UserError` if one of them leaves
    something out.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    transposed: bool
    tokens: tuple[int, ...]
    """The new token for each token; 0 has to stay 0."""
    symbol: Symbol = "digit"
    """What a token is called."""

    def __post_init__(self) -> None:
        for name in ("rows", "columns", "tokens"):
            order: tuple[int, ...] = getattr(self, name)
            if sorted(order) != list(range(len(order))):
                raise UserError(
                    f"{name} {order} is not an order: name 0 to {len(order) - 1} once each"
                )
        if len(self.rows) != len(self.columns):
            raise UserError(
                f"{len(self.rows)} rows and {len(self.columns)} columns are not a square grid"
            )
        if self.tokens[:1] != (0,):
            raise UserError(f"tokens {self.tokens} exchange 0: the blank has to stay 0")

    @cached_property
    def _one(self) -> Symmetries:
        return Symmetries.of([self])

    def apply(self, grid: Tensor) -> Tensor:
        """The changed grid: int64 [..., cells]."""
        return self._one.apply(_as_one_row(grid)).reshape(grid.shape)

    def undo(self, grid: Tensor) -> Tensor:
        """The grid that `apply` changes into this one: int64 [..., cells]."""
        return self._one.undo(_as_one_row(grid)).reshape(grid.shape)

    @property
    def words(self) -> str:
        """What it does, e.g. 'transposed, rows 1 and 2 swapped, digits 1>3 3>1'."""
        exchanged = [f"{old}>{new}" for old, new in enumerate(self.tokens) if old != new]
        symbols = [f"{self.symbol}s {' '.join(exchanged)}"] if exchanged else []
        return ", ".join(self._moves() + symbols) or "unchanged"

    def _moves(self) -> list[str]:
        """What it does to rows and columns."""
        straight = tuple(range(len(self.rows)))
        if {self.rows, self.columns} <= {straight, straight[::-1]}:
            key = self.transposed, self.rows != straight, self.columns != straight
            return [DIHEDRAL_WORDS[key]] if DIHEDRAL_WORDS[key] else []
        said = ["transposed"] if self.transposed else []
        for name, order in (("rows", self.rows), ("columns", self.columns)):
            moved = [i + 1 for i, old in enumerate(order) if i != old]
            if len(moved) == 2:
                said.append(f"{name} {moved[0]} and {moved[1]} swapped")
            elif moved:
                said.append(f"{name} in the order {' '.join(str(i + 1) for i in order)}")
        return said


@dataclass(frozen=True, eq=False)
class Symmetries:
    """A change for each row of a batch: what `Symmetry` holds, stacked."""

    rows: Tensor
    """int64 [n, width]."""
    columns: Tensor
    """int64 [n, width]."""
    transposed: Tensor
    """bool [n]."""
    tokens: Tensor
    """int64 [n, tokens]."""
    symbol: Symbol = "digit"

    @staticmethod
    def of(changes: Sequence[Symmetry]) -> Symmetries:
        """Stack `changes`, of grids of one size; `UserError` if there are none."""
        if not changes:
            raise UserError("0 symmetries cannot be stacked: give one or more")
        return Symmetries(
            torch.tensor([change.rows for change in changes]),
            torch.tensor([change.columns for change in changes]),
            torch.tensor([change.transposed for change in changes]),
            torch.tensor([change.tokens for change in changes]),
            changes[0].symbol,
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> Symmetry:
        """The change of one row."""
        rows, columns = as_grids(torch.stack((self.rows[row], self.columns[row])))
        (tokens,) = as_grids(self.tokens[row, None])
        return Symmetry(rows, columns, bool(self.transposed[row]), tokens, self.symbol)

    @cached_property
    def cells(self) -> Tensor:
        """Which cell each cell of the result comes from: int64 [n, cells]."""
        width = self.rows.shape[1]
        rows, columns = self.rows[:, :, None], self.columns[:, None, :]
        plain, flipped = rows * width + columns, columns * width + rows
        return torch.where(self.transposed[:, None, None], flipped, plain).flatten(1)

    def apply(self, grid: Tensor) -> Tensor:
        """Change row i of int64 [n, cells] by the ith change, or all of [n, many, cells]."""
        self._check(grid)
        return _moved(_exchanged(grid, self.tokens), self.cells)

    def undo(self, grid: Tensor) -> Tensor:
        """The grids that `apply` changes into these: same shapes."""
        self._check(grid)
        return _exchanged(_moved(grid, self.cells.argsort(1)), self.tokens.argsort(1))

    def _check(self, grid: Tensor) -> None:
        """Raise `UserError` for grids of another number or size."""
        if (len(grid), grid.shape[-1]) != self.cells.shape:
            raise UserError(
                f"grids of shape {tuple(grid.shape)} do not fit {len(self)} symmetries of grids "
                f"of {self.cells.shape[1]} cells"
            )


def _as_one_row(grid: Tensor) -> Tensor:
    """Grids [..., cells] as [1, many, cells]."""
    cells = grid.shape[-1]
    return grid.reshape(1, grid.numel() // cells, cells)


def _moved(grid: Tensor, cells: Tensor) -> Tensor:
    """The grid with its cells taken from `cells` [n, cells]."""
    index = cells if grid.ndim == 2 else cells[:, None, :]
    return grid.gather(-1, index.to(grid.device).expand_as(grid))


def _exchanged(grid: Tensor, tokens: Tensor) -> Tensor:
    """The grid with its tokens looked up in `tokens` [n, tokens]."""
    flat = grid.reshape(len(tokens), -1)
    return tokens.to(grid.device).gather(1, flat).reshape(grid.shape)


def identity(width: int, tokens: int, symbol: Symbol = "digit") -> Symmetry:
    """The identity, for grids of `width` and tokens 0 to `tokens` - 1."""
    line = tuple(range(width))
    return Symmetry(line, line, False, tuple(range(tokens)), symbol)


def random_tokens(rng: np.random.Generator, tokens: int, count: int) -> Tensor:
    """Permutations of tokens 0 to `tokens` - 1 with 0 fixed: int64 [count, tokens]."""
    exchanged = np.tile(np.arange(tokens), (count, 1))
    exchanged[:, 1:] = rng.permuted(exchanged[:, 1:], axis=1)
    return torch.from_numpy(exchanged)
