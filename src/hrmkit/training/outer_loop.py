"""The outer loop in training: every row of a batch at a segment of its own.

A row that has halted is reset and takes the next puzzle of the queue. The originals draw a whole
batch for every segment and throw away what no row was free for; here nothing drawn is lost.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from hrmkit.model.halting import wants_to_halt
from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM, PuzzleOutputs
from hrmkit.puzzles.puzzle import PuzzleSet

EXPLORATION = 0.1
"""Chance that a row has to think a random number of segments at the least (arXiv 2506.21734)."""


class Queue(Protocol):
    """Where puzzles come from."""

    def take(self, count: int) -> PuzzleSet:
        """The next `count` puzzles; each is given out once."""
        ...


class Rows(NamedTuple):
    """The rows under way."""

    carry: Carry
    puzzles: PuzzleSet
    segments: Tensor
    """`[B]`, integers: segments thought about the puzzle of this row."""
    halted: Tensor
    """`[B]`, booleans: the row is done, and takes a new puzzle next."""


class Thought(NamedTuple):
    """What one segment of a batch gave."""

    rows: Rows
    outputs: PuzzleOutputs
    target_continue: Tensor | None
    """`[B]`, in [0, 1]; None without Q-learning."""


def first_rows(model: PuzzleHRM, puzzles: PuzzleSet) -> Rows:
    """Rows that begin with `puzzles`."""
    rows = len(puzzles.given)
    batch = PuzzleBatch(puzzles.given, puzzles.puzzle_ids)
    nothing = torch.zeros(rows, dtype=torch.long, device=puzzles.given.device)
    return Rows(model.initial_carry(batch), puzzles, nothing, nothing.bool())


def staggered(model: PuzzleHRM, rows: Rows) -> Rows:
    """`rows` as if they had begun one after another, so that they do not all halt together.

    Without it, and with no halting to drive them apart, a batch would learn from the same puzzles
    for as many gradient steps as there are segments.
    """
    return rows._replace(segments=torch.arange(len(rows.segments)) % model.wiring.segments)


def refilled(model: PuzzleHRM, rows: Rows, queue: Queue) -> Rows:
    """`rows` with a new puzzle of `queue` in every row that has halted."""
    free = rows.halted.nonzero().flatten()
    if not len(free):
        return rows
    old, new = rows.puzzles, queue.take(len(free))
    puzzles = PuzzleSet(
        old.given.index_copy(0, free, new.given),
        old.solution.index_copy(0, free, new.solution),
        old.puzzle_ids.index_copy(0, free, new.puzzle_ids),
    )
    fresh = first_rows(model, puzzles)
    again = rows.halted[:, None, None]
    carry = Carry(*(torch.where(again, a, b) for a, b in zip(fresh.carry, rows.carry, strict=True)))
    segments = torch.where(rows.halted, fresh.segments, rows.segments)
    return Rows(carry, puzzles, segments, fresh.halted)


def think(
    model: PuzzleHRM, rows: Rows, draws: torch.Generator, exploration: float = EXPLORATION
) -> Thought:
    """One segment for every row, which may halt after it.

    Q-learning's second forward pass is one segment further, from the new carry, without gradient.
    """
    batch = PuzzleBatch(rows.puzzles.given, rows.puzzles.puzzle_ids)
    carry, outputs = model.segment(rows.carry, batch)
    segments = rows.segments + 1
    last = segments >= model.wiring.segments
    target: Tensor | None = None
    with torch.no_grad():
        halted = last | wants_to_halt(model.wiring.halting, outputs)
        if model.wiring.halting != "none":
            halted &= segments >= least_segments(len(segments), model, draws, exploration)
        if model.wiring.halting == "q-learning":
            after = model.segment(carry, batch)[1]
            better = torch.maximum(after.q_halt, after.q_continue)
            target = torch.where(last, after.q_halt, better).sigmoid()
    return Thought(Rows(carry, rows.puzzles, segments, halted), outputs, target)


def least_segments(
    rows: int, model: PuzzleHRM, draws: torch.Generator, exploration: float
) -> Tensor:
    """`[B]`: how many segments each row has to think, drawn so that halting is explored."""
    most = model.wiring.segments
    drawn = torch.randint(2, most + 1, (rows,), generator=draws)
    explores = torch.rand(rows, generator=draws) < exploration
    return torch.where(explores, drawn, 0).to(model.low_init.device)
