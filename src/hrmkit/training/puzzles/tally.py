"""What a training says of itself: sums over steps, and how good the model is so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import IGNORED, Labelled, PuzzleSet
from hrmkit.puzzles.validity import valid_rows
from hrmkit.solving.thinking import CHUNK, ask_chunk, right_cells
from hrmkit.training.puzzles.trainer import Step
from hrmkit.training.ranks import Ranks


class Tally:
    """Sums over the steps since the last report."""

    def __init__(self) -> None:
        self.steps = 0
        self.sums: Tensor | None = None

    def add(self, step: Step) -> None:
        """One more step; nothing is read out yet, which would make the device wait."""
        values = torch.stack([value.double() for value in step[:-1]] + [step.norm.double()])
        self.sums = values if self.sums is None else self.sums + values
        self.steps += 1

    def line(self, ranks: Ranks, batch: int) -> dict[str, float]:
        """The means over these steps and all processes' rows."""
        assert self.sums is not None
        summed = cast("list[float]", ranks.sum(self.sums).tolist())
        cells, q_halt, right, halted, halted_right, segments, norm = summed
        rows = self.steps * batch
        done = max(1.0, halted)
        return {
            "loss": cells / rows,
            "q_halt_loss": q_halt / rows,
            "tokens": right / rows,
            "exact": halted_right / done,
            "segments": segments / done,
            "norm": norm / (self.steps * ranks.world),
        }


def measure(
    model: PuzzleHRM,
    labelled: Labelled,
    ranks: Ranks,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, Any] | None:
    """How good the answers are, each process asking about its share of the puzzles.

    None if it was `stopped` on the way, which a process can only be that is alone: the others
    would wait for it.
    """
    mine = ranks.share(len(labelled.rows))
    rows = labelled.rows[mine]
    sums = torch.zeros(4 + model.wiring.segments, dtype=torch.float64)
    for at in range(0, len(rows), CHUNK):
        if ranks.world == 1 and stopped():
            return None
        sums += chunk_sums(model, labelled, rows[at : at + CHUNK])
    device = model.low_init.device if ranks.world > 1 else "cpu"
    means = ranks.sum(sums.to(device)) / len(labelled.rows)
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
    """Exact, valid, share of cells, and segments used, at the red light; exact by segment."""
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
        answers.used.sum(),
    ]
    return torch.stack([value.double() for value in (*sums, *by_segment)])


def watched_thought(model: PuzzleHRM, rows: PuzzleSet) -> dict[str, Any]:
    """The one puzzle of `rows`: its answer after every segment."""
    answers = ask_chunk(model, rows)
    return {
        "answers": answers.tokens[:, 0].tolist(),
        "q_halt": answers.q_halt[:, 0].tolist(),
        "used": int(answers.used[0]),
    }
