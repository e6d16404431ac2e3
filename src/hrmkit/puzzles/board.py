"""The board of a puzzle: everything that is needed to draw it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

MOST_CELLS = 900
MOST_TOKENS = 64
"""The most kinds of token that can be told apart on a board."""


@dataclass(frozen=True)
class Board:
    """A grid's shape, and how its tokens look."""

    kind: str
    """The kind of drawing: sudoku, maze or arc; own for signs in cells."""
    width: int
    """Cells in a row."""
    height: int
    """Rows; the last may be short."""
    cells: int
    glyphs: tuple[str, ...]
    """What stands in a cell, by token."""
    names: tuple[str, ...]
    """What a token is called, by token."""
    blank: int = 0
    """The token of a cell that is to be filled in; -1 if none is."""
    box: int = 0
    """A box of a sudoku is box x box cells; 0 where there are none."""


def board_of_signs(
    cells: int, glyphs: tuple[str, ...], names: tuple[str, ...], blank: int
) -> Board:
    """A board of cells with a sign in each, as near to a square as its cells allow."""
    height = isqrt(cells)
    while cells % height and height * height * 4 > cells:
        height -= 1
    if cells % height:  # it would be a ribbon: rather a square with a short last row
        height = isqrt(cells)
    return Board("own", -(-cells // height), height, cells, glyphs, names, blank)


def numbered(vocab: int, cells: int) -> Board:
    """The board of grids of which nothing is known: tokens are numbers, and 0 is blank."""
    numbers = tuple(str(token) for token in range(vocab))
    return board_of_signs(cells, ("", *numbers[1:]), ("token 0", *numbers[1:]), blank=0)
