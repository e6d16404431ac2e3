"""What is said of the states that were watched: numbers, each with what it is taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from hrmkit.experiments.inspect.watch import MODULES, Module, Watched, readings
from hrmkit.model.wiring import Wiring
from hrmkit.puzzles.puzzle import IGNORED, PuzzleSet
from hrmkit.recording.paths import participation_ratio
from hrmkit.solving.evaluate import Proportion, bins_of, proportion_of
from hrmkit.solving.thinking import right_cells

LOW, HIGH = 0.1, 0.9
"""The quantiles over puzzles that are given beside means and medians."""
SHARES = 4, 2, 1
"""Over a quarter of the puzzles, half of them, and all, dimensions are counted."""


@dataclass(frozen=True)
class CallResidual:
    """How far one call of a module moved its state, over all puzzles."""

    module: Module
    segment: int
    call: int
    """Of the module, in its segment, from 1."""
    at: float
    """When in the thought, in segments: a call is over at the end of its share of one."""
    mean: float
    median: float
    low: float
    high: float
    norm_of_change: float
    """The mean of ||z - z_before|| itself; the others are over ||z||."""


@dataclass(frozen=True)
class Convergence:
    """How a module's residuals go down, in means over the puzzles (ratios in geometric ones)."""

    module: Module
    puzzles: int
    by_segment: tuple[float, ...]
    """The mean residual of the calls in each segment."""
    first: float
    """The residual of the second call: the first comes from the initial state."""
    last: float
    within_cycle: float | None
    """The last call's residual over the first call's, of a cycle; None where a cycle has one."""
    at_reset: float | None
    """The first call's residual over that of the last call of the cycle before."""
    falling: float
    """The share of calls whose residual is smaller than that of the call before."""


@dataclass(frozen=True)
class Dimensions:
    """In how many dimensions the states of a module vary; see `paths.participation_ratio`."""

    module: Module
    cells: float
    """Samples are cells: of every puzzle, after the last segment; a sample is `width` numbers."""
    cells_always: float
    """The same, after every call."""
    puzzles: float
    """Samples are puzzles: a sample is the whole state after the last segment."""
    by_puzzles: tuple[tuple[int, float], ...]
    """`puzzles`, over fewer of them."""


@dataclass(frozen=True)
class AtDifficulty:
    """Puzzles of similar difficulty."""

    easiest: float
    hardest: float
    exact: tuple[Proportion, ...]
    """After each segment."""


@dataclass(frozen=True)
class Exactness:
    """How many answers are exactly right; puzzles whose answer is not known are left out."""

    by_reading: tuple[Proportion, ...]
    by_segment: tuple[Proportion, ...]
    by_difficulty: tuple[AtDifficulty, ...]
    rated: bool
    """Whether difficulties are ratings from the data; otherwise the puzzle computed them."""

    @property
    def puzzles(self) -> int:
        """So many puzzles' answers are known."""
        return self.by_segment[-1].of


def modules_of(watched: Watched) -> tuple[Module, ...]:
    """The states that there are, the slow one first."""
    return tuple(one for one in MODULES if one in watched.residuals)


def residuals_of(watched: Watched, wiring: Wiring) -> tuple[CallResidual, ...]:
    """Every call, in the order of the thought."""
    order = wiring.calls()
    counts: dict[Module, int] = dict.fromkeys(MODULES, 0)
    out: list[CallResidual] = []
    total = sum(moved.shape[1] for moved in watched.residuals.values())
    for number in range(total):
        segment, place = divmod(number, len(order))
        module = order[place].module
        at = counts[module]
        counts[module] += 1
        moved, size = watched.residuals[module][:, at], watched.sizes[module][:, at]
        low, median, high = cast(
            "list[float]",
            moved.quantile(torch.tensor([LOW, 0.5, HIGH], dtype=torch.float64)).tolist(),
        )
        out.append(
            CallResidual(
                module,
                segment + 1,
                at - segment * sum(call.module == module for call in order) + 1,
                segment + (place + 1) / len(order),
                float(moved.mean()),
                median,
                low,
                high,
                float((moved * size).mean()),
            )
        )
    return tuple(out)


