"""Sudokus of 9x9 with one solution, as hard or as full as is asked for.

One with so many blanks is a solved grid from which clues are taken. Hard ones are rare, so they are
bred. An island starts from solved grids, each the founder of a lineage, dug down to minimal
puzzles. Again and again a clue is taken from some, the harder the more often, and others put in
until there is one solution; the hardest are kept, not too many of one lineage. Puzzles of a lineage
are much alike, so training and test puzzles come from different islands.

Guesses in one order of the search are mostly bad luck with that order, and breeding finds bad luck.
Puzzles that are hard for any search are bred by the fewest guesses in several orders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from hrmkit.bounds import check_within
from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.sudoku.search import search
from hrmkit.puzzles.sudoku.symmetries import random_symmetries

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CELLS = 81
POOL = 128
"""Puzzles that an island keeps, and those of a share."""
SMALLEST_POOL = 32
MEAN_GUESSES = {"hard": 108.0, "easy": 0.0}
"""Guesses on average: of the 1000 training puzzles of Sudoku-Extreme, and what any will do for."""
FROM_A_LINEAGE = 16
"""At most so many of an island's puzzles have one founder."""
ENOUGH = 1.5
"""A puzzle is hard enough with so many times the guesses that are asked for on average."""
MOST_GUESSES = 200
MOST_ORDERS = 16
MOST_BLANKS = 50
"""So many can be taken from any grid, whatever the order."""
MOST_GENERATIONS = 400
LONGEST = 40
"""Characters of what was said that an error shows."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Puzzles with one solution."""

    given: Ints
    """int64 [n, 81], 0 blank."""
    solution: Ints
    """int64 [n, 81]."""
    guesses: Ints
    """int64 [n]: those of `search`, or the fewest in several orders (`guesses_of`)."""
    founder: Ints
    """int64 [n]: the seed grid that each descends from."""

    def __len__(self) -> int:
        return len(self.given)

    def __getitem__(self, rows: Ints) -> Pool:
        """The named rows."""
        return Pool(self.given[rows], self.solution[rows], self.guesses[rows], self.founder[rows])

    def joined(self, other: Pool) -> Pool:
        """These, then those."""
        return Pool(
            np.concatenate((self.given, other.given)),
            np.concatenate((self.solution, other.solution)),
            np.concatenate((self.guesses, other.guesses)),
            np.concatenate((self.founder, other.founder)),
        )


def solved_grids(rng: np.random.Generator, count: int) -> Ints:
    """Random solved grids: int64 [count, 81].

    The three boxes of the diagonal share no row or column, so their digits are drawn freely. The
    search fills in the rest. Then the grid is shuffled by a random symmetry.
    """
    start = np.zeros((count, 9, 9), np.int64)
    digits = rng.permuted(np.tile(np.arange(1, 10), (3 * count, 1)), axis=1)
    for box in range(3):
        at = slice(3 * box, 3 * box + 3)
        start[:, at, at] = digits[box * count : (box + 1) * count].reshape(count, 3, 3)
    found = search(start.reshape(count, CELLS)).first
    return in_another_order(found, rng)


def dug(grids: Ints, rng: np.random.Generator, blanks: Ints | int = CELLS) -> Ints:
    """Solved grids without clues that are not needed, which are tried in random order.

    `blanks`: at most so many are taken away, int64 [n] or the same for all.
    """
    grids = grids.copy()
    for cell in rng.permuted(np.tile(np.arange(CELLS), (len(grids), 1)), axis=1).T:
        rows = np.flatnonzero((grids == 0).sum(1) < blanks)
        fewer = grids[rows]
        fewer[np.arange(len(rows)), cell[rows]] = 0
        unique = search(fewer).solutions == 1
        grids[rows[unique]] = fewer[unique]
    return grids


def trimmed(grids: Ints, rng: np.random.Generator) -> Ints:
    """Puzzles with one solution without the clues that are not needed: few, or `dug` is faster."""
    grids = grids.copy()
    doubtful = grids > 0
    while doubtful.any():
        rows, cells = np.nonzero(doubtful)
        fewer = grids[rows]
        fewer[np.arange(len(rows)), cells] = 0
        # A clue that is needed stays needed when others go.
        doubtful[rows, cells] = search(fewer).solutions == 1
        chosen = np.where(doubtful, rng.random(doubtful.shape), -1).argmax(1)
        gone = np.flatnonzero(doubtful.any(1))
        grids[gone, chosen[gone]] = 0
        doubtful[gone, chosen[gone]] = False
    return grids


def guesses_of(grids: Ints, rng: np.random.Generator, orders: int) -> Ints:
    """The fewest guesses that `search` needs in so many orders, the grids' own among them."""
    fewest = search(grids).guesses
    for _ in range(orders - 1):
        fewest = np.minimum(fewest, search(in_another_order(grids, rng)).guesses)
    return fewest


def in_another_order(grids: Ints, rng: np.random.Generator) -> Ints:
    """The grids under a random symmetry each: a search meets other cells and digits first."""
    return random_symmetries(rng, 3, len(grids)).apply(torch.from_numpy(grids)).numpy()


def children(pool: Pool, rng: np.random.Generator) -> Pool:
    """One of each puzzle: a clue less, and others until it has one solution.

    The new clues are of one of the solutions that it then has, in cells where another differs.
    """
    given, rows = pool.given.copy(), np.arange(len(pool))
    given[rows, np.where(given > 0, rng.random(given.shape), -1).argmax(1)] = 0
    found = search(given)
    target = np.where(rng.random((len(pool), 1)) < 0.5, found.first, found.last)
    guesses = found.guesses.copy()
    left = rows
    while len(left):
        other = np.where((found.first != target[left]).any(1)[:, None], found.first, found.last)
        differs: Bools = other != target[left]
        cell = np.where(differs, rng.random(differs.shape), -1).argmax(1)
        given[left, cell] = target[left, cell]
        found = search(given[left])
        guesses[left] = found.guesses
        more = found.solutions != 1
        left, found = left[more], found[more]
    return Pool(given, target, guesses, pool.founder)


