"""How well a model solves ARC: the score of its first one or two answers to every test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import quote
from time import perf_counter
from typing import Any, Literal, NamedTuple, cast, get_args

import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.shipped import shipped
from hrmkit.progress import Progress, silent
from hrmkit.puzzles.arc.canvas import side_of
from hrmkit.puzzles.arc.files import parted
from hrmkit.puzzles.arc.puzzle import Arc
from hrmkit.puzzles.arc.tasks import ArcData, ArcViews, load_arc
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.solving.arc import ROWS, ArcResult
from hrmkit.solving.arc import evaluate as answer_tests
from hrmkit.solving.batch import rows_for
from hrmkit.solving.evaluate import Proportion, proportion_of
from hrmkit.solving.inference import InferenceSettings, after, one_view
from hrmkit.solving.loading import LoadedModel, kind_of, learned_from

TRIES = 2
"""Answers that are handed in for every test."""
Embeddings = Literal["own", "none", "swapped"]
"""Which puzzle embedding goes with a test: its own, none at all, or that of the next task."""


@dataclass(frozen=True)
class ArcEvaluation:
    """What was measured."""

    source: str
    fingerprint: str
    tasks: int
    tests: int
    answered_views: int
    """Views of tests that were answered."""
    score: ArcScore | None
    """None where no test's answer is known."""
    mean_segments: float
    """Segments of a view, all starts together."""
    seconds: float
    per_second: float
    """Views answered."""
    settings: InferenceSettings
    solved: tuple[str, ...] = ()
    """The tests that one of two tries solves: the task's id, and the number of the test."""
    embeddings: Embeddings = "own"


@dataclass(frozen=True)
class ArcScore:
    """The share that is solved. pass@2 allows two tries, as ARC's rules do."""

    tests_one: Proportion
    tests_two: Proportion
    tasks_one: float
    """A task counts by the share of its tests that are solved."""
    tasks_two: float
    whole_tasks_two: float
    """A task counts if all of its tests are."""


class ArcMeasured(NamedTuple):
    """The scores, and the answers behind them."""

    evaluation: ArcEvaluation
    result: ArcResult


def known_tests(
    loaded: LoadedModel, source: str, views: int | None = None, limit: int | None = None
) -> tuple[ArcData, ArcViews]:
    """The tests of `source` (see `load_arc`), with the puzzle ids that the model was trained on.

    `views` views of each, the plain one among them; by default all views of the training. `limit`
    takes only the first tasks. Raises `UserError` where its puzzle embeddings are of other tasks.
    """
    if limit is not None and limit < 1:
        raise UserError(f"a limit of {limit} tasks is not possible: give 1 or more")
    if views is not None and views < 1:
        raise UserError(f"{views} views are not possible: give 1 or more")
    kind_of(loaded, Arc.name)
    data, ids = known_tasks(loaded, source, views)
    if limit is not None:
        ids = (ids or [task.id for task in data.tasks if task.held_out])[:limit]
    return data, data.tests(ids, None if views is None else views - 1)


def known_tasks(
    loaded: LoadedModel, source: str, views: int | None
) -> tuple[ArcData, list[str] | None]:
    """The tasks, and the ids of those to answer; None for all held-out tasks."""
    side = side_of(loaded.model.interface.tokens)
    if not loaded.model.wiring.puzzle_embedding:
        return load_arc(source, 0 if views is None else views - 1, side=side), None
    learned = learned_data(loaded)
    seed, drawn = learned.get("seed"), learned.get("views")
    if not isinstance(seed, int) or not isinstance(drawn, int):
        raise UserError(
            f"the model in {loaded.source} has puzzle embeddings, and does not say of which tasks: "
            "only models that hrmkit trained can be scored"
        )
    whole, ids = parted(source)
    if source == learned.get("source"):
        whole, ids = source, None
    data = load_arc(whole, drawn, seed, side)
    if not data.is_of(learned.get("fingerprint")):
        raise UserError(
            f"the puzzle embeddings of the model in {loaded.source} are of the tasks of "
            f"{learned.get('source')}: it cannot be asked about those of {source} before it has "
            f"learned them, as with: hrmkit train arc --from {quote(called(loaded))} --data "
            f"{quote(source)} --steps 1000 (then ask the run's folder; docs/arc.md)"
        )
    return data, ids


