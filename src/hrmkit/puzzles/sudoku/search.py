"""Solving many sudokus at once: the search of `sudoku.solve`, over arrays.

A node of the search is a grid of what each cell may still be, as bits. Singles are filled in for
the nodes of many puzzles together. Where none is left, a guess is needed: the cell with the fewest
digits gives a new node for each of them. A puzzle with one solution needs the same guesses whatever
other puzzles are searched beside it. It needs at most those of `sudoku.solve`, since here a node
also ends when a unit has no place left for a digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from hrmkit.errors import UserError

Ints = NDArray[np.int64]
Bits = NDArray[np.uint16]
Bools = NDArray[np.bool_]

TOGETHER = 4096
"""Nodes settled at a time: enough that NumPy's overhead is small, few enough for the cache."""
BREADTH = 16
"""Nodes settled at a time for each puzzle that is left."""
UNITS = (2, 3), (0, 1), (1, 3)
"""The axes of a board (band, row in it, stack, column in it) along rows, columns and boxes."""
MOST_NODES = 20_000
"""Nodes of one puzzle before the search gives up; the hardest of Sudoku-Extreme need far fewer."""


@dataclass(frozen=True, eq=False)
class Searched:
    """What was found of each puzzle."""

    solutions: Ints
    """int64 [n]: 0, 1, or 2 for more than one."""
    first: Ints
    """int64 [n, cells], digits from 1: a solution; 0 where there is none."""
    last: Ints
    """int64 [n, cells]: another solution where there are several; else the same."""
    guesses: Ints
    """int64 [n]: cells in which digits had to be tried. All of them if there is one solution."""
    given_up: Bools
    """bool [n]: the search was ended by its limit, so there may be more solutions."""

    def __getitem__(self, rows: Bools) -> Searched:
        """What was found of the marked puzzles."""
        return Searched(
            self.solutions[rows],
            self.first[rows],
            self.last[rows],
            self.guesses[rows],
            self.given_up[rows],
        )


BOXES = {16: (2, 2), 36: (2, 3), 81: (3, 3), 256: (4, 4)}
"""Rows and columns of a box, by the cells of a grid."""


def box_of(cells: int) -> tuple[int, int]:
    """Rows and columns of a box of a grid of so many cells; `UserError` for another number."""
    if cells not in BOXES:
        known = ", ".join(map(str, BOXES))
        raise UserError(f"a sudoku of {cells} cells is not possible: choose {known}")
    return BOXES[cells]


@lru_cache
def _counts(side: int) -> NDArray[np.uint8]:
    """The number of digits in each set of them."""
    return np.array([bits.bit_count() for bits in range(1 << side)], np.uint8)


def search(grids: Ints, most_nodes: int = MOST_NODES) -> Searched:
    """Find how many solutions each of `grids` (int64 [n, cells], 0 blank) has: none, one or more.

    `cells` is 16, 36, 81 or 256. A puzzle that takes more than `most_nodes` is given up.
    """
    count, cells = len(grids), grids.shape[1]
    found = Searched(
        np.zeros(count, np.int64),
        np.zeros_like(grids),
        np.zeros_like(grids),
        np.zeros(count, np.int64),
        np.zeros(count, np.bool_),
    )
    nodes = np.ones(count, np.int64)
    every = (1 << isqrt(cells)) - 1
    # The nodes are the last axis: what is done to one cell of all is done to one piece of memory.
    options = np.where(grids > 0, 1 << np.maximum(grids - 1, 0), every).astype(np.uint16).T.copy()
    owner: Ints = np.arange(count)
    while len(owner):
        # The newest first: a puzzle with many solutions soon shows two, and little is kept.
        puzzles = np.count_nonzero(np.bincount(owner, minlength=count))
        many = min(TOGETHER, BREADTH * puzzles)
        before, after, alive = options[:, -many:], *_sweep(options[:, -many:])
        taken = owner[-many:]
        alive &= (found.solutions[taken] < 2) & ~found.given_up[taken]
        moved = np.bitwise_or.reduce(before ^ after, axis=0) != 0
        settled = alive & ~moved
        children, parents = _branches(found, after[:, settled], taken[settled])
        nodes += np.bincount(parents, minlength=count)
        found.given_up[:] |= nodes > most_nodes
        unsettled = alive & moved
        options = np.concatenate((options[:, :-many], children, after[:, unsettled]), axis=1)
        owner = np.concatenate((owner[:-many], parents, taken[unsettled]))
    return found


