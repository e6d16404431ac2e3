"""How well a model solves a set of puzzles: shares with their intervals, by segment, by difficulty.

Every number comes from answers that the model gave to these puzzles, all of them or the first so
many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from statistics import NormalDist
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.progress import Progress, silent
from hrmkit.puzzles.puzzle import IGNORED, Labelled, Puzzle, PuzzleSet, as_grids
from hrmkit.puzzles.validity import Scored, scores, valid_rows
from hrmkit.solving.batch import rows_for
from hrmkit.solving.inference import InferenceSettings, Predictions, answer
from hrmkit.solving.thinking import ask_chunk, right_cells, segments_of

CONFIDENCE = 0.95
BINS = 4
"""Bins of difficulty, with about as many puzzles each."""
CERTAINTIES = 0.0, 0.1, 0.5, 0.9, 0.98, 1.0
"""The edges of the bins of certainty."""


@dataclass(frozen=True)
class Proportion:
    """`count` of `of`, with Wilson's 95% interval for the true share."""

    count: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class MeanScore:
    """The mean of `of` scores between 0 and 1, with the 95% interval of a share that is as large.

    No scores with that mean vary more than those of which each is 0 or 1.
    """

    of: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Puzzles of similar difficulty."""

    easiest: float
    hardest: float
    exact: Proportion
    mean_segments: float


@dataclass(frozen=True)
class Certainty:
    """Answers of similar certainty: the q head's prediction, and how many are right."""

    least: float
    most: float
    predicted: float
    """The mean predicted probability of a right answer."""
    exact: Proportion


@dataclass(frozen=True)
class Evaluation:
    """What was measured."""

    puzzle: str
    source: str
    fingerprint: str
    puzzles: int
    skipped: int
    exact: Proportion
    """The whole answer equals the label; with a vote, the answer with the most votes."""
    exact_two: Proportion | None
    """One of the two answers with the most votes equals the label; None without a vote."""
    valid: Proportion
    """The answer is correct by the puzzle's rules, whether it equals the label or not."""
    score: MeanScore | None
    """What the library that the puzzle is from says of the answers; None where it is from none."""
    tokens: float
    """The share of labelled cells that are right."""
    by_segment: tuple[float, ...] | None
    """Exact after each segment, without halting; of one start and without a vote."""
    by_difficulty: tuple[Bin, ...]
    by_certainty: tuple[Certainty, ...] | None
    """Predicted against measured, the least certain first; None where no q head judges answers."""
    rated: bool
    """Whether difficulties are ratings from the data; otherwise the puzzle computed them."""
    mean_segments: float
    """Segments of a puzzle, all starts and views together."""
    most_segments: int
    halted: bool
    """Whether the model could halt early."""
    seconds: float
    """Spent answering, without checking and without the pass for `by_segment`."""
    per_second: float
    settings: InferenceSettings


def evaluate(
    model: PuzzleHRM,
    data: Labelled,
    settings: InferenceSettings | None = None,
    *,
    by_segment: bool = True,
    progress: Progress = silent,
) -> Evaluation:
    """Measure `model` on all puzzles of `data`, on the device where the model is.

    `by_segment` takes another pass, without halting. Raises `UserError` where the puzzles do
    not fit the model, or there are none.
    """
    settings = settings or InferenceSettings()
    if not len(data.rows):
        raise UserError(f"{data.source} holds no puzzles: there is nothing to measure")
    if isinstance(data.puzzle, Scored):
        data.puzzle.check_score()
    began = perf_counter()
    predictions = answer(model, data.puzzle, data.rows, settings, progress)
    seconds = perf_counter() - began
    right = right_cells(predictions.tokens, data.rows.solution)
    exact = right.all(-1)
    counted = data.rows.solution != IGNORED
    hardness, rated = difficulties(data, progress)
    return Evaluation(
        puzzle=data.puzzle.name,
        source=data.source,
        fingerprint=data.fingerprint,
        puzzles=len(exact),
        skipped=data.skipped,
        exact=proportion_of(exact),
        exact_two=best_two(predictions, exact, data.rows),
        valid=proportion_of(valid(data.puzzle, data.rows, predictions.tokens, exact, progress)),
        score=mean_score(data.puzzle, data.rows, predictions.tokens, progress),
        tokens=float((right & counted).sum() / counted.sum()),
        by_segment=exact_by_segment(model, data.rows, settings, progress) if by_segment else None,
        by_difficulty=bins_of(hardness, exact, predictions.segments),
        by_certainty=certainties(predictions.q, exact) if says_how_sure(model, settings) else None,
        rated=rated,
        mean_segments=float(predictions.segments.double().mean()),
        most_segments=segments_of(model, settings.segments),
        halted=settings.halt and model.wiring.halting != "none",
        seconds=seconds,
        per_second=len(exact) / seconds,
        settings=settings,
    )


