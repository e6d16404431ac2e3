"""A training's state as files hold it: what it has to be, whatever became of the files since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.originals import check_tensors
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.puzzles.puzzle import IGNORED

OPTIMIZER = "optimizer/"
MOST_STEPS = 2**53


class State(BaseModel):
    """What state.json says."""

    model_config = ConfigDict(strict=True, frozen=True)

    steps: int = Field(ge=0, le=MOST_STEPS)
    seconds: float = Field(ge=0, allow_inf_nan=False)
    averaged: int = Field(ge=0, le=MOST_STEPS)
    queue: dict[str, Any]


class Saved(NamedTuple):
    """A training's state as it was saved."""

    learned: dict[str, Tensor]
    tensors: dict[str, Tensor]
    state: State


def check_saved(
    saved: Saved,
    learned: Mapping[str, Tensor],
    fresh: Mapping[str, Tensor],
    parameters: list[list[Tensor]],
    face: PuzzleInterface,
) -> None:
    """Raise `UserError` where the saved tensors are not of this training.

    `learned` are the weights that belong there, `fresh` the state of a training that has not taken
    a step, whose optimizers, with these `parameters`, hold nothing yet.
    """
    check_tensors(learned, saved.learned, "its model")
    rest = {name: t for name, t in saved.tensors.items() if not name.startswith(OPTIMIZER)}
    check_tensors(fresh, rest, "its state")
    for name, tensor in rest.items():
        if tensor.is_floating_point() != fresh[name].is_floating_point():
            raise UserError(f"its state has {name} of type {tensor.dtype}")
    for flaw in (*rows_flaws(rest, face), *optimizer_flaws(saved, parameters)):
        raise UserError(flaw)


def rows_flaws(tensors: Mapping[str, Tensor], face: PuzzleInterface) -> Iterator[str]:
    """What the rows under way say that no puzzle does."""
    ranges = {
        "given": (0, face.vocab),
        "puzzle_ids": (0, face.puzzles),
        "segments": (0, MOST_STEPS),
        "halted": (0, 2),
    }
    for name, (first, end) in ranges.items():
        rows = tensors[f"rows/{name}"]
        if bool(((rows < first) | (rows >= end)).any()):
            yield f"its state has numbers in rows/{name} that are not {first} to {end - 1}"
    solution = tensors["rows/solution"]
    if bool(((solution != IGNORED) & ((solution < 0) | (solution >= face.vocab))).any()):
        yield f"its state has numbers in rows/solution that are not 0 to {face.vocab - 1}"


def optimizer_flaws(saved: Saved, parameters: list[list[Tensor]]) -> Iterator[str]:
    """What the optimizers' moments lack, or have of another shape."""
    found: dict[tuple[int, int], set[str]] = {}
    for key, tensor in saved.tensors.items():
        if not key.startswith(OPTIMIZER):
            continue
        place, number, name = parted(key)
        if not (0 <= place < len(parameters) and 0 <= number < len(parameters[place])):
            yield f"its state has a tensor of no parameter: {key}"
        elif tensor.ndim and tensor.shape != parameters[place][number].shape:
            yield f"its state has {key} of shape {list(tensor.shape)}"
        found.setdefault((place, number), set()).add(name)
    for place in {place for place, _ in found}:
        names = [said for (other, _), said in found.items() if other == place]
        if any(said != names[0] for said in names):
            yield f"its state lacks some of the tensors of optimizer {place}"


def parted(key: str) -> tuple[int, int, str]:
    """`optimizer/0/12/exp_avg` as its numbers and its name; -1 for what is no number."""
    parts = key.removeprefix(OPTIMIZER).split("/", 2)
    place, number = (int(p) if p.isascii() and p.isdigit() else -1 for p in (*parts, "", "")[:2])
    return place, number, parts[-1]
