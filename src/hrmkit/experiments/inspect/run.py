"""Looks inside a model while it thinks about many puzzles, and inside its untrained twins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from hrmkit.bounds import check_seed, check_within
from hrmkit.errors import UserError
from hrmkit.experiments.inspect.measure import (
    CallResidual,
    Convergence,
    Dimensions,
    Exactness,
    convergence_of,
    dimensions_of,
    exactness_of,
    residuals_of,
    solved,
)
from hrmkit.experiments.inspect.watch import Watched, Watching
from hrmkit.model.assemble import assemble
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.progress import Progress, silent
from hrmkit.puzzles.puzzle import Labelled, generator
from hrmkit.solving.evaluate import difficulties
from hrmkit.solving.thinking import check_fit, segments_of

MOST_TWINS, MOST_WAYS = 100, 100


@dataclass(frozen=True)
class InspectSettings:
    """What is looked at. Raises `UserError` for a value out of range."""

    limit: int | None = 100
    """Puzzles, drawn with the seed; None for all."""
    segments: int | None = None
    """Segments that are thought, whatever the lights say; None for the model's own number."""
    twins: int = 1
    """Untrained twins, with the seeds from `seed` on."""
    ways: int = 6
    """Puzzles whose way through the states is shown."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise UserError(f"a limit of {self.limit} puzzles is not possible: give 1 or more")
        check_within(self.twins, 0, MOST_TWINS, "{} untrained twins are")
        check_within(self.ways, 1, MOST_WAYS, "the ways of {} puzzles are")
        for seed in (self.seed, self.seed + self.twins):
            check_seed(seed)


@dataclass(frozen=True)
class Twin:
    """An untrained twin: the same wiring and sizes, with weights drawn from a seed."""

    seed: int
    dimensions: tuple[Dimensions, ...]
    convergence: tuple[Convergence, ...]


@dataclass(frozen=True, eq=False)
class Inspection:
    """What was seen and measured; `watched` has the states behind it."""

    data: Labelled
    """The puzzles that were thought about, in this order."""
    numbers: tuple[int, ...]
    """Their numbers in the file, from 1."""
    wanted: int
    """Puzzles that were to be thought about: more than there are, if it was interrupted."""
    watched: Watched
    settings: InspectSettings
    segments: int
    difficulties: Tensor
    """float64 [n]."""
    residuals: tuple[CallResidual, ...]
    convergence: tuple[Convergence, ...]
    convergence_solved: tuple[Convergence, ...]
    """Of puzzles whose last answer is exactly right."""
    convergence_unsolved: tuple[Convergence, ...]
    dimensions: tuple[Dimensions, ...]
    exactness: Exactness | None
    twins: tuple[Twin, ...] = ()


Written = Callable[[Inspection], None]


def inspect(
    model: PuzzleHRM,
    data: Labelled,
    settings: InspectSettings,
    written: Written,
    progress: Progress = silent,
) -> Inspection:
    """Look inside `model`; `written` is called with what there is after each part.

    After Ctrl-C, with what had been seen by then, before `KeyboardInterrupt` goes on. Raises
    `UserError` where puzzles and model do not fit, or there are no puzzles.
    """
    if not len(data.rows):
        raise UserError(f"{data.source} holds no puzzles: there is nothing to look at")
    check_fit(model, data.rows)
    segments = segments_of(model, settings.segments)
    some, numbers = drawn(data, settings)
    watching = Watching(model, settings.segments)
    hardness, rated = difficulties(some, progress)
    wanted = len(numbers)

    def found() -> Inspection | None:
        seen = watching.seen
        if seen is None:
            return None
        return inspected(model, some, numbers, wanted, seen, settings, segments, hardness, rated)

    try:
        watching.watch(some.rows, settings.ways, "thinking", progress)
    except KeyboardInterrupt:
        partly = found()
        if partly:
            written(partly)
        raise
    inspection = found()
    assert inspection is not None
    written(inspection)
    for number in range(settings.twins):
        twin = twin_of(model, some, settings, number, progress)
        inspection = replace(inspection, twins=(*inspection.twins, twin))
        written(inspection)
    return inspection


def drawn(data: Labelled, settings: InspectSettings) -> tuple[Labelled, tuple[int, ...]]:
    """So many puzzles, drawn with the seed, in the file's order; and their numbers in it."""
    count = len(data.rows)
    order = generator(settings.seed).permutation(count)[: settings.limit]
    rows = torch.from_numpy(order).sort().values
    numbers = tuple(int(row) + 1 for row in rows)
    return replace(data, rows=data.rows[rows], ratings=data.ratings[rows]), numbers


def inspected(
    model: PuzzleHRM,
    data: Labelled,
    numbers: tuple[int, ...],
    wanted: int,
    watched: Watched,
    settings: InspectSettings,
    segments: int,
    hardness: Tensor,
    rated: bool,
) -> Inspection:
    """What is said of what was watched."""
    wiring, count = model.wiring, len(watched)
    every = torch.ones(count, dtype=torch.bool)
    right, wrong = solved(watched, data.rows)
    return Inspection(
        data=replace(data, rows=data.rows[:count], ratings=data.ratings[:count]),
        numbers=numbers[:count],
        wanted=wanted,
        watched=watched,
        settings=settings,
        segments=segments,
        difficulties=hardness[:count],
        residuals=residuals_of(watched, wiring),
        convergence=convergence_of(watched, wiring, every),
        convergence_solved=convergence_of(watched, wiring, right),
        convergence_unsolved=convergence_of(watched, wiring, wrong),
        dimensions=dimensions_of(watched),
        exactness=exactness_of(watched, wiring, data.rows, hardness, rated),
    )


def twin_of(
    model: PuzzleHRM, data: Labelled, settings: InspectSettings, number: int, progress: Progress
) -> Twin:
    """The same of an untrained twin."""
    seed = settings.seed + number
    twin = assemble(model.wiring, model.sizes, model.interface, seed)
    twin.compute_dtype = model.compute_dtype
    twin = twin.to(model.low_init.device).eval()
    watched = Watching(twin, settings.segments).watch(
        data.rows, 1, f"untrained twin {number + 1}", progress
    )
    every = torch.ones(len(watched), dtype=torch.bool)
    return Twin(seed, dimensions_of(watched), convergence_of(watched, model.wiring, every))
