"""Learning from labels: cross-entropy at both heads in every step of some examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from hrmkit.model.world_hrm import Outputs
from hrmkit.training.worlds.examples import Example
from hrmkit.training.worlds.lessons import HALT_WEIGHT, Batch, halting_loss, likelihood
from hrmkit.training.worlds.policy import features_of
from hrmkit.worlds.world import WorldTable


class LabelLosses(NamedTuple):
    """Mean losses over a batch, in nats."""

    planner: Tensor
    doer: Tensor
    halting: Tensor

    def total(self) -> Tensor:
        """What is minimised."""
        return self.planner + self.doer + HALT_WEIGHT * self.halting


def batch_of(table: WorldTable, examples: Sequence[Example]) -> Batch:
    """All steps of some examples, as one batch of states."""
    steps = [step for example in examples for step in example.steps]
    return Batch(
        features_of(table, [step.state for step in steps]),
        F.one_hot(torch.tensor([s.subgoal for s in steps]), len(table.subgoals)).float(),
        F.one_hot(torch.tensor([s.action for s in steps]), len(table.actions)).float(),
    )


def losses_of(outputs: Outputs, batch: Batch, with_planner: bool = True) -> LabelLosses:
    """Cross-entropy per head; for halting, against whether both answers are right.

    Without a sub-goal head the Planner's loss is 0.
    """
    planner = -likelihood(outputs.subgoal, batch.subgoal).mean()
    return LabelLosses(
        planner=planner if with_planner else torch.zeros_like(planner),
        doer=-likelihood(outputs.action, batch.action).mean(),
        halting=halting_loss(outputs, batch, with_planner).mean(),
    )


@dataclass(frozen=True)
class LabelLesson:
    """Some examples as one batch."""

    batch: Batch
    with_planner: bool

    def losses(self, outputs: Outputs, segment: int) -> LabelLosses:
        """The same after every segment; see `losses_of`."""
        del segment
        return losses_of(outputs, self.batch, self.with_planner)

    def judged(self, outputs: Outputs) -> tuple[Outputs, Batch]:
        """Every row has a label."""
        return outputs, self.batch


@dataclass(frozen=True)
class Labels:
    """Examples to learn from."""

    table: WorldTable
    examples: Sequence[Example]
    with_planner: bool

    def __len__(self) -> int:
        return len(self.examples)

    def lesson(self, chosen: Sequence[int]) -> LabelLesson:
        """All steps of the chosen examples."""
        batch = batch_of(self.table, [self.examples[i] for i in chosen])
        return LabelLesson(batch, self.with_planner)