def called(loaded: LoadedModel) -> str:
    """What names the model on the command line: its name if it comes along, else where it lies."""
    return loaded.name if Path(loaded.source) == shipped().get(loaded.name) else loaded.source


def learned_data(loaded: LoadedModel) -> Mapping[str, Any]:
    """What the model's metadata says of the tasks that it was trained on."""
    learned = learned_from(loaded)
    return learned[0] if learned else {}


def trained_on(loaded: LoadedModel) -> list[str]:
    """The collections that the model was trained on, as its metadata says."""
    named = loaded.metadata.get("trained_on")
    return [str(name) for name in cast("list[Any]", named)] if isinstance(named, list) else []


@dataclass
class Asking:
    """Answers views of tests part by part, and reports the progress."""

    model: PuzzleHRM
    settings: InferenceSettings
    views: int
    """The number of views in all parts."""
    progress: Progress = silent
    ids: Callable[[Tensor], Tensor] | None = None
    """What puzzle ids to ask with instead of the views' own."""
    segments: list[Tensor] = field(default_factory=list[Tensor])
    """int64 [n] for each part: segments of its views, all starts together."""

    def __call__(self, puzzles: PuzzleSet) -> tuple[Tensor, Tensor]:
        """The answers to a part, and q; see `Solve`."""
        starts, before = self.settings.starts, sum(map(len, self.segments))
        share = after(self.progress, starts * before, starts * self.views)
        if self.ids:
            puzzles = replace(puzzles, puzzle_ids=self.ids(puzzles.puzzle_ids))
        predicted = one_view(self.model, puzzles, self.settings, share)
        self.segments.append(predicted.segments)
        return predicted.tokens, predicted.q


def evaluate_arc(
    loaded: LoadedModel,
    data: ArcData,
    tests: ArcViews,
    settings: InferenceSettings,
    progress: Progress = silent,
    embeddings: Embeddings = "own",
) -> ArcMeasured:
    """Answer every view of every test, and vote.

    `embeddings` other than its own show what a task's puzzle embedding is for. Raises `UserError`
    if the model may have been trained on the answers, or has no puzzle embeddings to exchange.
    """
    settings.check(loaded.model)
    check_embeddings(loaded, embeddings)
    ids = {"own": None, "none": torch.zeros_like, "swapped": data.views.of_next_task}[embeddings]
    ask = Asking(loaded.model, settings, len(tests), progress, ids)
    began = perf_counter()
    rows = max(ROWS, settings.batch or rows_for(loaded.model))
    result = answer_tests(tests, ask, trained_on(loaded), rows=rows)
    seconds = perf_counter() - began
    evaluation = ArcEvaluation(
        source=data.source,
        fingerprint=data.fingerprint,
        tasks=len(tests.tasks),
        tests=len(result.answered),
        answered_views=len(tests),
        score=score_of(result),
        mean_segments=float(torch.cat(ask.segments).double().mean()),
        seconds=seconds,
        per_second=len(tests) / seconds,
        settings=settings,
        solved=tuple(
            f"{test.task}:{test.test + 1}"
            for test in result.answered
            if (test.place() or TRIES + 1) <= TRIES
        ),
        embeddings=embeddings,
    )
    return ArcMeasured(evaluation, result)


def check_embeddings(loaded: LoadedModel, embeddings: str) -> None:
    """Raise `UserError` for an unknown choice, or one that this model does not have."""
    if embeddings not in get_args(Embeddings):
        raise UserError(
            f"puzzle embeddings {embeddings!r}: choose {', '.join(get_args(Embeddings))}"
        )
    if embeddings != "own" and not loaded.model.wiring.puzzle_embedding:
        raise UserError(
            f"the model in {loaded.source} has no puzzle embeddings: leave out --embeddings"
        )


def score_of(result: ArcResult) -> ArcScore | None:
    """The score of the answers; None where no test's answer is known."""
    labelled = [test for test in result.answered if test.label is not None]
    if not labelled:
        return None
    places = [test.place() for test in labelled]
    one, two = (
        proportion_of(torch.tensor([place is not None and place <= tries for place in places]))
        for tries in (1, 2)
    )
    rates = result.rate(1), result.rate(2), result.rate(2, "whole task")
    return ArcScore(one, two, *rates)
