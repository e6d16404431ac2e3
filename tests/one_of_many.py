"""One process of test_process_group.py: trains a small model in float64 and writes what it is."""

from __future__ import annotations

import json
import sys
import weakref
from dataclasses import replace

import numpy as np
import torch
import torch.distributed as dist

from hrmkit.model.assemble import assemble
from hrmkit.model.steps import wiring_of_step
from hrmkit.model.wiring import PuzzleInterface, Sizes
from hrmkit.puzzles.puzzle import Labelled, PuzzleSet
from hrmkit.puzzles.registry import puzzle_of
from hrmkit.puzzles.sudoku.small import generate
from hrmkit.training.process_group import ProcessGroup, joined
from hrmkit.training.puzzles.metrics import MetricSums, measure
from hrmkit.training.puzzles.queues import Epochs
from hrmkit.training.puzzles.trainer import Trainer
from hrmkit.training.recipe import Recipe

STEPS, BATCH, PUZZLES = 12, 5, 7
"""Neither the batch nor the puzzles can be shared equally by two processes."""


def main(recipe: str) -> None:
    """Train as the recipe (JSON) says, and print what came of it."""
    torch.set_num_threads(1)
    with joined() as group:
        reference = weakref.ref(dist.group.WORLD) if group.world > 1 else None
        found = trained(Recipe(batch=BATCH, warm_up=2, **json.loads(recipe)), group)
        if group.leads:
            print("RESULT", json.dumps(found))
    # Its threads end with it; those that outlive Python abort the process now and then.
    assert reference is None or reference() is None, "something still holds the process group"


def trained(recipe: Recipe, group: ProcessGroup) -> dict[str, object]:
    """Weights, losses and measures of a training."""
    raw, _ = generate(PUZZLES, 1, seed=0)
    puzzles = PuzzleSet(raw.given + 1, raw.solution + 1, torch.arange(PUZZLES))
    wiring = replace(wiring_of_step(7), puzzle_embedding=True, prefix=1)
    face = PuzzleInterface(vocab=6, tokens=16, puzzles=PUZZLES)
    model = assemble(wiring, Sizes(width=32, heads=2, inner=64, blocks=1), face).double()
    # Lights that differ from row to row, so that rows halt at times of their own.
    with torch.no_grad():
        model.q_head.weight.normal_(generator=torch.Generator().manual_seed(0))
        model.q_head.bias.zero_()
    queue = Epochs(puzzles, np.random.default_rng(0))
    trainer = Trainer(model, queue, recipe, 0, group)
    sums = MetricSums()
    for step in range(STEPS):
        sums.add(trainer.step(step, STEPS))
    labelled = Labelled(puzzle_of("sudoku", 16), puzzles, torch.zeros(PUZZLES), "", "")
    tensors, _ = trainer.state()
    rows = {name: value.tolist() for name, value in tensors.items() if name.startswith("rows/")}
    return {
        "weights": {name: value.tolist() for name, value in model.state_dict().items()},
        "line": sums.line(group, BATCH),
        "measured": measure(trainer.learned, labelled, group),
        "rows": rows,
    }


if __name__ == "__main__":
    main(sys.argv[1])
