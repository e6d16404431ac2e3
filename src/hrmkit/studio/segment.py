"""Exports one segment of a puzzle model to an ONNX graph, with which the page thinks.

Run it after a change to the model: `python -m hrmkit.studio.segment` (needs the dev extra).

The graph is a pure function of the states and the given grids. Its weights are not in it: they lie
in a file of their own, one after the other, so that one graph serves every model of its shape. The
number of puzzles is free.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnx import TensorProto
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel

from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.shipped import shipped
from hrmkit.recording.calls import calls_of
from hrmkit.solving.loading import load_model
from hrmkit.studio.export import OPSET, strip
from hrmkit.studio.graphs import SHIPPED, Slot, slots_of
from hrmkit.studio.shapes import GRAPHS, WEIGHTS, graph_name, outputs_of, thinks_in_page
from hrmkit.writing import write

INPUTS = ("high", "low", "given")
BATCH = 5
"""Puzzles that it is exported with: as many as nothing else, or the exporter takes both for one."""
FLOAT = 4
"""Bytes of a weight, in the graph's eyes."""


class Segment(nn.Module):
    """A segment as a function of tensors alone.

    `high`, `low` `[B, tokens, width]` and `given` int32 `[B, cells]` -> logits `[B, cells, V]`,
    q_halt and q_continue `[B, 2]`, and the state `[B, tokens, width]` after each call.
    """

    def __init__(self, model: PuzzleHRM) -> None:
        super().__init__()
        self.model = model

    def forward(self, high: Tensor, low: Tensor, given: Tensor) -> tuple[Tensor, ...]:
        """Think for one segment."""
        # Not len(given), which the exporter would take for a constant.
        batch = PuzzleBatch(given, given.new_zeros(given.shape[0]))
        with calls_of(self.model) as calls:
            _, outputs = self.model.segment(Carry(high, low), batch)
        q = torch.stack((outputs.q_halt, outputs.q_continue), 1)
        return (outputs.logits, q, *(call.after for call in calls))


class FromOutside(nn.Module):
    """A segment with every parameter as an input, so that the exporter folds none into others."""

    def __init__(self, segment: Segment) -> None:
        super().__init__()
        self.segment = segment

    def forward(
        self, high: Tensor, low: Tensor, given: Tensor, parameters: Sequence[Tensor]
    ) -> tuple[Tensor, ...]:
        """Think for one segment with these parameters, in the model's own order."""
        names = (name for name, _ in self.segment.named_parameters())
        named = dict(zip(names, parameters, strict=True))
        return functional_call(self.segment, named, (high, low, given))


def export_segment(model: PuzzleHRM) -> bytes:
    """The graph of a model's segment, without weights: seconds."""
    face, sizes, slots = model.interface, model.sizes, slots_of(model)
    state = torch.zeros(BATCH, model.wiring.prefix + face.tokens, sizes.width)
    inputs = (state, state.clone(), torch.zeros(BATCH, face.tokens, dtype=torch.int32))
    parameters = [value.detach() for value in model.parameters()]
    batch = torch.export.Dim("batch", min=1)
    with (
        torch.no_grad(),
        sdpa_kernel(SDPBackend.MATH),  # fused kernels are single nodes that ONNX lacks
        warnings.catch_warnings(action="ignore"),  # the exporter's, about itself
    ):
        program = torch.onnx.export(
            FromOutside(Segment(model)).eval(),
            (*inputs, parameters),
            dynamo=True,
            opset_version=OPSET,
            input_names=[*INPUTS, *(slot.name for slot in slots)],
            output_names=outputs_of(model),
            dynamic_shapes=(*({0: batch} for _ in INPUTS), [None for _ in slots]),
            verbose=False,
        )
    assert program is not None
    graph = program.model_proto
    strip(graph)
    share_constants(graph.graph)
    put_outside(graph.graph, slots)
    return graph.SerializeToString()


def put_outside(graph: onnx.GraphProto, slots: list[Slot]) -> None:
    """Make initializers of the parameters among the inputs, each a stretch of `WEIGHTS`."""
    kept = [value for value in graph.input if value.name in INPUTS]
    del graph.input[:]
    graph.input.extend(kept)
    for slot in slots:
        tensor = graph.initializer.add(
            name=slot.name, data_type=TensorProto.FLOAT, dims=slot.shape,
            data_location=TensorProto.EXTERNAL,
        )  # fmt: skip
        where = {"location": WEIGHTS, "offset": FLOAT * slot.offset, "length": FLOAT * slot.size}
        for key, value in where.items():
            tensor.external_data.add(key=key, value=str(value))


def share_constants(graph: onnx.GraphProto) -> None:
    """Keep one of equal constants: the exporter writes the rotary tables anew for every call."""
    first: dict[bytes, str] = {}
    same: dict[str, str] = {}
    for tensor in graph.initializer:
        content = onnx.TensorProto()
        content.CopyFrom(tensor)
        content.name = ""
        same[tensor.name] = first.setdefault(content.SerializeToString(), tensor.name)
    kept = [tensor for tensor in graph.initializer if same[tensor.name] == tensor.name]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    for node in graph.node:
        renamed = [same.get(name, name) for name in node.input]
        del node.input[:]
        node.input.extend(renamed)


def export_shipped(folder: Path = SHIPPED) -> None:
    """Write the graphs of the models that come with the package, and no others."""
    loaded = (load_model(path) for path in shipped().values())
    graphs = {graph_name(one.model): one.model for one in loaded if thinks_in_page(one)}
    for name, model in graphs.items():
        write(folder / name, export_segment(model))
    for file in folder.glob(GRAPHS):
        if file.name not in graphs:
            file.unlink()


if __name__ == "__main__":
    export_shipped()
