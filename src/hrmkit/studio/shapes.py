"""Which models share a graph: what of a model decides how a segment is computed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict

import torch
from torch import Tensor, nn

from hrmkit.model.hrm import HRM
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.arc.puzzle import Arc
from hrmkit.solving.loading import LoadedModel, kind_of

KINDS = ("sudoku", "maze")
"""The puzzles whose rules the page knows."""
GRAPHS = "segment-*.onnx"
"""The files of such graphs."""
WEIGHTS = "weights"
"""What a graph calls the file of its weights."""
APART = ("gradient", "segments", "halting", "subgoal_head", "subgoal_channel")
"""Wires that change nothing within one segment."""
EMBEDDING = "puzzle_embedding.weight"
"""The parameter that a graph does not read: it is given the rows of the puzzles at hand."""


def graph_name(model: PuzzleHRM) -> str:
    """The file of the graph that computes the model's segment: the same for equal shapes."""
    wires = {name: wire for name, wire in asdict(model.wiring).items() if name not in APART}
    face = model.interface
    reads = asdict(face)
    if model.puzzle_embedding:
        del reads["puzzles"]  # how many rows there are is nothing to who is given them
    said = json.dumps([wires, asdict(model.sizes), reads], sort_keys=True)
    shape = hashlib.sha256(said.encode()).hexdigest()[:8]
    return f"segment-{face.tokens}x{model.sizes.width}-{shape}.onnx"


def thinks_in_page(loaded: LoadedModel) -> bool:
    """Whether the page can think with a model: about tasks, or about puzzles whose rules it knows.

    Of those there are too many for a puzzle embedding each.
    """
    name = kind_of(loaded).name
    return name == Arc.name or (name in KINDS and not loaded.model.wiring.puzzle_embedding)


def outputs_of(model: HRM) -> list[str]:
    """What the graph gives: logits, the two q, and the state after every call."""
    calls = range(1, 1 + len(model.wiring.calls()))
    return ["logits", "q", *(f"call_{number}" for number in calls)]


def inputs_of(model: PuzzleHRM) -> tuple[str, ...]:
    """What the graph takes: the states, the grids and, with that wire, the puzzles' embeddings."""
    return ("high", "low", "given", *(("tag",) if model.puzzle_embedding else ()))


def weights_of(model: PuzzleHRM) -> Iterator[tuple[str, nn.Parameter]]:
    """The parameters that the graph reads, by name, in the model's own order."""
    return (named for named in model.named_parameters() if named[0] != EMBEDDING)


def flat_weights(model: PuzzleHRM) -> Tensor:
    """All of them as one vector `[P]`: what the file of a graph's weights holds."""
    return torch.cat([weight.detach().flatten() for _, weight in weights_of(model)])
