"""ARC to train and to test on: examples, their views, and puzzle ids.

Training has the examples of every task and the tests of training tasks, never those of evaluation
tasks. Only the grids themselves are kept; a view of one is made when it is asked for, because a
thousand views of every task are gigabytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hrmkit.bounds import check_seed
from hrmkit.errors import UserError
from hrmkit.puzzles.arc.canvas import PAD, SIDE, ArcChanges, placed, redrawn, sizes_of
from hrmkit.puzzles.arc.files import (
    ArcTask,
    Pair,
    canvas_side,
    fingerprint_of,
    pick,
    read_tasks,
    whole_fingerprint_of,
)
from hrmkit.puzzles.arc.leak import trained_on
from hrmkit.puzzles.arc.puzzle import Arc
from hrmkit.puzzles.arc.views import Views, draw_views
from hrmkit.puzzles.puzzle import IGNORED, Labelled, PuzzleSet

MOST_VIEWS = 10_000


@dataclass(frozen=True, eq=False)
class Examples:
    """Pairs of grids, task by task, as they are: at the top left of their canvases."""

    given: Tensor
    """uint8 [n, cells]."""
    answer: Tensor
    """uint8 [n, cells]; nothing but padding where it is not known."""
    given_sizes: Tensor
    """int64 [n, 2]: rows and columns."""
    answer_sizes: Tensor
    """int64 [n, 2]; 0 where it is not known."""
    starts: Tensor
    """int64 [tasks + 1]: where those of each task begin, and where the last ends."""

    @staticmethod
    def of(tasks: Sequence[Sequence[Pair]], side: int) -> Examples:
        """Those of some tasks, on canvases of `side` x `side`."""
        pairs = [pair for task in tasks for pair in task]
        nothing = np.zeros((0, 0), dtype=np.uint8)
        given = [placed(pair.given, side=side) for pair in pairs]
        answer = [
            placed(nothing if pair.answer is None else pair.answer, side=side) for pair in pairs
        ]
        counts = torch.tensor([0, *(len(task) for task in tasks)])
        shown, hidden = torch.stack(given), torch.stack(answer)
        return Examples(
            shown.to(torch.uint8),
            hidden.to(torch.uint8),
            sizes_of(shown),
            sizes_of(hidden),
            counts.cumsum(0),
        )

    def __len__(self) -> int:
        return len(self.given)

    def seen(
        self, which: Tensor, changes: ArcChanges, puzzle_ids: Tensor, corners: Tensor | None = None
    ) -> PuzzleSet:
        """Some of them, changed and moved.

        `which` is int64 [n], with a change and an id for each; `corners` int64 [n, 2] is where the
        grids stand, the top left unless said.
        """
        if corners is None:
            corners = torch.zeros(len(which), 2, dtype=torch.int64)
        how = changes.turns, changes.colours, corners
        given = redrawn(self.given[which], self.given_sizes[which], *how).long()
        answer = redrawn(self.answer[which], self.answer_sizes[which], *how).long()
        return PuzzleSet(given, torch.where(answer == PAD, IGNORED, answer), puzzle_ids)


@dataclass(frozen=True, eq=False)
class ArcViews:
    """Tests under the views of their tasks: by task, then by test, then by view."""

    source: str
    tasks: tuple[ArcTask, ...]
    """Those tested."""
    examples: Examples
    """Their tests, once each."""
    views: Views
    task: Tensor
    """int64 [n]: whose test a row is, counted in `tasks`."""
    test: Tensor
    """int64 [n]: which of its task's tests, from 0."""
    view: Tensor
    """int64 [n]: which of its task's views; 0 is the test as it is."""
    puzzle_ids: Tensor
    """int64 [n]."""

    def __len__(self) -> int:
        return len(self.task)

    def rows(self, start: int = 0, stop: int | None = None) -> PuzzleSet:
        """Some rows as puzzles; all of them may be more than memory holds."""
        part = slice(start, stop)
        which = self.examples.starts[self.task[part]] + self.test[part]
        return self.examples.seen(which, self.changes(start, stop), self.puzzle_ids[part])

    def changes(self, start: int = 0, stop: int | None = None) -> ArcChanges:
        """What was done to the tests of some rows; it undoes the answers to them."""
        return self.views.changes(self.puzzle_ids[start:stop])


