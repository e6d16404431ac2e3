"""What every way to learn hands to the training loop: batches of states, and a loss for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from hrmkit.model.world_hrm import Outputs

HALT_WEIGHT = 0.5
"""Weight of the halting loss, as in the original."""


class Batch(NamedTuple):
    """Labelled states, R of them."""

    features: Tensor
    """`[R, tokens, F]`, multi-hot."""
    subgoal: Tensor
    """`[R, G]`, one-hot or soft labels for the Planner; the Doer is told it."""
    action: Tensor
    """`[R, A]`, one-hot or soft labels for the Doer."""


class Losses(Protocol):
    """Losses of a batch, in nats, by who learns from them; a way to learn may have more."""

    @property
    def planner(self) -> Tensor:
        """The Planner's."""
        ...

    @property
    def doer(self) -> Tensor:
        """The Doer's."""
        ...

    @property
    def halting(self) -> Tensor:
        """That of the q head."""
        ...

    def total(self) -> Tensor:
        """What is minimised."""
        ...


class Lesson(Protocol):
    """A batch, and what is to be learned from it."""

    @property
    def batch(self) -> Batch:
        """The states that are thought about; the Doer is told the batch's sub-goals."""
        ...

    def losses(self, outputs: Outputs, segment: int) -> Losses:
        """The losses of what the model said after `segment` (from 0)."""
        ...

    def judged(self, outputs: Outputs) -> tuple[Outputs, Batch]:
        """The rows whose answers can be right or wrong, with what they should be."""
        ...


class Lessons(Protocol):
    """All that there is to learn from, one way."""

    def __len__(self) -> int: ...

    def lesson(self, chosen: Sequence[int]) -> Lesson:
        """Some of it, by position, as one batch."""
        ...


def right_rows(outputs: Outputs, batch: Batch, with_planner: bool) -> tuple[Tensor, Tensor]:
    """`[R]` booleans: is the sub-goal right, is the action right (first choices)."""
    action = outputs.action.argmax(-1) == batch.action.argmax(-1)
    if not with_planner:
        return torch.ones_like(action), action
    return outputs.subgoal.argmax(-1) == batch.subgoal.argmax(-1), action


def halting_loss(outputs: Outputs, batch: Batch, with_planner: bool) -> Tensor:
    """`[R]`: of q_halt, against whether both answers are right."""
    planner_right, doer_right = right_rows(outputs, batch, with_planner)
    q_halt = outputs.q_halt
    answered = torch.where(
        planner_right & doer_right, torch.ones_like(q_halt), torch.zeros_like(q_halt)
    )
    # Binary cross-entropy with logits, written so that its backward pass exports.
    return F.softplus(q_halt) - q_halt * answered


def likelihood(logits: Tensor, chosen: Tensor) -> Tensor:
    """`[R]`: the log-probability of `chosen [R, C]` (one-hot, or soft) under `logits [R, C]`."""
    return (chosen * logits.log_softmax(-1)).sum(-1)
