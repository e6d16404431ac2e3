"""Where a training takes its puzzles from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch

from hrmkit.puzzles.puzzle import PuzzleSet

Augment = Callable[[PuzzleSet, np.random.Generator], PuzzleSet]
"""Applies a random symmetry to each of some puzzles."""


class Source(Protocol):
    """A source of puzzles."""

    def take(self, count: int) -> PuzzleSet:
        """The next `count` puzzles."""
        ...


class Queue(Source, Protocol):
    """A source whose position can be saved and restored."""

    def state(self) -> dict[str, Any]:
        """Its position, as JSON."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Continue at the position `state`; raises an error for one that is impossible."""
        ...


class Epochs:
    """The puzzles epoch after epoch, shuffled each time and, with `augment`, changed."""

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
        """Its position, as JSON. The epoch's order is not stored: it is drawn again."""
        return {
            "before_order": self.before_order,
            "left": len(self.left),
            "now": self.rng.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue at the position `state`; the puzzles have to be the same."""
        self.rng.bit_generator.state = state["before_order"]
        order = self.draw_order()
        if not 0 <= state["left"] <= len(order):
            raise ValueError(f"{state['left']} of {len(order)} puzzles cannot be left")
        self.left = order[len(order) - state["left"] :]
        self.rng.bit_generator.state = state["now"]
