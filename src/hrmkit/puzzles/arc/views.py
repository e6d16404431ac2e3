"""Augmented views: a task under one turn or flip and one exchange of its colours.

A view is a puzzle of its own: it has its own id, and so its own embedding. View 0 is the task as it
is. The others are drawn as in the original: one of the eight turns, and an order of colours 1 to 9.
A view that shows what another shows already is dropped. There are at most five draws for every view
wanted, so tasks with few colours get fewer views. Unlike there, a test's answer has no part in
this: a task has the same views whether its answers are known or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hrmkit.device import on_threads
from hrmkit.puzzles.arc.canvas import (
    COLOURS,
    FIRST_COLOUR,
    SIDE,
    TURNS,
    ArcChange,
    ArcChanges,
    placed,
    redrawn,
    sizes_of,
)
from hrmkit.puzzles.arc.files import ArcTask
from hrmkit.puzzles.arc.puzzle import random_changes
from hrmkit.puzzles.puzzle import generator

RETRIES = 5
"""Draws for every view wanted, at most; the original's number."""
DRAWN_AT_ONCE = 512
"""Fixed, so that fewer views are the first of more."""

Keys = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Views:
    """The views of some tasks, and their puzzle ids: 1 for the first task as it is, and so on."""

    turns: Tensor
    """uint8 [views of all tasks]."""
    colours: Tensor
    """uint8 [views of all tasks, 10]."""
    starts: Tensor
    """int64 [tasks + 1]: where the views of each task begin, and where the last ends."""

    @property
    def puzzles(self) -> int:
        """How many puzzle ids there are, with id 0, which names no puzzle."""
        return 1 + len(self.turns)

    def count(self, task: Tensor) -> Tensor:
        """How many views tasks have, the plain one among them: int64, of the same shape."""
        return self.starts[task + 1] - self.starts[task]

    def puzzle_ids(self, task: Tensor, view: Tensor) -> Tensor:
        """The ids of some views: int64, of the same shape."""
        return 1 + self.starts[task] + view

    def task_of(self, puzzle_ids: Tensor) -> Tensor:
        """The tasks of ids from 1: int64, of the same shape."""
        return torch.searchsorted(self.starts, puzzle_ids - 1, right=True) - 1

    def of_next_task(self, puzzle_ids: Tensor) -> Tensor:
        """The ids of the same views of the next task, from 1: int64, of the same shape.

        The last view of a task that has fewer; the first task is next to the last.
        """
        task = self.task_of(puzzle_ids)
        view = puzzle_ids - 1 - self.starts[task]
        following = (task + 1) % (len(self.starts) - 1)
        return self.puzzle_ids(following, torch.minimum(view, self.count(following) - 1))

    def changes(self, puzzle_ids: Tensor) -> ArcChanges:
        """What makes the views with these ids, from 1, of their tasks: for int64 [n]."""
        return ArcChanges(
            self.turns[puzzle_ids - 1].long(),
            self.colours[puzzle_ids - 1].long(),
        )


def draw_views(tasks: Sequence[ArcTask], views: int, seed: int) -> Views:
    """The plain view of each task and up to `views` others.

    A task's views depend on the seed and on the task alone, not on the tasks beside it.
    """
    turns: list[Tensor] = []
    colours: list[Tensor] = []
    with on_threads(1):  # of so small tensors; on a busy machine two took 40 times as long
        for task in tasks:
            drawn = views_of(task, views, _random(seed, task.id))
            turns.append(drawn.turns.to(torch.uint8))
            colours.append(drawn.colours.to(torch.uint8))
    counts = torch.tensor([0, *(len(of_task) for of_task in turns)])
    return Views(torch.cat(turns), torch.cat(colours), counts.cumsum(0))


def _random(seed: int, name: str) -> np.random.Generator:
    """Random numbers of `seed` that are a task's own."""
    own = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    return np.random.default_rng((seed, own))


def views_of(task: ArcTask, views: int, rng: np.random.Generator) -> ArcChanges:
    """The identity, and up to `views` changes that each make something else of the task."""
    drawn = ArcChanges.of([ArcChange()])
    if not views:
        return drawn
    look = Look.of(task)
    keys = look.keys(drawn)
    most = 1 + RETRIES * views
    while True:
        _, first = np.unique(keys[:most], return_index=True)
        if len(first) > views or len(keys) >= most:
            break
        more = random_changes(rng, DRAWN_AT_ONCE)
        keys = np.concatenate((keys, look.keys(more)))
        drawn = ArcChanges(
            torch.cat((drawn.turns, more.turns)), torch.cat((drawn.colours, more.colours))
        )
    kept = torch.from_numpy(np.sort(first)[: views + 1])
    return ArcChanges(drawn.turns[kept], drawn.colours[kept])


@dataclass(frozen=True, eq=False)
class Look:
    """What a task looks like under the eight turns, such that colours can be exchanged fast.

    Each cell and each colour has a random number. A pair's key is the sum over its cells of the
    product of the two. Under a turn that is `sums` times the numbers of what the colours become. A
    task's key is the sum of its pairs' keys, each scrambled first. Like the original's hash, it
    does not depend on the order of the pairs. Two different looks share a key of 64 bits with a
    chance of about 1e-19; one view would then be missing.
    """

    sums: Keys
    """[turns, pairs, colours]: the sum over the cells of each colour."""
    numbers: Keys
    """[colours]."""

    @staticmethod
    def of(task: ArcTask) -> Look:
        """The look of all that may be seen of a task: not of its tests' answers, if held out."""
        pairs = [(pair.given, pair.answer) for pair in task.examples]
        pairs += [(pair.given, None if task.held_out else pair.answer) for pair in task.tests]
        nothing = np.zeros((0, 0), dtype=np.uint8)
        boards = [nothing if board is None else board for pair in pairs for board in pair]
        canvases = torch.stack([placed(board) for board in boards])
        every = torch.arange(len(TURNS)).repeat_interleave(len(canvases))
        canvases = canvases.repeat(len(TURNS), 1)
        turned = redrawn(
            canvases,
            sizes_of(canvases),
            every,
            torch.arange(COLOURS).expand(len(every), -1),
            torch.zeros(len(every), 2, dtype=torch.int64),
        )
        rng = generator(0)  # any fixed numbers do
        numbers = rng.integers(2**64, size=COLOURS, dtype=np.uint64)
        cells = rng.integers(2**64, size=(2, SIDE, SIDE), dtype=np.uint64)
        used = max(side for board in boards for side in board.shape)
        cells = cells[:, :used, :used].reshape(-1)
        shape = len(TURNS), len(pairs), len(cells)
        tokens = turned.numpy().reshape(-1, SIDE, SIDE)[:, :used, :used].reshape(shape)
        sums = [
            np.where(tokens == FIRST_COLOUR + colour, cells, np.uint64(0)).sum(-1)
            for colour in range(COLOURS)
        ]
        return Look(np.stack(sums, -1), numbers)

    def keys(self, changes: ArcChanges) -> Keys:
        """A key of the task under each of n changes: [n]."""
        numbers = self.numbers[changes.colours.numpy()]
        pairs = (self.sums[changes.turns.numpy()] * numbers[:, None]).sum(-1)
        return _scrambled(pairs).sum(-1)


def _scrambled(keys: Keys) -> Keys:
    """Other numbers, such that sums of them say which they were (the finaliser of splitmix64)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
