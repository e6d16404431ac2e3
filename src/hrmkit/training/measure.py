"""Measures a trained puzzle model: what it answers, and how that changes with more thinking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from hrmkit.model.halting import wants_to_halt
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM, PuzzleOutputs
from hrmkit.model.wiring import Wiring
from hrmkit.puzzles.puzzle import BLANK, PuzzleSet, Reversible
from hrmkit.puzzles.vote import Candidate, solved, vote

CHUNK = 64
"""Puzzles asked at once: as many as stay in a processor's cache."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of n puzzles after each of S segments."""

    tokens: Tensor
    """int64 [S, n, cells]."""
    q_halt: Tensor
    """float [S, n]."""
    used: Tensor
    """int64 [n]: segments until the light was red; S where it never was."""

    def right(self, puzzles: PuzzleSet) -> Tensor:
        """bool [S, n]: the whole answer is right."""
        return (self.tokens == puzzles.solution).all(-1)

    def when_halted(self) -> Tensor:
        """int64 [n, cells]: each puzzle's answer at its own red light."""
        return self.tokens[self.used - 1, torch.arange(self.tokens.shape[1])]


def ask(model: PuzzleHRM, puzzles: PuzzleSet) -> Answers:
    """All of the wiring's segments for every puzzle, none stopped early."""
    parts = [ask_chunk(model, puzzles[at : at + CHUNK]) for at in range(0, len(puzzles), CHUNK)]
    return Answers(
        torch.cat([part.tokens for part in parts], dim=1),
        torch.cat([part.q_halt for part in parts], dim=1),
        torch.cat([part.used for part in parts]),
    )


def ask_chunk(model: PuzzleHRM, puzzles: PuzzleSet) -> Answers:
    """`ask` of a few puzzles at once."""
    batch = PuzzleBatch(puzzles.given, puzzles.puzzle_ids)
    carry = model.initial_carry(batch)
    said: list[PuzzleOutputs] = []
    with torch.no_grad():
        for _ in range(model.wiring.segments):
            carry, outputs = model.segment(carry, batch)
            said.append(outputs)
    stops = torch.stack([wants_to_halt(model.wiring.halting, outputs) for outputs in said])
    stops[-1] = True
    return Answers(
        torch.stack([outputs.logits.argmax(-1) for outputs in said]),
        torch.stack([outputs.q_halt for outputs in said]),
        stops.int().argmax(0) + 1,
    )


def looped(wiring: Wiring, times: int) -> Wiring:
    """The wiring with `times` the loops: of segments, else of cycles, else of calls.

    The fixed-depth block, which has no loop, is called again on its own output.
    """
    if times == 1:
        return wiring
    if wiring.segments > 1:
        return replace(wiring, segments=wiring.segments * times)
    if wiring.hierarchy:
        return replace(wiring, cycles=wiring.cycles * times)
    return replace(wiring, loop=True, gradient="full", low_calls=wiring.low_calls * times)


def exact(right: Tensor) -> float:
    """A share of puzzles, of bool [n]."""
    return right.double().mean().item()


def share_of_blanks(tokens: Tensor, puzzles: PuzzleSet) -> float:
    """The share of blank cells filled in rightly."""
    blank = puzzles.given == BLANK
    return exact((tokens == puzzles.solution)[blank])


def votes(
    model: PuzzleHRM, seen: Sequence[PuzzleSet], views: Sequence[Reversible]
) -> list[list[Candidate]]:
    """The candidates of every puzzle; `seen[v]` are the puzzles as `views[v]` changes them.

    Ties go to the higher mean q where a q head was trained.
    """
    said = [ask(model, puzzles) for puzzles in seen]
    last = torch.stack([answers.tokens[-1] for answers in said])
    q = torch.stack([answers.q_halt[-1] for answers in said])
    return vote(last, views, q if model.wiring.halting != "none" else None)


def voted(counted: Sequence[Sequence[Candidate]], puzzles: PuzzleSet, tries: int) -> float:
    """The share of puzzles that one of the first `tries` candidates solves."""
    return exact(solved(counted, puzzles.solution, tries))


def kept_for_backward(model: PuzzleHRM, puzzles: PuzzleSet) -> int:
    """Bytes that one segment of these puzzles keeps for its backward pass, weights left out."""
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    batch = PuzzleBatch(puzzles.given, puzzles.puzzle_ids)
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        outputs = model.segment(model.initial_carry(batch), batch)[1]
        outputs.logits.sum().detach()
    return sum(kept.values())
