"""Solving many sudokus at once: the search of `sudoku.solve`, over arrays.

A node of the search is a grid of what each cell may still be, as bits. Nodes of many puzzles are
settled together; one with no single left is a guess and makes a node for each digit of the cell
with the fewest. A puzzle with one solution needs the same guesses here as in `sudoku.solve`,
because every order of the search ends with the same tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from hrmkit.puzzles.sudoku import units_of

Ints = NDArray[np.int64]
Bits = NDArray[np.uint16]
Bools = NDArray[np.bool_]

TOGETHER = 4096
"""Nodes settled at a time: enough that NumPy's overhead is small, few enough for the cache."""
BREADTH = 16
"""Nodes settled at a time for each puzzle that is left."""
MOST_NODES = 20_000
"""Nodes of one puzzle before the search gives up; the hardest of Sudoku-Extreme need far fewer."""


@dataclass(frozen=True, eq=False)
class Searched:
    """What was found of each puzzle."""

    solutions: Ints
    """int64 [n]: 0, 1, or 2 for more than one."""
    first: Ints
    """int64 [n, cells], digits from 1: a solution; 0 where there is none."""
    guesses: Ints
    """int64 [n]: cells in which digits had to be tried. All of them if there is one solution."""
    given_up: Bools
    """bool [n]: the search was ended by its limit, so there may be more solutions."""


@lru_cache
def _lines(box: int) -> tuple[Ints, Ints]:
    """The cells of each unit, int64 [units, side], and the units of each cell, int64 [cells, 3]."""
    lines = np.array(units_of(box).lines)
    side = box * box
    cells = np.arange(side * side)
    of_cell = [np.flatnonzero((lines == cell).any(1)) for cell in cells]
    return lines, np.array(of_cell)


@lru_cache
def _counts(side: int) -> NDArray[np.uint8]:
    """The number of digits in each set of them."""
    return np.array([bits.bit_count() for bits in range(1 << side)], np.uint8)


def search(grids: Ints, most_nodes: int = MOST_NODES) -> Searched:
    """Find how many solutions each of `grids` (int64 [n, cells], 0 blank) has: none, one or more.

    `cells` is 16 or 81. A puzzle that takes more than `most_nodes` is given up.
    """
    side = isqrt(grids.shape[1])
    count = len(grids)
    found = Searched(
        np.zeros(count, np.int64),
        np.zeros_like(grids),
        np.zeros(count, np.int64),
        np.zeros(count, np.bool_),
    )
    nodes = np.zeros(count, np.int64)
    every = np.uint16((1 << side) - 1)
    options = np.where(grids > 0, 1 << np.maximum(grids - 1, 0), every).astype(np.uint16)
    owner = np.arange(count)
    while len(owner):
        # The newest first: a puzzle with many solutions soon shows two, and little is kept.
        many = min(TOGETHER, BREADTH * len(np.unique(owner)))
        taken, owner = owner[-many:], owner[:-many]
        some, options = options[-many:], options[:-many]
        nodes += np.bincount(taken, minlength=count)
        found.given_up[:] |= nodes > most_nodes
        wanted = (found.solutions[taken] < 2) & ~found.given_up[taken]
        some, taken = settle(some[wanted], taken[wanted])
        choices = _counts(side)[some]
        solved = (choices == 1).all(1)
        _note(found, some[solved], taken[solved])
        some, taken, choices = some[~solved], taken[~solved], choices[~solved]
        found.guesses[:] += np.bincount(taken, minlength=count)
        children, parents = _branches(some, choices)
        options = np.concatenate((options, children))
        owner = np.concatenate((owner, taken[parents]))
    return found


def _note(found: Searched, solved: Bits, owner: Ints) -> None:
    """Count solutions, and keep one for each puzzle that had none."""
    found.solutions[:] = np.minimum(
        2, found.solutions + np.bincount(owner, minlength=len(found.solutions))
    )
    found.first[owner] = np.log2(solved).astype(np.int64) + 1


def _branches(options: Bits, choices: NDArray[np.uint8]) -> tuple[Bits, Ints]:
    """A node for each digit of each node's first cell with the fewest, and whose child it is."""
    side = isqrt(options.shape[1])
    cell = np.where(choices == 1, side + 1, choices).argmin(1)
    mask = options[np.arange(len(options)), cell]
    parents, digit = np.nonzero(mask[:, None] >> np.arange(side, dtype=np.uint16) & 1)
    children = options[parents]
    children[np.arange(len(parents)), cell[parents]] = (1 << digit).astype(np.uint16)
    return children, parents


def settle(options: Bits, owner: Ints) -> tuple[Bits, Ints]:
    """Fill in naked and hidden singles until none is left; contradictory nodes are left out.

    `options` is uint16 [nodes, cells], `owner` int64 [nodes]; both are handed back in new order.
    """
    done_options: list[Bits] = [options[:0]]
    done_owner: list[Ints] = [owner[:0]]
    while len(owner):
        settled, alive = _sweep(options)
        same = (settled == options).all(1)
        done_options.append(settled[alive & same])
        done_owner.append(owner[alive & same])
        options, owner = settled[alive & ~same], owner[alive & ~same]
    return np.concatenate(done_options), np.concatenate(done_owner)


def _sweep(options: Bits) -> tuple[Bits, Bools]:
    """One round of singles in every cell and unit; and which nodes are not contradictory."""
    side = isqrt(options.shape[1])
    lines, units = _lines(isqrt(side))
    single = np.where(options & (options - np.uint16(1)), np.uint16(0), options)
    once, twice = _once_and_twice(single[:, lines])
    # A digit that is alone in a cell leaves the other cells of the cell's units.
    taken = once[:, units[:, 0]] | once[:, units[:, 1]] | once[:, units[:, 2]]
    left = options & (~taken | single)
    held, held_twice = _once_and_twice(left[:, lines])
    every = np.uint16((1 << side) - 1)
    alive = ~twice.any(1) & (held == every).all(1) & (left != 0).all(1)
    # A digit that is left in one cell of a unit belongs there.
    alone = held & ~held_twice
    forced = left & (alone[:, units[:, 0]] | alone[:, units[:, 1]] | alone[:, units[:, 2]])
    alive &= (forced & (forced - np.uint16(1)) == 0).all(1)
    return np.where(forced, forced, left), alive


def _once_and_twice(cells: Bits) -> tuple[Bits, Bits]:
    """The digits in at least one, and in at least two, of each unit's cells: [nodes, units]."""
    once = np.zeros(cells.shape[:2], np.uint16)
    twice = np.zeros(cells.shape[:2], np.uint16)
    for place in range(cells.shape[2]):
        twice |= once & cells[:, :, place]
        once |= cells[:, :, place]
    return once, twice
