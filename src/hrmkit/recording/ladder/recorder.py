"""A puzzle model's thought about one puzzle, call by call."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from hrmkit.model.halting import segments_until_halt
from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids
from hrmkit.recording.calls import SeenCall, calls_of, floats
from hrmkit.recording.ladder.schema import LadderSegment, PuzzleCall, PuzzleThought
from hrmkit.solving.thinking import SegmentAnswer, computing, thinking


def think_aloud(model: PuzzleHRM, puzzles: PuzzleSet, puzzle: int, loops: int = 1) -> PuzzleThought:
    """The thought of one puzzle, all segments; `model` is wired for that many loops already."""
    segments: list[LadderSegment] = []
    halts: list[bool] = []
    state = model.start(1, model.wiring.prefix + puzzles.cells)
    with calls_of(model) as calls:
        for answer in thinking(model, puzzles[puzzle : puzzle + 1]):
            state, recorded = recorded_calls(model, state, calls)
            segments.append(recorded_segment(model, answer, recorded))
            halts.append(bool(answer.halts[0]))
            calls.clear()
    return PuzzleThought(
        puzzle=puzzle,
        loops=loops,
        segments=tuple(segments),
        segments_used=segments_until_halt(halts),
    )


def recorded_calls(
    model: PuzzleHRM, state: Carry, calls: Sequence[SeenCall]
) -> tuple[Carry, tuple[PuzzleCall, ...]]:
    """The state that a segment ends in, and its calls, each with what the heads read after it.

    `state` is the one before the segment.
    """
    recorded: list[PuzzleCall] = []
    for wire, call in zip(model.wiring.calls(), calls, strict=True):
        state = state._replace(**{"high" if wire.module == "H" else "low": call.after})
        with computing(model):
            answer = model.read(state).logits.argmax(-1)
        recorded.append(
            PuzzleCall(
                module=wire.module,
                gradient=wire.gradient,
                change=floats(call.change()[0, model.wiring.prefix :]),
                answer=answer_of(answer),
            )
        )
    return state, tuple(recorded)


def recorded_segment(
    model: PuzzleHRM, answer: SegmentAnswer, calls: tuple[PuzzleCall, ...]
) -> LadderSegment:
    """A segment's calls, and what the heads say after it."""
    halting = model.wiring.halting
    return LadderSegment(
        calls=calls,
        answer=answer_of(answer.tokens),
        q_halt=None if halting == "none" else answer.q_halt.item(),
        q_continue=answer.q_continue.item() if halting == "q-learning" else None,
    )


def answer_of(tokens: Tensor) -> tuple[int, ...]:
    """The answer to the only puzzle of the batch."""
    return as_grids(tokens)[0]
