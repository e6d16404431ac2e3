"""What the studio needs before it can serve: the default story and the page's engine files."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch

import hrmkit
from hrmkit.experiments.record import code_of_story, model_card, record
from hrmkit.fingerprint import fingerprint
from hrmkit.folders import BASES, GRAPHS, RECORDINGS
from hrmkit.model.hrm import count_parameters
from hrmkit.processes import processes
from hrmkit.progress import Progress, shown
from hrmkit.recording.definitions import definitions_json
from hrmkit.recording.file import save
from hrmkit.recording.world.recorder import EVALUATIONS
from hrmkit.recording.world.settings import STORY_SEEDS, default_settings, rates_of, tuning_of
from hrmkit.studio.graphs import SHIPPED, graphs_of, presets_of, slots_of, theta_of
from hrmkit.studio.worlds import StoryTask, WorldStories
from hrmkit.training.worlds.base import base_model
from hrmkit.training.worlds.fine_tune import BETAS, EPSILON, module_of, rate_of
from hrmkit.training.worlds.lessons import HALT_WEIGHT
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.registry import DEFAULT_WORLD, WORLDS, world_named
from hrmkit.writing import check_folder, check_target, write

ROOM = 16 * 2**20
"""Bytes that a story, its base models and the engine are given room for: they take 3 MB."""
COMES_ALONG = Path(__file__).parent / "shipped"
SHIPPED_STORIES = (COMES_ALONG / "ladder.hrm.json.gz", COMES_ALONG / "sudoku.hrm.json.gz")
"""Recorded beforehand: a whole ladder takes too long to train at a first start, and the table
begins with a thought, though nobody has handed over a puzzle yet."""
INDEX = "index.json"
DEFINITIONS = "definitions.json"


def stories(data: Path) -> list[Path]:
    """Return what the studio offers by itself: the default story, and what comes with the package.

    The default story is trained now if need be; see `ensure_default_story`. What the page has to
    know beside them is written as well.
    """
    write_definitions(data)
    return [ensure_default_story(data), *shipped_stories()]


def stories_at_once(data: Path) -> list[Path]:
    """Return the same without any training: the default story as it comes along, unless this
    machine has made it already."""
    write_definitions(data)
    world = world_named(DEFAULT_WORLD)
    own = data / RECORDINGS / world.story if has_story(world, data) else COMES_ALONG / world.story
    return [own, *shipped_stories()]


def shipped_stories() -> list[Path]:
    """Return what comes with the package, and takes no training."""
    return [path for path in SHIPPED_STORIES if path.is_file()]


def ensure_default_story(data: Path) -> Path:
    """The default story; see `ensure_story`."""
    return ensure_story(world_named(DEFAULT_WORLD), data)


def ensure_story(world: WorldDefinition, data: Path, exported: Path = SHIPPED) -> Path:
    """Train and record a world's default story, and lay out the page's engine for it, unless that
    is done.

    Both are made again after the model's or the world's code has changed. `exported` is the folder
    of the world's graphs.
    """
    if not has_story(world, data, exported):
        check_folder(data, ROOM)
        print(
            f"First start: training the base models and the story of {world.title}, for real.",
            flush=True,
        )
        with shown() as progress:
            make_story(world, data, progress, exported)
    return data / RECORDINGS / world.story


def has_story(world: WorldDefinition, data: Path, exported: Path = SHIPPED) -> bool:
    """Whether a world's default story is there, made by this code."""
    made = made_by(data / GRAPHS / INDEX, world)
    if made is None or not (data / RECORDINGS / world.story).exists():
        return False
    return made == code_and_graphs(world, exported)


def make_story(
    world: WorldDefinition, data: Path, progress: Progress, exported: Path = SHIPPED
) -> None:
    """Train and record a world's default story, and lay out the page's engine for it."""
    recording = record(
        default_settings(world.name),
        seeds=STORY_SEEDS,
        cache=data / BASES,
        processes=processes(),
        progress=progress,
    )
    save(recording, data / RECORDINGS / world.story)
    lay_out_engine(world, data, progress, exported)


def world_stories(data: Path) -> WorldStories:
    """Return what trains the worlds' default stories once they are asked for."""
    there = {name: partial(has_story, world, data) for name, world in WORLDS.items()}
    return WorldStories(data, there, train_story)


def train_story(task: StoryTask, progress: Progress) -> None:
    """Make a world's default story in a process of its own."""
    check_folder(task.data, ROOM)
    make_story(world_named(task.world), task.data, progress)


