"""Augmentation: changes of a grid that turn a puzzle into another puzzle, and back.

Every change here rearranges the rows and the columns of a square grid, may transpose it first, and
exchanges its symbols; 0 (blank, background) stays 0. Which rearrangements and exchanges leave a
puzzle a puzzle is the puzzle's own matter: `random_symmetries` knows sudoku's,
`random_dihedral_colours` those of ARC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations, product
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


@lru_cache
def line_orders(box: int) -> Tensor:
    """Every order of a sudoku's rows that keeps its bands together: int64 [orders, box * box].

    The bands change places, and the rows within each: 8 orders for box 2, 1296 for box 3. Columns
    and stacks are the same. Raises `UserError` for other boxes, of which there are too many.
    """
    if box not in (2, 3):
        raise UserError(f"a sudoku with boxes of {box} x {box} is not possible: choose 2 or 3")
    orders = [
        [band * box + row for band, rows in zip(bands, inside, strict=True) for row in rows]
        for bands in permutations(range(box))
        for inside in product(list(permutations(range(box))), repeat=box)
    ]
    return torch.tensor(orders)


def arrangements(box: int) -> Symmetries:
    """Every way to move the cells of a sudoku that leaves it one, digits unchanged.

    128 for box 2, the most that fit in memory: `UserError` for others.
    """
    if box != 2:
        raise UserError(f"boxes of {box} x {box} have too many arrangements to list: choose 2")
    orders = line_orders(box)
    index = torch.cartesian_prod(
        torch.arange(2), torch.arange(len(orders)), torch.arange(len(orders))
    )
    digits = torch.arange(box * box + 1).expand(len(index), -1)
    return Symmetries(orders[index[:, 1]], orders[index[:, 2]], index[:, 0] == 1, digits)


def random_symmetries(
    rng: np.random.Generator, box: int, count: int, wide: int | None = None
) -> Symmetries:
    """`count` sudoku symmetries, each as likely as any other.

    A permutation of the digits, a transposition with probability 1/2, and shuffles of the bands,
    of the rows in each, of the stacks and of the columns in each, as the original augments. Boxes
    are `box` x `box`, or of `box` rows and `wide` columns: then there is no transposition. Raises
    `UserError` for a box of less than 2 or more than 4.
    """
    wide = wide or box
    side = box * wide
    if not (2 <= box <= 4 and 2 <= wide <= 4):
        raise UserError(f"a sudoku with boxes of {box} x {wide} is not possible: choose 2 to 4")
    if box == wide < 4:
        orders = line_orders(box)
        drawn = torch.from_numpy(rng.integers(len(orders), size=(2, count)))
        rows, columns = orders[drawn[0]], orders[drawn[1]]
    else:  # more orders than fit in a table
        rows = _random_orders(rng, side // box, box, count)
        columns = _random_orders(rng, side // wide, wide, count)
    transposed = rng.random(count) < 0.5 if box == wide else np.zeros(count, np.bool_)
    tokens = _random_tokens(rng, side + 1, count)
    return Symmetries(rows, columns, torch.from_numpy(transposed), tokens)


def _random_orders(rng: np.random.Generator, groups: int, size: int, count: int) -> Tensor:
    """Orders of lines that keep `groups` of `size` together: int64 [count, groups * size]."""
    order = rng.permuted(np.tile(np.arange(groups), (count, 1)), axis=1)
    inside = rng.permuted(np.tile(np.arange(size), (count * groups, 1)), axis=1)
    lines = order[:, :, None] * size + inside.reshape(count, groups, size)
    return torch.from_numpy(lines.reshape(count, -1))


def random_symmetry(rng: np.random.Generator, box: int) -> Symmetry:
    """One of `random_symmetries`."""
    return random_symmetries(rng, box, 1)[0]


def random_dihedral_colours(rng: np.random.Generator, width: int, colours: int) -> Symmetry:
    """One of the eight turns and flips of a square grid, and a permutation of its colours.

    `colours` counts the background, 0, which stays. Raises `UserError` if there is no grid or no
    colour to change.
    """
    if width < 1 or colours < 2:
        raise UserError(
            f"a grid of width {width} with {colours} colours has nothing to change: "
            "choose a width from 1 and colours from 2"
        )
    line = tuple(range(width))
    transposed, upended, mirrored = (bool(draw) for draw in rng.integers(2, size=3))
    (tokens,) = as_grids(_random_tokens(rng, colours, 1))
    rows = line[::-1] if upended else line
    columns = line[::-1] if mirrored else line
    return Symmetry(rows, columns, transposed, tokens, "colour")


@lru_cache
def dihedral_colours(width: int, colours: int) -> tuple[Symmetry, ...]:
    """Everything that `random_dihedral_colours` can draw; the identity comes first.

    8 * (colours - 1)! of them: 960 for 6 colours.
    """
    line = tuple(range(width))
    orders = line, line[::-1]
    return tuple(
        Symmetry(rows, columns, transposed, (0, *exchanged), "colour")
        for transposed, rows, columns, exchanged in product(
            (False, True), orders, orders, permutations(range(1, colours))
        )
    )


def _random_tokens(rng: np.random.Generator, tokens: int, count: int) -> Tensor:
    """Permutations of tokens 0 to `tokens` - 1 with 0 fixed: int64 [count, tokens]."""
    exchanged = np.tile(np.arange(tokens), (count, 1))
    exchanged[:, 1:] = rng.permuted(exchanged[:, 1:], axis=1)
    return torch.from_numpy(exchanged)
