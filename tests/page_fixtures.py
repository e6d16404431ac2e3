"""Prepares what the page's tests compare against: the default story, the engine, PyTorch's numbers.

`make test` runs it before the tests; everything goes into the data folder (HRMKIT_DATA), which
holds it for the next time. Nothing here is in git: it is computed where it is tested.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hrmkit.draws import Draws
from hrmkit.folders import BASES, GRAPHS, data_folder
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.processes import in_processes, processes
from hrmkit.recording.record import DEFAULT, train_quietly, tuning_of
from hrmkit.recording.schema import PresetName
from hrmkit.studio.export import STEP_INPUTS, STEP_OUTPUTS
from hrmkit.studio.graphs import PRESETS, slots_of, theta_of
from hrmkit.studio.stories import code_and_graphs, ensure_default_story
from hrmkit.training.base import base_model
from hrmkit.training.examples import draw_examples
from hrmkit.training.fine_tune import (
    BETAS,
    EPSILON,
    FineTuning,
    batch_of,
    gradient_step,
    module_of,
    optimizer_for,
    rate_of,
)
from hrmkit.training.policy import policy_of, score
from hrmkit.worlds.key_door import KeyDoor

PARITY = "parity.json"
STEPS_BEFORE = 6
SEEDS = range(10)


def packed(value: Tensor) -> dict[str, Any]:
    """A tensor as JSON: its sizes and its float32s in base64."""
    data = value.detach().contiguous().float().numpy().astype("<f4").tobytes()
    return {"dims": list(value.shape), "data": base64.b64encode(data).decode()}


def moments(model: WorldHRM, optimizer: torch.optim.Adam, key: str) -> Tensor:
    """One of Adam's moments, flat."""
    return torch.cat([optimizer.state[p][key].flatten() for p in model.parameters()])


def step_of_torch(model: WorldHRM, tuning: FineTuning) -> dict[str, Any]:
    """One gradient step of PyTorch's own, from a state some steps into training.

    Inputs and outputs as the exported graph names them. `model` is trained in place.
    """
    table = KeyDoor().table()
    batch = batch_of(table, draw_examples(table, 2, 0.0, 0.1, Draws(0)))
    optimizer = optimizer_for(model, tuning)
    carry = model.initial_carry(batch.features)
    for _ in range(STEPS_BEFORE):
        carry, *_ = gradient_step(model, optimizer, carry, batch, 1.0, tuning.clip)
    slots = slots_of(model)
    t = STEPS_BEFORE + 1
    rates = torch.cat([p.new_full((p.numel(),), rate_of(n, tuning)) for n, p in named(model)])
    before = theta_of(model)
    inputs = (
        before,
        moments(model, optimizer, "exp_avg").clone(),
        moments(model, optimizer, "exp_avg_sq").clone(),
        rates,
        torch.tensor([1 - BETAS[0] ** t, 1 - BETAS[1] ** t, EPSILON]),
        torch.tensor([tuning.clip]),
        carry.high,
        carry.low,
        batch.features,
        batch.subgoal,
        batch.action,
    )
    after, outputs, losses, norm = gradient_step(model, optimizer, carry, batch, 1.0, tuning.clip)
    scale = max(1.0, norm / tuning.clip)
    gradients = torch.cat(
        [
            (p.grad if p.grad is not None else torch.zeros_like(p)).flatten()
            for p in model.parameters()
        ]
    )
    owners = [module_of(s.name) for s in slots for _ in range(torch.Size(s.shape).numel())]
    masks = [torch.tensor([o == owner for o in owners]) for owner in ("planner", "doer", "halting")]
    moved = theta_of(model) - before
    results = (
        theta_of(model),
        moments(model, optimizer, "exp_avg"),
        moments(model, optimizer, "exp_avg_sq"),
        after.high,
        after.low,
        torch.stack(tuple(losses)),
        outputs.subgoal,
        outputs.action,
        torch.stack([(gradients * scale)[m].norm() for m in masks]),
        torch.stack([moved[m].norm() for m in masks]),
    )
    return {
        "inputs": dict(zip(STEP_INPUTS, map(packed, inputs), strict=True)),
        "outputs": dict(zip(STEP_OUTPUTS, map(packed, results), strict=True)),
    }


def named(model: WorldHRM) -> list[tuple[str, torch.nn.Parameter]]:
    """The model's parameters with their names."""
    return list(model.named_parameters())


def success_of(task: tuple[PresetName, int, Path]) -> float:
    """What PyTorch's own run of the default settings reaches, with a preset and a seed."""
    preset, seed, cache = task
    torch.set_num_threads(1)
    settings = DEFAULT.model_copy(update={"preset": preset, "seed": seed})
    model, _, _ = train_quietly(settings, cache)
    table = KeyDoor(settings.tiles).table()
    return score(table, policy_of(model, table)).success


def successes(cache: Path) -> dict[str, dict[int, float]]:
    """`success_of` every preset and seed."""
    tasks: list[tuple[PresetName, int, Path]] = [(n, s, cache) for n in PRESETS for s in SEEDS]
    found = in_processes(success_of, tasks, processes())
    reached: dict[str, dict[int, float]] = {name: {} for name in PRESETS}
    for (name, seed, _), success in zip(tasks, found, strict=True):
        reached[name][seed] = success
    return reached


def main() -> None:
    """Compute whatever is not there yet."""
    torch.set_num_threads(1)
    data = data_folder()
    print(ensure_default_story(data))
    target = data / GRAPHS / PARITY
    fingerprint = f"{code_and_graphs()}, {len(SEEDS)} seeds"
    if target.exists() and json.loads(target.read_text())["fingerprint"] == fingerprint:
        return
    cache = data / BASES
    parity = {
        "fingerprint": fingerprint,
        "step": {
            name: step_of_torch(
                base_model(name, DEFAULT.base_seed, cache),
                tuning_of(DEFAULT.model_copy(update={"preset": name})),
            )
            for name in PRESETS
        },
        "success": successes(cache),
    }
    target.write_text(json.dumps(parity))
    print(target)


if __name__ == "__main__":
    main()
