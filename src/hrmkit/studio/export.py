"""Exports the model to ONNX graphs, so that the page thinks and trains with the same mathematics.

Run it after a change to the model: `python -m hrmkit.studio.export` (minutes; needs the dev extra),
with the names of worlds for those alone.

Three graphs a preset, with the shapes of its world. `think` answers for a batch of states and shows
every call on the way; `step` is one whole gradient step from labels: forward, losses, backward,
clipping, Adam; `prefer` is one from preferences. All are pure functions over one flat vector of
parameters, theta. Batch, number of tokens and number of pairs are free.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import onnx
import torch
from torch import Tensor, nn
from torch._decomp import core_aten_decompositions
from torch.func import functional_call, grad_and_value
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.attention import SDPBackend, sdpa_kernel

from hrmkit.model.assemble import assemble
from hrmkit.model.hrm import Carry
from hrmkit.model.presets import Preset, preset
from hrmkit.model.world_hrm import Outputs, WorldHRM
from hrmkit.recording.world.probe import probe
from hrmkit.studio.graphs import (
    SHIPPED,
    GraphFiles,
    Slot,
    graphs_of,
    presets_of,
    slots_of,
    theta_of,
)
from hrmkit.training.worlds.base import interface_of
from hrmkit.training.worlds.fine_tune import BETAS, EPSILON, module_of
from hrmkit.training.worlds.labels import losses_of
from hrmkit.training.worlds.lessons import Batch, Losses
from hrmkit.training.worlds.policy import Answers, ask
from hrmkit.training.worlds.preferences import Pairs, preference_losses
from hrmkit.worlds.registry import WORLDS, world_named, world_of_preset
from hrmkit.worlds.world import WorldTable
from hrmkit.writing import write

OPSET = 20
OWNERS = ("planner", "doer", "halting")


def cut(values: Tensor, slots: Sequence[Slot]) -> tuple[Tensor, ...]:
    """A vector `[P]` cut into one piece a parameter."""
    return cast("tuple[Tensor, ...]", values.split([s.size for s in slots]))


def named(theta: Tensor, slots: Sequence[Slot]) -> dict[str, Tensor]:
    """theta cut into parameters, named for `functional_call` on a `Call`."""
    pieces = cut(theta, slots)
    return {f"model.{s.name}": p.view(s.shape) for s, p in zip(slots, pieces, strict=True)}


class Call(nn.Module):
    """Lets `functional_call` reach any method of the model."""

    def __init__(self, model: WorldHRM, function: Callable[..., Any]) -> None:
        super().__init__()
        self.model, self.function = model, function

    def forward(self, *inputs: Tensor) -> Any:
        """Call the function with the model, whose parameters have been replaced."""
        return self.function(self.model, *inputs)


def think_function(model: WorldHRM) -> Callable[..., tuple[Tensor, ...]]:
    """`THINK_INPUTS -> THINK_OUTPUTS`: thinks about `features [B,T,F]` for all segments."""
    slots = slots_of(model)
    call = Call(model, ask)

    def think(
        theta: Tensor, high_init: Tensor, low_init: Tensor, features: Tensor
    ) -> tuple[Tensor, ...]:
        # Where thinking starts differs from base to base, so it comes in from outside too.
        starts = {"model.high_init": high_init, "model.low_init": low_init}
        with probe(model) as seen:
            answers: Answers = functional_call(call, named(theta, slots) | starts, (features,))
        segments = model.wiring.segments
        change = by_segment([call.change() for call in seen.calls], segments)
        attention = by_segment(seen.attention, segments)
        return (answers.subgoal, answers.action, answers.q_halt, change, attention)

    return think


def by_segment(calls: list[Tensor], segments: int) -> Tensor:
    """One `[B, T]` a call -> `[segments, B, calls of a segment, T]`."""
    of_one = len(calls) // segments
    return torch.stack(
        [torch.stack(calls[i * of_one : (i + 1) * of_one], dim=1) for i in range(segments)]
    )


THINK_INPUTS = ("theta", "high_init", "low_init", "features")
THINK_OUTPUTS = ("subgoal_logits", "action_logits", "q_halt", "change", "attention")
STEP_INPUTS = (
    "theta", "m", "v", "rates", "adam", "clip", "high", "low", "features", "subgoal", "action",
)  # fmt: skip
PER_ROW = ("high", "low", "features", "subgoal", "action", "reference", "best", "worst")
"""The inputs with a free first axis (and, where they have three, a free second one)."""
STEP_OUTPUTS = (
    "theta_after", "m_after", "v_after", "high_after", "low_after", "losses",
    "subgoal_logits", "action_logits", "gradient_norm", "weight_change",
)  # fmt: skip
PREFER_INPUTS = (*STEP_INPUTS, "reference", "best", "worst")
PREFER_OUTPUTS = (*STEP_OUTPUTS, "dpo", "best_ratio", "worst_ratio")
PER_PAIR = ("best", "worst")
"""The inputs whose second axis is the pairs."""


def segment(
    model: WorldHRM, high: Tensor, low: Tensor, features: Tensor, told: Tensor
) -> tuple[Carry, Outputs]:
    """`WorldHRM.segment` with the carry as two tensors."""
    return model.segment(Carry(high, low), features, told=told)


Loss = Callable[[Outputs, Batch, tuple[Tensor, ...]], tuple[Losses, tuple[Tensor, ...]]]
"""Outputs and batch, and what else a way to learn has -> losses, and what else it shows."""


def step_function(model: WorldHRM) -> Callable[..., tuple[Tensor, ...]]:
    """`STEP_INPUTS -> STEP_OUTPUTS`: one gradient step from labels; see `gradient_step`."""

    def loss(outputs: Outputs, batch: Batch, _: tuple[Tensor, ...]) -> tuple[Losses, tuple[()]]:
        return losses_of(outputs, batch, model.wiring.subgoal_head), ()

    return gradient_step(model, loss)


def prefer_function(model: WorldHRM) -> Callable[..., tuple[Tensor, ...]]:
    """`PREFER_INPUTS -> PREFER_OUTPUTS`: one gradient step from preferences.

    `best` and `worst` are `[R, P]`: which steps are of which pair's best and worst episode;
    `reference` `[R]` is the base's log-probability of each step.
    """

    def loss(
        outputs: Outputs, batch: Batch, more: tuple[Tensor, ...]
    ) -> tuple[Losses, tuple[Tensor, ...]]:
        reference, best, worst = more
        pairs = Pairs(batch, best, worst)
        losses = preference_losses(outputs, pairs, reference, model.wiring.subgoal_head)
        return losses, (losses.dpo.reshape(1), losses.best, losses.worst)

    return gradient_step(model, loss)


def gradient_step(model: WorldHRM, loss_of: Loss) -> Callable[..., tuple[Tensor, ...]]:
    """One segment, its gradient, one step of Adam, as a pure function.

    `adam` is `[1 - beta1**t, 1 - beta2**t, epsilon]`. Epsilon comes in from outside because the
    exporter's optimizer folds a constant as small as that away.
    """
    slots = slots_of(model)
    call = Call(model, segment)

    def loss(
        theta: Tensor, high: Tensor, low: Tensor, batch: Batch, more: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Any, ...]]:
        inputs = (high, low, batch.features, batch.subgoal)
        carry, outputs = functional_call(call, named(theta, slots), inputs)
        losses, shown = loss_of(outputs, batch, more)
        parts = torch.stack((losses.planner, losses.doer, losses.halting))
        return losses.total(), (carry, outputs, parts, shown)

    def step(
        theta: Tensor, m: Tensor, v: Tensor, rates: Tensor, adam: Tensor, clip: Tensor,
        high: Tensor, low: Tensor, features: Tensor, subgoal: Tensor, action: Tensor,
        *more: Tensor,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        gradient, (_, (carry, outputs, losses, shown)) = grad_and_value(loss, has_aux=True)(
            theta, high, low, Batch(features, subgoal, action), more
        )
        squares = per_owner(gradient.square(), slots)
        norm = squares.sum().sqrt()
        gradient = gradient * (clip / (norm + 1e-6)).clamp(max=1.0)
        m = BETAS[0] * m + (1 - BETAS[0]) * gradient
        v = BETAS[1] * v + (1 - BETAS[1]) * gradient.square()
        move = rates / adam[0] * m / ((v / adam[1]).sqrt() + adam[2])
        return (
            theta - move, m, v, carry.high, carry.low, losses,
            outputs.subgoal, outputs.action, squares.sqrt(), per_owner(move.square(), slots).sqrt(),
            *shown,
        )  # fmt: skip

    return step


def per_owner(values: Tensor, slots: Sequence[Slot]) -> Tensor:
    """The sums `[3]` of `values [P]` over the planner's, the doer's and the halting's entries."""
    pieces = cut(values, slots)
    sums = {owner: values.new_zeros(()) for owner in OWNERS}
    for slot, piece in zip(slots, pieces, strict=True):
        sums[module_of(slot.name)] = sums[module_of(slot.name)] + piece.sum()
    return torch.stack([sums[owner] for owner in OWNERS])


