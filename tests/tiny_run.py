"""A run's folder from a real, tiny training: 4x4 sudokus, a model of some thousand numbers.

`python tests/tiny_run.py FOLDER [STEPS]` writes one, which the page's tests show; with `--slowly`
it waits after each line, as a longer training would.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from hrmkit.model.assemble import assemble
from hrmkit.model.cost import step_flops
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.steps import LADDER_SUDOKU, wiring_of_step
from hrmkit.model.wiring import Sizes
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids
from hrmkit.puzzles.sudoku.small import generate
from hrmkit.solving.thinking import ask, right_cells
from hrmkit.training.puzzles.queues import Epochs
from hrmkit.training.puzzles.trainer import Trainer
from hrmkit.training.recipe import Recipe

WIRING = wiring_of_step(7)
SIZES = Sizes(width=32, heads=2, inner=64, blocks=1, rope_base=10_000.0)
WRITE_EVERY, EVALUATE_EVERY = 2, 10

Line = dict[str, Any]


def tiny_run(folder: Path, steps: int = 60, wait: Callable[[], object] | None = None) -> PuzzleHRM:
    """Train for real and write RUN/run.json and RUN/metrics.jsonl; returns the model."""
    model = assemble(WIRING, SIZES, LADDER_SUDOKU, seed=0)
    train, test = generate(train=64, test=16, seed=0)
    recipe = Recipe(steps=steps, batch=16, warm_up=10, rate=3e-3)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(about(recipe, test, model)))
    with (folder / "metrics.jsonl").open("w") as file:
        for line in lines(model, train, test, recipe):
            file.write(json.dumps(line) + "\n")
            file.flush()
            if wait:
                wait()
    return model


def about(recipe: Recipe, test: PuzzleSet, model: PuzzleHRM) -> Line:
    """What run.json says."""
    return {
        "format": "hrmkit-run",
        "version": 1,
        "puzzle": "sudoku",
        "data": [{"source": "generated 4x4", "fingerprint": "0" * 64, "rows": 64}],
        "test": {"source": "generated 4x4", "fingerprint": "1" * 64, "rows": len(test)},
        "preset": None,
        "wiring": asdict(WIRING),
        "sizes": asdict(SIZES),
        "interface": asdict(LADDER_SUDOKU),
        "recipe": asdict(recipe),
        "seed": 0,
        "parameters": sum(p.numel() for p in model.parameters()),
        "flops_a_step": float(recipe.batch * step_flops(WIRING, SIZES, LADDER_SUDOKU)),
        "device": "cpu: the only one there is",
        "watched": {
            "given": test.given[0].tolist(),
            "solution": test.solution[0].tolist(),
            "puzzle_id": 0,
        },
    }


def lines(model: PuzzleHRM, train: PuzzleSet, test: PuzzleSet, recipe: Recipe) -> Iterator[Line]:
    """What metrics.jsonl says, as the training goes on."""
    trainer = Trainer(model, Epochs(train, np.random.default_rng(0)), recipe, 0)
    steps = recipe.steps or 0
    seconds = 0.0
    yield watched(0, model, test)
    for step in range(1, steps + 1):
        began = time.perf_counter()
        said = trainer.step(step - 1, steps)
        seconds += time.perf_counter() - began
        halted = int(said.halted)
        if step == 1 or step % WRITE_EVERY == 0 or step == steps:
            yield {
                "kind": "train",
                "step": step,
                "loss": float(said.cells) / recipe.batch,
                "tokens": float(said.right_cells) / recipe.batch,
                "exact": float(said.halted_right) / halted if halted else None,
                "segments": float(said.segments) / halted if halted else None,
                "rate": trainer.optimizers[0].param_groups[0]["lr"],
                "norm": float(said.norm),
                "examples": step * recipe.batch,
                "seconds": seconds,
                "examples_per_second": step * recipe.batch / seconds,
                "flops_per_second": step
                * recipe.batch
                * step_flops(WIRING, SIZES, LADDER_SUDOKU)
                / seconds,
            }
        if step % EVALUATE_EVERY == 0 or step == steps:
            yield evaluation(step, seconds, model, test)
            yield watched(step, model, test)
    yield {"kind": "end", "step": steps, "why": "steps"}


def evaluation(step: int, seconds: float, model: PuzzleHRM, test: PuzzleSet) -> Line:
    """The test puzzles, asked now."""
    answers = ask(model, test)
    final = answers.when_halted()
    right = right_cells(final, test.solution)
    exact = float(right.all(-1).float().mean())
    return {
        "kind": "evaluation",
        "step": step,
        "seconds": seconds,
        "puzzles": len(test),
        "exact": exact,
        "valid": exact,
        "tokens": float(right.float().mean()),
        "by_segment": answers.right(test).float().mean(1).tolist(),
        "segments": float(answers.used.float().mean()),
    }


def watched(step: int, model: PuzzleHRM, test: PuzzleSet) -> Line:
    """The first test puzzle, asked now."""
    answers = ask(model, test[:1])
    return {
        "kind": "watched",
        "step": step,
        "answers": as_grids(answers.tokens[:, 0]),
        "q_halt": answers.q_halt[:, 0].tolist(),
        "used": int(answers.used[0]),
    }


if __name__ == "__main__":
    named = [one for one in sys.argv[1:] if not one.startswith("--")]
    slowly = (lambda: time.sleep(0.2)) if "--slowly" in sys.argv else None
    tiny_run(Path(named[0]), int(named[1]) if len(named) > 1 else 60, slowly)
