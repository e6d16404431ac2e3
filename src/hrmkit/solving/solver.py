"""Answers many puzzles: a row that halts leaves the batch, and a waiting puzzle takes its place.

A batch that waits for its slowest row would think on about what is long answered. Here every
segment is thought about puzzles that still need it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hrmkit.bounds import MOST_BATCH, check_memory, check_within
from hrmkit.errors import UserError
from hrmkit.model.cost import thinking_bytes
from hrmkit.model.halting import check_halt_threshold, wants_to_halt
from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.progress import Progress, silent
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.solving.batch import rows_for
from hrmkit.solving.start import TAUGHT, Start
from hrmkit.solving.thinking import check_fit, computing, on_device, segments_of


@dataclass(frozen=True, eq=False)
class Solutions:
    """The answers to n puzzles, on the CPU."""

    tokens: Tensor
    """int64 [n, cells]."""
    q: Tensor
    """float [n]: q_halt when the answer was given."""
    segments: Tensor
    """int64 [n]: segments until the answer."""

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(eq=False)
class ActiveBatch:
    """The puzzles that are being computed, one in each row."""

    which: Tensor
    """int64 [rows]: the index of each row's puzzle."""
    segments: Tensor
    """int64 [rows]: segments so far."""
    batch: PuzzleBatch
    carry: Carry

    def kept(self, stay: Tensor) -> ActiveBatch:
        """The batch with only the rows `stay`, int64."""
        return ActiveBatch(
            self.which[stay],
            self.segments[stay],
            PuzzleBatch(*(part[stay] for part in self.batch)),
            Carry(*(state[stay] for state in self.carry)),
        )

    def joined(self, other: ActiveBatch) -> ActiveBatch:
        """The rows of both batches."""
        return ActiveBatch(
            torch.cat((self.which, other.which)),
            torch.cat((self.segments, other.segments)),
            PuzzleBatch(*(torch.cat(two) for two in zip(self.batch, other.batch, strict=True))),
            Carry(*(torch.cat(two) for two in zip(self.carry, other.carry, strict=True))),
        )


def solve(
    model: PuzzleHRM,
    puzzles: PuzzleSet,
    *,
    batch: int | None = None,
    segments: int | None = None,
    halt: bool = True,
    halt_threshold: float | None = None,
    start: Start = TAUGHT,
    progress: Progress = silent,
) -> Solutions:
    """Answer every puzzle; the answers do not depend on how puzzles are batched.

    A puzzle leaves the batch when the model wants to halt on it (with `halt`), and after
    `segments` in any case (the model's own number by default). The next puzzle takes its row. For
    `halt_threshold` see `wants_to_halt`. `batch` is the number of rows; `rows_for` chooses it by
    default. Raises `UserError` where the puzzles do not fit the model, or a number is less than 1.
    """
    check_fit(model, puzzles)
    check_halt_threshold(halt_threshold)
    most = segments_of(model, segments)
    batch = rows_for(model) if batch is None else batch
    check_within(batch, 1, MOST_BATCH, "a batch of {} is")
    taken = min(batch, len(puzzles))
    parts = model.wiring, model.sizes, model.interface
    if model.low_init.device.type == "cpu":
        needed = taken * thinking_bytes(*parts)
        check_memory(needed, f"a batch of {taken}", "choose a smaller --batch")
    halting = model.wiring.halting if halt else "none"
    solutions = Solutions(
        torch.zeros_like(puzzles.given, device="cpu"),
        torch.zeros(len(puzzles), dtype=model.low_init.dtype),
        torch.zeros(len(puzzles), dtype=torch.int64),
    )
    active = admitted(model, puzzles, 0, taken, start)
    answered = 0
    progress("solving", answered, len(puzzles))  # the first answers may take long
    while len(active.which):
        with computing(model):
            active.carry, outputs = model.segment(active.carry, active.batch)
            active.segments += 1
            done = wants_to_halt(halting, outputs, halt_threshold) | (active.segments >= most)
            leave, stay = done.nonzero().flatten(), (~done).nonzero().flatten()
            if not len(leave):
                continue
            which = active.which[leave].cpu()
            solutions.tokens[which] = outputs.logits[leave].argmax(-1).cpu()
            solutions.q[which] = outputs.q_halt[leave].to(solutions.q).cpu()
            solutions.segments[which] = active.segments[leave].cpu()
            active = active.kept(stay)
            come = min(len(leave), len(puzzles) - taken)
            if come:
                active = active.joined(admitted(model, puzzles, taken, come, start))
                taken += come
        answered += len(which)
        progress("solving", answered, len(puzzles))
    check_answers(solutions.q)
    return solutions


def check_answers(q: Tensor) -> None:
    """Raise `UserError` where a q is not finite: the answer then means nothing."""
    wrong = int((~q.isfinite()).sum())
    if wrong:
        raise UserError(
            f"the model's numbers grew beyond all bounds on {wrong} of {len(q)} puzzles: its "
            "weights are too large to answer with; take an earlier checkpoint"
        )


def admitted(
    model: PuzzleHRM, puzzles: PuzzleSet, first: int, count: int, start: Start
) -> ActiveBatch:
    """A batch of `count` puzzles from index `first` on, before their first segment."""
    batch = on_device(model, puzzles[first : first + count])
    which = torch.arange(first, first + count, device=batch.given.device)
    return ActiveBatch(which, torch.zeros_like(which), batch, start.carry(model, batch))
