"""Mazes as hard as Maze-Hard's: random walls, and ends that are far from each other.

Each maze has a probability of its own that a cell is a wall. S and G are free cells whose shortest
path is long enough. If both were drawn at random, two mazes in 100,000 would do. So G is drawn
among the cells that are far enough from S. A maze with few such cells is then thrown away as often
as drawing G among all free cells would have thrown it away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.maze.paths import as_bits, as_cells, one_cell, spread
from hrmkit.puzzles.maze.puzzle import FREE, GOAL, LARGEST, START, WALL, Maze
from hrmkit.puzzles.maze.rows import labelled_rows

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WALLS = 0.3, 0.5
"""The probability of a wall is drawn between these."""
CELLS_A_SIDE = 110 / 30
"""Of the shortest path that is kept: 110 at side 30. At every side from 10 on it is about as rare
as there."""
SMALLEST = 8
DRAWN = 2048
"""Mazes drawn at a time."""
MANY = 0.07
"""With this share of its cells far, or more, a maze is kept for sure: 63 cells at side 30. One maze
in 12 has more; that they should be kept more often yet is given up for speed."""
AT_A_TIME = 20
"""Mazes of a share."""
PATIENCE = 2000
"""Times that `DRAWN` mazes are drawn for one before giving up."""


def shortest_for(side: int, asked: int | None = None) -> int:
    """The cells that a path of a maze of `side` has at least: as many as asked, or the usual.

    Raises `UserError` for another side, or paths that hardly any maze has.
    """
    if not SMALLEST <= side <= LARGEST:
        raise UserError(
            f"mazes of side {side} cannot be made: choose a side from {SMALLEST} to {LARGEST}"
        )
    usual = round(CELLS_A_SIDE * side)
    if asked is not None and not 2 <= asked <= usual + side // 3:
        raise UserError(
            f"paths of at least {asked} cells cannot be asked of mazes of side {side}: "
            f"choose 2 to {usual + side // 3}"
        )
    return usual if asked is None else asked


def make_mazes(share: WorkShare, side: int, shortest: int) -> list[Row]:
    """The mazes of a share, with their labels; rated by the cells of their paths."""
    rng = share.rng()
    maze = Maze(side)
    grids: list[Ints] = []
    for _ in range(PATIENCE * share.count):
        grids.extend(_drawn(rng, side, shortest))
        if len(grids) >= share.count:
            break
    else:
        raise UserError(
            f"mazes of side {side} with paths of {shortest} cells were not found in time: "
            "ask for shorter ones"
        )
    return labelled_rows(maze, grids[: share.count], share.source)


def _drawn(rng: np.random.Generator, side: int, shortest: int) -> list[Ints]:
    """The mazes, of `DRAWN`, that are kept: int64 [cells] tokens each."""
    walls = rng.uniform(*WALLS, (DRAWN, 1, 1))
    free = rng.random((DRAWN, side, side)) >= walls
    start = _any_of(free.reshape(DRAWN, -1), rng)
    far = _far(free, start, shortest)
    count = np.bitwise_count(far).sum(1)
    # The shorter a path may be, the more cells are far.
    many = side * side * max(MANY, 1 - shortest / (CELLS_A_SIDE * side))
    kept = np.flatnonzero(rng.random(DRAWN) * many < count)
    if not len(kept):
        return []
    goal = _any_of(as_cells(far[kept], side).reshape(len(kept), -1), rng)
    grids = np.where(free[kept].reshape(len(kept), -1), FREE, WALL)
    rows = np.arange(len(kept))
    grids[rows, start[kept]], grids[rows, goal] = START, GOAL
    return list(grids)


def _any_of(cells: Bools, rng: np.random.Generator) -> Ints:
    """One of the cells of each row of bool [n, cells], each as likely as any other."""
    return np.where(cells, rng.random(cells.shape), -1).argmax(1)


def _far(free: Bools, start: Ints, shortest: int) -> Ints:
    """The cells whose shortest path from `start` has `shortest` cells or more, as bits."""
    far = np.zeros(free.shape[:2], np.int64)
    mazes = np.arange(len(free))
    wave = one_cell(free, start)
    left = as_bits(free) & ~wave
    length = 1
    while len(mazes):
        wave = spread(wave) & left
        left &= ~wave
        length += 1
        if length >= shortest:
            far[mazes] |= wave
        if length % 8 == 0:  # most mazes end early; they need not be carried along
            more = wave.any(1)
            mazes, wave, left = mazes[more], wave[more], left[more]
    return far
