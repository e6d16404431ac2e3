"""The recording of a thought: one puzzle being thought through, segment by segment.

Like `schema.py`, which defines the recording of a fine-tuning; `json_schema.py` writes both for the
page. A grid is a tuple of tokens, row by row; `board` says how they look.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hrmkit.puzzles.puzzle import Grid
from hrmkit.recording.board import Board, PuzzleModel
from hrmkit.recording.common import FrozenModel, MadeBy, Number, Shown
from hrmkit.recording.run.schema import Measured


class AnsweredSegment(FrozenModel):
    """One segment of the thought."""

    answer: Grid
    changed: tuple[int, ...] = Field(
        description="Cells that are not as after the segment before; none of the first."
    )
    q_halt: Measured = Field(description="Logit; null where there is no halting.")
    red: bool = Field(description="Whether the light is red: it would stop here.")


class TriedView(FrozenModel):
    """What came of one view of the puzzle, with the view undone."""

    view: int = Field(ge=1, description="Its number: 1 is the puzzle as it is.")
    answer: Grid = Field(description="Its last answer.")
    valid: bool = Field(description="Whether the answer is correct, found without a solution.")
    segments: int = Field(ge=1, description="Segments until this answer.")
    halted: bool = Field(description="Whether it halted; otherwise no segments were left.")
    q_halt: Measured = Field(description="Logit; null where there is no halting.")


class StatePath(FrozenModel):
    """One module's state over its calls, in their order."""

    residuals: tuple[Number, ...] = Field(
        min_length=1,
        description="How far each call moved the state: the norm of the change over the norm of "
        "the state after it, over all tokens and their width.",
    )
    x: tuple[Number, ...] = Field(
        description="The state after each call along the first principal component of these "
        "states, seen from their mean; 1 is the size of a state."
    )
    y: tuple[Number, ...] = Field(description="The same along the second.")
    explained: tuple[Number, Number] = Field(
        description="Shares of the variance of these states that lie along the two."
    )


class Inside(FrozenModel):
    """What happened in the states while it thought."""

    high: StatePath | None = Field(description="zH; null where one state serves every head.")
    low: StatePath = Field(description="zL, or the only state.")
    certainty: tuple[tuple[Number, ...], ...] | None = Field(
        description="After each segment, of each cell: the probability that the model gives to its "
        "answer, rounded down to thousandths; null where a view's cells cannot be put back."
    )


class Demonstration(FrozenModel):
    """An example of a task: a grid, and the answer to it."""

    given: Grid
    answer: Grid


class VotedView(FrozenModel):
    """A view of a task, turned and recoloured, and what it votes for."""

    turn: int = Field(
        ge=0,
        le=7,
        description="0 is as it is, 1 to 3 turned to the left by 90, 180 and 270 degrees, 4 and 5 "
        "flipped left to right and top to bottom, 6 and 7 transposed along either diagonal.",
    )
    colours: tuple[int, ...] = Field(
        min_length=10, max_length=10, description="What becomes of each colour, from 0."
    )
    candidate: int = Field(ge=0, description="Which of the candidates its answer is, from 0.")
    chance: Number = Field(
        ge=0, le=1, description="How sure the model is of it: of q as a probability."
    )


class Counted(FrozenModel):
    """One distinct answer, its view undone."""

    answer: Grid
    count: int = Field(ge=1, description="Views that gave it.")
    chance: Number = Field(ge=0, le=1, description="The mean of theirs, which breaks ties.")


class Vote(FrozenModel):
    """A test of a task, answered in many views; the most counted two answers are handed in."""

    task: str = Field(description="The task's id.")
    test: int = Field(ge=1, description="The test's number in its task.")
    tests: int = Field(ge=1, description="Tests of the task.")
    examples: tuple[Demonstration, ...]
    views: tuple[VotedView, ...] = Field(min_length=1, description="The plain view is the first.")
    candidates: tuple[Counted, ...] = Field(
        min_length=1, description="The distinct answers, the most counted first."
    )


class ThoughtRecording(Shown):
    """A puzzle, and what a model makes of it."""

    format: Literal["hrm-recording"]
    version: Literal[1]
    kind: Literal["thought"]
    title: str
    made_by: MadeBy
    puzzle: str = Field(description="The puzzle's name.")
    board: Board
    model: PuzzleModel
    trained_on: tuple[str, ...] = Field(description="What the model learned from, if it says so.")
    step: int | None = Field(description="Gradient steps that the model has learned for.")
    given: Grid
    solution: Grid | None = Field(description="-100 where nothing is asked; null if not known.")
    halt_threshold: Measured = Field(
        default=None,
        description="Probability to be right that the light asks for; null for the model's rule.",
    )
    view: int | None = Field(
        default=None,
        ge=2,
        description="Which view was thought about, if not the puzzle as it is: it is under a "
        "symmetry, undone in what is recorded.",
    )
    tried: tuple[TriedView, ...] | None = Field(
        default=None,
        description="What came of every view that was tried until an answer was valid, in order; "
        "null where nobody looked for a valid answer.",
    )
    segments: tuple[AnsweredSegment, ...] = Field(min_length=1)
    segments_used: int = Field(
        ge=1, description="Segments until the light was red; all if it never was."
    )
    valid: bool | None = Field(
        description="Whether the answer at its light is correct; null where nothing can tell."
    )
    exact: bool | None = Field(description="Whether it is the solution; null if not known.")
    inside: Inside | None = Field(
        default=None, description="The states while it thought; older files have none."
    )
    vote: Vote | None = Field(
        default=None,
        description="What all views of a task answered, where they vote; null for other puzzles. "
        "The segments are then those of the task as it is.",
    )
    hash: str = Field(description="SHA-256 of every number above; see recording/file.py.")
