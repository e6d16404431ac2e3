"""Sudokus near those of a file: one clue less, and others until there is one solution again.

Hard puzzles are rare, and breeding them from nothing takes long (`generator.py`). Most neighbours
of a hard puzzle are easy, but every hundredth or so is as hard, and a search tells in a
millisecond. So a thousand hard puzzles are enough to make any number of others, from easy ones to
as hard ones.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row, load_puzzles
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.sudoku.generator import CELLS, Pool, children, guesses_of, rows_of
from hrmkit.puzzles.sudoku.search import search

AT_A_TIME = 64
"""Puzzles of a share."""
TRIED = 512
"""Neighbours made at a time."""
PATIENCE = 400
"""Times that so many are made for a share before giving up."""
EVERY = 10
"""Of every tenth of the file's answers the neighbours are for the test, and never trained on."""


def pool_of(source: str) -> Pool:
    """The puzzles of a file.

    Raises `UserError` where it cannot be read, or holds a sudoku that is not of 9x9 or has several
    answers.
    """
    given = load_puzzles("sudoku", source, unanswered=True).rows.given.numpy() - 1
    if given.shape[1] != CELLS:
        raise UserError(
            f"{source} holds sudokus of {given.shape[1]} cells: give a file of those of {CELLS}"
        )
    found = search(given)
    several = np.flatnonzero(found.solutions != 1)
    if len(several):
        raise UserError(
            f"puzzle {several[0] + 1} of {source} has several solutions: give a file of puzzles "
            "with one"
        )
    founder = np.arange(len(given))
    return Pool(given, found.first, np.zeros(len(given), np.int64), founder)


def seeds_of(source: str) -> tuple[Pool, Pool]:
    """The puzzles of a file, as parents of those to train on and of those to test on.

    Puzzles with the same answer are all for one of both. Raises `UserError` as `pool_of` does, and
    where all have the same answer.
    """
    pool = pool_of(source)
    answers, answer = np.unique(pool.solution, axis=0, return_inverse=True)
    if len(answers) < 2:
        raise UserError(
            f"the sudokus of {source} have one answer ({len(pool)} in all): those to test on come "
            "of other answers, so give two or more that differ"
        )
    tested = answer.ravel() % min(EVERY, len(answers)) == 0
    return pool[np.flatnonzero(~tested)], pool[np.flatnonzero(tested)]


def make_sudokus_near(
    share: WorkShare, seeds: tuple[Pool, Pool], least: float, orders: int
) -> list[Row]:
    """The sudokus of a share, rated by the fewest guesses in `orders` orders: `least` or more.

    Each is a neighbour of one of `seeds` (`seeds_of`), whose place in its file ends the column
    source. Raises `UserError` where too few were found in time.
    """
    rng, parents = share.rng(), seeds[share.part]
    known = {given.tobytes() for part in seeds for given in part.given}
    kept = parents[np.arange(0)]
    for _ in range(PATIENCE):
        born = children(parents[rng.integers(len(parents), size=TRIED)], rng)
        born = replace(born, guesses=guesses_of(born.given, rng, orders))
        fresh: list[int] = []
        for row in np.flatnonzero(born.guesses >= least).tolist():
            if (key := born.given[row].tobytes()) not in known:
                known.add(key)
                fresh.append(row)
        kept = kept.joined(born[np.array(fresh, np.int64)])
        if len(kept) >= share.count:
            break
    else:
        raise UserError(
            f"only {len(kept)} of {share.count} sudokus that need {least:g} guesses were found in "
            "time near the file's: give a lower --rating, or a file of harder ones"
        )
    return rows_of(kept[np.arange(share.count)], share)
