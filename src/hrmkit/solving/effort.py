"""How much thinking an answer is given: segments, several starts, several views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import torch
from torch import Tensor

from hrmkit.bounds import MOST_BATCH, MOST_SEGMENTS, check_seed, check_within
from hrmkit.errors import UserError
from hrmkit.model.halting import check_sure
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.progress import Progress, silent
from hrmkit.puzzles.puzzle import Puzzle, PuzzleSet, Reversible, generator
from hrmkit.puzzles.validity import valid_rows
from hrmkit.puzzles.vote import best_two, vote
from hrmkit.solving.solver import Solutions, solve
from hrmkit.solving.start import Start
from hrmkit.solving.views import view

Choice = Literal["q", "first"]
"""Which of several starts answers: the surest, or the first whose light is red."""
MOST = 1000
"""Starts, or views."""
CHUNK = 4096
"""Puzzles that are voted on at a time: the answers of all views are in memory until then."""


@dataclass(frozen=True)
class Effort:
    """What is asked of a model for each answer. Raises `UserError` for what makes no sense."""

    batch: int | None = None
    """Puzzles thought about at once; None for as many as are fastest, see `rows_for`."""
    segments: int | None = None
    """The most segments; training's unless said."""
    halt: bool = True
    """Whether a red light ends the thinking."""
    sure: float | None = None
    """What the light asks for; see `wants_to_halt`."""
    starts: int = 1
    """Points to begin thinking at, each with an answer of its own; one of them is chosen."""
    noise: float = 0.0
    """See `Start`."""
    choose: Choice = "q"
    views: int = 1
    """The puzzle as it is, and under so many symmetries less one: the answers vote."""
    until_valid: bool = False
    """Instead of a vote, one view is thought about after the other until an answer is valid."""
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
        check_sure(self.sure)
        Start(0, self.noise)

    @property
    def tries(self) -> int:
        """How often every puzzle is thought about."""
        return self.starts * self.views

    @property
    def plain(self) -> bool:
        """Whether every puzzle is thought about once."""
        return self.tries == 1

    def check(self, model: PuzzleHRM) -> None:
        """Raise `UserError` where the model has no lights to choose a start by."""
        if self.starts > 1 and model.wiring.halting == "none":
            raise UserError(
                f"{self.starts} starts need a q head to choose by, and this model was trained "
                "without halting: use 1 start"
            )


class Told(NamedTuple):
    """What a model says of n puzzles, after all the effort."""

    tokens: Tensor
    """int64 [n, cells]: the answers."""
    q: Tensor
    """float [n]."""
    segments: Tensor
    """int64 [n]: segments thought about each, all starts and views together."""
    second: Tensor | None
    """int64 [n, cells]: the second most counted answers, or the only ones; None without a vote."""


def answer(
    model: PuzzleHRM,
    puzzle: Puzzle,
    puzzles: PuzzleSet,
    effort: Effort,
    progress: Progress = silent,
) -> Told:
    """The answers to `puzzles`, in their own cells and tokens."""
    effort.check(model)
    if effort.plain:
        found = one_view(model, puzzles, effort, progress)
        return Told(found.tokens, found.q, found.segments, None)
    way = checked if effort.until_valid else voted
    rng = generator(effort.seed)
    parts: list[Told] = []
    for at in range(0, max(1, len(puzzles)), CHUNK):
        part = puzzles[at : at + CHUNK]
        share = after(progress, at * effort.tries, len(puzzles) * effort.tries)
        parts.append(way(model, puzzle, part, effort, rng, share))
    second = [part.second for part in parts if part.second is not None]
    return Told(
        torch.cat([part.tokens for part in parts]),
        torch.cat([part.q for part in parts]),
        torch.cat([part.segments for part in parts]),
        torch.cat(second) if second else None,
    )


