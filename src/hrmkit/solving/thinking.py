"""A model's answers segment by segment, without stopping early."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor

from hrmkit.bounds import MOST_SEGMENTS, check_within
from hrmkit.errors import UserError
from hrmkit.model.halting import check_halt_threshold, segments_until_halt, wants_to_halt
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.puzzles.puzzle import IGNORED, PuzzleSet
from hrmkit.solving.precision import precision
from hrmkit.solving.start import TAUGHT, Start

CHUNK = 64
"""Puzzles asked at once: as many as stay in a processor's cache."""


class SegmentAnswer(NamedTuple):
    """A model's answers to n puzzles after one segment."""

    number: int
    """The segment's number, from 1."""
    tokens: Tensor
    """int64 [n, cells]: the answers."""
    q_halt: Tensor
    """float [n]: the logit of the probability that the answer is right, as the model predicts."""
    q_continue: Tensor
    """float [n]: the logit of another segment's worth; trained by Q-learning only."""
    halts: Tensor
    """bool [n]: whether the model wants to halt; never without halting."""


def thinking(
    model: PuzzleHRM,
    puzzles: PuzzleSet,
    *,
    segments: int | None = None,
    start: Start = TAUGHT,
    halt_threshold: float | None = None,
) -> Iterator[SegmentAnswer]:
    """What the model answers after each segment, on the device where it is.

    `segments` is the model's own number by default, and may be larger. For `halt_threshold` see
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
            halts = wants_to_halt(model.wiring.halting, outputs, halt_threshold)
            tokens = outputs.logits.argmax(-1)
        # Copies, because whoever listens may compute with them outside of inference mode.
        q_halt, q_continue = (
            q.to(model.low_init.dtype, copy=True) for q in (outputs.q_halt, outputs.q_continue)
        )
        yield SegmentAnswer(number, tokens.clone(), q_halt, q_continue, halts.clone())


def until_halt(
    model: PuzzleHRM,
    one: PuzzleSet,
    segments: int | None = None,
    halt_threshold: float | None = None,
) -> Iterator[SegmentAnswer]:
    """The answers to one puzzle after each segment, until the model wants to halt."""
    for thought in thinking(model, one, segments=segments, halt_threshold=halt_threshold):
        yield thought
        if thought.halts[0]:
            return


@contextmanager
def computing(model: PuzzleHRM) -> Generator[None]:
    """Compute without gradients, with matrix products in the model's type."""
    with torch.inference_mode(), precision(model):
        yield


def on_device(model: PuzzleHRM, puzzles: PuzzleSet) -> PuzzleBatch:
    """The model's input for these puzzles, on the model's device."""
    device = model.low_init.device
    return PuzzleBatch(puzzles.given.to(device), puzzles.puzzle_ids.to(device))


def segments_of(model: PuzzleHRM, wanted: int | None) -> int:
    """The largest number of segments: `wanted`, or the model's own. `UserError` if out of range."""
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
    """Which cells are as in the solution, or have no label: bool, in the tensors' shape."""
    return (tokens == solution) | (solution == IGNORED)


@dataclass(frozen=True, eq=False)
class Answers:
    """A model's answers to n puzzles after each of S segments."""

    tokens: Tensor
    """int64 [S, n, cells]."""
    q_halt: Tensor
    """float [S, n]."""
    segments_used: Tensor
    """int64 [n]: segments until the model wanted to halt; S where it never did."""

    def right(self, puzzles: PuzzleSet) -> Tensor:
        """bool [S, n]: the whole answer is right."""
        return right_cells(self.tokens, puzzles.solution).all(-1)

    def when_halted(self) -> Tensor:
        """int64 [n, cells]: each puzzle's answer when the model wanted to halt."""
        return self.tokens[self.segments_used - 1, torch.arange(self.tokens.shape[1])]


def ask(
    model: PuzzleHRM, puzzles: PuzzleSet, segments: int | None = None, batch: int = CHUNK
) -> Answers:
    """All answers of every puzzle, after each of `segments` (the wiring's number by default).

    No puzzle halts early. The answers are on the CPU; `batch` puzzles are computed at once.
    """
    parts = [
        ask_chunk(model, puzzles[at : at + batch], segments) for at in range(0, len(puzzles), batch)
    ]
    return Answers(
        torch.cat([part.tokens for part in parts], dim=1),
        torch.cat([part.q_halt for part in parts], dim=1),
        torch.cat([part.segments_used for part in parts]),
    )


def ask_chunk(model: PuzzleHRM, puzzles: PuzzleSet, segments: int | None = None) -> Answers:
    """`ask` of a few puzzles at once."""
    thoughts = list(thinking(model, puzzles, segments=segments))
    rows = cast("list[list[bool]]", torch.stack([one.halts for one in thoughts]).T.tolist())
    return Answers(
        torch.stack([thought.tokens.cpu() for thought in thoughts]),
        torch.stack([thought.q_halt.cpu() for thought in thoughts]),
        torch.tensor([segments_until_halt(row) for row in rows], dtype=torch.int64),
    )
