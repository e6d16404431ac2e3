"""What happens in the states during one thought: `Inside` of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import cast

import torch
from torch import Tensor

from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.wiring import Wiring
from hrmkit.puzzles.puzzle import Reversible, as_grids
from hrmkit.recording.calls import SeenCall
from hrmkit.recording.paths import principal_path, residuals
from hrmkit.recording.thought.schema import Inside, StatePath
from hrmkit.solving.thinking import computing

DIGITS = 4
"""Of residuals, and of coordinates behind the point."""
PARTS = 1000
"""Certainty is written in such parts."""


def inside_of(
    wiring: Wiring, calls: Sequence[SeenCall], certainty: Sequence[Tensor] | None
) -> Inside | None:
    """What to record of all calls of one thought, and of its cells' certainty, [cells] a segment.

    A model of one module is called under one name: the wiring says which state a call was of. None
    where a state is no number: nothing can be said of how it moved.
    """
    if not all(bool(call.after.isfinite().all()) for call in calls):
        return None
    order = wiring.calls()
    high = [call for i, call in enumerate(calls) if order[i % len(order)].module == "H"]
    low = [call for i, call in enumerate(calls) if order[i % len(order)].module == "L"]
    rounded = (
        None
        if certainty is None
        else tuple(tuple(map(rounded_down, one)) for one in lists(certainty))
    )
    return Inside(high=path_of(high) if high else None, low=path_of(low), certainty=rounded)


def path_of(calls: Sequence[SeenCall]) -> StatePath:
    """One module's calls, of one puzzle."""
    path = principal_path(torch.cat([call.after.cpu() for call in calls]))
    moved = [float(residuals(call.before, call.after)[0]) for call in calls]
    x, y = cast("list[list[float]]", path.points.T.tolist())
    first, second = path.explained
    return StatePath(
        residuals=tuple(float(f"{one:.{DIGITS}g}") for one in moved),
        x=tuple(map(rounded_off, x)),
        y=tuple(map(rounded_off, y)),
        explained=(rounded_off(first), rounded_off(second)),
    )


def rounded_off(value: float) -> float:
    """A coordinate or a share with few digits, and no negative zero."""
    return round(value, DIGITS) + 0.0


def rounded_down(share: float) -> float:
    """A certainty with few digits: only what is quite sure is 1."""
    return floor(share * PARTS) / PARTS


def lists(rows: Sequence[Tensor]) -> list[list[float]]:
    """Tensors [cells] as lists."""
    return [cast("list[float]", row.tolist()) for row in rows]


def certainty_of(model: PuzzleHRM, calls: Sequence[SeenCall]) -> Tensor:
    """The probability of each cell's answer after a segment of these `calls`: [B, cells]."""
    # The heads read the state that the last call wrote.
    state = calls[-1].after
    with computing(model):
        logits = model.token_head(state[:, model.wiring.prefix :])
    return logits.double().softmax(-1).amax(-1).cpu()


def cells_put_back(change: Reversible, answer: Tensor, vocab: int) -> Tensor | None:
    """For each cell, which cell of a view `change.undo` fills it from: int64 [cells].

    A change moves cells and exchanges tokens, and says neither: the number of each cell is sent
    through it bit by bit, written in two tokens. None where what it does with `answer`, int64
    [1, cells], the answer in the view, is something else, as where a grid is small on its canvas.
    """
    numbers = torch.arange(answer.shape[1])[None]
    if vocab < 2:
        return numbers[0]
    plain = torch.full_like(numbers, vocab - 2)
    empty = change.undo(plain)
    found = torch.zeros_like(numbers)
    for bit in range(int(numbers.max()).bit_length()):
        coded = torch.where((numbers >> bit) & 1 == 1, vocab - 1, plain)
        found |= (change.undo(coded) != empty).long() << bit
    whole = torch.equal(found.sort().values, numbers)
    return found[0] if whole and exchanged(answer[:, found[0]], change.undo(answer)) else None


def exchanged(before: Tensor, after: Tensor) -> bool:
    """Whether one token stands for another throughout: int64 [1, cells] each."""
    pairs = set(zip(*as_grids(torch.cat((before, after))), strict=True))
    return len({old for old, _ in pairs}) == len({new for _, new in pairs}) == len(pairs)
