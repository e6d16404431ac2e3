"""The road lights: when a model wants to stop thinking."""

from __future__ import annotations

import torch
from torch import Tensor

from hrmkit.model.puzzle_hrm import PuzzleOutputs
from hrmkit.model.wiring import Halting


def wants_to_halt(halting: Halting, outputs: PuzzleOutputs) -> Tensor:
    """`[B]` booleans: whether the light is red after a segment.

    By Q-learning it is where q_halt exceeds q_continue (arXiv 2506.21734), in a single pass where
    q_halt exceeds 0 (TRM, arXiv 2510.04871), and never without halting.
    """
    if halting == "q-learning":
        return outputs.q_halt > outputs.q_continue
    if halting == "single-pass":
        return outputs.q_halt > 0
    return torch.zeros_like(outputs.q_halt, dtype=torch.bool)
