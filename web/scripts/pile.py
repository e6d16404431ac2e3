"""Makes the pile of puzzles that the page offers, and records a thought about one of them, with
which the story begins: `python web/scripts/pile.py` (minutes), or with `thought` only the latter.

All come from the package's own generators, with a seed that no training uses, as test puzzles: they
share no random numbers with any training set, and none is from another's collection. A sudoku's
rating is the number of guesses that a search by singles needs, as `hrmkit data` rates them; Sudoku-
Extreme's training puzzles need 108 on average. A maze's is the number of cells of its path.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hrmkit.puzzles.files import Row
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.maze import hard, newspaper
from hrmkit.puzzles.sudoku.generator import make_sudokus, make_sudokus_with_blanks
from hrmkit.puzzles.sudoku.puzzle import Sudoku
from hrmkit.recording.file import save
from hrmkit.recording.thought.solve import solve
from hrmkit.studio.stories import SHIPPED_STORIES

TARGET = Path(__file__).parent.parent / "src" / "stories" / "thought" / "state" / "pile.json"
SEED = 20_291_129
EACH = 5
FIRST = 4
"""Which of the hardest is thought about: as most, it is not solved at the first look."""
TITLE = "sudoku-wide thinks about a hard sudoku"


def share(number: int, count: int) -> WorkShare:
    """A share of a generator's work, of test puzzles."""
    return WorkShare(SEED, 1, number, count)


def level(title: str, puzzle: str, rows: list[Row], unit: str) -> dict[str, Any]:
    """The first of `rows` as the page has them."""
    return {
        "title": title,
        "puzzle": puzzle,
        "unit": unit,
        "puzzles": [
            {"question": row.question.replace(" ", "."), "rating": row.rating}
            for row in rows[:EACH]
        ],
    }


def spread(rows: list[Row], least: float, most: float) -> list[Row]:
    """Those of a rating between two."""
    return [row for row in rows if row.rating is not None and least <= row.rating <= most]


def pile() -> list[dict[str, Any]]:
    """All levels, easy ones first."""
    easy = spread(make_sudokus_with_blanks(share(0, 24), 34, 40), 0, 0)
    minimal = make_sudokus(share(1, 64), 0.0)
    bred = make_sudokus(share(2, 64), 40.0)
    extreme = make_sudokus(share(3, 64), 108.0)
    return [
        level("Easy", "sudoku", easy, "guesses"),
        level("Medium", "sudoku", spread(minimal, 0, 0), "guesses"),
        level("Hard", "sudoku", spread(minimal, 1, 8), "guesses"),
        level("Very hard", "sudoku", spread(bred, 25, 60), "guesses"),
        level("As hard as Sudoku-Extreme", "sudoku", spread(extreme, 90, 160), "guesses"),
        level("Newspaper, small", "maze", newspaper.make_mazes(share(4, EACH), 9, 15), "cells"),
        level("Newspaper", "maze", newspaper.make_mazes(share(5, EACH), 15, 25), "cells"),
        level("Many ways", "maze", hard.make_mazes(share(6, EACH), 15, 40), "cells"),
    ]


def first_thought(question: str) -> None:
    """Record what the usual model makes of a puzzle, in as many views as it needs."""
    recording = solve(question, "sudoku-wide", record=True).recording
    assert recording.valid
    assert recording.tried is not None
    assert len(recording.tried) > 1
    target = next(path for path in SHIPPED_STORIES if path.name.startswith("sudoku"))
    save(recording.model_copy(update={"title": TITLE}), target)
    print(target)


def main() -> None:
    """Write both."""
    if "thought" in sys.argv[1:]:
        levels = json.loads(TARGET.read_text())
    else:
        levels = pile()
        write(levels)
    of_extreme = next(one for one in levels if "Extreme" in one["title"])
    first_thought(of_extreme["puzzles"][FIRST]["question"])


def write(levels: list[dict[str, Any]]) -> None:
    """Write the pile."""
    for one in levels:
        assert len(one["puzzles"]) == EACH, one["title"]
        if one["puzzle"] == "sudoku":
            assert all(
                Sudoku().flaw(Sudoku().encode(p["question"])) is None for p in one["puzzles"]
            )
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(levels, indent=1) + "\n")
    print(TARGET)


if __name__ == "__main__":
    main()