def voted(
    model: PuzzleHRM,
    puzzle: Puzzle,
    puzzles: PuzzleSet,
    effort: Effort,
    rng: np.random.Generator,
    progress: Progress,
) -> Told:
    """The answers to so few puzzles that those of all views fit in memory."""
    changes: list[Reversible] = []
    said: list[Solutions] = []
    for number in range(effort.views):
        seen, change = view(puzzle, puzzles, number + 1, rng)
        changes.append(change)
        said.append(one_view(model, seen, effort, part_of(progress, number, effort.views)))
    segments = torch.stack([solutions.segments for solutions in said]).sum(0)
    if effort.views == 1:
        return Told(said[0].tokens, said[0].q, segments, None)
    q = torch.stack([solutions.q for solutions in said])
    tokens = torch.stack([solutions.tokens for solutions in said])
    ranked = vote(tokens, changes, None if model.wiring.halting == "none" else q)
    best, second = [some[0] for some in ranked], [best_two(some)[-1] for some in ranked]
    shape = puzzles.given.shape
    return Told(
        torch.tensor([one.answer for one in best]).reshape(shape),
        torch.tensor([one.mean_q or 0.0 for one in best], dtype=q.dtype),
        segments,
        torch.tensor([one.answer for one in second]).reshape(shape),
    )


def checked(
    model: PuzzleHRM,
    puzzle: Puzzle,
    puzzles: PuzzleSet,
    effort: Effort,
    rng: np.random.Generator,
    progress: Progress,
) -> Told:
    """The first valid answer to each puzzle, or else that to the puzzle as it is.

    Labels are not looked at: raises `UserError` where nothing else can tell what is valid.
    """
    said = one_view(model, puzzles, effort, part_of(progress, 0, effort.views))
    tokens, q, segments = said.tokens.clone(), said.q.clone(), said.segments.clone()
    left = (~valid_rows(puzzle, puzzles.given, tokens)).nonzero().flatten()
    for number in range(2, effort.views + 1):
        if not len(left):
            break
        seen, change = view(puzzle, puzzles[left], number, rng)
        done = effort.tries * (len(puzzles) - len(left)) + effort.starts * (number - 1) * len(left)
        found = one_view(model, seen, effort, after(progress, done, effort.tries * len(puzzles)))
        segments[left] += found.segments
        answers = change.undo(found.tokens)
        right = valid_rows(puzzle, puzzles.given[left], answers)
        tokens[left[right]], q[left[right]] = answers[right], found.q[right]
        left = left[~right]
    return Told(tokens, q, segments, None)


def one_view(
    model: PuzzleHRM, puzzles: PuzzleSet, effort: Effort, progress: Progress = silent
) -> Solutions:
    """The answers of the chosen start of each puzzle; `segments` are those of all starts."""
    said = [
        solve(
            model,
            puzzles,
            batch=effort.batch,
            segments=effort.segments,
            halt=effort.halt,
            sure=effort.sure,
            start=Start(number, effort.noise),
            progress=part_of(progress, number, effort.starts),
        )
        for number in range(effort.starts)
    ]
    best = chosen(said, effort.choose)
    rows = torch.arange(len(puzzles))
    return Solutions(
        torch.stack([solutions.tokens for solutions in said])[best, rows],
        torch.stack([solutions.q for solutions in said])[best, rows],
        torch.stack([solutions.segments for solutions in said]).sum(0),
    )


def chosen(said: Sequence[Solutions], choose: Choice) -> Tensor:
    """Which of the starts answers each puzzle: int64 [n]. The first to halt, of those the surest.

    Of equals, the start with the lower number.
    """
    q = torch.stack([solutions.q for solutions in said])
    if choose == "first":
        segments = torch.stack([solutions.segments for solutions in said])
        q = torch.where(segments == segments.amin(0), q, -torch.inf)
    return q.argmax(0)


def part_of(progress: Progress, number: int, parts: int) -> Progress:
    """What tells `progress` of the part `number`, from 0, of `parts` equal ones."""

    def report(what: str, done: int, of: int) -> None:
        progress(what, number * of + done, parts * of)

    return report


def after(progress: Progress, before: int, of: int) -> Progress:
    """What tells `progress` of a part of the `of`, when `before` of them are done."""

    def report(what: str, done: int, _: int) -> None:
        progress(what, before + done, of)

    return report
