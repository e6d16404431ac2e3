"""Prepares what the page's tests compare against: the default story, the engine, PyTorch's numbers,
and thoughts about puzzles.

`make test` runs it before the tests; everything goes into the data folder (HRMKIT_DATA), which
holds it for the next time. Nothing of it is in git: it is computed where it is tested. The other
worlds' stories are small: on one seed, with nothing beside them.

The folder `bell` in it is a data folder of its own, with the same of a world that is not in the
package: what the page can do with it, it can do with any.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hrmkit.draws import Draws
from hrmkit.experiments.record import record, train_quietly
from hrmkit.fingerprint import fingerprint
from hrmkit.folders import BASES, GRAPHS, RECORDINGS, data_folder
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.processes import in_processes, processes
from hrmkit.progress import silent
from hrmkit.recording.file import save
from hrmkit.recording.world.schema import Learn
from hrmkit.recording.world.settings import (
    choices_in,
    default_settings,
    settings_of,
    tuning_of,
    world_of,
)
from hrmkit.studio.export import GRAPHS as EXPORTS
from hrmkit.studio.export import export_preset
from hrmkit.studio.graphs import SHIPPED, presets_of, slots_of, theta_of
from hrmkit.studio.stories import (
    code_and_graphs,
    ensure_default_story,
    has_story,
    lay_out_engine,
    write_definitions,
)
from hrmkit.training.worlds.base import base_model
from hrmkit.training.worlds.examples import draw_examples
from hrmkit.training.worlds.fine_tune import (
    BETAS,
    EPSILON,
    gradient_step,
    module_of,
    optimizer_for,
    rate_of,
)
from hrmkit.training.worlds.labels import Labels
from hrmkit.training.worlds.lessons import Lesson, Losses
from hrmkit.training.worlds.policy import policy_of, score
from hrmkit.training.worlds.preferences import (
    PreferenceLesson,
    PreferenceLosses,
    Preferences,
    draw_preferences,
)
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.registry import DEFAULT_WORLD, WORLDS, world_of_preset
from hrmkit.worlds.world import WorldTable
from some_world import BELL
from thinker_fixtures import write_thoughts

if __name__ == "__mp_main__":  # one of the processes that train side by side
    WORLDS[BELL.name] = BELL

PARITY = "parity.json"
EXPORTED = Path(__file__).parent / "exported"
"""The graphs of the world that is not in the package. They are kept in git, as those of the package
are: exporting them takes longer than all tests of the page's engine."""
STEPS_BEFORE = 6
SEEDS = range(10)
"""What the page's trainings are compared over."""
FEW = 3
"""Seeds of the story of the world that is not in the package: enough that it has a spread."""
GRAPHS_OF: dict[Learn, str] = {"labels": "step", "preferences": "prefer"}
LARGEST = sorted(EXPORTS, key=lambda graph: ("prefer", "step", "think").index(graph))
"""The graphs of a preset, the one that takes longest first."""
PREFERRED = "preferences"
"""The folder of the stories that learn from preferences."""
NONSENSE = "0-7,1-2,6-3,5-4,2-0"
"""What a visitor might have chosen."""


def packed(value: Tensor) -> dict[str, Any]:
    """A tensor as JSON: its sizes and its float32s in base64."""
    data = value.detach().contiguous().float().numpy().astype("<f4").tobytes()
    return {"dims": list(value.shape), "data": base64.b64encode(data).decode()}


def moments(model: WorldHRM, optimizer: torch.optim.Adam, key: str) -> Tensor:
    """One of Adam's moments, flat."""
    return torch.cat([optimizer.state[p][key].flatten() for p in model.parameters()])


def lesson_of_torch(model: WorldHRM, table: WorldTable, learn: Learn) -> Lesson:
    """Something to learn from: two examples, or two starts' episodes."""
    head = model.wiring.subgoal_head
    if learn == "labels":
        examples = draw_examples(table, 2, 0.0, 0.1, Draws(0))
        return Labels(table, examples, head).lesson((0, 1))
    drawn = draw_preferences(table, policy_of(model, table), head, 2, 0.0, Draws(0))
    return Preferences(model, table, drawn).lesson((0, 1))


