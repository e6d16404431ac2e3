"""The settings of a training of puzzle models."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from hrmkit.bounds import MOST_BATCH
from hrmkit.errors import UserError

OptimizerName = Literal["adamw", "adam-atan2", "muon"]
Schedule = Literal["constant", "linear", "cosine"]
LossName = Literal["softmax", "stablemax"]
Stage = tuple[float, int, int]
"""(end, cycles, low_calls): the depth to train with, up to this share of the training."""

LARGEST = {"steps": 2**53, "minutes": 10**7, "batch": MOST_BATCH, "starts": 1000}
"""The largest value of each setting that counts something; 10**7 minutes are 19 years."""
STEEPEST = 100
"""The largest tilt: 0.1 nats more or less then are a factor of 22,000."""
EXPLORATION = 0.1
"""Probability that a row must take a random minimum of segments (arXiv 2506.21734)."""


@dataclass(frozen=True)
class Recipe:
    """Settings of a training. The defaults are the ladder's.

    The training ends after `steps` or `minutes`, whichever is first. Raises `UserError` for a
    value out of range.
    """

    steps: int | None = None
    """Gradient steps, each one segment of a batch."""
    minutes: float | None = None
    """Minutes of training; evaluations and interruptions do not count."""
    batch: int = 32
    """Puzzles in a batch, over all processes."""
    optimizer: OptimizerName = "adamw"
    """For all weights but puzzle embeddings. `muon` uses Muon for the modules' matrices and AdamW
    for the rest."""
    lr: float = 1.5e-3
    """Learning rate of that optimizer."""
    betas: tuple[float, float] = (0.9, 0.95)
    """Of AdamW and Adam-atan2; Muon's momentum is torch's default."""
    weight_decay: float = 0.1
    warm_up: int = 100
    """Steps in which the learning rate rises to `lr`."""
    schedule: Schedule = "linear"
    decay_from: float = 0.5
    """The share of the training after which the learning rate falls, unless it is constant."""
    final_lr: float = 0.1
    """The share of `lr` that it falls to."""
    puzzle_lr: float = 1e-2
    """Learning rate of puzzle embeddings (sign-SGD)."""
    puzzle_weight_decay: float = 0.1
    clip: float | None = 0.5
    """Largest norm of the gradient, puzzle embeddings left out (only their sign is used)."""
    exploration: float = EXPLORATION
    loss: LossName = "softmax"
    label_smoothing: float = 0.0
    """Label smoothing of the softmax loss: the share of each label that all tokens divide."""
    tilt: float = 0.0
    """Below 0, puzzles whose answer is still far count less, each as exp(tilt * its loss); above,
    more (arXiv 2007.01162)."""
    ema_decay: float = 0.0
    """Decay of the exponential moving average of the weights (TRM: 0.999); 0 for no average."""
    starts: int = 1
    """Initial states of every puzzle; only the one with the lowest loss learns (arXiv
    2601.19085)."""
    curriculum: tuple[Stage, ...] = ()
    """Depth curriculum: stages of fewer cycles and calls before the full wiring, such as
    ((0.3, 1, 2), (0.6, 2, 4)) (arXiv 2511.08653)."""
    augment: bool = True
    views: int = 1000
    """ARC only: augmented views of every task, each with its own puzzle embedding."""

    def __post_init__(self) -> None:
        for name, most in LARGEST.items():
            value = getattr(self, name)
            if value is not None and not 0 < value <= most:
                raise UserError(f"{name} is {value}: it has to be more than 0, at most {most}")
        if self.views < 0:
            raise UserError(f"views is {self.views}: it has to be 0 or more")
        if self.warm_up > LARGEST["steps"]:
            raise UserError(f"warm_up is {self.warm_up}: it has to be at most {LARGEST['steps']}")
        for name in ("lr", "weight_decay", "warm_up", "puzzle_lr", "puzzle_weight_decay"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise UserError(f"{name} is {value}: it has to be 0 or more")
        if self.clip is not None and not self.clip > 0:
            raise UserError(f"clip is {self.clip}: it has to be more than 0, or none at all")
        for name in ("decay_from", "final_lr", "exploration"):
            if not 0 <= getattr(self, name) <= 1:
                raise UserError(f"{name} is {getattr(self, name)}: it has to be 0 to 1")
        for name, value in (("betas", max(self.betas)), ("ema_decay", self.ema_decay)):
            if not (0 <= value < 1 and min(self.betas) >= 0):
                raise UserError(f"{name} is {getattr(self, name)}: it has to be 0 or more, below 1")
        if not 0 <= self.label_smoothing < 1 or (self.label_smoothing and self.loss != "softmax"):
            raise UserError(
                f"label_smoothing is {self.label_smoothing} with the {self.loss} loss: it has to "
                "be 0 or more, below 1, and is for softmax"
            )
        if not abs(self.tilt) <= STEEPEST:
            raise UserError(f"tilt is {self.tilt}: it has to be -{STEEPEST} to {STEEPEST}")
        ends = [until for until, _, _ in self.curriculum]
        if ends != sorted(ends) or any(not 0 < end < 1 for end in ends):
            raise UserError(
                f"curriculum ends its stages at {ends}: name shares of the training, rising, "
                "between 0 and 1"
            )

    def lr_factor(self, step: int, done: float, of: float) -> float:
        """The factor on the learning rate for gradient step `step`, which counts from 0.

        `done` of `of` steps or seconds of the training are over.
        """
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        if self.schedule == "constant":
            return 1.0
        begin = of * self.decay_from
        past = min(1.0, max(0.0, done - begin) / max(1.0, of - begin))
        if self.schedule == "cosine":
            past = (1 - math.cos(math.pi * past)) / 2
        return 1 - (1 - self.final_lr) * past

    def stage_at(self, share: float) -> tuple[int, int] | None:
        """(cycles, low_calls) at this share of the training; None for the wiring's own."""
        for until, cycles, low_calls in self.curriculum:
            if share < until:
                return cycles, low_calls
        return None


ORIGINAL = Recipe(
    batch=768,
    optimizer="adam-atan2",
    lr=1e-4,
    weight_decay=1.0,
    warm_up=2000,
    schedule="constant",
    puzzle_lr=1e-4,
    puzzle_weight_decay=1.0,
    clip=None,
    loss="stablemax",
)

RECIPES = {
    "hrm-27m": replace(ORIGINAL, steps=26_041),
    "trm-5m": replace(ORIGINAL, steps=65_104, ema_decay=0.999),
    "trm-7m": replace(ORIGINAL, steps=65_104, ema_decay=0.999),
}
"""The originals' recipes for sudoku, by preset (arXiv 2506.21734, 2510.04871)."""


def recipe_of(preset: str | None) -> Recipe:
    """The recipe of a preset; the default for None."""
    return RECIPES.get(preset or "", Recipe())