def trace(
    function: Callable[..., tuple[Tensor, ...]], inputs: tuple[Tensor, ...]
) -> torch.fx.GraphModule:
    """`function`, forward and backward, as a graph of core operators with free sizes.

    Exporting `grad_and_value` directly fails ("Cannot access data pointer"), hence this step.
    """
    with sdpa_kernel(SDPBackend.MATH):  # the fused kernels are single nodes that ONNX lacks
        traced = make_fx(
            function,
            decomposition_table=dict(core_aten_decompositions()),  # pyright: ignore[reportArgumentType]
            tracing_mode="symbolic",
            _allow_non_fake_inputs=True,
        )(*inputs)
    traced.graph.eliminate_dead_code()
    traced.recompile()
    return traced


def export(
    function: Callable[..., tuple[Tensor, ...]],
    inputs: dict[str, Tensor],
    outputs: Sequence[str],
    free: Sequence[str],
) -> bytes:
    """`function` as an ONNX file; the inputs named in `free` are `[B, ...]` or `[B, T, ...]`.

    Those of `PER_PAIR` are `[B, P]`.
    """
    batch, tokens = torch.export.Dim("batch", min=1), torch.export.Dim("tokens", min=4, max=64)
    pairs = torch.export.Dim("pairs", min=1, max=64)

    def axes(name: str, value: Tensor) -> dict[int, torch.export.Dim]:
        second = pairs if name in PER_PAIR else tokens if value.dim() == 3 else None
        return {0: batch} if second is None else {0: batch, 1: second}

    shapes = tuple(axes(name, value) if name in free else None for name, value in inputs.items())
    values = tuple(inputs.values())
    program = torch.onnx.export(
        trace(function, values),
        values,
        dynamo=True,
        opset_version=OPSET,
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_shapes=shapes,
        verbose=False,
    )
    assert program is not None
    graph = program.model_proto
    strip(graph)
    return graph.SerializeToString()


