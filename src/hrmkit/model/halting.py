"""The road lights: when a model wants to stop thinking."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleOutputs
from hrmkit.model.wiring import Halting


def wants_to_halt(halting: Halting, outputs: PuzzleOutputs, sure: float | None = None) -> Tensor:
    """`[B]` booleans: whether the light is red after a segment.

    By Q-learning it is where q_halt exceeds q_continue (arXiv 2506.21734), in a single pass where
    q_halt exceeds 0 (TRM, arXiv 2510.04871), and never without halting. With `sure`, only where the
    model also gives its answer this probability to be right, as q_halt says it.
    """
    if halting == "none":
        return torch.zeros_like(outputs.q_halt, dtype=torch.bool)
    red = outputs.q_halt > (outputs.q_continue if halting == "q-learning" else 0)
    return red if sure is None else red & (outputs.q_halt > math.log(sure / (1 - sure)))


def check_sure(sure: float | None) -> None:
    """Raise `UserError` where a light cannot ask for this probability."""
    if sure is not None and not 0.5 <= sure < 1:
        raise UserError(f"sure is {sure:g}: it has to be 0.5 or more, and below 1")


def segments_until_red(red: Sequence[bool]) -> int:
    """How many segments a thought takes that stops at the first red light; all if there is none."""
    return next((number for number, stop in enumerate(red, 1) if stop), len(red))
