"""How much faster the solver is than thinking all segments, on one model in one run.

Puzzles are solved in four ways, turn by turn and in CPU time: all segments for every puzzle;
batches that wait for their slowest row; the solver. The last line repeats the first way against
itself: this machine's noise. Without `--data`, step 7 of the ladder is trained (half a minute) and
its held-out puzzles are solved, up to 8 segments.

    python bench/solver.py
    python bench/solver.py --model sudoku-hrm --data test.csv.gz --segments 16
"""

import argparse
from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time

import torch

from hrmkit.cli.script import run_script
from hrmkit.experiments.ladder.variants import (
    puzzles,
    train_variant,
    use_one_thread,
    variant_of_step,
)
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.solving.batch import rows_for
from hrmkit.solving.evaluate import first
from hrmkit.solving.loading import load_for, load_model
from hrmkit.solving.solver import Solutions, solve
from hrmkit.solving.thinking import thinking

TURNS = 7


def everything(model: PuzzleHRM, some: PuzzleSet, segments: int | None) -> Solutions:
    """All segments of every puzzle, as the original evaluates."""
    return solve(model, some, segments=segments, halt=False)


def waiting(
    model: PuzzleHRM, some: PuzzleSet, segments: int | None, halt_threshold: float | None
) -> Solutions:
    """Batch by batch, each until all of its rows have halted; a row keeps its answer at red."""
    parts: list[Solutions] = []
    batch = rows_for(model)
    for at in range(0, len(some), batch):
        part = some[at : at + batch]
        said: Solutions | None = None
        open_rows = torch.ones(len(part), dtype=torch.bool)
        for thought in thinking(model, part, segments=segments, halt_threshold=halt_threshold):
            if said is None:
                said = Solutions(thought.tokens, thought.q_halt, torch.ones(len(part)).long())
            said.tokens[open_rows] = thought.tokens[open_rows]
            said.q[open_rows] = thought.q_halt[open_rows]
            said.segments[open_rows] = thought.number
            open_rows &= ~thought.halts
            if not open_rows.any():
                break
        assert said is not None
        parts.append(said)
    return Solutions(
        torch.cat([part.tokens for part in parts]),
        torch.cat([part.q for part in parts]),
        torch.cat([part.segments for part in parts]),
    )


def solver(
    model: PuzzleHRM, some: PuzzleSet, segments: int | None, halt_threshold: float | None
) -> Solutions:
    """Halted rows make room."""
    return solve(model, some, segments=segments, halt_threshold=halt_threshold)


def main() -> None:
    """Train, solve, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="sudoku-hrm", help="of the puzzles in --data")
    parser.add_argument("--data", help="puzzles to solve; those of the ladder unless said")
    parser.add_argument("--segments", type=int, help="the most; the model's own unless said")
    parser.add_argument(
        "--halt-threshold", type=float, help="what the light asks for; the model's own"
    )
    parser.add_argument("--limit", type=int, help="only the first so many puzzles")
    given = parser.parse_args()
    use_one_thread()
    if given.data:
        loaded = load_model(given.model)
        model, test = loaded.model, first(load_for(loaded, given.data), given.limit).rows
        halt_threshold = given.halt_threshold or loaded.halt_threshold
    else:
        model, test = train_variant(variant_of_step(7), seed=0)[0], puzzles()[1]
        halt_threshold = given.halt_threshold
    take_turns(model, test, given.segments, halt_threshold)


def take_turns(
    model: PuzzleHRM, test: PuzzleSet, segments: int | None, halt_threshold: float | None
) -> None:
    """Solve in each way in turn, and print."""
    ways: dict[str, Callable[[], Solutions]] = {
        "all segments": partial(everything, model, test, segments),
        "batches that wait": partial(waiting, model, test, segments, halt_threshold),
        "solver": partial(solver, model, test, segments, halt_threshold),
        "all segments again": partial(everything, model, test, segments),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    found: dict[str, Solutions] = {}
    for _ in range(TURNS):
        for name, way in ways.items():
            began = process_time()
            found[name] = way()
            seconds[name].append(process_time() - began)
    print(
        f"{len(test)} puzzles, {TURNS} turns, one thread, CPU time; ratio: median (least to most)"
    )
    for name in ways:
        ratios = [a / b for a, b in zip(seconds["all segments"], seconds[name], strict=True)]
        said = found[name]
        exact = (said.tokens == test.solution).all(1).double().mean().item()
        print(
            f"  {name:<19}{len(test) / median(seconds[name]):8.1f} puzzles/s   "
            f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})   "
            f"{said.segments.double().mean().item():.2f} segments   exact {exact:.3f}"
        )
    same = (found["solver"].tokens == found["batches that wait"].tokens).all(1).double().mean()
    print(f"  the same answers by solver and waiting batches: {same.item():.3f}")


if __name__ == "__main__":
    run_script(main)