def first(data: Labelled, count: int | None) -> Labelled:
    """The first `count` puzzles, or all; `UserError` for less than 1."""
    if count is None:
        return data
    if count < 1:
        raise UserError(f"a limit of {count} puzzles is not possible: give 1 or more")
    return replace(data, rows=data.rows[:count], ratings=data.ratings[:count])


def proportion_of(hits: Tensor) -> Proportion:
    """The share of bool [n], with Wilson's interval."""
    count, of = int(hits.sum()), len(hits)
    return Proportion(count, of, count / of, *wilson(count / of, of))


def wilson(share: float, of: int) -> tuple[float, float]:
    """Wilson's interval of a share of so many: its low end and its high end."""
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    # Rounding must not carry an interval beyond what a share can be, or past the share itself.
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))


def mean_score(
    puzzle: Puzzle, puzzles: PuzzleSet, tokens: Tensor, progress: Progress
) -> MeanScore | None:
    """The mean of the scores of answers int64 [n, cells]; None where no library scores them."""
    if not isinstance(puzzle, Scored):
        return None
    mean = float(scores(puzzle, puzzles.given, tokens, puzzles.solution, progress).mean())
    return MeanScore(len(tokens), mean, *wilson(mean, len(tokens)))


def best_two(predictions: Predictions, exact: Tensor, puzzles: PuzzleSet) -> Proportion | None:
    """How often one of the two answers with the most votes is right; None without a vote."""
    if predictions.second is None:
        return None
    return proportion_of(exact | right_cells(predictions.second, puzzles.solution).all(-1))


def valid(
    puzzle: Puzzle, puzzles: PuzzleSet, tokens: Tensor, exact: Tensor, progress: Progress
) -> Tensor:
    """bool [n]: which answers are correct. Answers that equal their label need no check."""
    out = exact.clone()
    rows = (~exact).nonzero().flatten()
    given, label = puzzles.given[rows], puzzles.solution[rows]
    out[rows] = valid_rows(puzzle, given, tokens[rows], label, progress)
    return out


def difficulties(data: Labelled, progress: Progress) -> tuple[Tensor, bool]:
    """float64 [n]: difficulties, and whether they are the data's ratings.

    If one rating is missing, the puzzle computes all of them: the two have different units.
    """
    if not data.ratings.isnan().any():
        return data.ratings, True
    out: list[float] = []
    for given in as_grids(data.rows.given):
        out.append(data.puzzle.difficulty(given))
        progress("rating", len(out), len(data.rows))
    return torch.tensor(out, dtype=torch.float64), False


def bins_of(hardness: Tensor, exact: Tensor, segments: Tensor) -> tuple[Bin, ...]:
    """Shares by difficulty, the easiest first; equal difficulties stay together."""
    inner = [number / BINS for number in range(1, BINS)]
    ends = sorted(set(np.quantile(hardness.numpy(), inner).tolist()))
    place = torch.bucketize(hardness, torch.tensor(ends, dtype=torch.float64))
    bins = [place == number for number in range(len(ends) + 1)]
    return tuple(
        Bin(
            float(hardness[here].min()),
            float(hardness[here].max()),
            proportion_of(exact[here]),
            float(segments[here].double().mean()),
        )
        for here in bins
        if here.any()
    )


def says_how_sure(model: PuzzleHRM, settings: InferenceSettings) -> bool:
    """Whether a q head judges single answers, which a vote would mix."""
    return model.wiring.halting != "none" and (settings.views == 1 or settings.until_valid)


def certainties(q: Tensor, exact: Tensor) -> tuple[Certainty, ...]:
    """Predicted against measured: `q` float [n] are logits, `exact` bool [n] the right answers."""
    predicted = q.double().sigmoid()
    place = torch.bucketize(
        predicted, torch.tensor(CERTAINTIES[1:-1], dtype=torch.float64), right=True
    )
    return tuple(
        Certainty(least, most, float(predicted[here].mean()), proportion_of(exact[here]))
        for number, (least, most) in enumerate(pairwise(CERTAINTIES))
        if (here := place == number).any()
    )


def exact_by_segment(
    model: PuzzleHRM, puzzles: PuzzleSet, settings: InferenceSettings, progress: Progress
) -> tuple[float, ...]:
    """The share that is exact after each segment, without halting."""
    right = torch.zeros(segments_of(model, settings.segments), dtype=torch.int64)
    batch = settings.batch or rows_for(model)
    for at in range(0, len(puzzles), batch):
        part = puzzles[at : at + batch]
        right += ask_chunk(model, part, settings.segments).right(part).sum(1)
        progress("every segment", at + len(part), len(puzzles))
    return tuple(float(count) / len(puzzles) for count in right)
