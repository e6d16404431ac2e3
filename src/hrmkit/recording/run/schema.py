"""The recording of a run: a training on puzzles of full size, as its folder tells it.

Like `schema.py`, which defines the recording of a fine-tuning; `json_schema.py` writes both for the
page. A grid is a tuple of tokens, row by row; `board` says how they look.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from hrmkit.puzzles.puzzle import Grid
from hrmkit.recording.board import Board, PuzzleModel
from hrmkit.recording.common import FrozenModel, MadeBy, Number, Shown


def finite(value: object) -> object:
    """The value, or None where it is no number: a training can end in NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


Measured = Annotated[Number | None, BeforeValidator(finite)]
"""What was measured; null where there was nothing to measure, or it was NaN or infinite."""

Step = Annotated[int, Field(ge=0)]
Why = Literal["steps", "minutes", "interrupted", "nan"]


class Source(FrozenModel):
    """Where puzzles are from."""

    source: str
    rows: int
    fingerprint: str


class Setting(FrozenModel):
    """One setting of the recipe, in the recipe's words."""

    name: str
    value: str


class TrainPoint(FrozenModel):
    """What one gradient step gave."""

    step: Step
    loss: Measured = Field(description="Mean loss of a cell, in nats.")
    tokens: Measured = Field(description="Share of the batch's cells that are right.")
    exact: Measured = Field(description="Share of the halted rows that are solved.")
    segments: Measured = Field(description="Mean segments of the halted rows.")
    rate: Measured = Field(description="Learning rate.")
    norm: Measured = Field(description="The gradient's norm, before clipping.")
    examples: int | None = Field(description="Puzzles learned from so far.")
    seconds: Measured = Field(description="Training time so far.")
    examples_per_second: Measured
    flops_per_second: Measured


class Evaluation(FrozenModel):
    """The test puzzles, after so many gradient steps."""

    step: Step
    seconds: Measured = Field(description="Training time so far.")
    puzzles: int = Field(ge=1)
    exact: Number = Field(description="Share solved as their labels have it, each at its light.")
    valid: Measured = Field(description="Share answered correctly, be it as the label or not.")
    tokens: Measured = Field(description="Share of cells that are right.")
    by_segment: tuple[Number, ...] = Field(
        min_length=1, description="Exact after each segment, none halted."
    )
    segments: Measured = Field(description="Mean segments until the light is red.")


class WatchedView(FrozenModel):
    """What the model answered to the watched puzzle, after so many gradient steps."""

    step: Step
    answers: tuple[Grid, ...] = Field(min_length=1, description="After each segment.")
    q_halt: tuple[Measured, ...] = Field(description="After each segment, a logit.")
    segments_used: int = Field(
        ge=1, description="Segments until the light was red; all if it never was."
    )


class Watched(FrozenModel):
    """A puzzle that is asked again and again while the model learns."""

    given: Grid
    solution: Grid = Field(description="-100 where nothing is asked.")
    puzzle_id: int
    views: tuple[WatchedView, ...]


class RunEnd(FrozenModel):
    """The run's end."""

    step: Step
    why: Why


class RunRecording(Shown):
    """A training, as far as it has come."""

    format: Literal["hrm-recording"]
    version: Literal[1]
    kind: Literal["run"]
    title: str
    made_by: MadeBy
    puzzle: str = Field(description="sudoku, maze, arc, or FILE.py:Class.")
    board: Board
    data: tuple[Source, ...]
    test: Source | None
    model: PuzzleModel
    flops_a_step: Measured
    recipe: tuple[Setting, ...]
    steps: int | None = Field(description="Gradient steps that were asked for, if they were.")
    minutes: Measured = Field(description="Minutes that were asked for, if they were.")
    seed: int
    device: str = Field(description="What it was trained on, and why.")
    measured: int = Field(description="Gradient steps written down; `train` may hold fewer.")
    train: tuple[TrainPoint, ...] = Field(description="Evenly thinned out, first and last kept.")
    evaluations: tuple[Evaluation, ...]
    watched: Watched | None
    end: RunEnd | None = Field(description="Null while it trains.")
    hash: str = Field(description="SHA-256 of every number above; see recording/file.py.")
