"""One ARC task, answered and checked: every test of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from hrmkit.errors import UserError
from hrmkit.progress import Progress, silent
from hrmkit.puzzles.arc.files import PUBLISHED, exists
from hrmkit.puzzles.arc.puzzle import Arc
from hrmkit.puzzles.arc.tasks import ArcData, ArcViews
from hrmkit.puzzles.puzzle import Grid, PuzzleSet, as_grids, wrong_cells
from hrmkit.solving.answer import names_file
from hrmkit.solving.arc import Answered, evaluate
from hrmkit.solving.evaluate_arc import TRIES, Asking, known_tasks, learned_data, trained_on
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import LoadedModel, kind_of


@dataclass(frozen=True)
class ArcAnswer:
    """What was answered to one test."""

    task: str
    test: int
    """From 0."""
    tries: tuple[Grid, ...]
    """The best one or two answers, as canvases."""
    given: Grid
    solved: bool | None
    """Whether one of them is right; None where the answer is not known."""
    learned: bool
    """Whether the right answer was shown in training, so that it proves nothing."""
    counted: Answered
    """What was counted to find it."""

    def wrong(self) -> list[str | None]:
        """What is wrong with each try, in words; None for a right one, and where nobody knows."""
        return [_wrong(grid, self.counted.label) for grid in self.tries]

    def text(self) -> list[str]:
        """The tries as JSON grids."""
        return [Arc().decode(grid) for grid in self.tries]


def _wrong(grid: Grid, label: Grid | None) -> str | None:
    """What is wrong with a try, in words."""
    if label is None or grid == label:
        return None
    said, right = (json.loads(Arc().decode(one)) for one in (grid, label))
    sizes = [f"{len(one)} x {len(one[0]) if one else 0}" for one in (said, right)]
    if sizes[0] != sizes[1]:
        return f"it has {sizes[0]} cells, not {sizes[1]}"
    flat = [tuple(cell for row in one for cell in row) for one in (said, right)]
    return wrong_cells(flat[0], flat[1])


def task_of(loaded: LoadedModel, task: str, views: int | None = None) -> tuple[ArcData, ArcViews]:
    """The tests of `task`: an id of what the model was trained on, or a file of tasks.

    In `views` views, or all that were learned. Raises `UserError` where there is no such task, or
    the model was not trained on it and needs to have been.
    """
    kind_of(loaded, Arc.name)
    if exists(task):
        data, ids = known_tasks(loaded, task, views)
    else:
        learned = learned_data(loaded).get("source")
        source = learned if isinstance(learned, str) else next(iter(PUBLISHED))
        data, ids = known_tasks(loaded, source, views)[0], [task]
    try:
        return data, data.tests(ids, None if views is None else views - 1)
    except UserError as error:
        if ids == [task] and names_file(task):
            raise UserError(
                f"there is no file {task}: give one that is there, or a task's id"
            ) from None
        if not loaded.solved:
            raise
        good = ", ".join(dict.fromkeys(one.partition(":")[0] for one in loaded.solved))
        raise UserError(f"{error}; this model was measured to solve {good}") from None


def plain_test(tests: ArcViews) -> PuzzleSet:
    """The first test as it is, with its answer: one row."""
    return tests.rows(0, 1)


def answer_task(
    loaded: LoadedModel,
    data: ArcData,
    tests: ArcViews,
    settings: InferenceSettings,
    progress: Progress = silent,
) -> tuple[ArcAnswer, ...]:
    """The answers to every test, voted on by its views."""
    settings.check(loaded.model)
    ask = Asking(loaded.model, settings, len(tests), progress)
    # Not evaluated: what was learned has an answer to show, and no score.
    result = evaluate(tests, ask, trained_on(loaded))
    starts = (tests.view == 0).nonzero().flatten()
    plain = [as_grids(tests.rows(int(row), int(row) + 1).given)[0] for row in starts]
    return tuple(answered(one, given) for one, given in zip(result.answered, plain, strict=True))


def answered(one: Answered, given: Grid) -> ArcAnswer:
    """One test's answer, put as a person wants it."""
    place = one.place()
    return ArcAnswer(
        one.task,
        one.test,
        tuple(candidate.answer for candidate in one.candidates[:TRIES]),
        given,
        None if one.label is None else place is not None and place <= TRIES,
        not one.held_out,
        one,
    )


def task_as_text(answers: Sequence[ArcAnswer]) -> str:
    """The answers to the tests of a task: drawn, and what they are worth."""
    parts: list[str] = []
    for one in answers:
        parts.append(f"{one.task}, test {one.test + 1}")
        for number, grid in enumerate(one.tries, 1):
            parts.append(f"try {number}\n{Arc().show(one.given, grid)}")
        right = f"right: try {one.counted.place()}"
        worth = {True: right, False: "not right", None: "the answer is not known"}[one.solved]
        parts.append(worth + (" (but training was shown the answer)" if one.learned else ""))
    return "\n".join(parts)


def task_as_json(answers: Sequence[ArcAnswer]) -> str:
    """The answers to the tests of a task."""
    return json.dumps(
        [
            {
                "task": one.task,
                "test": one.test + 1,  # as in a task's id, 6ea4a07e:1
                "tries": [json.loads(text) for text in one.text()],
                "wrong": one.wrong(),
                "solved": one.solved,
                "learned": one.learned,
            }
            for one in answers
        ]
    )
