"""What the page needs to think about puzzles: for each model a graph, weights, views and a card.

`files` are what lies in `thinkers/` beside the page, in a studio and in a site; nothing of it is
asked for before somebody has the page think. `index.json` names the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from math import isqrt
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

import hrmkit
from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.shipped import shipped
from hrmkit.puzzles.arc.puzzle import Arc
from hrmkit.puzzles.puzzle import Puzzle
from hrmkit.puzzles.registry import definition_of
from hrmkit.recording.board import board_of
from hrmkit.recording.thought.recorder import card_of, step_of, title_of, trained_on
from hrmkit.solving.answer import PAD
from hrmkit.solving.loading import ABILITIES, USUAL, LoadedModel, kind_of, load_model
from hrmkit.studio.graphs import SHIPPED
from hrmkit.studio.shapes import KINDS, flat_weights, graph_name, thinks_in_page
from hrmkit.studio.symmetries import MOST_VIEWS, symmetries_of
from hrmkit.studio.tasks import table_of, tests_of

INDEX = "index.json"
EXPORTER = ("onnx", "onnxscript")
"""What it takes to make a graph."""
LARGEST = 64 * 2**20
"""Bytes of a model's weights: what the page can hold beside its runtime."""


class Thinkers:
    """The models that think in the page: a person's own first, then those of the package."""

    def __init__(self, models: Sequence[Path] = (), runs: Sequence[Path] = ()) -> None:
        """`models` are a person's own, `runs` folders of runs, of which the newest model counts.

        Raises `UserError` for what is no model, or none that the page can think with. A run may
        have none: it is shown all the same, and `left_out` says why it does not think.
        """
        self.left_out: list[str] = []
        self._own: list[tuple[Path, LoadedModel]] = []
        for source in models:
            self._own.append((source, thinking(source)))
        for source in runs:
            try:
                self._own.append((source, thinking(source)))
            except UserError as error:
                self.left_out.append(str(error))

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Every file by its name; made when it is first asked for."""
        own = dict(zip(names_of([source for source, _ in self._own]), self._own, strict=True))
        usual = [name for name in USUAL.values() if name in shipped()]
        ours = {name: load_model(name) for name in dict.fromkeys((*usual, *shipped()))}
        files: dict[str, bytes] = {}
        every = {name: loaded for name, (_, loaded) in own.items()} | ours
        models = [entry(name, loaded, files) for name, loaded in every.items()]
        index = {"version": hrmkit.__version__, "models": models}
        return {INDEX: json.dumps(index).encode(), **files}


def names_of(own: Sequence[Path]) -> list[str]:
    """What models of one's own are called, each by another name: their folder's, and a number."""
    names: list[str] = []
    for source in own:
        stem = source.resolve().name or str(source)
        name, number = stem, 2
        while name in names or name in shipped():
            name, number = f"{stem} ({number})", number + 1
        names.append(name)
    return names


def thinking(source: Path) -> LoadedModel:
    """A model with which the page can think; `UserError` for another one."""
    loaded = load_model(source)
    puzzle = kind_of(loaded)
    if not thinks_in_page(loaded):
        raise UserError(
            f"the model in {loaded.source} is of {puzzle.name}: the page thinks about "
            f"{', '.join((*KINDS, Arc.name))}, and of these only {Arc.name} with models that tell "
            "puzzles apart by an embedding"
        )
    if puzzle.name == Arc.name:
        tests_of(loaded, MOST_VIEWS)  # whether its tasks are here
    weights = len(stored(flat_weights(loaded.model))[1])
    if weights > LARGEST:
        raise UserError(
            f"the model in {loaded.source} has {weights / 2**20:.0f} MiB of weights: the page "
            f"thinks with {LARGEST // 2**20} MiB at most"
        )
    if not (SHIPPED / graph_name(loaded.model)).is_file():
        check_exporter(loaded.source)
    return loaded


def check_exporter(source: str) -> None:
    """Raise `UserError` where no graph can be made."""
    missing = [name for name in EXPORTER if find_spec(name) is None]
    if missing:
        raise UserError(
            f"the page has no graph for a model of the shape of {source}, and to make one "
            f"{' and '.join(missing)} are missing: pip install {' '.join(missing)}"
        )


def graph_of(model: PuzzleHRM) -> bytes:
    """The graph of a model's segment: one that came with the package, or made now."""
    file = SHIPPED / graph_name(model)
    if file.is_file():
        return file.read_bytes()
    from hrmkit.studio.segment import export_segment

    return export_segment(model)


