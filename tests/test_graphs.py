"""The exported graphs are the model: held to PyTorch, run by another runtime."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from hrmkit.draws import Draws
from hrmkit.model.assemble import assemble
from hrmkit.model.presets import preset
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.recording.world.probe import probe
from hrmkit.recording.world.settings import DEFAULT
from hrmkit.studio.export import GRAPHS, THINK_INPUTS, THINK_OUTPUTS, think_function
from hrmkit.studio.graphs import SHIPPED, presets_of, theta_of
from hrmkit.training.worlds.base import base_model, interface_of
from hrmkit.training.worlds.examples import draw_examples
from hrmkit.training.worlds.fine_tune import EPSILON
from hrmkit.training.worlds.labels import batch_of
from hrmkit.training.worlds.policy import features_of
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.key_door import KEY_DOOR, KeyDoor
from hrmkit.worlds.registry import WORLDS


def session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(SHIPPED / name, options)


def unpacked(value: dict[str, Any]) -> np.ndarray:
    data = np.frombuffer(base64.b64decode(value["data"]), dtype="<f4")
    return data.reshape(value["dims"])


@pytest.mark.parametrize(
    ("world", "name"), [(world, name) for world in WORLDS.values() for name in presets_of(world)]
)
def test_the_graphs_of_every_world_are_its_models(world: WorldDefinition, name: str) -> None:
    """In the largest of its sizes, with the weights that a model begins with."""
    table = world.sized(world.every_size()[-1]).table()
    chosen = preset(world.model(name).name)
    model = assemble(chosen.wiring, chosen.sizes, interface_of(table), seed=1)
    examples = draw_examples(table, 2, 0.0, 0.1, Draws(0))
    batch, theta = batch_of(table, examples), theta_of(model)
    carry = model.initial_carry(batch.features)
    thinks = (theta, model.high_init, model.low_init, batch.features)
    steps = (
        *(theta, torch.full_like(theta, 1e-3), torch.full_like(theta, 1e-6)),
        *(torch.full_like(theta, 1e-3), torch.tensor([0.1, 0.05, EPSILON]), torch.tensor([1.0])),
        *(carry.high, carry.low, *batch),
    )
    rows = len(batch.features)
    mine = (torch.arange(rows).unsqueeze(1) % 2 == torch.arange(2)).float()
    prefers = (*steps, torch.linspace(-2, 0, rows), mine, mine.flip(1))
    for kind, given in (("think", thinks), ("step", steps), ("prefer", prefers)):
        make, names, outputs = GRAPHS[kind]
        function = make(model)
        inputs = {key: value.detach().numpy() for key, value in zip(names, given, strict=True)}
        found = session(f"{name}-{kind}.onnx").run(list(outputs), inputs)
        for output, a, b in zip(outputs, found, function(*given), strict=True):
            assert a.shape == tuple(b.shape), output
            assert np.allclose(a, b.detach().numpy(), rtol=1e-4, atol=1e-4), output


@pytest.fixture(params=presets_of(KEY_DOOR))
def base(request: pytest.FixtureRequest, prepared: Path) -> tuple[str, WorldHRM]:
    return request.param, base_model(request.param, DEFAULT.base_seed, prepared / "bases")


@pytest.mark.parametrize("tiles", [3, 5, 9])
def test_thinking_in_the_graph_is_thinking_in_pytorch(
    base: tuple[str, WorldHRM], tiles: int
) -> None:
    name, model = base
    features = features_of(KeyDoor(tiles).table())
    theta = theta_of(model)
    with torch.no_grad():
        inputs = (theta, model.high_init, model.low_init, features)
        expected = think_function(model)(*inputs)
    found = session(f"{name}-think.onnx").run(
        list(THINK_OUTPUTS), {k: v.numpy() for k, v in zip(THINK_INPUTS, inputs, strict=True)}
    )
    for output, a, b in zip(THINK_OUTPUTS, found, expected, strict=True):
        assert a.shape == tuple(b.shape), output
        # Two segments on, PyTorch's own float32 is up to 2e-4 away from its float64.
        assert np.allclose(a, b.numpy(), rtol=1e-3, atol=1e-3), output


@pytest.mark.parametrize("way", ["step", "prefer"])
def test_one_step_in_the_graph_is_one_step_of_pytorch(
    base: tuple[str, WorldHRM], prepared: Path, way: str
) -> None:
    name, _ = base
    kept = json.loads((prepared / "graphs" / "parity.json").read_text())[way][name]
    graph = session(f"{name}-{way}.onnx")
    found = graph.run(
        list(kept["outputs"]), {key: unpacked(value) for key, value in kept["inputs"].items()}
    )
    for (output, value), a in zip(kept["outputs"].items(), found, strict=True):
        b = unpacked(value)
        assert a.shape == b.shape, output
        if output == "theta_after":
            # Adam takes a full step even on a gradient that is rounding noise (v of 1e-14).
            real = unpacked(kept["outputs"]["v_after"]) > 1e-12
            assert real.mean() > 0.9
            a, b = a[real], b[real]
        assert np.allclose(a, b, rtol=1e-5, atol=1e-5), (output, np.abs(a - b).max())


def test_a_frozen_rate_leaves_its_weights(base: tuple[str, WorldHRM], prepared: Path) -> None:
    name, _ = base
    kept = json.loads((prepared / "graphs" / "parity.json").read_text())["step"][name]
    inputs = {key: unpacked(value).copy() for key, value in kept["inputs"].items()}
    inputs["rates"][:1000] = 0
    (theta,) = session(f"{name}-step.onnx").run(["theta_after"], inputs)
    assert (theta[:1000] == inputs["theta"][:1000]).all()
    assert (theta[1000:] != inputs["theta"][1000:]).mean() > 0.5


def test_exporting_leaves_no_hook_behind(base: tuple[str, WorldHRM]) -> None:
    _, model = base
    features = features_of(KeyDoor().table(), [0])
    think_function(model)(theta_of(model), model.high_init, model.low_init, features)
    with probe(model) as seen:
        pass
    assert not seen.calls
    assert not seen.attention
    assert not any(module._forward_hooks for module in model.modules())