def _branches(found: Searched, options: Bits, owner: Ints) -> tuple[Bits, Ints]:
    """Note which of the settled nodes are solutions, and try the digits of a cell of the others.

    That cell is the first with the fewest digits. A node for each of them, uint16 [cells, nodes],
    and the puzzle that it is of.
    """
    side = isqrt(len(options))
    choices = _counts(side)[options]
    solved = (choices == 1).all(0)
    _note(found, options[:, solved], owner[solved])
    options, owner, choices = options[:, ~solved], owner[~solved], choices[:, ~solved]
    found.guesses[:] += np.bincount(owner, minlength=len(found.guesses))
    cell = np.where(choices == 1, side + 1, choices).argmin(0)
    mask = options[cell, np.arange(len(cell))]
    parents, digit = np.nonzero(mask[:, None] >> np.arange(side, dtype=np.uint16) & 1)
    children = options[:, parents]
    children[cell[parents], np.arange(len(parents))] = (1 << digit).astype(np.uint16)
    return children, owner[parents]


def _note(found: Searched, solved: Bits, owner: Ints) -> None:
    """Count solutions, and keep the first and the last of each puzzle."""
    digits = np.log2(solved.T).astype(np.int64) + 1
    found.last[owner] = digits
    new = found.solutions[owner] == 0
    found.first[owner[new][::-1]] = digits[new][::-1]  # of several, the first is written last
    counted = np.bincount(owner, minlength=len(found.solutions))
    found.solutions[:] = np.minimum(2, found.solutions + counted)


def _sweep(options: Bits) -> tuple[Bits, Bools]:
    """One round of singles in every cell and unit; and which nodes are not contradictory."""
    cells, nodes = options.shape
    side, (high, wide) = isqrt(cells), box_of(cells)
    # band, row in it, stack, column in it
    board = options.reshape(side // high, high, side // wide, wide, nodes)
    one = np.uint16(1)
    single = board * (board & (board - one) == 0)
    # A digit that is alone in a cell leaves the other cells of the cell's units.
    taken, wrong = np.zeros_like(board), np.zeros(nodes, np.uint16)
    for along in UNITS:
        once, twice = _once_and_twice(single, along)
        wrong |= np.bitwise_or.reduce(_flat(twice), axis=0)
        taken |= once
    left = board & (~taken | single)
    # A digit that is left in one cell of a unit belongs there.
    alone, every = np.zeros_like(board), np.uint16((1 << side) - 1)
    for along in UNITS:
        once, twice = _once_and_twice(left, along)
        wrong |= every ^ np.bitwise_and.reduce(_flat(once), axis=0)
        alone |= once & ~twice
    forced = left & alone
    wrong |= np.bitwise_or.reduce(_flat(forced & (forced - one)), axis=0)
    settled = _flat(left & (forced | ((forced == 0) * every)))
    return settled, (wrong == 0) & (settled.min(0) != 0)


def _flat(board: Bits) -> Bits:
    """[..., nodes] as [all, nodes]."""
    return board.reshape(-1, board.shape[-1])


def _once_and_twice(board: Bits, along: tuple[int, int]) -> tuple[Bits, Bits]:
    """The digits in at least one, and in at least two, of the cells along two axes, kept as 1."""
    first, second = along
    once = np.zeros_like(board.take([0], first).take([0], second))
    twice = np.zeros_like(once)
    part: list[slice] = [slice(None)] * board.ndim
    for i in range(board.shape[first]):
        for j in range(board.shape[second]):
            part[first], part[second] = slice(i, i + 1), slice(j, j + 1)
            cell = board[tuple(part)]
            twice |= once & cell
            once |= cell
    return once, twice