def step_of_torch(name: str, cache: Path, learn: Learn) -> dict[str, Any]:
    """One gradient step of PyTorch's own, from a state some steps into training.

    Inputs and outputs as the exported graph of preset `name` names them.
    """
    world, _ = world_of_preset(name)
    table, usual = world.sized().table(), default_settings(world.name, learn)
    tuning = tuning_of(usual.model_copy(update={"preset": name}))
    model = base_model(name, usual.base_seed, cache)
    lesson = lesson_of_torch(model, table, learn)
    batch = lesson.batch
    optimizer = optimizer_for(model, tuning)
    carry = model.initial_carry(batch.features)
    for _ in range(STEPS_BEFORE):
        carry, *_ = gradient_step(model, optimizer, carry, lesson, 0, 1.0, tuning.clip)
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
    after, outputs, losses, norm = gradient_step(
        model, optimizer, carry, lesson, 0, 1.0, tuning.clip
    )
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
        torch.stack((losses.planner, losses.doer, losses.halting)),
        outputs.subgoal,
        outputs.action,
        torch.stack([(gradients * scale)[m].norm() for m in masks]),
        torch.stack([moved[m].norm() for m in masks]),
    )
    more_in, more_out = more_of(lesson, losses)
    _, inputs_of, outputs_of = EXPORTS[GRAPHS_OF[learn]]
    return {
        "inputs": dict(zip(inputs_of, map(packed, (*inputs, *more_in)), strict=True)),
        "outputs": dict(zip(outputs_of, map(packed, (*results, *more_out)), strict=True)),
    }


def more_of(lesson: Lesson, losses: Losses) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """What goes into the graph of preferences, and comes out of it, beside all else."""
    if not isinstance(lesson, PreferenceLesson):
        return (), ()
    assert isinstance(losses, PreferenceLosses)
    pairs = lesson.pairs
    shown = (losses.dpo.reshape(1), losses.best, losses.worst)
    return (lesson.reference[0], pairs.best, pairs.worst), shown


def named(model: WorldHRM) -> list[tuple[str, torch.nn.Parameter]]:
    """The model's parameters with their names."""
    return list(model.named_parameters())


def success_of(task: tuple[str, int, Path, Learn]) -> float:
    """What PyTorch's own run of the default settings reaches, with a preset and a seed."""
    preset, seed, cache, learn = task
    torch.set_num_threads(1)
    world, _ = world_of_preset(preset)
    usual = default_settings(world.name, learn)
    settings = usual.model_copy(update={"preset": preset, "seed": seed})
    model, _, _ = train_quietly(settings, cache)
    table = world_of(settings).table()
    return score(table, policy_of(model, table)).success


def successes(
    presets: tuple[str, ...], seeds: range, cache: Path, learn: Learn
) -> dict[str, dict[int, float]]:
    """`success_of` every preset and seed."""
    tasks = [(name, seed, cache, learn) for name in presets for seed in seeds]
    found = in_processes(success_of, tasks, processes())
    reached: dict[str, dict[int, float]] = {name: {} for name in presets}
    for (name, seed, _, _), success in zip(tasks, found, strict=True):
        reached[name][seed] = success
    return reached


def export_one(task: tuple[str, Path, str]) -> None:
    """Export one of a preset's graphs to a folder."""
    torch.set_num_threads(1)
    name, folder, graph = task
    export_preset(name, folder, (graph,))


def exported(world: WorldDefinition, folder: Path) -> Path:
    """`folder` with the graphs of a world, exported again when the code behind them is another."""
    stamp = folder / "made-by"
    code = fingerprint(
        *("model", "worlds/world.py", "training/worlds"),
        *("recording/calls.py", "recording/world/probe.py", "studio/export.py", "studio/graphs.py"),
        str(world.source),
    )
    if not stamp.exists() or stamp.read_text() != code:
        print(f"exporting the graphs of {world.title} (minutes): commit {folder}", flush=True)
        # The larger ones first, so that no process ends long after the other.
        tasks = [(preset, folder, graph) for graph in LARGEST for preset in presets_of(world)]
        list(in_processes(export_one, tasks, processes()))
        stamp.write_text(code)
    return folder


