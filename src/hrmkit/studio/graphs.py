"""The exported graphs that come with the package, and how the page keeps a model's parameters.

The graphs hold no weights: they take all parameters as one flat vector, theta. `export.py` makes
them; it takes minutes and packages that only developers have, so its results are shipped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from hrmkit.model.hrm import HRM
from hrmkit.worlds.definition import WorldDefinition

SHIPPED = Path(__file__).parent / "exported"
"""`<preset>-think.onnx`, `-step.onnx` and `-prefer.onnx` for each preset that the page trains."""


def presets_of(world: WorldDefinition) -> tuple[str, ...]:
    """The models of a world that the page can train."""
    return tuple(model.preset for model in world.models if model.in_page)


class GraphFiles(NamedTuple):
    """The files of a preset's graphs."""

    think: str
    """To think."""
    step: str
    """To take a gradient step from labels."""
    prefer: str
    """To take a gradient step from preferences."""


def graphs_of(preset: str) -> GraphFiles:
    """The files of a preset's graphs."""
    return GraphFiles(*(f"{preset}-{name}.onnx" for name in GraphFiles._fields))


class Slot(NamedTuple):
    """Where a parameter lies in theta."""

    name: str
    offset: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


def slots_of(model: HRM) -> list[Slot]:
    """Every parameter's place in theta, in the model's own order."""
    return slots_for(model.named_parameters())


def slots_for(named: Iterable[tuple[str, Tensor]]) -> list[Slot]:
    """The places of some parameters that lie one after the other."""
    slots: list[Slot] = []
    offset = 0
    for name, parameter in named:
        slots.append(Slot(name, offset, tuple(parameter.shape)))
        offset += parameter.numel()
    return slots


def theta_of(model: HRM) -> Tensor:
    """All parameters as one vector `[P]`."""
    return torch.cat([p.detach().flatten() for p in model.parameters()])
