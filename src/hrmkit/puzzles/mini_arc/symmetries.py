"""The symmetries of mini-ARC: turns and flips, and exchanges of colours."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations, product

import numpy as np

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import Symmetry, random_tokens
from hrmkit.puzzles.puzzle import as_grids


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
    (tokens,) = as_grids(random_tokens(rng, colours, 1))
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