def entry(name: str, loaded: LoadedModel, files: dict[str, bytes]) -> dict[str, Any]:
    """A model's entry in the index; what it names is put into `files`."""
    model, metadata = loaded.model, loaded.metadata
    puzzle = kind_of(loaded)
    graph = graph_name(model)
    if graph not in files:
        files[graph] = graph_of(model)
    weights = put(files, "weights", flat_weights(model))
    looks = (
        table_files(loaded, files) if puzzle.name == Arc.name else view_files(loaded, puzzle, files)
    )
    card, side = card_of(model, name, metadata), isqrt(puzzle.cells)
    abilities = metadata.get(ABILITIES)
    return {
        "name": name,
        "title": f"{name} ({card.parameters:,} weights)",
        "abilities": abilities if isinstance(abilities, str) else None,
        "puzzle": puzzle.name,
        "canvas": [side, side],
        "holds_smaller": definition_of(puzzle.name).holds_smaller,
        "padding": PAD,
        "board": board_of(puzzle.name, puzzle.vocab, puzzle.cells).model_dump(mode="json"),
        "model": card.model_dump(mode="json"),
        "thought": title_of(puzzle, name, metadata),
        "trained_on": trained_on(metadata),
        "step": step_of(metadata),
        "halt_threshold": loaded.halt_threshold,
        **looks,
        "graph": graph,
        "weights": weights.file,
        "dtype": weights.dtype,
        "sha256": weights.sha256,
        "bytes": len(files[graph]) + len(files[weights.file]),
        "size": weights.size,
        "width": model.sizes.width,
        "tokens": model.wiring.prefix + model.interface.tokens,
        "start": {"high": model.high_init.tolist(), "low": model.low_init.tolist()},
        "calls": [call.module for call in model.wiring.calls()],
    }


def named_by(model: Mapping[str, Any]) -> list[str]:
    """The files that an entry of the index names."""
    parts = [model[part] for part in ("graph", "weights", "symmetries", "tasks")]
    tags = model["tags"]
    return [*filter(None, parts), *([tags["file"]] if tags else [])]


def view_files(loaded: LoadedModel, puzzle: Puzzle, files: dict[str, bytes]) -> dict[str, Any]:
    """What an entry says of the views of puzzles that can be checked; put into `files`."""
    symmetries = f"views-{puzzle.name}-{puzzle.cells}.json"
    if symmetries not in files:
        files[symmetries] = json.dumps(symmetries_of(puzzle)).encode()
    return {
        "views": min(loaded.views, MOST_VIEWS),
        "most_views": MOST_VIEWS,
        "symmetries": symmetries,
        "tasks": None,
        "solved": [],
        "tags": None,
    }


def table_files(loaded: LoadedModel, files: dict[str, bytes]) -> dict[str, Any]:
    """What an entry says of tasks, whose views vote; put into `files`."""
    table = table_of(loaded, MOST_VIEWS)
    tasks = f"tasks-{hashlib.sha256(table.tasks).hexdigest()[:16]}.json"
    files[tasks] = table.tasks
    return {
        "views": table.views,
        "most_views": table.views,
        "symmetries": None,
        "tasks": tasks,
        "solved": list(loaded.solved),
        "tags": None if table.tags is None else put(files, "tags", table.tags)._asdict(),
    }


class Put(NamedTuple):
    """A file of numbers, and how it is read."""

    file: str
    dtype: str
    sha256: str
    size: int
    """How many numbers."""


def put(files: dict[str, bytes], what: str, numbers: Tensor) -> Put:
    """Put numbers into a file that is named after what it holds."""
    dtype, content = stored(numbers)
    digest = hashlib.sha256(content).hexdigest()
    file = f"{what}-{digest[:16]}.bin"
    files[file] = content
    return Put(file, dtype, digest, numbers.numel())


def stored(theta: Tensor) -> tuple[str, bytes]:
    """Weights as bytes, little-endian, and their type: bfloat16 where that loses nothing."""
    narrow = theta.to(torch.bfloat16)
    if bool((narrow.float() == theta).all()):
        return "bfloat16", narrow.view(torch.int16).numpy().astype("<i2").tobytes()
    return "float32", theta.float().numpy().astype("<f4").tobytes()
