"""What the studio needs before it can serve: the default story and the page's engine files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch

import hrmkit
from hrmkit.fingerprint import fingerprint
from hrmkit.folders import BASES, GRAPHS, RECORDINGS
from hrmkit.processes import processes
from hrmkit.progress import Progress, shown
from hrmkit.recording.file import save
from hrmkit.recording.record import DEFAULT, model_card, record, tuning_of
from hrmkit.recording.recorder import EVALUATIONS
from hrmkit.recording.schema import PresetName
from hrmkit.studio.graphs import PRESETS, SHIPPED, slots_of, theta_of
from hrmkit.training.base import CODE as BASE_CODE
from hrmkit.training.base import LINES, base_model
from hrmkit.training.fine_tune import BETAS, EPSILON, HALT_WEIGHT, module_of, rate_of
from hrmkit.worlds.key_door import KeyDoor
from hrmkit.writing import check_folder, write

CODE = (*BASE_CODE, "recording")
"""The folders whose code the story depends on."""

ROOM = 16 * 2**20
"""Bytes that the story, its base models and the engine are given room for: they take 3 MB."""
SEEDS = 5
STORY = "key-door.hrm.json.gz"
SHIPPED_STORIES = (Path(__file__).parent / "shipped" / "ladder.hrm.json.gz",)
"""Recorded beforehand: a whole ladder takes too long to train at a first start."""
INDEX = "index.json"


def stories(data: Path) -> list[Path]:
    """Return what the studio offers by itself: the default story, and what comes with the package.

    The default story is trained now if need be; see `ensure_default_story`.
    """
    return [ensure_default_story(data), *shipped_stories()]


def shipped_stories() -> list[Path]:
    """Return what comes with the package, and takes no training."""
    return [path for path in SHIPPED_STORIES if path.is_file()]


def ensure_default_story(data: Path) -> Path:
    """Train and record the default story, and lay out the page's engine, unless that is done.

    Both are made again after the model's or the worlds' code has changed.
    """
    story, index = data / RECORDINGS / STORY, data / GRAPHS / INDEX
    if story.exists() and made_by(index) == code_and_graphs():
        return story
    check_folder(data, ROOM)
    print("First start: training the base models and the default story, for real.", flush=True)
    with shown() as progress:
        recording = record(
            DEFAULT,
            seeds=SEEDS,
            cache=data / BASES,
            processes=processes(),
            progress=progress,
        )
        save(recording, story)
        lay_out_engine(data, progress)
    return story


def code_and_graphs() -> str:
    """Changes whenever what the story or the page's engine is made from does."""
    digest = hashlib.sha256(fingerprint(*CODE).encode())
    for graph in sorted(SHIPPED.glob("*.onnx")):
        digest.update(graph.read_bytes())
    return digest.hexdigest()[:12]


def made_by(index: Path) -> str | None:
    """The fingerprint of the code that the engine files were made by."""
    try:
        return json.loads(index.read_text()).get("fingerprint")
    except (OSError, ValueError, AttributeError):
        return None


def lay_out_engine(data: Path, progress: Progress) -> None:
    """Write all that the page needs to train: graphs, base models, tables, settings.

    The index comes last, so that a run cut short is done again.
    """
    folder = data / GRAPHS
    worlds: dict[str, str] = {}
    for tiles in LINES:
        name = f"key-door-{tiles}.json"
        write(folder / name, KeyDoor(tiles).table().model_dump_json())
        worlds[str(tiles)] = name
        progress("writing the worlds", len(worlds), len(LINES))
    tuning = tuning_of(DEFAULT)
    index = {
        "version": hrmkit.__version__,
        "engine": f"torch {torch.__version__}",
        "fingerprint": code_and_graphs(),
        "presets": {name: engine_preset(name, data) for name in PRESETS},
        "worlds": worlds,
        "settings": {
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
        },
    }
    write(folder / INDEX, json.dumps(index))


def engine_preset(name: PresetName, data: Path) -> dict[str, object]:
    """One preset's entry in the index; its graphs and its base model are put beside it."""
    folder, base_seed = data / GRAPHS, DEFAULT.base_seed
    think, step = f"{name}-think.onnx", f"{name}-step.onnx"
    for graph in (think, step):
        write(folder / graph, (SHIPPED / graph).read_bytes())
    model = base_model(name, base_seed, data / BASES)
    theta = f"{name}-base-{base_seed}.bin"
    write(folder / theta, theta_of(model).numpy().astype("<f4").tobytes())
    tuning = tuning_of(DEFAULT.model_copy(update={"preset": name}))
    cycle = ["L"] * model.wiring.low_calls + ["H"] * (model.wiring.modules - 1)
    return {
        "card": model_card(model, name).model_dump(mode="json"),
        "think": think,
        "step": step,
        "base": {str(base_seed): theta},
        "size": sum(p.numel() for p in model.parameters()),
        "width": model.sizes.width,
        "initial": {"high": model.high_init.tolist(), "low": model.low_init.tolist()},
        "parameters": [
            {
                "name": slot.name,
                "owner": module_of(slot.name),
                "offset": slot.offset,
                "shape": slot.shape,
                "rate": rate_of(slot.name, tuning),
            }
            for slot in slots_of(model)
        ],
        "calls": cycle * model.wiring.cycles,
        "told": len(KeyDoor().table().subgoals) if model.wiring.subgoal_channel else 1,
    }
