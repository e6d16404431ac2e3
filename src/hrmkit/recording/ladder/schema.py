"""The recording of a ladder: every rung of the kit trained and measured, and shown thinking.

Like `schema.py`, which defines the recording of a fine-tuning; `json_schema.py` writes both for the
page. A grid is a tuple of tokens, row by row: 0 is a blank, on sudoku and on mini-ARC alike.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from hrmkit.recording.common import FrozenModel, MadeBy, Number, Shown
from hrmkit.recording.ladder.curves import check_curves, check_position, check_shares

Grid = tuple[int, ...]

MOST = 16
"""The most cycles, calls and segments that a ladder or a bench trains."""


class Wires(FrozenModel):
    """Which wires are plugged in; the fields of `hrmkit.model.wiring.Wiring` that puzzles use."""

    loop: bool = Field(description="Latent recurrence: the output is the next call's input.")
    recall: bool = Field(description="The input is injected again at every call of L.")
    hierarchy: bool = Field(description="Two states: zH, slow, and zL, fast.")
    modules: Literal[1, 2] = Field(description="1: one module plays every part. 2: H and L.")
    cycles: int = Field(ge=1, le=MOST, description="N, cycles in a segment.")
    low_calls: int = Field(ge=1, le=MOST, description="T, calls of L in a cycle.")
    gradient: Literal["one-step", "last-cycle", "full"] = Field(
        description="Which calls carry gradient: the last of each module, the last cycle, all."
    )
    segments: int = Field(
        ge=1, le=MOST, description="The most segments; above 1 the outer loop is plugged in."
    )
    halting: Literal["none", "q-learning", "single-pass"]
    puzzle_embedding: bool


class LadderSettings(FrozenModel):
    """What was asked for; the same settings give the same numbers."""

    steps: tuple[int, ...] = Field(description="The steps of the manual that were measured.")
    seeds: tuple[int, ...]
    units: int = Field(description="Compute of a rung: block forwards on a batch; backward is 2.")
    batch: int
    train_puzzles: int
    test_puzzles: int
    views: int = Field(description="Symmetries that vote.")


class LadderPuzzle(FrozenModel):
    """A held-out puzzle that is shown."""

    given: Grid
    solution: Grid
    blanks: int


class PuzzleCall(FrozenModel):
    """One call of a module."""

    module: Literal["L", "H"]
    gradient: bool = Field(description="Whether it carries gradient in training.")
    change: tuple[Number, ...] = Field(
        description="Per cell: how far the state moved (root mean square)."
    )
    answer: Grid = Field(description="What the head reads from the answering state after it.")


class LadderSegment(FrozenModel):
    """One segment of a thought, and what the heads say after it."""

    calls: tuple[PuzzleCall, ...]
    answer: Grid
    q_halt: Number | None = Field(description="Logit; null where no q head was trained.")
    q_continue: Number | None = Field(description="Logit; null without Q-learning.")


class PuzzleThought(FrozenModel):
    """A forward pass on one shown puzzle."""

    puzzle: int = Field(description="Its position in `puzzles`.")
    loops: int = Field(description="1, or how many times the loops of training were run.")
    segments: tuple[LadderSegment, ...]
    segments_used: int = Field(
        description="Segments until the light turned red (all, where there is no light)."
    )


class RungSeed(FrozenModel):
    """One training of a rung, measured on the held-out puzzles."""

    seed: int
    token: Number = Field(description="Share of blanks filled in rightly.")
    exact: Number = Field(description="Share of puzzles solved.")
    train_exact: Number = Field(description="Share of training puzzles solved.")
    exact_looped: tuple[Number, Number, Number] = Field(
        description="Exact with 1, 2 and 4 times the loops of training."
    )
    by_segment: tuple[Number, ...] = Field(description="Exact after each segment, none halted.")
    segments_used: Number = Field(description="Mean segments until the light is red.")
    segments_by_blanks: tuple[tuple[int, Number], ...] = Field(
        description="(blanks, mean segments used)."
    )
    exact_halted: Number = Field(description="Exact when each puzzle stops at its own red light.")
    vote_one: Number = Field(description="Exact of the most counted answer of all views.")
    vote_two: Number = Field(description="Exact of the best two.")
    losses: tuple[tuple[int, Number], ...] = Field(
        description="(gradient step, mean loss of a cell in nats) along training."
    )
    by_step: tuple[tuple[int, Number], ...] = Field(
        default=(), description="(gradient step, exact) along training; older files have none."
    )

    @model_validator(mode="after")
    def _is_measured(self) -> Self:
        """What is a share is one."""
        for name in ("token", "exact", "train_exact", "exact_halted", "vote_one", "vote_two"):
            check_shares([getattr(self, name)], name)
        check_shares(self.exact_looped, "exact_looped")
        check_shares(self.by_segment, "by_segment")
        return self


class Rung(FrozenModel):
    """One wiring, trained on every seed."""

    name: str = Field(description="E.g. 'step-6'; of a bench wiring, made from its wires.")
    step: int | None = Field(description="The manual's step; null for a wiring of the bench.")
    title: str
    wires: Wires
    augmented: bool = Field(description="Whether the training puzzles were augmented.")
    parameters: int
    gradient_steps: int
    units_a_step: int = Field(description="Compute of one gradient step, in units.")
    seeds: tuple[RungSeed, ...]
    shown: int = Field(description="Position in `seeds` of the median one, which is shown.")
    thoughts: tuple[PuzzleThought, ...] = Field(description="Of the shown seed.")

    @model_validator(mode="after")
    def _has_curves(self) -> Self:
        """All seeds are measured alike along their training, and one is shown."""
        check_position(self.shown, self.seeds, "shown")
        check_curves([seed.by_step for seed in self.seeds], self.gradient_steps)
        return self


class Ballot(FrozenModel):
    """One augmented view of the puzzle and what the model answered to it."""

    transform: str = Field(description="What was done to the puzzle, in words.")
    given: Grid
    answer: Grid = Field(description="In the view's own cells and symbols.")
    undone: Grid = Field(description="The answer with the augmentation undone.")
    q_halt: Number | None


class Candidate(FrozenModel):
    """One distinct answer and its votes."""

    answer: Grid
    count: int
    mean_q: Number | None
    right: bool


class Vote(FrozenModel):
    """All views of one puzzle and the count of their answers."""

    puzzle: int = Field(description="Its position in `puzzles`.")
    ballots: tuple[Ballot, ...]
    candidates: tuple[Candidate, ...] = Field(description="The most counted first.")


class Memory(FrozenModel):
    """What backward keeps, in bytes, for one segment of one batch."""

    one_step: int
    full: int
    cycles: int
    low_calls: int


class ArcTask(FrozenModel):
    """One made-up task of mini-ARC."""

    name: str
    rule: str = Field(description="What the task asks for, in words.")
    demonstrations: tuple[tuple[Grid, Grid], ...]


class ArcAnswer(FrozenModel):
    """What one variant answered to one held-out input."""

    variant: str
    answer: Grid


class ArcShown(FrozenModel):
    """One held-out input of a task and what each variant made of it."""

    task: int
    given: Grid
    solution: Grid
    answers: tuple[ArcAnswer, ...]


class ArcSeed(FrozenModel):
    """One training of a variant."""

    seed: int
    exact: Number
    vote_one: Number
    vote_two: Number
    by_task: tuple[Number, ...]
    by_step: tuple[tuple[int, Number], ...] = Field(
        default=(), description="(gradient step, exact) along training; older files have none."
    )

    @model_validator(mode="after")
    def _is_measured(self) -> Self:
        """What is a share is one."""
        for name in ("exact", "vote_one", "vote_two"):
            check_shares([getattr(self, name)], name)
        check_shares(self.by_task, "by_task")
        return self


class ArcVariant(FrozenModel):
    """Mini-ARC with or without the name tag, with or without augmentation."""

    name: str
    puzzle_embedding: bool
    augmented: bool
    gradient_steps: int
    seeds: tuple[ArcSeed, ...]
    shown: int = Field(description="Position in `seeds` of the median one.")

    @model_validator(mode="after")
    def _has_curves(self) -> Self:
        """All seeds are measured alike along their training, and one is shown."""
        check_position(self.shown, self.seeds, "shown")
        check_curves([seed.by_step for seed in self.seeds], self.gradient_steps)
        return self


class MiniArc(FrozenModel):
    """Step 9: made-up tasks, a few demonstrations each."""

    width: int = Field(description="A grid is width x width cells.")
    colours: int
    tasks: tuple[ArcTask, ...]
    variants: tuple[ArcVariant, ...]
    shown: tuple[ArcShown, ...]


class LadderRecording(Shown):
    """Every rung, measured."""

    format: Literal["hrm-recording"]
    version: Literal[1]
    kind: Literal["ladder"]
    title: str
    made_by: MadeBy
    settings: LadderSettings
    width: int = Field(description="A puzzle is width x width cells.")
    box: int = Field(description="A box of the sudoku is box x box cells.")
    puzzles: tuple[LadderPuzzle, ...] = Field(description="Those shown, the easiest first.")
    rungs: tuple[Rung, ...] = Field(description="In the order of the manual.")
    bench: tuple[Rung, ...] = Field(description="Other wirings that were measured.")
    vote: Vote | None
    memory: Memory
    mini_arc: MiniArc | None
    hash: str = Field(description="SHA-256 of every number above; see recording/file.py.")
