"""What it costs to carry a run in shards, and to carry its moments in bfloat16.

    python bench/speedrun/carried.py [--seeds 3] [--steps 1500] [--pieces 5]

The preset `tiny` on 1000 sudokus of 4x4, three times with each seed: in one go, and in pieces
between which it passes through shards with moments in float32 and in bfloat16. What is printed is
the share of 500 others that is exact at the end.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import torch
from shards import join, split

from hrmkit.cli.script import run_script
from hrmkit.device import choose_device
from hrmkit.puzzles.files import Row, save_puzzles
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.puzzles.sudoku import small as sudoku
from hrmkit.runs.fit import run_plan
from hrmkit.runs.folder import RunFolder
from hrmkit.runs.plan import Plan, plan_of
from hrmkit.runs.run import Run, RunOptions, Status


def written(path: Path, puzzles: PuzzleSet) -> str:
    """The puzzles in a file; returns its path."""
    rows = [
        Row(*("".join(map(str, grid.tolist())) for grid in two), rating=0.0, source="made")
        for two in zip(puzzles.given, puzzles.solution, strict=True)
    ]
    save_puzzles(path, rows)
    return str(path)


def train(plan: Plan, folder: Path, until: int) -> None:
    """Begin the run in `folder` or go on with it, to the step `until`."""
    running: list[Run] = []
    steps = plan.recipe.steps or 0

    def report(status: Status) -> None:
        # A run that is asked to stop takes the step that it is about to take.
        if status.step >= until - 1 and until < steps:
            running[0].asked_to_stop.set()

    options = RunOptions(report_seconds=0.0, evaluate_steps=steps, test_puzzles=500)
    device = choose_device("cpu")
    run = RunFolder(folder)
    run_plan(
        plan,
        run,
        resume=run.exists,
        device=device,
        options=options,
        report=report,
        begun=running.append,
    )


def exact(folder: Path) -> float:
    """What the run's last evaluation says."""
    said = [line for line in RunFolder(folder).lines() if line["kind"] == "evaluation"]
    return float(said[-1]["exact"])


def carried(plan: Plan, folder: Path, pieces: int, moments: torch.dtype) -> float:
    """The score of a run in so many pieces, each on another machine, as it were."""
    steps = plan.recipe.steps or 0
    for piece in range(1, pieces + 1):
        here = folder / f"piece-{piece}"
        if piece > 1:
            before = folder / f"piece-{piece - 1}"
            split(before, folder / "shards", moments=moments)
            join(folder / "shards", here)
        train(plan, here, steps * piece // pieces)
    return exact(here)


def main() -> None:
    """Train and print."""
    parser = argparse.ArgumentParser(description="What carrying a run in shards costs.")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--pieces", type=int, default=5)
    given = parser.parse_args()
    torch.set_num_threads(1)
    parts = sudoku.generate(1000, 500, seed=0)
    print("seed  in one go  carried  with moments in bfloat16")
    for seed in range(given.seeds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            data, test = (
                written(folder / f"{number}.csv.gz", part) for number, part in enumerate(parts)
            )
            settings = {"recipe.steps": given.steps}
            plan = plan_of("sudoku", data, "tiny", settings, test=test, seed=seed)
            train(plan, folder / "whole", given.steps)
            scores = [exact(folder / "whole")]
            for moments in (torch.float32, torch.bfloat16):
                scores += [carried(plan, folder / str(moments), given.pieces, moments)]
        print(f"{seed:>4}  {scores[0]:9.3f}  {scores[1]:7.3f}  {scores[2]:.3f}", flush=True)


if __name__ == "__main__":
    run_script(main)
