"""How a trained model answers: with how many segments, starts and views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import torch
from torch import Tensor

from hrmkit.bounds import MOST_BATCH, MOST_SEGMENTS, check_seed, check_within
from hrmkit.errors import UserError
from hrmkit.model.halting import check_halt_threshold
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.progress import Progress, silent
from hrmkit.puzzles.puzzle import Puzzle, PuzzleSet, Reversible, generator
from hrmkit.puzzles.validity import valid_rows
from hrmkit.puzzles.vote import best_two, vote
from hrmkit.solving.solver import Solutions, solve
from hrmkit.solving.start import Start
from hrmkit.solving.views import view

Choice = Literal["q", "first"]
"""Which of several starts answers: the one with the highest q, or the first that halts."""
MOST = 1000
"""The largest number of starts, and of views."""
CHUNK = 4096
"""Puzzles that are voted on at a time: all their views' answers are in memory at once."""


@dataclass(frozen=True)
class InferenceSettings:
    """How much a model computes for each answer. Raises `UserError` for a value out of range."""

    batch: int | None = None
    """Puzzles computed at once; None for the fastest number, see `rows_for`."""
    segments: int | None = None
    """The largest number of segments; None for the model's own."""
    halt: bool = True
    """Whether the model may halt early."""
    halt_threshold: float | None = None
    """The probability of a right answer that halting needs; see `wants_to_halt`."""
    starts: int = 1
    """Initial states, each with an answer of its own; `choose` picks one answer."""
    noise: float = 0.0
    """See `Start`."""
    choose: Choice = "q"
    views: int = 1
    """Views of each puzzle: the puzzle as it is, the others under symmetries. They vote."""
    until_valid: bool = False
    """Instead of a vote: try view after view until an answer is valid."""
    seed: int = 0
    """Of the symmetries."""

    def __post_init__(self) -> None:
        if self.batch is not None:
            check_within(self.batch, 1, MOST_BATCH, "a batch of {} is")
        if self.segments is not None:
            check_within(self.segments, 1, MOST_SEGMENTS, "{} segments are")
        check_seed(self.seed)
        for name in ("starts", "views"):
            if not 1 <= getattr(self, name) <= MOST:
                raise UserError(f"{getattr(self, name)} {name} are not possible: 1 to {MOST}")
        if self.choose not in get_args(Choice):
            raise UserError(f"choosing a start by {self.choose!r} is not known: choose q or first")
        check_halt_threshold(self.halt_threshold)
        Start(0, self.noise)

    @property
    def tries(self) -> int:
        """Answers computed for every puzzle."""
        return self.starts * self.views

    @property
    def plain(self) -> bool:
        """Whether every puzzle is answered once."""
        return self.tries == 1

    def check(self, model: PuzzleHRM) -> None:
        """Raise `UserError` for several starts where the model has no q head to choose by."""
        if self.starts > 1 and model.wiring.halting == "none":
            raise UserError(
                f"{self.starts} starts need a q head to choose by, and this model was trained "
                "without halting: use 1 start"
            )


class Predictions(NamedTuple):
    """A model's answers to n puzzles."""

    tokens: Tensor
    """int64 [n, cells]: the answers."""
    q: Tensor
    """float [n]."""
    segments: Tensor
    """int64 [n]: segments of each, all starts and views together."""
    second: Tensor | None
    """int64 [n, cells]: the answers with the second most votes, or the only ones; None without a
    vote."""


def answer(
    model: PuzzleHRM,
    puzzle: Puzzle,
    puzzles: PuzzleSet,
    settings: InferenceSettings,
    progress: Progress = silent,
) -> Predictions:
    """Answer all `puzzles`. Raises `UserError` where the model cannot use the settings."""
    settings.check(model)
    if settings.plain:
        found = one_view(model, puzzles, settings, progress)
        return Predictions(found.tokens, found.q, found.segments, None)
    way = checked if settings.until_valid else voted
    rng = generator(settings.seed)
    parts: list[Predictions] = []
    for at in range(0, max(1, len(puzzles)), CHUNK):
        part = puzzles[at : at + CHUNK]
        share = after(progress, at * settings.tries, len(puzzles) * settings.tries)
        parts.append(way(model, puzzle, part, settings, rng, share))
    second = [part.second for part in parts if part.second is not None]
    return Predictions(
        torch.cat([part.tokens for part in parts]),
        torch.cat([part.q for part in parts]),
        torch.cat([part.segments for part in parts]),
        torch.cat(second) if second else None,
    )


