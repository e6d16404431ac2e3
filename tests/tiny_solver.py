"""A small model of 4x4 sudoku in the originals' tokens, trained for some seconds."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import torch

from hrmkit.model.assemble import assemble
from hrmkit.model.checkpoint import save
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.steps import ladder_sizes, wiring_of_step
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.puzzles.puzzle import Labelled, PuzzleSet, as_grids
from hrmkit.puzzles.sudoku import small as sudoku
from hrmkit.puzzles.sudoku.puzzle import Sudoku
from hrmkit.training.puzzles.one_go import train
from hrmkit.training.recipe import Recipe

FOUR = Sudoku(2)
STEPS = 400


def shifted(puzzles: PuzzleSet) -> PuzzleSet:
    """The ladder's puzzles in the originals' tokens."""
    return PuzzleSet(puzzles.given + 1, puzzles.solution + 1, puzzles.puzzle_ids)


@cache
def data() -> tuple[PuzzleSet, Labelled]:
    """Puzzles to train on, and puzzles to test on, rated by their blanks."""
    learned, test = sudoku.generate(600, 120, seed=0)
    labelled = Labelled(FOUR, shifted(test), test.blanks.double(), "four.csv", "its fingerprint")
    return shifted(learned), labelled


@cache
def trained() -> PuzzleHRM:
    """One module with an outer loop: it learns in seconds, and solves about half."""
    wiring = replace(
        wiring_of_step(7),
        halting="single-pass",
        hierarchy=False,
        modules=1,
        cycles=1,
        low_calls=3,
        segments=4,
    )
    model = assemble(wiring, ladder_sizes(wiring), PuzzleInterface(vocab=6, tokens=16), 0)
    torch.set_num_threads(1)
    train(model, data()[0], Recipe(steps=STEPS, lr=2e-3), 0)
    return model.eval()


def write_csv(path: Path) -> None:
    """The test's puzzles as a file."""
    rows = data()[1].rows
    lines = [
        f"x,{FOUR.decode(given)},{FOUR.decode(solution)},{given.count(1)}"
        for given, solution in zip(as_grids(rows.given), as_grids(rows.solution), strict=True)
    ]
    path.write_text("\n".join(["source,question,answer,rating", *lines]) + "\n")


def save_run(folder: Path) -> None:
    """The model as a run's newest checkpoint, after an older one that knows nothing."""
    older = assemble(trained().wiring, trained().sizes, trained().interface, 5)
    save(older, folder / "checkpoints" / "step-0000090", {"puzzle": "sudoku"})
    metadata = {
        "puzzle": "sudoku",
        "data": [{"source": "four.csv", "fingerprint": "that of the training", "rows": 600}],
        "recipe": {},
        "step": STEPS,
        "seed": 0,
        "preset": None,
    }
    save(trained(), folder / "checkpoints" / f"step-{STEPS:07d}", metadata)
    (folder / "checkpoints" / "step-0000900.part").mkdir()
