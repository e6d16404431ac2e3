"""Which models share a graph: what of a model decides how a segment is computed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from hrmkit.model.hrm import HRM
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.solving.loading import LoadedModel, kind_of

KINDS = ("sudoku", "maze")
"""The puzzles whose rules the page knows."""
GRAPHS = "segment-*.onnx"
"""The files of such graphs."""
WEIGHTS = "weights"
"""What a graph calls the file of its weights."""
APART = ("gradient", "segments", "halting", "subgoal_head", "subgoal_channel")
"""Wires that change nothing within one segment."""


def graph_name(model: PuzzleHRM) -> str:
    """The file of the graph that computes the model's segment: the same for equal shapes."""
    wires = {name: wire for name, wire in asdict(model.wiring).items() if name not in APART}
    face = model.interface
    said = json.dumps([wires, asdict(model.sizes), asdict(face)], sort_keys=True)
    shape = hashlib.sha256(said.encode()).hexdigest()[:8]
    return f"segment-{face.tokens}x{model.sizes.width}-{shape}.onnx"


def thinks_in_page(loaded: LoadedModel) -> bool:
    """Whether the page knows the rules of a model's puzzle, and needs no puzzle embedding."""
    return kind_of(loaded).name in KINDS and not loaded.model.wiring.puzzle_embedding


def outputs_of(model: HRM) -> list[str]:
    """What the graph gives: logits, the two q, and the state after every call."""
    calls = range(1, 1 + len(model.wiring.calls()))
    return ["logits", "q", *(f"call_{number}" for number in calls)]
