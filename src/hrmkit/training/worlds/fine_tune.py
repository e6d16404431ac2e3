"""Fine-tuning a base model on a few lessons, whatever way it learns: one optimizer step a segment.

`labels.py` and `preferences.py` have the ways to learn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch

from hrmkit.draws import Draws
from hrmkit.errors import UserError
from hrmkit.model.hrm import Carry
from hrmkit.model.world_hrm import Outputs, WorldHRM
from hrmkit.training.worlds.lessons import Lesson, Lessons, Losses

Freeze = Literal["none", "planner", "doer"]

PLANNER_PARTS = ("high", "subgoal_head")
DOER_PARTS = ("embedding", "low", "guide", "action_head")

BETAS = (0.9, 0.95)
EPSILON = 1e-8
"""Of Adam."""


@dataclass(frozen=True)
class FineTuning:
    """Settings of a fine-tuning."""

    passes: int = 10
    """The most times every lesson is seen."""
    batch: int = 2
    """Lessons in a batch (1 to 4)."""
    freeze: Freeze = "none"
    """A half of the model that must not learn."""
    rate_heads: float = 1e-2
    """Learning rate of the heads and the sub-goal channel."""
    rate_body: float = 3e-4
    """Learning rate of H, L and the embedding."""
    final_rate: float = 0.05
    """The cosine schedule ends at this share of the rates."""
    clip: float = 1.0
    """The gradient's norm is cut to this."""
    enough: float = 0.01
    """Early stop: a whole pass with a mean loss below this (Planner and Doer) is the last."""
    most: int = 10_000
    """Gradient steps at the most, however many lessons there are."""

    def __post_init__(self) -> None:
        if not 1 <= self.passes <= 100:
            raise UserError(f"{self.passes} passes over the examples: choose 1 to 100")
        if not 1 <= self.batch <= 4:
            raise UserError(f"a batch of {self.batch} examples: choose 1 to 4")


def part_of(parameter: str) -> str:
    """The part of the model that a parameter belongs to, by its name."""
    return parameter.split(".")[0]


def module_of(parameter: str) -> Literal["planner", "doer", "halting"]:
    """Whose parameter it is."""
    part = part_of(parameter)
    if part in PLANNER_PARTS:
        return "planner"
    return "doer" if part in DOER_PARTS else "halting"


def rate_of(parameter: str, settings: FineTuning) -> float:
    """Learning rate of a parameter at the start of the schedule; 0 if it is frozen."""
    if module_of(parameter) == settings.freeze:
        return 0.0
    body = part_of(parameter) in ("embedding", "low", "high")
    return settings.rate_body if body else settings.rate_heads


def planned_steps(lessons: int, segments: int, settings: FineTuning) -> int:
    """Gradient steps of a fine-tuning that does not stop early: whole batches, each segment."""
    batches = settings.passes * math.ceil(lessons / settings.batch)
    return min(batches, settings.most // segments) * segments


def rate_at(step: int, steps: int, settings: FineTuning) -> float:
    """The cosine schedule's factor for gradient step `step` (from 0) of `steps`."""
    share = step / max(steps - 1, 1)
    return settings.final_rate + (1 - settings.final_rate) * (1 + math.cos(math.pi * share)) / 2


class GradientStep(NamedTuple):
    """What a callback gets to see after the backward pass and the optimizer step."""

    step: int
    steps: int
    pass_: int
    chosen: tuple[int, ...]
    """The lessons of the batch, by position."""
    segment: int
    carry: Carry
    """The carry that the segment started from."""
    lesson: Lesson
    outputs: Outputs
    losses: Losses
    gradient_norm: float
    """Before clipping, of all parameters."""
    clip: float
    rate: float
    """The schedule's factor."""


Callback = Callable[[GradientStep], None]


def optimizer_for(model: WorldHRM, settings: FineTuning) -> torch.optim.Adam:
    """Adam with a learning rate for each parameter."""
    groups = [
        {"params": [parameter], "lr": rate_of(name, settings), "rate": rate_of(name, settings)}
        for name, parameter in model.named_parameters()
    ]
    return torch.optim.Adam(groups, betas=BETAS, eps=EPSILON, foreach=False)


def fine_tune(
    model: WorldHRM,
    lessons: Lessons,
    settings: FineTuning,
    draws: Draws,
    callback: Callback | None = None,
) -> int:
    """Train `model` in place on `lessons`; returns the number of gradient steps taken.

    Each batch is thought about for all segments (deep supervision): a loss, a backward pass and an
    optimizer step at each, the carry handed on without gradient. Frozen parameters still get a
    gradient, so that a recording can show what they would have learned.
    """
    optimizer = optimizer_for(model, settings)
    segments = model.wiring.segments
    steps = planned_steps(len(lessons), segments, settings)
    step = 0
    for pass_ in range(settings.passes):
        order = draws.shuffled(list(range(len(lessons))))
        pass_losses: list[float] = []
        for first in range(0, len(order), settings.batch):
            if step >= steps:
                return step
            chosen = tuple(order[first : first + settings.batch])
            lesson = lessons.lesson(chosen)
            carry = model.initial_carry(lesson.batch.features)
            for segment in range(segments):
                rate = rate_at(step, steps, settings)
                after, outputs, losses, norm = gradient_step(
                    model, optimizer, carry, lesson, segment, rate, settings.clip
                )
                if callback is not None:
                    callback(
                        GradientStep(
                            step, steps, pass_, chosen, segment, carry, lesson,
                            outputs, losses, norm, settings.clip, rate,
                        )
                    )  # fmt: skip
                pass_losses.append(losses.planner.item() + losses.doer.item())
                carry = after
                step += 1
        if sum(pass_losses) / len(pass_losses) < settings.enough:
            break
    return step


def gradient_step(
    model: WorldHRM,
    optimizer: torch.optim.Adam,
    carry: Carry,
    lesson: Lesson,
    segment: int,
    rate: float,
    clip: float,
) -> tuple[Carry, Outputs, Losses, float]:
    """One segment, its loss, its gradient (clipped to `clip`) and one step of the optimizer."""
    optimizer.zero_grad()
    after, outputs = model.segment(carry, lesson.batch.features, told=lesson.batch.subgoal)
    losses = lesson.losses(outputs, segment)
    losses.total().backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
    for group in optimizer.param_groups:
        group["lr"] = group["rate"] * rate
    optimizer.step()
    return after, outputs, losses, float(norm)
