"""A run's folder from a real, tiny training: 4x4 sudokus, a model of some thousand numbers.

`python tests/tiny_run.py FOLDER [STEPS]` has the trainer write one, which the page's tests show;
with `--slowly` it waits after each line, as a longer training would.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hrmkit.model.steps import wiring_of_step
from hrmkit.model.wiring import Sizes
from hrmkit.puzzles.files import Row, save_puzzles
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids
from hrmkit.puzzles.sudoku.puzzle import Sudoku
from hrmkit.puzzles.sudoku.small import generate
from hrmkit.runs.fit import run_plan
from hrmkit.runs.folder import RunFolder
from hrmkit.runs.plan import Plan
from hrmkit.runs.run import Report, RunOptions, silent
from hrmkit.training.recipe import Recipe

WIRING = wiring_of_step(7)
SIZES = Sizes(width=32, heads=2, inner=64, blocks=1, rope_base=10_000.0)
HABITS = RunOptions(report_seconds=0.0, evaluate_steps=10, save_minutes=1e6)
"""A line for every step, and nothing that depends on the clock."""


def tiny_run(folder: Path, steps: int = 60, report: Report = silent) -> None:
    """Train for real; puzzles to learn from and to test on are put beside the folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    data, test = (folder.parent / f"{folder.name}-{part}.csv" for part in ("train", "test"))
    for file, puzzles in zip((data, test), generate(train=64, test=16, seed=0), strict=True):
        save_puzzles(file, rows(puzzles))
    recipe = Recipe(steps=steps, batch=16, warm_up=10, lr=3e-3)
    plan = Plan("sudoku", str(data), str(test), None, WIRING, SIZES, recipe, 0)
    run_plan(plan, RunFolder(folder), options=HABITS, threads=1, track="none", report=report)


def rows(puzzles: PuzzleSet) -> list[Row]:
    """The ladder's puzzles, as a file holds them."""
    text, both = Sudoku(2).decode, (puzzles.given + 1, puzzles.solution + 1)
    return [
        Row(text(given), text(answer)) for given, answer in zip(*map(as_grids, both), strict=True)
    ]


if __name__ == "__main__":
    named = [one for one in sys.argv[1:] if not one.startswith("--")]
    slowly: Report = lambda _: time.sleep(0.2)  # noqa: E731
    tiny_run(
        Path(named[0]),
        int(named[1]) if len(named) > 1 else 60,
        slowly if "--slowly" in sys.argv else silent,
    )