def write_parity(world: WorldDefinition, data: Path, graphs: Path, seeds: range) -> None:
    """Write PyTorch's own numbers, unless they are there already."""
    target = data / GRAPHS / PARITY
    made_by = f"{code_and_graphs(world, graphs)}, {len(seeds)} seeds"
    if target.exists() and json.loads(target.read_text())["fingerprint"] == made_by:
        return
    presets, cache = presets_of(world), data / BASES
    parity = {
        "fingerprint": made_by,
        "step": {name: step_of_torch(name, cache, "labels") for name in presets},
        "prefer": {name: step_of_torch(name, cache, "preferences") for name in presets},
        "success": successes(presets, seeds, cache, "labels"),
        "success_preferred": successes(presets[:1], seeds, cache, "preferences"),
    }
    target.write_text(json.dumps(parity))
    print(target)


def write_preferred(world: WorldDefinition, data: Path, graphs: Path) -> None:
    """Record what the world's model learns from preferences, by return and by a visitor's own."""
    folder = data / PREFERRED
    stamp, made_by = folder / "made-by", code_and_graphs(world, graphs)
    if stamp.exists() and stamp.read_text() == made_by:
        return
    for name, choices in (("by-return", None), ("chosen", choices_in(NONSENSE))):
        settings = settings_of(world.name, learn="preferences", choices=choices)
        story = record(settings, seeds=2, cache=data / BASES, processes=processes())
        save(story, folder / f"{name}.hrm.json.gz")
        print(folder / name, f"success {story.curve[-1].score.success:.2f}")
    stamp.write_text(made_by)


def base_of(task: tuple[str, int, Path]) -> None:
    """Put one base model into the cache."""
    torch.set_num_threads(1)
    base_model(*task)


def small_story(task: tuple[str, Path]) -> None:
    """Record a world's story on one seed, with nothing beside it."""
    torch.set_num_threads(1)
    name, data = task
    story = record(default_settings(name), ablations=False, seeds=1, cache=data / BASES)
    save(story, data / RECORDINGS / WORLDS[name].story)


def small_stories(worlds: list[WorldDefinition], data: Path) -> None:
    """The stories of worlds in the package, on one seed and with nothing beside them."""
    missing = [world for world in worlds if not has_story(world, data)]
    usual = {world.name: default_settings(world.name) for world in missing}
    tasks = [
        (preset, usual[world.name].base_seed, data / BASES)
        for world in missing
        for preset in presets_of(world)
    ]
    list(in_processes(base_of, tasks, processes()))
    list(in_processes(small_story, [(world.name, data) for world in missing], processes()))
    for world in missing:
        lay_out_engine(world, data, silent)
        print(data / RECORDINGS / world.story, flush=True)


def ensure_short_story(world: WorldDefinition, data: Path, graphs: Path) -> None:
    """Record the default story of a world on a few seeds, unless it is there already."""
    if has_story(world, data, graphs):
        return
    usual, cache = default_settings(world.name), data / BASES
    story = record(usual, seeds=FEW, cache=cache, processes=processes())
    save(story, data / RECORDINGS / world.story)
    lay_out_engine(world, data, silent, graphs)
    print(data / RECORDINGS / world.story, flush=True)


def main() -> None:
    """Compute whatever is not there yet."""
    torch.set_num_threads(1)
    data = data_folder()
    write_definitions(data)
    print(ensure_default_story(data))
    write_parity(WORLDS[DEFAULT_WORLD], data, SHIPPED, SEEDS)
    write_preferred(WORLDS[DEFAULT_WORLD], data, SHIPPED)
    small_stories([world for name, world in WORLDS.items() if name != DEFAULT_WORLD], data)
    write_thoughts(data)
    WORLDS[BELL.name] = BELL
    own = data / BELL.name
    graphs = exported(BELL, EXPORTED)
    write_definitions(own)
    ensure_short_story(BELL, own, graphs)
    write_parity(BELL, own, graphs, range(0))
    write_preferred(BELL, own, graphs)


if __name__ == "__main__":
    main()