def convergence_of(watched: Watched, wiring: Wiring, rows: Tensor) -> tuple[Convergence, ...]:
    """Of each module, over the puzzles `rows`, bool [n]; empty where there are none."""
    if not rows.any():
        return ()
    out: list[Convergence] = []
    for module in modules_of(watched):
        moved = watched.residuals[module][rows]
        # Without hierarchy there are no cycles: a segment is one.
        cycles = wiring.cycles if wiring.hierarchy else 1
        in_segment = sum(call.module == module for call in wiring.calls())
        by_segment = moved.reshape(len(moved), -1, in_segment).mean((0, 2))
        by_cycle = moved.reshape(len(moved), -1, in_segment // cycles)
        first, last = by_cycle[:, :, 0], by_cycle[:, :, -1]
        several = by_cycle.shape[2] > 1
        out.append(
            Convergence(
                module,
                len(moved),
                tuple(cast("list[float]", by_segment.tolist())),
                float(moved[:, min(1, moved.shape[1] - 1)].mean()),
                float(moved[:, -1].mean()),
                ratio(last[:, 1:], first[:, 1:]) if several and first.shape[1] > 1 else None,
                ratio(first[:, 1:], last[:, :-1]) if several and first.shape[1] > 1 else None,
                float((moved[:, 1:] < moved[:, :-1]).double().mean()) if moved.shape[1] > 1 else 0,
            )
        )
    return tuple(out)


def ratio(above: Tensor, below: Tensor) -> float | None:
    """The geometric mean of ratios, of those with nothing zero."""
    some = (above > 0) & (below > 0)
    return float((above[some] / below[some]).log().mean().exp()) if some.any() else None


def dimensions_of(watched: Watched) -> tuple[Dimensions, ...]:
    """Of each module."""
    out: list[Dimensions] = []
    for module in modules_of(watched):
        ends = watched.ends[module]
        sizes = sorted({max(1, len(ends) // share) for share in SHARES})
        by_puzzles = tuple((size, ratio_of_samples(ends[:size])) for size in sizes)
        out.append(
            Dimensions(
                module,
                participation_ratio(watched.cells_at_end[module].covariance()),
                participation_ratio(watched.cells_always[module].covariance()),
                by_puzzles[-1][1],
                by_puzzles,
            )
        )
    return tuple(out)


def ratio_of_samples(samples: Tensor) -> float:
    """The participation ratio of a few samples [n, d], by their n x n products."""
    centred = samples.double() - samples.double().mean(0)
    return participation_ratio(centred @ centred.T)


def exactness_of(
    watched: Watched,
    wiring: Wiring,
    puzzles: PuzzleSet,
    difficulties: Tensor,
    rated: bool,
) -> Exactness | None:
    """How many answers are right, after each reading; None where no puzzle's answer is known."""
    count = len(watched)
    solution, hardness = puzzles.solution[:count], difficulties[:count]
    told = known(puzzles[:count])
    if not told.any():
        return None
    right = right_cells(watched.answers, solution[:, None]).all(-1)[told]
    in_segment = len(readings(wiring))
    by_segment = right[:, in_segment - 1 :: in_segment]
    hardness = hardness[told]
    spans = [
        (one.easiest, one.hardest)
        for one in bins_of(hardness, by_segment[:, -1], torch.zeros(len(hardness)))
    ]
    return Exactness(
        tuple(proportion_of(one) for one in right.T),
        tuple(proportion_of(one) for one in by_segment.T),
        tuple(
            AtDifficulty(
                low,
                high,
                tuple(
                    proportion_of(one)
                    for one in by_segment[(hardness >= low) & (hardness <= high)].T
                ),
            )
            for low, high in spans
        ),
        rated,
    )


def solved(watched: Watched, puzzles: PuzzleSet) -> tuple[Tensor, Tensor]:
    """Which puzzles' last answers are exactly right, and which are wrong: bool [n] each."""
    told = known(puzzles[: len(watched)])
    right = right_cells(watched.answers[:, -1], puzzles.solution[: len(watched)]).all(-1)
    return told & right, told & ~right


def known(puzzles: PuzzleSet) -> Tensor:
    """Of which puzzles an answer is known: bool [n]."""
    return (puzzles.solution != IGNORED).any(1)


def as_rows(parts: Sequence[Any], **more: Any) -> list[Mapping[str, Any]]:
    """Dataclasses as rows of a table, with the same columns before each."""
    return [{**more, **vars(part)} for part in parts]