@dataclass(frozen=True, eq=False)
class ArcData:
    """Tasks, and what to train and to test on."""

    source: str
    tasks: tuple[ArcTask, ...]
    seed: int
    """That the views were drawn with."""
    asked: int
    """How many views were asked for, beside the plain one."""
    views: Views
    side: int = SIDE
    """Of the canvases."""

    @cached_property
    def examples(self) -> Examples:
        """All that may be learned from, once each."""
        return Examples.of([task.learned for task in self.tasks], self.side)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of what training may see of the tasks, in hexadecimal."""
        return fingerprint_of(self.tasks)

    def is_of(self, fingerprint: object) -> bool:
        """Whether a model or a run with this fingerprint was trained on these tasks."""
        return fingerprint in (self.fingerprint, whole_fingerprint_of(self.tasks))

    @property
    def puzzles(self) -> int:
        """How many puzzle ids there are, with id 0, which names no puzzle."""
        return self.views.puzzles

    @property
    def kind(self) -> Arc:
        """The puzzle that its canvases are."""
        return Arc(self.side)

    @property
    def labelled(self) -> Labelled:
        """The training examples as they are, under the ids of the plain views."""
        counts = self.examples.starts.diff()
        task = torch.arange(len(self.tasks)).repeat_interleave(counts)
        ids = self.views.puzzle_ids(task, torch.zeros_like(task))
        every = torch.arange(len(self.examples))
        rows = self.examples.seen(every, self.views.changes(ids), ids)
        unrated = torch.full((len(rows),), torch.nan, dtype=torch.float64)
        return Labelled(self.kind, rows, unrated, self.source, self.fingerprint)

    def tests(self, ids: Sequence[str] | None = None, views: int | None = None) -> ArcViews:
        """The tests of the evaluation tasks, or of the named ones, in their first `views` views.

        The plain view is not counted in `views`, which are all unless said. Raises `UserError` if
        there is no task of a name, none is held out, or fewer than 0 views are asked for.
        """
        if views is not None and views < 0:
            raise UserError(f"{views} views are not possible: choose 0 or more")
        tested = tuple(task for task in self.tasks if task.held_out)
        if ids is not None:
            tested = pick(self.tasks, list(ids))
        if not tested:
            raise UserError(f"{self.source} has no evaluation tasks: name the tasks to test")
        places = {task.id: place for place, task in enumerate(self.tasks)}
        task, test, view = self._listed(tested, places, views)
        place = torch.tensor([places[tested.id] for tested in tested])
        return ArcViews(
            self.source,
            tested,
            Examples.of([task.tests for task in tested], self.side),
            self.views,
            task,
            test,
            view,
            self.views.puzzle_ids(place[task], view),
        )

    def _listed(
        self, tested: tuple[ArcTask, ...], places: dict[str, int], views: int | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Task, test and view of every row of a test: int64 [n] each."""
        rows: list[Tensor] = []
        for number, task in enumerate(tested):
            count = int(self.views.count(torch.tensor(places[task.id])))
            count = count if views is None else min(count, views + 1)
            tests = torch.arange(len(task.tests))
            both = torch.cartesian_prod(tests, torch.arange(count)).reshape(-1, 2)
            rows.append(torch.cat((torch.full((len(both), 1), number), both), 1))
        task, test, view = torch.cat(rows).unbind(1)
        return task, test, view

    def name_of(self, puzzle_id: int) -> str:
        """The task and view of an id, as the original calls it, e.g. '007bbfb7_t1_0321456789'.

        The plain view is called as its task. Raises `UserError` if there is no such id.
        """
        if not 1 <= puzzle_id < self.puzzles:
            raise UserError(f"there is no puzzle id {puzzle_id}: 1 to {self.puzzles - 1} are")
        ids = torch.tensor([puzzle_id])
        place = int(self.views.task_of(ids))
        name = self.tasks[place].id
        plain = puzzle_id == int(self.views.starts[place]) + 1
        return name if plain else f"{name}_{self.views.changes(ids)[0].code}"

    @property
    def trained_on(self) -> tuple[str, ...]:
        """What a model's metadata says it was trained on; see `refuse_leak`."""
        return trained_on(self.source, self.tasks)

    def described(self) -> dict[str, Any]:
        """The data as a model's metadata says it: enough to make the same puzzle ids again."""
        return {
            "source": self.source,
            "fingerprint": self.fingerprint,
            "rows": len(self.examples),
            "views": self.asked,
            "seed": self.seed,
            "puzzles": self.puzzles,
        }


def load_arc(
    source: str = "arc-1", views: int = 1000, seed: int = 0, side: int | None = None
) -> ArcData:
    """The tasks of `source`, with up to `views` augmented views of each beside the plain one.

    `source` is 'arc-1', 'arc-2', a folder or a JSON file of tasks (see `files`). With ':pocket'
    behind it, it is only the tasks all of whose grids fit a canvas of 10 x 10, on such canvases;
    with ':id,id' behind that only these tasks, their tests held out. `side` is that
    of other canvases. The same source, views and seed give
    the same puzzle ids. Raises `UserError` for what cannot be read or does not fit the canvases,
    and for numbers out of range.
    """
    if not 0 <= views <= MOST_VIEWS:
        raise UserError(f"{views} views are not possible: choose 0 to {MOST_VIEWS}")
    check_seed(seed)
    tasks, side = read_tasks(source), side or canvas_side(source)
    large = next((task for task in tasks if task.side > side), None)
    if large:
        raise UserError(
            f"a grid of task {large.id} is {large.side} cells wide or high and does not fit a "
            f"canvas of {side} x {side}: give smaller tasks, or a model of a larger canvas"
        )
    drawn = draw_views(tasks, views, seed)
    return ArcData(source, tasks, seed, views, drawn, side)
