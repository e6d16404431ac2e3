"""Looks inside a puzzle model while it thinks, from outside: forward hooks that change nothing."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from hrmkit.model.halting import segments_until_halt, wants_to_halt
from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM, PuzzleOutputs
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids
from hrmkit.recording.ladder.schema import PuzzleCall, PuzzleSegment, PuzzleThought

Seen = list[tuple[Tensor, Tensor]]
"""Of every call: the state before and after."""


@contextmanager
def calls_of(model: PuzzleHRM) -> Generator[Seen]:
    """While open, every call of a module is appended to the list that it yields."""
    seen: Seen = []

    def on_call(_: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        seen.append((inputs[0], output))

    modules = [model.low] if model.high is None else [model.low, model.high]
    handles = [module.register_forward_hook(on_call) for module in modules]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def think_aloud(model: PuzzleHRM, puzzles: PuzzleSet, puzzle: int, loops: int = 1) -> PuzzleThought:
    """The thought of one puzzle, all segments; `model` is wired for that many loops already."""
    one = puzzles[puzzle : puzzle + 1]
    batch = PuzzleBatch(one.given, one.puzzle_ids)
    carry = model.initial_carry(batch)
    segments: list[PuzzleSegment] = []
    red: list[bool] = []
    with torch.no_grad(), calls_of(model) as seen:
        for _ in range(model.wiring.segments):
            seen.clear()
            before = carry
            carry, outputs = model.segment(carry, batch)
            segments.append(segment_of(model, before, seen, outputs))
            red.append(bool(wants_to_halt(model.wiring.halting, outputs)[0]))
    return PuzzleThought(
        puzzle=puzzle,
        loops=loops,
        segments=tuple(segments),
        halted_after=segments_until_halt(red),
    )


def segment_of(model: PuzzleHRM, carry: Carry, seen: Seen, outputs: PuzzleOutputs) -> PuzzleSegment:
    """One segment's calls, and what the heads said after it."""
    prefix = model.wiring.prefix
    lights = model.wiring.halting
    calls: list[PuzzleCall] = []
    state = carry
    for call, (before, after) in zip(model.wiring.calls(), seen, strict=True):
        state = Carry(after, state.low) if call.module == "H" else Carry(state.high, after)
        change = (after - before).square().mean(-1).sqrt()[0, prefix:]
        calls.append(
            PuzzleCall(
                module=call.module,
                gradient=call.gradient,
                change=tuple(float(cell) for cell in change),
                answer=grid_of(model.read(state)),
            )
        )
    return PuzzleSegment(
        calls=tuple(calls),
        answer=grid_of(outputs),
        q_halt=None if lights == "none" else outputs.q_halt.item(),
        q_continue=outputs.q_continue.item() if lights == "q-learning" else None,
    )


def grid_of(outputs: PuzzleOutputs) -> tuple[int, ...]:
    """The answer to the first puzzle of the batch."""
    return as_grids(outputs.logits.argmax(-1))[0]