def write_definitions(data: Path) -> Path:
    """Write what the page has to know beside its recordings; `UserError` where it cannot be."""
    path = data / GRAPHS / DEFINITIONS
    check_target(path)  # it is small, and a disk that has room for nothing else takes no training
    write(path, definitions_json())
    return path


def code_and_graphs(world: WorldDefinition, exported: Path = SHIPPED) -> str:
    """Changes whenever what a world's story or the page's engine is made from does."""
    digest = hashlib.sha256(fingerprint(*code_of_story(world)).encode())
    for preset in presets_of(world):
        for graph in graphs_of(preset):
            digest.update((exported / graph).read_bytes())
    return digest.hexdigest()[:12]


def read_index(index: Path) -> dict[str, Any]:
    """The index of the engine files; empty where there is none that this version understands."""
    try:
        content: Any = json.loads(index.read_text())
    except (OSError, ValueError):
        return {}
    known = isinstance(content, dict) and "made_by" in content
    return cast("dict[str, Any]", content) if known else {}


def made_by(index: Path, world: WorldDefinition) -> str | None:
    """The fingerprint of the code that a world's engine files were made by."""
    return read_index(index).get("made_by", {}).get(world.name)


def lay_out_engine(
    world: WorldDefinition, data: Path, progress: Progress, exported: Path = SHIPPED
) -> None:
    """Write all that the page needs to train in a world: graphs, base models, tables, settings.

    What was laid out for other worlds stays. The index comes last, so that a run cut short is done
    again.
    """
    folder = data / GRAPHS
    tables: dict[str, str] = {}
    every = world.every_size()
    for sizes in every:
        key = world.size_key(sizes)
        tables[key] = f"{world.name}-{key}.json"
        write(folder / tables[key], world.sized(sizes).table().model_dump_json())
        progress(f"writing the tables of {world.title}", len(tables), len(every))
    presets = {name: engine_preset(world, name, data, exported) for name in presets_of(world)}
    before = read_index(folder / INDEX)
    every_table = {**before.get("tables", {}), world.name: tables}
    index = {
        "version": hrmkit.__version__,
        "engine": f"torch {torch.__version__}",
        "made_by": {**before.get("made_by", {}), world.name: code_and_graphs(world, exported)},
        "presets": {**before.get("presets", {}), **presets},
        "tables": every_table,
        # The same for a page that knows one world only.
        "worlds": every_table.get(DEFAULT_WORLD, {}),
        "settings": engine_settings(world),
    }
    write(folder / INDEX, json.dumps(index))


def engine_settings(world: WorldDefinition) -> dict[str, float]:
    """What a fine-tuning is like unless a knob says otherwise; the same in every world."""
    tuning = tuning_of(default_settings(world.name))
    return {
        "batch": tuning.batch,
        "passes": tuning.passes,
        "final_rate": tuning.final_rate,
        "clip": tuning.clip,
        "enough": tuning.enough,
        "halt_weight": HALT_WEIGHT,
        "beta1": BETAS[0],
        "beta2": BETAS[1],
        "epsilon": EPSILON,
        "evaluations": EVALUATIONS,
    }


def engine_preset(
    world: WorldDefinition, name: str, data: Path, exported: Path
) -> dict[str, object]:
    """One preset's entry in the index; its graphs and its base model are put beside it."""
    usual = default_settings(world.name)
    folder, base_seed = data / GRAPHS, usual.base_seed
    graphs = graphs_of(name)
    for graph in graphs:
        write(folder / graph, (exported / graph).read_bytes())
    model = base_model(name, base_seed, data / BASES)
    theta = f"{name}-base-{base_seed}.bin"
    write(folder / theta, theta_of(model).numpy().astype("<f4").tobytes())
    tuning, gentler = rates_of(name), rates_of(name, "preferences")
    cycle = ["L"] * model.wiring.low_calls + ["H"] * (model.wiring.modules - 1)
    return {
        "world": world.name,
        "card": model_card(model, name).model_dump(mode="json"),
        **graphs._asdict(),
        "base": {str(base_seed): theta},
        "size": count_parameters(model),
        "width": model.sizes.width,
        "initial": {"high": model.high_init.tolist(), "low": model.low_init.tolist()},
        "parameters": [
            {
                "name": slot.name,
                "owner": module_of(slot.name),
                "offset": slot.offset,
                "shape": slot.shape,
                "rate": rate_of(slot.name, tuning),
                "preference_rate": rate_of(slot.name, gentler),
            }
            for slot in slots_of(model)
        ],
        "calls": cycle * model.wiring.cycles,
        "told": model.interface.subgoals if model.wiring.subgoal_channel else 1,
    }
