"""Training a model on puzzles: deep supervision, one gradient step a segment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import PuzzleSet, Reversible
from hrmkit.training.losses import CellLoss, puzzle_losses, softmax_loss
from hrmkit.training.optimizers import SignSGD
from hrmkit.training.outer_loop import EXPLORATION, first_rows, refilled, staggered, think

Augment = Callable[[np.random.Generator, int], Reversible]
"""Draws a change for each of so many puzzles."""


@dataclass(frozen=True)
class Recipe:
    """Settings of a training; those of the ladder unless said otherwise."""

    steps: int
    """Gradient steps, each one segment of a batch."""
    batch: int = 32
    rate: float = 1.5e-3
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.1
    warm_up: int = 100
    """Steps in which the rate rises to its full height."""
    final_rate: float = 0.1
    """Over the second half the rate falls, in a line, to this share."""
    puzzle_rate: float = 1e-2
    """Learning rate of puzzle embeddings (sign-SGD)."""
    puzzle_weight_decay: float = 0.1
    clip: float = 0.5
    """The gradient's norm is cut to this, but for puzzle embeddings: only their sign counts."""
    exploration: float = EXPLORATION

    def rate_at(self, step: int) -> float:
        """The schedule's factor on the learning rate before gradient step `step`, from 0."""
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        half = self.steps / 2
        past = max(0.0, step - half) / max(1.0, self.steps - half)
        return 1 - (1 - self.final_rate) * past


class Epochs:
    """The puzzles again and again, shuffled anew each time, and changed anew if asked for."""

    def __init__(
        self, puzzles: PuzzleSet, rng: np.random.Generator, augment: Augment | None = None
    ) -> None:
        self.puzzles, self.rng, self.augment = puzzles, rng, augment
        self.left = torch.zeros(0, dtype=torch.int64)

    def take(self, count: int) -> PuzzleSet:
        """The next `count` puzzles; an epoch's end may lie among them."""
        while len(self.left) < count:
            order = torch.from_numpy(self.rng.permutation(len(self.puzzles)))
            self.left = torch.cat((self.left, order))
        taken, self.left = self.puzzles[self.left[:count]], self.left[count:]
        if self.augment is None:
            return taken
        return taken.changed(self.augment(self.rng, count))


def train(
    model: PuzzleHRM,
    puzzles: PuzzleSet,
    recipe: Recipe,
    seed: int,
    augment: Augment | None = None,
    cell_loss: CellLoss = softmax_loss,
    progress: Callable[[int, int], None] | None = None,
) -> list[float]:
    """Train `model` in place; returns the mean loss of a cell, in nats, of every step."""
    queue = Epochs(puzzles, np.random.default_rng(seed), augment)
    draws = torch.Generator().manual_seed(seed)
    optimizers = optimizers_for(model, recipe)
    rows = staggered(model, first_rows(model, queue.take(recipe.batch)))
    losses: list[float] = []
    for step in range(recipe.steps):
        rows = refilled(model, rows, queue)
        thought = think(model, rows, draws, recipe.exploration)
        rows = thought.rows
        found = puzzle_losses(
            thought.outputs, rows.puzzles.solution, thought.target_continue, cell_loss
        )
        minimised = found.cells if model.wiring.halting == "none" else found.total()
        for optimizer in optimizers:
            optimizer.zero_grad()
        (minimised / recipe.batch).backward()
        clip_grad_norm_(body_of(model), recipe.clip)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["full_lr"] * recipe.rate_at(step)
            optimizer.step()
        losses.append(found.cells.item() / recipe.batch)
        if progress is not None:
            progress(step + 1, recipe.steps)
    return losses


def body_of(model: PuzzleHRM) -> list[Tensor]:
    """Everything that is learned but puzzle embeddings."""
    return [p for name, p in model.named_parameters() if not name.startswith("puzzle_embedding")]


def optimizers_for(model: PuzzleHRM, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """AdamW for everything but puzzle embeddings, which are sign-SGD's."""
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            body_of(model), lr=recipe.rate, betas=recipe.betas, weight_decay=recipe.weight_decay
        )
    ]
    if model.puzzle_embedding:
        optimizers.append(
            SignSGD(
                model.puzzle_embedding.parameters(), recipe.puzzle_rate, recipe.puzzle_weight_decay
            )
        )
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["full_lr"] = group["lr"]
    return optimizers
