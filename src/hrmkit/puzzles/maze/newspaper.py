"""Mazes as newspapers print them: one way between any two cells, long corridors, dead ends.

Rooms stand at every second cell of every second row, and a tree of passages joins them. The tree
grows from its newest room, or now and then from any other, which makes short dead ends. A wall
surrounds the rooms. Where the side is even, it is two cells thick at the right and the bottom.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.maze.paths import distances
from hrmkit.puzzles.maze.puzzle import FREE, GOAL, LARGEST, START, WALL, Maze
from hrmkit.puzzles.maze.rows import labelled_rows

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SMALLEST = 5
"""Two rooms by two."""
AT_A_TIME = 50
"""Mazes of a share."""
ELSEWHERE = 0.0, 0.3
"""How often a passage begins at any room and not at the newest: drawn between these for a maze."""
PATIENCE = 1000
"""Mazes carved for one that is kept, before giving up."""
STEPS = ((-2, 0), (2, 0), (0, -2), (0, 2))
"""From a room to the next."""


def shortest_for(side: int, asked: int | None = None) -> int:
    """The cells that a path of a maze of `side` has at least: as many as asked, or the side.

    Raises `UserError` for another side, or paths that such mazes may not have.
    """
    if not SMALLEST <= side <= LARGEST:
        raise UserError(
            f"newspaper mazes of side {side} cannot be made: choose a side from {SMALLEST} to "
            f"{LARGEST}"
        )
    longest = rooms_of(side) ** 2 + 1
    if asked is not None and not 2 <= asked <= longest:
        raise UserError(
            f"paths of at least {asked} cells cannot be asked of newspaper mazes of side {side}: "
            f"choose 2 to {longest}"
        )
    return min(side, longest) if asked is None else asked


def rooms_of(side: int) -> int:
    """Rooms in a row."""
    return (side - 1) // 2


def make_mazes(share: WorkShare, side: int, shortest: int) -> list[Row]:
    """The mazes of a share, with their labels; rated by the cells of their paths.

    S is any room, and G any of those that are `shortest` cells or more from it.
    """
    rng = share.rng()
    maze = Maze(side)
    grids: list[Ints] = []
    for _ in range(PATIENCE * share.count):
        if len(grids) == share.count:
            break
        free = carved(rng, side)
        start = _any_of(_rooms(free), rng)
        far = distances(free[None], np.array([start]))[0] + 1 >= shortest
        goals = _rooms(free) & far.reshape(free.shape)
        if not goals.any():
            continue
        grid = np.where(free, FREE, WALL).ravel()
        grid[start], grid[_any_of(goals, rng)] = START, GOAL
        grids.append(grid)
    else:
        raise UserError(
            f"newspaper mazes of side {side} with paths of {shortest} cells were not found in "
            "time: ask for shorter ones"
        )
    return labelled_rows(maze, grids, share.source)


def carved(rng: np.random.Generator, side: int) -> Bools:
    """The free cells of a maze: bool [side, side]."""
    free = np.zeros((side, side), np.bool_)
    last = 2 * rooms_of(side)
    elsewhere = rng.uniform(*ELSEWHERE)
    first = (1 + 2 * int(rng.integers(last // 2)), 1 + 2 * int(rng.integers(last // 2)))
    free[first] = True
    growing = [first]
    while growing:
        at = int(rng.integers(len(growing))) if rng.random() < elsewhere else -1
        row, column = growing[at]
        beside = [(row + down, column + right) for down, right in STEPS]
        solid = [(r, c) for r, c in beside if 0 < r < last and 0 < c < last and not free[r, c]]
        if not solid:
            growing.pop(at)
            continue
        room = solid[int(rng.integers(len(solid)))]
        free[room] = free[(row + room[0]) // 2, (column + room[1]) // 2] = True
        growing.append(room)
    return free


def _rooms(free: Bools) -> Bools:
    """Which cells are rooms, and not passages between two: bool, alike."""
    rooms = np.zeros_like(free)
    rooms[1::2, 1::2] = free[1::2, 1::2]
    return rooms


def _any_of(cells: Bools, rng: np.random.Generator) -> int:
    """One of the cells that are true, each as likely as any other."""
    return int(rng.choice(np.flatnonzero(cells)))
