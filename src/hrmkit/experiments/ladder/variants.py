"""The ladder: every wiring of the manual trained with the same compute on 4x4 sudoku.

One variant and seed is one job, on one thread, so that it gives the same numbers wherever it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
import torch

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.cost import units_a_step
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.steps import TITLES, ladder_sizes, wiring_of_step
from hrmkit.model.wiring import PuzzleInterface, Wiring
from hrmkit.puzzles.augment import Symmetry, identity
from hrmkit.puzzles.mini_arc import data as mini_arc
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.puzzles.sudoku import small as sudoku
from hrmkit.puzzles.sudoku.symmetries import random_symmetries, random_symmetry
from hrmkit.training.puzzles.one_go import train
from hrmkit.training.recipe import Recipe

BOX = 2
UNITS = 72_000
"""Usual compute of each variant, in block forwards on a batch (model/cost.py)."""
TRAIN_PUZZLES = 1000
TEST_PUZZLES = 500
DATA_SEED = 0
"""The puzzles are the same for every seed: seeds differ in weights and in order."""
VIEWS = 8
"""Symmetries that vote, the puzzle as it is among them."""
MEASURED_STEPS = (1, 2, 3, 5, 6, 7, 8)
"""Steps 0 and 4 have the model of their neighbours; step 9 is measured on mini-ARC."""
ARC_STEP = 9
MOST_UNITS = 1_000_000
"""Some hours a rung."""
ARC_VIEWS = 32
"""Augmented views of every mini-ARC task in training."""
ARC_BALLOTS = 16
"""Views that vote on mini-ARC."""


def steps_for(units: int, wiring: Wiring) -> int:
    """Gradient steps that so many units of compute allow; at least one."""
    return max(1, units // units_a_step(wiring, ladder_sizes(wiring)))


@dataclass(frozen=True)
class Variant:
    """A wiring to train on the ladder's puzzles."""

    name: str
    title: str
    wiring: Wiring
    augmented: bool = False
    units: int = UNITS

    @property
    def steps(self) -> int:
        """Gradient steps that the ladder's compute allows."""
        return steps_for(self.units, self.wiring)


def variant_of_step(step: int, units: int = UNITS) -> Variant:
    """The variant of a step of the manual; raises `UserError` for one that is not measured."""
    if step not in MEASURED_STEPS:
        raise UserError(
            f"step {step} is no rung of the ladder: choose from "
            f"{', '.join(map(str, (*MEASURED_STEPS, ARC_STEP)))}"
        )
    return Variant(
        f"step-{step}", TITLES[step], wiring_of_step(step), augmented=step == 8, units=units
    )


@lru_cache
def puzzles() -> tuple[PuzzleSet, PuzzleSet]:
    """The ladder's puzzles, to train and to test on."""
    return sudoku.generate(TRAIN_PUZZLES, TEST_PUZZLES, DATA_SEED)


BENCH = (
    Variant(
        "one-module",
        "one module, one state, the same outer loop",
        replace(wiring_of_step(6), hierarchy=False, modules=1, cycles=1, low_calls=3),
    ),
    Variant(
        "full-gradient",
        "H and L with backpropagation through time",
        replace(wiring_of_step(5), gradient="full"),
    ),
    Variant(
        "one-module-two-states",
        "TRM: one module plays H and L, gradient through the last cycle",
        replace(wiring_of_step(6), modules=1, gradient="last-cycle"),
    ),
    Variant(
        "single-pass",
        "road lights without the second forward pass",
        replace(wiring_of_step(7), halting="single-pass"),
    ),
)
"""Wirings that are not in the manual, to compare it with."""
AGAINST = {"one-module": 6, "full-gradient": 5, "one-module-two-states": 6, "single-pass": 7}
"""The step of the manual that differs from each of them in one thing."""


Watch = Callable[[PuzzleHRM, int, int], None]
"""Told the model, the gradient steps done and how many there will be, after every step."""


def unwatched(model: PuzzleHRM, done: int, of: int) -> None:
    """Nobody looks."""


def train_variant(
    variant: Variant, seed: int, watch: Watch = unwatched
) -> tuple[PuzzleHRM, list[float]]:
    """A variant's model, trained from `seed`, and its losses (of a cell, in nats) step by step."""
    model = assemble(variant.wiring, seed=seed)
    # What ships is measured in one type, whatever machine measures it again.
    model.compute_dtype = torch.float32
    learned, _ = puzzles()
    recipe = Recipe(steps=variant.steps)
    augment = random_change if variant.augmented else None
    return model, train(model, learned, recipe, seed, augment, partial(watch, model))


def random_change(puzzles: PuzzleSet, rng: np.random.Generator) -> PuzzleSet:
    """The puzzles, each changed by a sudoku symmetry of its own."""
    return puzzles.changed(random_symmetries(rng, BOX, len(puzzles)))


@lru_cache
def voting_views() -> tuple[Symmetry, ...]:
    """The views that vote: the puzzle as it is, then under drawn symmetries."""
    rng = np.random.default_rng(DATA_SEED)
    drawn = (random_symmetry(rng, BOX) for _ in range(VIEWS - 1))
    return (identity(BOX * BOX, BOX * BOX + 1), *drawn)


@dataclass(frozen=True)
class ArcVariant:
    """Mini-ARC with or without puzzle embeddings, with or without augmentation."""

    name: str
    puzzle_embedding: bool
    augmented: bool
    units: int = UNITS

    @property
    def wiring(self) -> Wiring:
        """Step 6's wiring, with puzzle embeddings or without; halting needs a longer training."""
        plain = wiring_of_step(6)
        return replace(plain, puzzle_embedding=True, prefix=1) if self.puzzle_embedding else plain

    @property
    def steps(self) -> int:
        """Gradient steps that the ladder's compute allows."""
        return steps_for(self.units, self.wiring)


ARC_VARIANTS = (
    ArcVariant("neither", puzzle_embedding=False, augmented=False),
    ArcVariant("augmentation", puzzle_embedding=False, augmented=True),
    ArcVariant("embedding", puzzle_embedding=True, augmented=False),
    ArcVariant("both", puzzle_embedding=True, augmented=True),
)


@lru_cache
def tasks(augmented: bool) -> mini_arc.MiniArc:
    """Mini-ARC, with its augmented views or without."""
    return mini_arc.generate(DATA_SEED, ARC_VIEWS if augmented else 0)


def train_arc_variant(variant: ArcVariant, seed: int, watch: Watch = unwatched) -> PuzzleHRM:
    """A model of mini-ARC, trained from `seed` on the demonstrations."""
    arc = tasks(variant.augmented)
    face = PuzzleInterface(
        vocab=mini_arc.COLOURS, tokens=mini_arc.WIDTH**2, puzzles=len(arc.transforms)
    )
    model = assemble(variant.wiring, None, face, seed)
    model.compute_dtype = torch.float32
    recipe = Recipe(steps=variant.steps)
    train(model, arc.train, recipe, seed, progress=partial(watch, model))
    return model


def use_one_thread() -> None:
    """Small matrices gain nothing from a second thread, and sums then depend on it."""
    torch.set_num_threads(1)
