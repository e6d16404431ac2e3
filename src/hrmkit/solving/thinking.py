"""A model thinking, segment by segment, none stopped early."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from hrmkit.bounds import MOST_SEGMENTS, check_within
from hrmkit.errors import UserError
from hrmkit.model.halting import check_halt_threshold, wants_to_halt
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.puzzles.puzzle import IGNORED, PuzzleSet
from hrmkit.solving.precision import precision
from hrmkit.solving.start import TAUGHT, Start

CHUNK = 64
"""Puzzles asked at once: as many as stay in a processor's cache."""


class Thought(NamedTuple):
    """What a model says of n puzzles after one segment."""

    number: int
    """Of the segment, from 1."""
    tokens: Tensor
    """int64 [n, cells]: the answers."""
    q_halt: Tensor
    """float [n]: how sure it is that they are right, as logits."""
    red: Tensor
    """bool [n]: whether its road light is red; never without halting."""


def thinking(
    model: PuzzleHRM,
    puzzles: PuzzleSet,
    *,
    segments: int | None = None,
    start: Start = TAUGHT,
    halt_threshold: float | None = None,
) -> Iterator[Thought]:
    """What the model answers after each segment, on the device where it is.

    `segments` is training's number by default, and may be larger. For `halt_threshold` see
    `wants_to_halt`. Raises `UserError` where one of them is not possible, or the puzzles do not
    fit the model.
    """
    check_fit(model, puzzles)
    check_halt_threshold(halt_threshold)
    most = segments_of(model, segments)
    batch = on_device(model, puzzles)
    carry = start.carry(model, batch)
    for number in range(1, most + 1):
        with computing(model):
            carry, outputs = model.segment(carry, batch)
            red = wants_to_halt(model.wiring.halting, outputs, halt_threshold)
            tokens = outputs.logits.argmax(-1)
        # Copies, because whoever listens may compute with them outside of inference mode.
        q_halt = outputs.q_halt.to(model.low_init.dtype, copy=True)
        yield Thought(number, tokens.clone(), q_halt, red.clone())


def until_red(
    model: PuzzleHRM,
    one: PuzzleSet,
    segments: int | None = None,
    halt_threshold: float | None = None,
) -> Iterator[Thought]:
    """The thoughts about one puzzle, up to that at which the light is red, or the last."""
    for thought in thinking(model, one, segments=segments, halt_threshold=halt_threshold):
        yield thought
        if thought.red[0]:
            return


@contextmanager
def computing(model: PuzzleHRM) -> Generator[None]:
    """Without gradient, and in the type that the model's matrix products run in."""
    with torch.inference_mode(), precision(model):
        yield


def on_device(model: PuzzleHRM, puzzles: PuzzleSet) -> PuzzleBatch:
    """What the model reads of the puzzles, where it is."""
    device = model.low_init.device
    return PuzzleBatch(puzzles.given.to(device), puzzles.puzzle_ids.to(device))


def segments_of(model: PuzzleHRM, wanted: int | None) -> int:
    """The most segments to think: those asked for, or else training's."""
    if wanted is not None:
        check_within(wanted, 1, MOST_SEGMENTS, "{} segments are")
    return wanted or model.wiring.segments


def check_fit(model: PuzzleHRM, puzzles: PuzzleSet) -> None:
    """Raise `UserError` if the model does not read puzzles like these."""
    face = model.interface
    if puzzles.cells != face.tokens:
        raise UserError(
            f"puzzles of {puzzles.cells} cells do not fit a model that reads {face.tokens}"
        )
    if not len(puzzles):
        return
    low, high = int(puzzles.given.min()), int(puzzles.given.max())
    if low < 0 or high >= face.vocab:
        raise UserError(
            f"token {high if low >= 0 else low} does not fit a model that reads 0 to "
            f"{face.vocab - 1}"
        )
    last = int(puzzles.puzzle_ids.max())
    if model.wiring.puzzle_embedding and last >= face.puzzles:
        raise UserError(
            f"puzzle id {last} has no embedding: the model knows 0 to {face.puzzles - 1}"
        )


def right_cells(tokens: Tensor, solution: Tensor) -> Tensor:
    """Which cells are as in the solution, or not asked about: bool, of the tensors' shape."""
    return (tokens == solution) | (solution == IGNORED)


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of n puzzles after each of S segments."""

    tokens: Tensor
    """int64 [S, n, cells]."""
    q_halt: Tensor
    """float [S, n]."""
    used: Tensor
    """int64 [n]: segments until the light was red; S where it never was."""

    def right(self, puzzles: PuzzleSet) -> Tensor:
        """bool [S, n]: the whole answer is right."""
        return right_cells(self.tokens, puzzles.solution).all(-1)

    def when_halted(self) -> Tensor:
        """int64 [n, cells]: each puzzle's answer at its own red light."""
        return self.tokens[self.used - 1, torch.arange(self.tokens.shape[1])]


def ask(
    model: PuzzleHRM, puzzles: PuzzleSet, segments: int | None = None, batch: int = CHUNK
) -> Answers:
    """So many segments (the wiring's unless said) for every puzzle, none stopped early.

    Every answer is kept, on the CPU; `batch` puzzles are asked at once.
    """
    parts = [
        ask_chunk(model, puzzles[at : at + batch], segments) for at in range(0, len(puzzles), batch)
    ]
    return Answers(
        torch.cat([part.tokens for part in parts], dim=1),
        torch.cat([part.q_halt for part in parts], dim=1),
        torch.cat([part.used for part in parts]),
    )


def ask_chunk(model: PuzzleHRM, puzzles: PuzzleSet, segments: int | None = None) -> Answers:
    """`ask` of a few puzzles at once."""
    thoughts = list(thinking(model, puzzles, segments=segments))
    stops = torch.stack([thought.red.cpu() for thought in thoughts])
    stops[-1] = True
    return Answers(
        torch.stack([thought.tokens.cpu() for thought in thoughts]),
        torch.stack([thought.q_halt.cpu() for thought in thoughts]),
        stops.int().argmax(0) + 1,
    )