def hardest(pool: Pool, count: int) -> Pool:
    """The `count` hardest puzzles, without repeats and not too many of a lineage."""
    _, unique = np.unique(pool.given, axis=0, return_index=True)
    pool = pool[np.sort(unique)]
    pool = pool[np.argsort(-pool.guesses, kind="stable")]
    same = pool.founder[:, None] == pool.founder
    place = np.tril(same, -1).sum(1)  # how many harder ones have the same founder
    return pool[np.flatnonzero(place < FROM_A_LINEAGE)[:count]]


def founders(rng: np.random.Generator, count: int, orders: int = 1) -> Pool:
    """Minimal puzzles over as many solved grids."""
    solution = solved_grids(rng, count)
    given = dug(solution, rng)
    return Pool(given, solution, guesses_of(given, rng, orders), np.arange(count))


def next_generation(pool: Pool, rng: np.random.Generator, enough: float, orders: int = 1) -> Pool:
    """The hardest of a pool and of its children.

    Harder puzzles have more children, but those that need `enough` guesses have none: a few
    lineages would run away, and the rest stay easy.
    """
    chance = np.where(pool.guesses < enough, pool.guesses + 1.0, 0.0)
    parents = rng.choice(len(pool), len(pool), p=chance / chance.sum())
    born = children(pool[parents], rng)
    # Only what is nearly hard enough is worth the search for clues that it does not need.
    born = born[np.flatnonzero(born.guesses * 2 >= pool.guesses.min())]
    if len(born):
        given = trimmed(born.given, rng)
        born = Pool(given, born.solution, guesses_of(given, rng, orders), born.founder)
    return hardest(pool.joined(born), len(pool))


def island(rng: np.random.Generator, count: int, mean: float, orders: int = 1) -> Pool:
    """A pool of `count` puzzles, or nearly, that need `mean` guesses on average, or more.

    Raises `UserError` if they do not get so hard in time.
    """
    pool = founders(rng, count, orders)
    for _ in range(MOST_GENERATIONS):
        if pool.guesses.mean() >= mean:
            return pool
        pool = next_generation(pool, rng, ENOUGH * mean, orders)
    raise UserError(
        f"sudokus that need {mean:g} guesses were not found in time, only such that need "
        f"{pool.guesses.mean():.0f}: ask for easier ones"
    )


def make_sudokus(share: WorkShare, guesses: float, orders: int = 1) -> list[Row]:
    """The sudokus of a share, rated by their guesses; the column source says the founder.

    `guesses` is what they need on average, in the luckiest of `orders` orders.
    """
    # A small pool has no room for lineages to differ, so more are bred than are asked for.
    rng = share.rng()
    pool = island(rng, max(share.count, SMALLEST_POOL), guesses, orders)
    return rows_of(pool[rng.permutation(len(pool))[: share.count]], share)


def make_sudokus_with_blanks(share: WorkShare, fewest: int, most: int) -> list[Row]:
    """The sudokus of a share, each with `fewest` to `most` blanks, all as likely."""
    rng = share.rng()
    solution = solved_grids(rng, share.count)
    given = dug(solution, rng, rng.integers(fewest, most + 1, share.count))
    return rows_of(Pool(given, solution, search(given).guesses, np.arange(share.count)), share)


def rows_of(pool: Pool, share: WorkShare) -> list[Row]:
    """A pool as files have it."""
    return [
        Row(as_text(given), as_text(solution), float(rating), f"{share.source}-{founder}")
        for given, solution, rating, founder in zip(
            pool.given.tolist(),
            pool.solution.tolist(),
            pool.guesses.tolist(),
            pool.founder.tolist(),
            strict=True,
        )
    ]


def as_text(grid: list[int]) -> str:
    """A grid as files have it."""
    return "".join(map(str, grid)).replace("0", ".")


def guesses_for(difficulty: str, guesses: float | None = None) -> float:
    """The mean that `difficulty`, hard or easy, stands for, or `guesses` instead.

    Raises `UserError` for another word, or guesses that are out of reach.
    """
    if difficulty not in MEAN_GUESSES:
        raise UserError(
            f"difficulty {difficulty!r} is not known: choose {' or '.join(MEAN_GUESSES)}"
        )
    if guesses is None:
        return MEAN_GUESSES[difficulty]
    if not 0 <= guesses <= MOST_GUESSES:
        raise UserError(f"{guesses:g} guesses are out of reach: choose 0 to {MOST_GUESSES}")
    return guesses


def check_orders(orders: int) -> None:
    """Raise `UserError` where the search is not tried in so many orders."""
    check_within(orders, 1, MOST_ORDERS, "{} orders of the search are")


def blanks_range(said: str, out_of: int) -> tuple[int, int]:
    """The fewest and the most blanks that `said`, as 30 or 10-45, stands for: 1 to `out_of`.

    Raises `UserError` where it is neither, or out of reach.
    """
    found = re.fullmatch(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?", said, re.ASCII)
    fewest, most = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= fewest <= most <= out_of:
        raise UserError(
            f"blanks {said[:LONGEST]!r} are not possible: give a number from 1 to {out_of}, "
            f"or two as in 10-45"
        )
    return fewest, most
