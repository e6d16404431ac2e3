"""Trains a small model on puzzles without a run folder: for the ladder and for tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.training.puzzles.queues import Augment, Epochs
from hrmkit.training.puzzles.trainer import Trainer
from hrmkit.training.recipe import Recipe


def train(
    model: PuzzleHRM,
    puzzles: PuzzleSet,
    recipe: Recipe,
    seed: int,
    augment: Augment | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[float]:
    """Train `model` in place; returns the mean loss of a cell, in nats, of every step.

    Raises `UserError` if the recipe does not say how many steps.
    """
    if recipe.steps is None:
        raise UserError("steps is not set: say how many gradient steps to train for")
    queue = Epochs(puzzles, np.random.default_rng(seed), augment)
    trainer = Trainer(model, queue, recipe, seed)
    losses: list[float] = []
    for step in range(recipe.steps):
        losses.append(trainer.step(step, recipe.steps).cells.item() / recipe.batch)
        if progress is not None:
            progress(step + 1, recipe.steps)
    return losses
