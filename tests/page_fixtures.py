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
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

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


def success_of(preset: str, seed: int, cache: Path, learn: Learn) -> float:
    """What PyTorch's own run of the default settings reaches, with a preset and a seed."""
    world, _ = world_of_preset(preset)
    usual = default_settings(world.name, learn)
    settings = usual.model_copy(update={"preset": preset, "seed": seed})
    model, _, _ = train_quietly(settings, cache)
    table = world_of(settings).table()
    return score(table, policy_of(model, table)).success


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


class Plan(NamedTuple):
    """Something to prepare: tasks that need nothing of each other, and what is done with them."""

    tasks: list[Callable[[], Any]]
    finish: Callable[[list[Any]], object] = len
    """Gets the tasks' results; as it is, nothing is done with them."""


def parity(world: WorldDefinition, data: Path, graphs: Path, seeds: range) -> list[Plan]:
    """PyTorch's own numbers, unless they are there already."""
    target = data / GRAPHS / PARITY
    made_by = f"{code_and_graphs(world, graphs)}, {len(seeds)} seeds"
    if target.exists() and json.loads(target.read_text())["fingerprint"] == made_by:
        return []
    presets, cache = presets_of(world), data / BASES
    compared: list[tuple[str, str, Learn]] = [
        *(("success", preset, "labels") for preset in presets),
        ("success_preferred", presets[0], "preferences"),
    ]

    def finish(found: list[float]) -> None:
        left = iter(found)
        numbers: dict[str, Any] = {
            "fingerprint": made_by,
            "step": {name: step_of_torch(name, cache, "labels") for name in presets},
            "prefer": {name: step_of_torch(name, cache, "preferences") for name in presets},
        }
        for kept, preset, _ in compared:
            numbers.setdefault(kept, {})[preset] = {seed: next(left) for seed in seeds}
        target.write_text(json.dumps(numbers))
        print(target)

    runs = [
        partial(success_of, preset, seed, cache, learn)
        for _, preset, learn in compared
        for seed in seeds
    ]
    return [Plan(runs, finish)]


def preferred(world: WorldDefinition, data: Path, graphs: Path) -> list[Plan]:
    """What the world's model learns from preferences, by return and by a visitor's own."""
    folder = data / PREFERRED
    stamp, made_by = folder / "made-by", code_and_graphs(world, graphs)
    if stamp.exists() and stamp.read_text() == made_by:
        return []

    def finish(reached: list[float]) -> None:
        print(folder, "success", *(f"{success:.2f}" for success in reached))
        stamp.write_text(made_by)

    stories = [
        partial(preferred_story, world.name, data / BASES, folder / f"{name}.hrm.json.gz", choices)
        for name, choices in (("by-return", None), ("chosen", NONSENSE))
    ]
    return [Plan(stories, finish)]


def preferred_story(world: str, cache: Path, target: Path, choices: str | None) -> float:
    """Record one, to `target`; returns the success at its end."""
    chosen = choices_in(choices) if choices else None
    settings = settings_of(world, learn="preferences", choices=chosen)
    story = record(settings, seeds=2, cache=cache)
    save(story, target)
    return story.curve[-1].score.success


def short_story(
    world: WorldDefinition, data: Path, graphs: Path, *, ablations: bool, seeds: int
) -> list[Plan]:
    """A world's default story on fewer seeds than usual, unless it is there already."""
    if has_story(world, data, graphs):
        return []
    target = data / RECORDINGS / world.story

    def finish(_: list[None]) -> None:
        lay_out_engine(world, data, silent, graphs)
        print(target, flush=True)

    story = partial(recorded, world.name, data / BASES, target, ablations, seeds)
    return [Plan([story], finish)]


def recorded(world: str, cache: Path, target: Path, ablations: bool, seeds: int) -> None:
    """Record a world's default story to `target`."""
    save(record(default_settings(world), ablations=ablations, seeds=seeds, cache=cache), target)


def bases(world: WorldDefinition, data: Path, graphs: Path, presets: Iterable[str]) -> list[Plan]:
    """The base models that a story begins with, where it is not there yet."""
    if has_story(world, data, graphs):
        return []
    seed = default_settings(world.name).base_seed
    trained = [partial(base_model, preset, seed, data / BASES) for preset in presets]
    return [Plan([partial(quietly, train) for train in trained])]


def quietly(work: Callable[[], object]) -> None:
    """Do it for what it leaves behind."""
    work()


def alone(task: Callable[[], Any]) -> Any:
    """A task's result, in one of several processes."""
    torch.set_num_threads(1)
    return task()


def carry_out(plans: list[Plan]) -> None:
    """Do the tasks of all plans side by side, then finish each plan.

    In one go: to start a process takes seconds, and at the end of each go one waits for the other.
    """
    tasks = [task for plan in plans for task in plan.tasks]
    results = in_processes(alone, tasks, processes()) if tasks else iter(())
    for plan in plans:
        plan.finish([next(results) for _ in plan.tasks])


def main() -> None:
    """Compute whatever is not there yet."""
    torch.set_num_threads(1)
    data = data_folder()
    own = data / BELL.name
    first = WORLDS[DEFAULT_WORLD]
    others = [world for name, world in WORLDS.items() if name != DEFAULT_WORLD]
    write_definitions(data)
    WORLDS[BELL.name] = BELL
    write_definitions(own)
    graphs = exported(BELL, EXPORTED)
    carry_out(
        [
            *bases(first, data, SHIPPED, [model.preset for model in first.models]),
            *bases(BELL, own, graphs, [model.preset for model in BELL.models]),
            *(plan for other in others for plan in bases(other, data, SHIPPED, presets_of(other))),
        ]
    )
    print(ensure_default_story(data))
    # What takes longest comes first, so that no process ends long after the other.
    carry_out(
        [
            *short_story(BELL, own, graphs, ablations=True, seeds=FEW),
            *preferred(first, data, SHIPPED),
            Plan([partial(write_thoughts, data)]),
            *preferred(BELL, own, graphs),
            *(
                plan
                for other in others
                for plan in short_story(other, data, SHIPPED, ablations=False, seeds=1)
            ),
            *parity(first, data, SHIPPED, SEEDS),
            *parity(BELL, own, graphs, range(0)),
        ]
    )


if __name__ == "__main__":
    main()
