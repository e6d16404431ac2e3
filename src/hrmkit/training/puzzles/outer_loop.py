"""The outer loop in training: each row of a batch is at its own segment.

A row that has halted is reset and takes the next puzzle of the queue. The originals draw a whole
batch for every segment and throw away what no row was free for; here nothing drawn is lost.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from hrmkit.model.halting import wants_to_halt
from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM, PuzzleOutputs
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.training.losses import CellLoss, losses_by_row, softmax_loss
from hrmkit.training.process_group import ProcessGroup
from hrmkit.training.puzzles.queues import Source
from hrmkit.training.recipe import EXPLORATION

ALONE = ProcessGroup()


class Rows(NamedTuple):
    """The rows of the batch."""

    carry: Carry
    """Of every latent start in turn: states `[starts * B, tokens, width]`."""
    puzzles: PuzzleSet
    segments: Tensor
    """`[B]`, integers: segments so far on this row's puzzle."""
    halted: Tensor
    """`[B]`, booleans: the row has halted, and gets a new puzzle next."""

    @property
    def starts(self) -> int:
        """Latent starts of each row."""
        return len(self.carry.low) // len(self.segments)


class SegmentResult(NamedTuple):
    """The result of one segment of a batch."""

    rows: Rows
    outputs: PuzzleOutputs
    """Of the start with the lowest loss, where there are several."""
    target_continue: Tensor | None
    """`[B]`, in [0, 1]; None without Q-learning."""


def first_rows(model: PuzzleHRM, puzzles: PuzzleSet, starts: int = 1) -> Rows:
    """Rows at the first segment of `puzzles`."""
    batch = PuzzleBatch(puzzles.given, puzzles.puzzle_ids)
    nothing = torch.zeros(len(puzzles), dtype=torch.long, device=puzzles.given.device)
    carries = [model.initial_carry(batch, which) for which in range(starts)]
    return Rows(stacked(carries), puzzles, nothing, nothing.bool())


def stacked(carries: list[Carry]) -> Carry:
    """The rows of several carries, one after another."""
    if len(carries) == 1:
        return carries[0]
    return Carry(*(torch.cat(states) for states in zip(*carries, strict=True)))


def staggered(
    model: PuzzleHRM, rows: Rows, group: ProcessGroup = ALONE, batch: int | None = None
) -> Rows:
    """`rows` at different segments, so that they do not all halt together.

    Without it, and with no halting to drive them apart, a batch would learn from the same puzzles
    for as many gradient steps as there are segments. `batch` are the rows of all processes.
    """
    places = torch.arange(batch or len(rows.segments), device=rows.segments.device)
    mine = places[group.share(len(places))]
    return rows._replace(segments=mine % model.wiring.segments)


def refilled(
    model: PuzzleHRM,
    rows: Rows,
    queue: Source,
    group: ProcessGroup = ALONE,
    batch: int | None = None,
) -> Rows:
    """`rows` with a new puzzle of `queue` in every row that has halted.

    Every process takes the puzzles of all, and keeps those of its own rows.
    """
    batch = batch or len(rows.halted)
    free = group.gather(rows.halted, batch).nonzero().flatten()
    if not len(free):
        return rows
    old, new = rows.puzzles, queue.take(len(free)).to(rows.halted.device)
    share = group.share(batch)
    mine = (free >= share.start) & (free < share.stop)
    free, new = free[mine] - share.start, new[mine]
    puzzles = PuzzleSet(
        old.given.index_copy(0, free, new.given),
        old.solution.index_copy(0, free, new.solution),
        old.puzzle_ids.index_copy(0, free, new.puzzle_ids),
    )
    fresh = first_rows(model, puzzles, rows.starts)
    again = rows.halted.repeat(rows.starts)[:, None, None]
    carry = Carry(
        *(torch.where(again, a.to(b), b) for a, b in zip(fresh.carry, rows.carry, strict=True))
    )
    segments = torch.where(rows.halted, fresh.segments, rows.segments)
    return Rows(carry, puzzles, segments, fresh.halted)


def think(
    model: PuzzleHRM,
    rows: Rows,
    draws: torch.Generator,
    exploration: float = EXPLORATION,
    cell_loss: CellLoss = softmax_loss,
    group: ProcessGroup = ALONE,
    batch: int | None = None,
) -> SegmentResult:
    """One segment for every row, which may halt after it.

    Q-learning's second forward pass is one segment further, from the new carry, without gradient.
    Of several starts, the one with the lowest loss is computed again, with gradient.
    """
    given = PuzzleBatch(rows.puzzles.given, rows.puzzles.puzzle_ids)
    if rows.starts == 1:
        after, outputs = model.segment(rows.carry, given)
        won = after
    else:
        after, best = best_start(model, rows, cell_loss)
        won, outputs = model.segment(best, given)
    segments = rows.segments + 1
    last = segments >= model.wiring.segments
    target: Tensor | None = None
    with torch.no_grad():
        halted = last | wants_to_halt(model.wiring.halting, outputs)
        if model.wiring.halting != "none":
            rows_of_all = batch or len(segments)
            least = least_segments(rows_of_all, model, draws, exploration)
            halted &= segments >= least[group.share(rows_of_all)]
        if model.wiring.halting == "q-learning":
            further = model.segment(won, given)[1]
            better = torch.maximum(further.q_halt, further.q_continue)
            target = torch.where(last, further.q_halt, better).sigmoid()
    return SegmentResult(Rows(after, rows.puzzles, segments, halted), outputs, target)


def best_start(model: PuzzleHRM, rows: Rows, cell_loss: CellLoss) -> tuple[Carry, Carry]:
    """The carries of all starts after one segment, and each row's best carry before it.

    Winner-take-all, as in arXiv 2601.19085; the other starts go on but do not learn.
    """
    starts, count = rows.starts, len(rows.segments)
    puzzles = rows.puzzles
    given = PuzzleBatch(puzzles.given.repeat(starts, 1), puzzles.puzzle_ids.repeat(starts))
    with torch.no_grad():
        after, outputs = model.segment(rows.carry, given)
        losses = losses_by_row(outputs.logits, puzzles.solution.repeat(starts, 1), cell_loss)
    winner = losses.view(starts, count).argmin(0)
    place = winner * count + torch.arange(count, device=winner.device)
    return after, Carry(*(states[place] for states in rows.carry))


def least_segments(
    rows: int, model: PuzzleHRM, draws: torch.Generator, exploration: float
) -> Tensor:
    """`[B]`: each row's minimum of segments, drawn at random so that halting is explored."""
    most = model.wiring.segments
    drawn = torch.randint(2, most + 1, (rows,), generator=draws)
    explores = torch.rand(rows, generator=draws) < exploration
    return torch.where(explores, drawn, 0).to(model.low_init.device)
