"""Mini-ARC: made-up tasks to learn from three demonstrations each, and their augmented views.

A view is a task under one turn or flip of the board and one permutation of its colours: it is a
task of its own, with a puzzle id of its own, and all its boards are changed alike. View 0 is the
task as it is written down. The ids are 1 + view * 16 + task; id 0 names no task, so that a model
without puzzle embedding can be given zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import Symmetries, Symmetry, identity
from hrmkit.puzzles.mini_arc.symmetries import dihedral_colours
from hrmkit.puzzles.mini_arc.tasks import COLOURS, TASKS, WIDTH, Board, Task
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids, generator

DEMONSTRATIONS = 3
"""A task's boards to learn from."""
HELD_OUT = 8
"""A task's boards to test on."""
COLOURS_SHOWN = 3
"""The fewest colours in a task's demonstrations, or hardly any two of its views would differ."""


@dataclass(frozen=True, eq=False)
class MiniArc:
    """Demonstrations and held-out boards of every task, in every view."""

    views: int
    """Augmented views of each task, beside the one as written."""
    train: PuzzleSet
    """The demonstrations: view by view, in it task by task; view 0 first."""
    plain: PuzzleSet
    """The held-out boards in view 0, task by task."""
    transforms: tuple[Symmetry, ...]
    """What was done to the boards of each puzzle id; nothing for id 0."""

    def puzzle_id(self, task: int, view: int) -> int:
        """The id of a task in a view; `UserError` if there is no such task or view."""
        if not (0 <= task < len(TASKS) and 0 <= view <= self.views):
            raise UserError(
                f"there is no task {task} in view {view}: "
                f"choose a task from 0 to {len(TASKS) - 1} and a view from 0 to {self.views}"
            )
        return 1 + view * len(TASKS) + task

    def task_of(self, puzzle_ids: Tensor) -> Tensor:
        """The task of each id from 1: int64, in the same shape."""
        return (puzzle_ids - 1) % len(TASKS)

    def changes(self, view: int) -> Symmetries:
        """What turns each row of `plain` into that of `held_out(view)`; undoes answers to it."""
        first = self.puzzle_id(0, view)
        ids = self.task_of(self.plain.puzzle_ids) + first
        return Symmetries.of([self.transforms[i] for i in ids])

    def held_out(self, view: int) -> PuzzleSet:
        """The held-out boards in a view, in the order of `plain`, with the view's ids."""
        seen = self.plain.changed(self.changes(view))
        ids = self.task_of(seen.puzzle_ids) + self.puzzle_id(0, view)
        return PuzzleSet(seen.given, seen.solution, ids)


def generate(seed: int = 0, views: int = 0) -> MiniArc:
    """Draw the boards of every task, and `views` augmented views of it.

    The boards do not depend on `views`, and fewer views are the first of more. The boards of a
    task all differ, and so do its views' demonstrations. Raises `UserError` if the seed or
    `views` is negative, or there are not so many views.
    """
    if views < 0:
        raise UserError(f"{views} views are not possible: choose 0 or more")
    given: list[Tensor] = []
    solution: list[Tensor] = []
    changes: list[list[Symmetry]] = []
    for task, rng in zip(TASKS, generator(seed).spawn(len(TASKS)), strict=True):
        boards = _draw_boards(task, rng)
        given.append(_as_rows(boards))
        solution.append(_as_rows([task.solve(board) for board in boards]))
        shown = torch.cat((given[-1][:DEMONSTRATIONS], solution[-1][:DEMONSTRATIONS]))
        changes.append(_draw_views(task, shown, views, rng))
    boards_of = PuzzleSet(
        torch.cat(given),
        torch.cat(solution),
        torch.arange(1, len(TASKS) + 1).repeat_interleave(DEMONSTRATIONS + HELD_OUT),
    )
    demonstrates = torch.arange(len(boards_of)) % (DEMONSTRATIONS + HELD_OUT) < DEMONSTRATIONS
    by_id = [change for view in zip(*changes, strict=True) for change in view]
    transforms = (identity(WIDTH, COLOURS, "colour"), *by_id)
    train = _in_every_view(boards_of[demonstrates], transforms, views)
    return MiniArc(views, train, boards_of[~demonstrates], transforms)


def _draw_boards(task: Task, rng: np.random.Generator) -> list[Board]:
    """Different boards that the rule changes; the first three are the demonstrations."""
    while True:
        boards: dict[bytes, Board] = {}
        while len(boards) < DEMONSTRATIONS + HELD_OUT:
            board = task.draw(rng)
            if not np.array_equal(task.solve(board), board):
                boards[board.tobytes()] = board
        drawn = list(boards.values())
        if len(np.unique(drawn[:DEMONSTRATIONS])) > COLOURS_SHOWN:  # the background is one more
            return drawn


def _as_rows(boards: list[Board]) -> Tensor:
    """Boards as int64 [n, cells]."""
    return torch.from_numpy(np.stack(boards)).flatten(1)


def _draw_views(task: Task, shown: Tensor, views: int, rng: np.random.Generator) -> list[Symmetry]:
    """The identity, and `views` changes that each make something else of the demonstrations.

    `shown` is the demonstrations, given and solved: int64 [boards, cells].
    """
    every = dihedral_colours(WIDTH, COLOURS)
    images = as_grids(Symmetries.of(every).apply(shown.expand(len(every), *shown.shape)).flatten(1))
    order = [0, *(1 + rng.permutation(len(every) - 1))]
    different = {images[i]: i for i in reversed(order)}  # of equal ones the first in order stays
    chosen = [i for i in order if different[images[i]] == i]
    if len(chosen) <= views:
        raise UserError(
            f"{views} views are too many: the task '{task.name}' has {len(chosen) - 1} different "
            "ones with this seed"
        )
    return [every[i] for i in chosen[: views + 1]]


def _in_every_view(
    demonstrations: PuzzleSet, transforms: tuple[Symmetry, ...], views: int
) -> PuzzleSet:
    """The demonstrations (view 0) under the transforms of every view, with their ids."""
    count = len(demonstrations)
    shift = (torch.arange(views + 1) * len(TASKS)).repeat_interleave(count)
    ids = demonstrations.puzzle_ids.repeat(views + 1) + shift
    changes = Symmetries.of([transforms[i] for i in ids])
    return PuzzleSet(
        changes.apply(demonstrations.given.repeat(views + 1, 1)),
        changes.apply(demonstrations.solution.repeat(views + 1, 1)),
        ids,
    )
