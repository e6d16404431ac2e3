"""The sudokus of a file made easier: some of their blanks are filled in from their answers.

So a model that may see no other puzzles, as in Sudoku-Extreme's protocol of 1000, can still begin
with easy ones.
"""

from __future__ import annotations

import numpy as np

from hrmkit.puzzles.files import Row
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.sudoku.generator import Bools, Pool, rows_of
from hrmkit.puzzles.sudoku.search import search

MOST_BLANKS = 64
"""No sudoku with one solution has more: it needs 17 clues (McGuire et al., arXiv 1201.0749)."""


def make_easier_sudokus(
    share: WorkShare, seeds: tuple[Pool, Pool], fewest: int, most: int
) -> list[Row]:
    """The sudokus of a share, rated by their guesses, each with `fewest` to `most` blanks.

    Each is one of `seeds` (as `near.seeds_of` parts them), whose place in its file ends the column
    source, with clues put in. One that has fewer blanks than was drawn for it stays as it is.
    """
    rng, seeded = share.rng(), seeds[share.part]
    pool = seeded[rng.integers(len(seeded), size=share.count)]
    blank: Bools = pool.given == 0
    # The blanks of each puzzle in random order, before its clues.
    order = np.argsort(np.where(blank, rng.random(blank.shape), 1.0), axis=1)
    place = np.argsort(order, axis=1)
    left = rng.integers(fewest, most + 1, share.count)
    given = np.where(blank & (place < left[:, None]), 0, pool.solution)
    return rows_of(Pool(given, pool.solution, search(given).guesses, pool.founder), share)
