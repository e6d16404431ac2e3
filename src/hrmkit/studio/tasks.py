"""The ARC tasks that can be put on the page's table: their grids, views and embeddings, as data.

They are evaluation tasks of what the model was trained on, with as many of the views that it
learned as the page asks about; their answers are in it, to be shown when somebody asks for them.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import torch
from torch import Tensor

from hrmkit.puzzles.arc.canvas import side_of
from hrmkit.puzzles.arc.files import PUBLISHED
from hrmkit.puzzles.arc.tasks import ArcViews
from hrmkit.recording.thought.vote import canvas_of, demonstrations, drawn
from hrmkit.solving.evaluate_arc import known_tests, learned_data
from hrmkit.solving.loading import LoadedModel

LARGEST = 2 * 2**20
"""Bytes of both files together: more tasks are left out, the last ones first."""


class Table(NamedTuple):
    """What the page is told of the tasks."""

    tasks: bytes
    """JSON: a list of tasks with their `id`, `examples`, `tests` and `views`; of the latter, the
    turn and the colours of each, and in `first` which row of `tags` is that of the first one."""
    tags: Tensor | None
    """float [rows, width]: the embedding of every view; None for a model without."""
    views: int
    """The most views that a task has."""


def tests_of(loaded: LoadedModel, views: int) -> ArcViews:
    """The evaluation tasks of what the model was trained on, in up to `views` views.

    Raises `UserError` where they are not here, or are not those that it was trained on.
    """
    source = learned_data(loaded).get("source")
    named = source if isinstance(source, str) else next(iter(PUBLISHED))
    embeds = loaded.model.wiring.puzzle_embedding
    return known_tests(loaded, named, views if embeds else None)[1]


def table_of(loaded: LoadedModel, views: int) -> Table:
    """The tasks for the table, as many as there is room for; see `tests_of`."""
    tests = tests_of(loaded, views)
    embedding = loaded.model.puzzle_embedding
    tasks: list[dict[str, Any]] = []
    rows: list[Tensor] = []
    room, most = LARGEST, 0
    for number in range(len(tests.tasks)):
        found = task_of(tests, number)
        ids = tests.puzzle_ids[(tests.task == number) & (tests.test == 0)]
        found["first"] = sum(map(len, rows))
        room -= len(json.dumps(found)) + (4 * len(ids) * loaded.model.sizes.width)
        if room < 0:
            break
        tasks.append(found)
        most = max(most, len(ids))
        if embedding:
            rows.append(embedding.weight.detach()[ids].cpu().float())
    text = json.dumps(tasks, separators=(",", ":")).encode()
    return Table(text, torch.cat(rows) if rows else None, most)


def task_of(tests: ArcViews, number: int) -> dict[str, Any]:
    """A task with its grids as tokens of canvases."""
    task, side = tests.tasks[number], side_of(tests.examples.given.shape[1])
    rows = ((tests.task == number) & (tests.test == 0)).nonzero().flatten()
    changes = tests.changes(int(rows[0]), int(rows[-1]) + 1)
    return {
        "id": task.id,
        "examples": [shown.model_dump(mode="json") for shown in demonstrations(task, side)],
        "tests": [
            {
                "given": canvas_of(test.given, side),
                "answer": None if test.answer is None else canvas_of(test.answer, side),
            }
            for test in task.tests
        ],
        "views": [[turn, *colours] for turn, colours in drawn(changes)],
    }
