"""Halting: when a model stops thinking."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleOutputs
from hrmkit.model.wiring import Halting


def wants_to_halt(
    halting: Halting, outputs: PuzzleOutputs, halt_threshold: float | None = None
) -> Tensor:
    """`[B]` booleans: whether to halt after a segment.

    With Q-learning, where q_halt exceeds q_continue (arXiv 2506.21734); with a single pass, where
    q_halt exceeds 0 (TRM, arXiv 2510.04871); without halting, never. With `halt_threshold`, only
    where the probability of a right answer, the sigmoid of q_halt, also exceeds the threshold.
    """
    if halting == "none":
        return torch.zeros_like(outputs.q_halt, dtype=torch.bool)
    halts = outputs.q_halt > (outputs.q_continue if halting == "q-learning" else 0)
    return (
        halts
        if halt_threshold is None
        else halts & (outputs.q_halt > math.log(halt_threshold / (1 - halt_threshold)))
    )


def check_halt_threshold(halt_threshold: float | None) -> None:
    """Raise `UserError` where this is no probability to halt at."""
    if halt_threshold is not None and not 0.5 <= halt_threshold < 1:
        raise UserError(
            f"the halt threshold is {halt_threshold:g}: it has to be 0.5 or more, and below 1"
        )


def segments_until_halt(halts: Sequence[bool]) -> int:
    """How many segments a thought takes that stops at the first to halt; all if none does."""
    return next((number for number, stop in enumerate(halts, 1) if stop), len(halts))
