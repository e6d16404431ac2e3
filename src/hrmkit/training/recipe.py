"""How a model of puzzles is trained: every choice, in one place."""

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
"""Until which share of the training, with how many cycles, of how many calls of L."""

LARGEST = {"steps": 2**53, "minutes": 10**7, "batch": MOST_BATCH, "starts": 1000}
"""The most of what is counted; 19 years of minutes."""
EXPLORATION = 0.1
"""Chance that a row has to think a random number of segments at the least (arXiv 2506.21734)."""


@dataclass(frozen=True)
class Recipe:
    """Settings of a training; those of the ladder unless said otherwise.

    It ends after `steps`, after `minutes`, or after whichever is first. Raises `UserError` for a
    setting that makes no sense.
    """

    steps: int | None = None
    """Gradient steps, each one segment of a batch."""
    minutes: float | None = None
    """Time to train for, evaluations and interruptions left out."""
    batch: int = 32
    """Puzzles thought about at once, over all processes."""
    optimizer: OptimizerName = "adamw"
    """Of all but puzzle embeddings. Muon has the modules' matrices, and AdamW the rest."""
    rate: float = 1.5e-3
    betas: tuple[float, float] = (0.9, 0.95)
    """Of the two Adams; Muon's momentum is torch's own default."""
    weight_decay: float = 0.1
    warm_up: int = 100
    """Steps in which the rate rises to its full height."""
    schedule: Schedule = "linear"
    decay_from: float = 0.5
    """From this share of the training on the rate falls ..."""
    final_rate: float = 0.1
    """... to this share, unless the schedule is constant."""
    puzzle_rate: float = 1e-2
    """Learning rate of puzzle embeddings (sign-SGD)."""
    puzzle_weight_decay: float = 0.1
    clip: float | None = 0.5
    """The gradient's norm is cut to this, but for puzzle embeddings: only their sign counts."""
    exploration: float = EXPLORATION
    loss: LossName = "softmax"
    smoothing: float = 0.0
    """Label smoothing of the softmax loss: this share of a label goes to all tokens alike."""
    average: float = 0.0
    """EMA: what each step keeps of the average of the weights (TRM: .999); 0 for none."""
    starts: int = 1
    """Latent starts of every puzzle; only the one that does best learns (arXiv 2601.19085)."""
    curriculum: tuple[Stage, ...] = ()
    """Depth curriculum: stages with fewer cycles and calls before the full wiring, such as
    ((0.3, 1, 2), (0.6, 2, 4)) (arXiv 2511.08653)."""
    augment: bool = True
    views: int = 1000
    """Of ARC: augmented views of every task, each with a puzzle embedding of its own."""

    def __post_init__(self) -> None:
        for name, most in LARGEST.items():
            value = getattr(self, name)
            if value is not None and not 0 < value <= most:
                raise UserError(f"{name} is {value}: it has to be more than 0, at most {most}")
        if self.views < 0:
            raise UserError(f"views is {self.views}: it has to be 0 or more")
        if self.warm_up > LARGEST["steps"]:
            raise UserError(f"warm_up is {self.warm_up}: it has to be at most {LARGEST['steps']}")
        for name in ("rate", "weight_decay", "warm_up", "puzzle_rate", "puzzle_weight_decay"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise UserError(f"{name} is {value}: it has to be 0 or more")
        if self.clip is not None and not self.clip > 0:
            raise UserError(f"clip is {self.clip}: it has to be more than 0, or none at all")
        for name in ("decay_from", "final_rate", "exploration"):
            if not 0 <= getattr(self, name) <= 1:
                raise UserError(f"{name} is {getattr(self, name)}: it has to be 0 to 1")
        for name, value in (("betas", max(self.betas)), ("average", self.average)):
            if not (0 <= value < 1 and min(self.betas) >= 0):
                raise UserError(f"{name} is {getattr(self, name)}: it has to be 0 or more, below 1")
        if not 0 <= self.smoothing < 1 or (self.smoothing and self.loss != "softmax"):
            raise UserError(
                f"smoothing is {self.smoothing} with the {self.loss} loss: it has to be 0 or more, "
                "below 1, and is for softmax"
            )
        ends = [until for until, _, _ in self.curriculum]
        if ends != sorted(ends) or any(not 0 < end < 1 for end in ends):
            raise UserError(
                f"curriculum ends its stages at {ends}: name shares of the training, rising, "
                "between 0 and 1"
            )

    def rate_at(self, step: int, done: float, of: float) -> float:
        """The factor on the learning rate before gradient step `step`, from 0.

        `done` of `of` of the training is over, in steps or in seconds, as what ends it is counted.
        """
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        if self.schedule == "constant":
            return 1.0
        begin = of * self.decay_from
        past = min(1.0, max(0.0, done - begin) / max(1.0, of - begin))
        if self.schedule == "cosine":
            past = (1 - math.cos(math.pi * past)) / 2
        return 1 - (1 - self.final_rate) * past

    def stage_at(self, share: float) -> tuple[int, int] | None:
        """Cycles and calls of L at this share of the training; None for the wiring's own."""
        for until, cycles, low_calls in self.curriculum:
            if share < until:
                return cycles, low_calls
        return None


ORIGINAL = Recipe(
    batch=768,
    optimizer="adam-atan2",
    rate=1e-4,
    weight_decay=1.0,
    warm_up=2000,
    schedule="constant",
    puzzle_rate=1e-4,
    puzzle_weight_decay=1.0,
    clip=None,
    loss="stablemax",
)

RECIPES = {
    "hrm-27m": replace(ORIGINAL, steps=26_041),
    "trm-5m": replace(ORIGINAL, steps=65_104, average=0.999),
    "trm-7m": replace(ORIGINAL, steps=65_104, average=0.999),
}
"""By preset: the originals' for sudoku (arXiv 2506.21734, 2510.04871)."""


def recipe_of(preset: str | None) -> Recipe:
    """The recipe that goes with a preset."""
    return RECIPES.get(preset or "", Recipe())