def strip(model: onnx.ModelProto) -> None:
    """Drop what only a debugger reads: nine tenths of the file."""
    for item in (*model.graph.node, *model.graph.input, *model.graph.output):
        del item.metadata_props[:]
        item.doc_string = ""
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    del model.functions[:]


def sizes_of_its_own(table: WorldTable, chosen: Preset) -> Iterator[int]:
    """Sizes that appear nowhere else: the tracer takes equal sizes for the same one."""
    sizes = chosen.sizes
    taken = {
        *(len(table.features), len(table.subgoals), len(table.actions)),
        *(sizes.width, sizes.heads, sizes.width // sizes.heads, sizes.inner),
    }
    return (size for size in (5, 7, 11, 13, 17, 19, 23, 29, 31, 37) if size not in taken)


def export_preset(name: str, folder: Path, only: Sequence[str] = GraphFiles._fields) -> None:
    """Write a preset's graphs, or those of them that are named. Takes minutes: tracing is slow."""
    world, described = world_of_preset(name)
    table = world.sized().table()
    chosen = preset(described.name)
    model = assemble(chosen.wiring, chosen.sizes, interface_of(table))
    theta = theta_of(model)
    own = sizes_of_its_own(table, chosen)
    batch, tokens, pairs, features = next(own), next(own), next(own), len(table.features)
    subgoals, actions = len(table.subgoals), len(table.actions)
    state = torch.rand(batch, tokens, model.sizes.width)
    inputs = {
        "theta": theta,
        "high_init": model.high_init,
        "low_init": model.low_init,
        "m": torch.zeros_like(theta),
        "v": torch.zeros_like(theta),
        "rates": torch.full_like(theta, 1e-3),
        "adam": torch.tensor([0.1, 0.05, EPSILON]),
        "clip": torch.tensor([1.0]),
        "high": state,
        "low": state.clone(),
        "features": torch.rand(batch, tokens, features),
        "subgoal": torch.eye(subgoals)[torch.arange(batch) % subgoals],
        "action": torch.eye(actions)[torch.arange(batch) % actions],
        "reference": torch.rand(batch),
        "best": torch.rand(batch, pairs),
        "worst": torch.rand(batch, pairs),
    }
    files = graphs_of(name)._asdict()
    for graph in only:
        function, names, outputs = GRAPHS[graph]
        given = {key: inputs[key] for key in names}
        write(folder / files[graph], export(function(model), given, outputs, PER_ROW))


GRAPHS = {
    "think": (think_function, THINK_INPUTS, THINK_OUTPUTS),
    "step": (step_function, STEP_INPUTS, STEP_OUTPUTS),
    "prefer": (prefer_function, PREFER_INPUTS, PREFER_OUTPUTS),
}
"""What makes each graph, and the names of what goes in and comes out."""


if __name__ == "__main__":
    for chosen_world in map(world_named, sys.argv[1:] or WORLDS):
        for preset_name in presets_of(chosen_world):
            export_preset(preset_name, SHIPPED)
