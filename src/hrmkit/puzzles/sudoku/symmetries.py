"""The symmetries of sudoku: what changes one into another, as the original augments."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations, product

import numpy as np
import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import Symmetries, Symmetry, random_tokens


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
    tokens = random_tokens(rng, side + 1, count)
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
