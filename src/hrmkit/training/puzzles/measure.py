"""Measures a trained puzzle model: what it answers, and how that changes with more thinking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.wiring import Wiring
from hrmkit.puzzles.puzzle import EMPTY, PuzzleSet, Reversible
from hrmkit.puzzles.vote import Candidate, solved, vote
from hrmkit.solving.thinking import Answers, ask

__all__ = [
    "Answers",
    "ask",
    "exact",
    "kept_for_backward",
    "looped",
    "share_of_blanks",
    "voted",
    "votes",
]


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
    blank = puzzles.given == EMPTY
    return exact((tokens == puzzles.solution)[blank])


def votes(
    model: PuzzleHRM, seen: Sequence[PuzzleSet], views: Sequence[Reversible]
) -> list[list[Candidate]]:
    """The candidates of every puzzle; `seen[v]` are the puzzles as `views[v]` changes them.

    Ties go to the higher mean q where a q head was trained.
    """
    answers = [ask(model, puzzles) for puzzles in seen]
    last = torch.stack([one.tokens[-1] for one in answers])
    q = torch.stack([one.q_halt[-1] for one in answers])
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