def voted(
    model: PuzzleHRM,
    puzzle: Puzzle,
    puzzles: PuzzleSet,
    settings: InferenceSettings,
    rng: np.random.Generator,
    progress: Progress,
) -> Predictions:
    """Answer puzzles by a vote of their views. All views' answers are in memory at once."""
    changes: list[Reversible] = []
    outputs: list[Solutions] = []
    for number in range(settings.views):
        seen, change = view(puzzle, puzzles, number + 1, rng)
        changes.append(change)
        outputs.append(one_view(model, seen, settings, part_of(progress, number, settings.views)))
    segments = torch.stack([solutions.segments for solutions in outputs]).sum(0)
    if settings.views == 1:
        return Predictions(outputs[0].tokens, outputs[0].q, segments, None)
    q = torch.stack([solutions.q for solutions in outputs])
    tokens = torch.stack([solutions.tokens for solutions in outputs])
    ranked = vote(tokens, changes, None if model.wiring.halting == "none" else q)
    best, second = [some[0] for some in ranked], [best_two(some)[-1] for some in ranked]
    shape = puzzles.given.shape
    return Predictions(
        torch.tensor([one.answer for one in best]).reshape(shape),
        torch.tensor([one.mean_q or 0.0 for one in best], dtype=q.dtype),
        segments,
        torch.tensor([one.answer for one in second]).reshape(shape),
    )


def checked(
    model: PuzzleHRM,
    puzzle: Puzzle,
    puzzles: PuzzleSet,
    settings: InferenceSettings,
    rng: np.random.Generator,
    progress: Progress,
) -> Predictions:
    """The first valid answer among each puzzle's views, or else the first view's.

    Labels are not used: raises `UserError` where validity cannot be checked without them.
    """
    outputs = one_view(model, puzzles, settings, part_of(progress, 0, settings.views))
    tokens, q, segments = outputs.tokens.clone(), outputs.q.clone(), outputs.segments.clone()
    left = (~valid_rows(puzzle, puzzles.given, tokens)).nonzero().flatten()
    for number in range(2, settings.views + 1):
        if not len(left):
            break
        seen, change = view(puzzle, puzzles[left], number, rng)
        done = settings.tries * (len(puzzles) - len(left)) + settings.starts * (number - 1) * len(
            left
        )
        found = one_view(
            model, seen, settings, after(progress, done, settings.tries * len(puzzles))
        )
        segments[left] += found.segments
        answers = change.undo(found.tokens)
        right = valid_rows(puzzle, puzzles.given[left], answers)
        tokens[left[right]], q[left[right]] = answers[right], found.q[right]
        left = left[~right]
    return Predictions(tokens, q, segments, None)


def one_view(
    model: PuzzleHRM, puzzles: PuzzleSet, settings: InferenceSettings, progress: Progress = silent
) -> Solutions:
    """Each puzzle's answer from its chosen start; `segments` counts those of all starts."""
    outputs = [
        solve(
            model,
            puzzles,
            batch=settings.batch,
            segments=settings.segments,
            halt=settings.halt,
            halt_threshold=settings.halt_threshold,
            start=Start(number, settings.noise),
            progress=part_of(progress, number, settings.starts),
        )
        for number in range(settings.starts)
    ]
    best = chosen(outputs, settings.choose)
    rows = torch.arange(len(puzzles))
    return Solutions(
        torch.stack([solutions.tokens for solutions in outputs])[best, rows],
        torch.stack([solutions.q for solutions in outputs])[best, rows],
        torch.stack([solutions.segments for solutions in outputs]).sum(0),
    )


def chosen(outputs: Sequence[Solutions], choose: Choice) -> Tensor:
    """The start that answers each puzzle, int64 [n]: the one with the highest q.

    With "first", among those that halted first. Of equals, the one with the lower number.
    """
    q = torch.stack([solutions.q for solutions in outputs])
    if choose == "first":
        segments = torch.stack([solutions.segments for solutions in outputs])
        q = torch.where(segments == segments.amin(0), q, -torch.inf)
    return q.argmax(0)


def part_of(progress: Progress, number: int, parts: int) -> Progress:
    """A `Progress` for part `number`, from 0, of `parts` equal parts of a whole."""

    def report(what: str, done: int, of: int) -> None:
        progress(what, number * of + done, parts * of)

    return report


def after(progress: Progress, before: int, of: int) -> Progress:
    """A `Progress` for a part of `of` steps, the first `before` of which are done already."""

    def report(what: str, done: int, _: int) -> None:
        progress(what, before + done, of)

    return report
