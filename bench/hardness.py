"""How hard sudokus are whatever the order in which a search tries cells: guesses, and the fewest.

A puzzle can need many guesses by bad luck: another order of the same search, which is the puzzle
under a symmetry, needs few. What is hard in every order is hard for better solvers, too.

    python bench/hardness.py FILE [FILE ...] [--count 200] [--orders 8]
"""

from __future__ import annotations

import argparse

import numpy as np

from hrmkit.cli.script import run_script
from hrmkit.errors import UserError
from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.sudoku.generator import in_another_order
from hrmkit.puzzles.sudoku.search import search


def measure(path: str, count: int, orders: int) -> None:
    """Print what the first `count` puzzles of a file need."""
    puzzles = load_puzzles("sudoku", path)
    grids = puzzles.rows.given[:count].numpy() - 1  # the search's blank is 0, and so on
    rng = np.random.default_rng(0)
    own = search(grids).guesses
    others = [search(in_another_order(grids, rng)).guesses for _ in range(orders)]
    fewest = np.min(others, 0)
    quarters = " ".join(f"{part:g}" for part in np.percentile(fewest, [25, 50, 75]))
    print(
        f"{path}: {len(grids)} puzzles, {own.mean():.1f} guesses, the fewest of {orders} orders "
        f"{fewest.mean():.1f} on average (quartiles {quarters}); "
        f"{(grids > 0).sum(1).mean():.1f} clues"
    )


def main() -> None:
    """Measure every file."""
    parser = argparse.ArgumentParser(description="How hard sudokus are in any order of a search.")
    parser.add_argument("files", nargs="+", help="puzzles with answers")
    parser.add_argument("--count", type=int, default=200, help="of each file, the first so many")
    parser.add_argument("--orders", type=int, default=8)
    given = parser.parse_args()
    if min(given.count, given.orders) < 1:
        raise UserError("--count and --orders have to be 1 or more")
    for path in given.files:
        measure(path, given.count, given.orders)


if __name__ == "__main__":
    run_script(main)
