"""ARC's order in training: every epoch one random view of every task, and all its examples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from hrmkit.puzzles.arc.canvas import TURNS, side_of
from hrmkit.puzzles.arc.tasks import Examples
from hrmkit.puzzles.arc.views import Views
from hrmkit.puzzles.puzzle import PuzzleSet


class ArcQueue:
    """Examples without end; a trainer's `Queue`.

    As in the original, an epoch goes through the tasks in random order, takes one view of each and
    its examples in random order. Both grids of an example are moved by the same random distance,
    but for one example of each view, which stays at the top left. Unlike there, an example is moved
    anew each time it is drawn, and none is dropped at a batch's end.
    """

    def __init__(self, examples: Examples, views: Views, rng: np.random.Generator) -> None:
        self.examples, self.views, self.rng = examples, views, rng
        self.tasks: list[int] = []
        """What is left of the epoch, the next one last."""
        self.waiting: list[tuple[int, int]] = []
        """Puzzle ids and examples that are drawn and not given out."""

    def take(self, count: int) -> PuzzleSet:
        """The next `count` examples; an epoch's end may lie among them."""
        while len(self.waiting) < count:
            self._draw_task()
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        ids, which = torch.tensor(taken, dtype=torch.int64).reshape(-1, 2).unbind(1)
        changes = self.views.changes(ids)
        return self.examples.seen(which, changes, ids, self._corners(ids, which, changes.turns))

    def _draw_task(self) -> None:
        """Put the examples of the next task's view behind those that wait."""
        if not self.tasks:
            self.tasks = self.rng.permutation(len(self.views.starts) - 1).tolist()
        task = self.tasks.pop()
        first, last = (int(start) for start in self.views.starts[task : task + 2])
        puzzle_id = 1 + int(self.rng.integers(first, last))
        first, last = (int(start) for start in self.examples.starts[task : task + 2])
        order: list[int] = (first + self.rng.permutation(last - first)).tolist()
        self.waiting += [(puzzle_id, example) for example in order]

    def _corners(self, ids: Tensor, which: Tensor, turns: Tensor) -> Tensor:
        """Where grids stand: anywhere that both fit, or at the top left: int64 [n, 2]."""
        sizes = torch.maximum(self.examples.given_sizes[which], self.examples.answer_sizes[which])
        transposed = torch.tensor([turn[0] for turn in TURNS])[turns]
        sizes = torch.where(transposed[:, None], sizes.flip(-1), sizes)
        room = (side_of(self.examples.given.shape[1]) - sizes).numpy()
        corners = torch.from_numpy(self.rng.integers(0, room + 1))
        return torch.where(self._stays(ids, which)[:, None], 0, corners)

    def _stays(self, ids: Tensor, which: Tensor) -> Tensor:
        """Which examples are the one of their view that is never moved: bool [n].

        The first example of the first view, the second of the second, and so on around.
        """
        task = self.views.task_of(ids)
        view = ids - 1 - self.views.starts[task]
        first, last = self.examples.starts[task], self.examples.starts[task + 1]
        return which - first == view % (last - first)

    def state(self) -> dict[str, Any]:
        """Where it stands, as JSON."""
        return {
            "tasks": list(self.tasks),
            "waiting": [list(pair) for pair in self.waiting],
            "rng": self.rng.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken; tasks and views have to be the same."""
        self.tasks = numbers(state["tasks"], 0, len(self.views.starts) - 1)
        ids, which = zip(*state["waiting"], strict=True) if state["waiting"] else ((), ())
        self.waiting = list(
            zip(
                numbers(ids, 1, 1 + int(self.views.starts[-1])),
                numbers(which, 0, len(self.examples)),
                strict=True,
            )
        )
        self.rng.bit_generator.state = state["rng"]


def numbers(values: Iterable[object], first: int, end: int) -> list[int]:
    """`values`, if they are whole numbers from `first` to below `end`; else `ValueError`."""
    found = list(values)
    for value in found:
        if not (type(value) is int and first <= value < end):
            raise ValueError(f"{value!r} is not one of {first} to {end - 1}")
    return cast("list[int]", found)
