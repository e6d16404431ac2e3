"""Where a training takes its puzzles from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch

from hrmkit.puzzles.puzzle import PuzzleSet

Augment = Callable[[PuzzleSet, np.random.Generator], PuzzleSet]
"""Changes each of some puzzles at random."""


class Source(Protocol):
    """Where puzzles come from."""

    def take(self, count: int) -> PuzzleSet:
        """The next `count` puzzles; each is given out once."""
        ...


class Queue(Source, Protocol):
    """A source that a resumed training can go on with."""

    def state(self) -> dict[str, Any]:
        """Where it stands, as JSON."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken; raises an error of some kind for what it never was."""
        ...


class Epochs:
    """The puzzles again and again, shuffled anew each time, and changed anew if asked for."""

    def __init__(
        self, puzzles: PuzzleSet, rng: np.random.Generator, augment: Augment | None = None
    ) -> None:
        self.puzzles, self.rng, self.augment = puzzles, rng, augment
        self.left = torch.zeros(0, dtype=torch.int64)
        self.before_order = rng.bit_generator.state

    def take(self, count: int) -> PuzzleSet:
        """The next `count` puzzles; an epoch's end may lie among them."""
        while len(self.left) < count:
            self.left = torch.cat((self.left, self.draw_order()))
        taken, self.left = self.puzzles[self.left[:count]], self.left[count:]
        return taken if self.augment is None else self.augment(taken, self.rng)

    def draw_order(self) -> torch.Tensor:
        """The order of the next epoch."""
        self.before_order = self.rng.bit_generator.state
        return torch.from_numpy(self.rng.permutation(len(self.puzzles)))

    def state(self) -> dict[str, Any]:
        """Where it stands, as JSON: the epoch's order is drawn again, and not kept."""
        return {
            "before_order": self.before_order,
            "left": len(self.left),
            "now": self.rng.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken; the puzzles have to be the same."""
        self.rng.bit_generator.state = state["before_order"]
        order = self.draw_order()
        if not 0 <= state["left"] <= len(order):
            raise ValueError(f"{state['left']} of {len(order)} puzzles cannot be left")
        self.left = order[len(order) - state["left"] :]
        self.rng.bit_generator.state = state["now"]
