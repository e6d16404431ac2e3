"""Metrics of a training: sums over its steps, and measurements of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import IGNORED, Labelled, PuzzleSet
from hrmkit.puzzles.validity import valid_rows
from hrmkit.solving.thinking import CHUNK, ask_chunk, right_cells
from hrmkit.training.process_group import ProcessGroup
from hrmkit.training.puzzles.trainer import Step


class MetricSums:
    """Sums over the steps since the last report."""

    def __init__(self) -> None:
        self.steps = 0
        self.sums: Tensor | None = None

    def add(self, step: Step) -> None:
        """Add a step. Values stay on the device, which reading them would stall."""
        values = torch.stack([value.double() for value in step[:-1]] + [step.norm.double()])
        self.sums = values if self.sums is None else self.sums + values
        self.steps += 1

    def line(self, group: ProcessGroup, batch: int) -> dict[str, float]:
        """The means over these steps and all processes' rows."""
        assert self.sums is not None
        summed = cast("list[float]", group.sum(self.sums).tolist())
        cells, q_halt, right, halted, halted_right, segments, norm = summed
        rows = self.steps * batch
        done = max(1.0, halted)
        return {
            "loss": cells / rows,
            "q_halt_loss": q_halt / rows,
            "tokens": right / rows,
            "exact": halted_right / done,
            "segments": segments / done,
            "norm": norm / (self.steps * group.world),
        }


def measure(
    model: PuzzleHRM,
    labelled: Labelled,
    group: ProcessGroup,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, Any] | None:
    """Measure the model; each process answers its share of the puzzles.

    None if it was `stopped` on the way, which a process can only be that is alone: the others
    would wait for it.
    """
    mine = group.share(len(labelled.rows))
    rows = labelled.rows[mine]
    sums = torch.zeros(4 + model.wiring.segments, dtype=torch.float64)
    for at in range(0, len(rows), CHUNK):
        if group.world == 1 and stopped():
            return None
        sums += chunk_sums(model, labelled, rows[at : at + CHUNK])
    device = model.low_init.device if group.world > 1 else "cpu"
    means = group.sum(sums.to(device)) / len(labelled.rows)
    exact, valid, tokens, segments, *by_segment = cast("list[float]", means.tolist())
    return {
        "puzzles": len(labelled.rows),
        "exact": exact,
        "valid": valid,
        "tokens": tokens,
        "segments": segments,
        "by_segment": by_segment,
    }


def chunk_sums(model: PuzzleHRM, labelled: Labelled, rows: PuzzleSet) -> Tensor:
    """Exact, valid, share of cells, and segments used, when the model halts; exact by segment."""
    answers = ask_chunk(model, rows)
    answer, by_segment = answers.when_halted(), answers.right(rows).sum(1)
    valid = valid_rows(labelled.puzzle, rows.given, answer, rows.solution)
    counted = rows.solution != IGNORED
    right = right_cells(answer, rows.solution)
    share = (right & counted).sum(-1) / counted.sum(-1).clamp(min=1)
    sums = [
        right.all(-1).sum(),
        valid.sum(),
        share.sum(),
        answers.segments_used.sum(),
    ]
    return torch.stack([value.double() for value in (*sums, *by_segment)])


def watched_thought(model: PuzzleHRM, rows: PuzzleSet) -> dict[str, Any]:
    """The answer to the one puzzle in `rows` after every segment."""
    answers = ask_chunk(model, rows)
    return {
        "answers": answers.tokens[:, 0].tolist(),
        "q_halt": answers.q_halt[:, 0].tolist(),
        "segments_used": int(answers.segments_used[0]),
    }
