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
from typing import Any

import torch
from torch import Tensor

import hrmkit
from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.shipped import shipped
from hrmkit.puzzles.registry import definition_of
from hrmkit.recording.board import board_of
from hrmkit.recording.thought.recorder import card_of, step_of, title_of, trained_on
from hrmkit.solving.answer import PAD
from hrmkit.solving.loading import ABILITIES, USUAL, LoadedModel, kind_of, load_model
from hrmkit.studio.graphs import SHIPPED, theta_of
from hrmkit.studio.shapes import KINDS, graph_name, thinks_in_page
from hrmkit.studio.symmetries import MOST_VIEWS, symmetries_of

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
        loaded = {name: load_model(name) for name in dict.fromkeys((*usual, *shipped()))}
        ours = {name: one for name, one in loaded.items() if thinks_in_page(one)}
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
            f"{' and '.join(KINDS)}, with models that do not tell puzzles apart by an embedding"
        )
    weights = len(stored(theta_of(loaded.model))[1])
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
    graph, symmetries = graph_name(model), f"views-{puzzle.name}-{puzzle.cells}.json"
    dtype, weights = stored(theta_of(model))
    digest = hashlib.sha256(weights).hexdigest()
    file = f"weights-{digest[:16]}.bin"
    if graph not in files:
        files[graph] = graph_of(model)
    files[file] = weights
    if symmetries not in files:
        files[symmetries] = json.dumps(symmetries_of(puzzle)).encode()
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
        "views": min(loaded.views, MOST_VIEWS),
        "most_views": MOST_VIEWS,
        "graph": graph,
        "weights": file,
        "dtype": dtype,
        "sha256": digest,
        "bytes": len(files[graph]) + len(weights),
        "size": sum(parameter.numel() for parameter in model.parameters()),
        "width": model.sizes.width,
        "tokens": model.wiring.prefix + model.interface.tokens,
        "start": {"high": model.high_init.tolist(), "low": model.low_init.tolist()},
        "calls": [call.module for call in model.wiring.calls()],
        "symmetries": symmetries,
    }


def stored(theta: Tensor) -> tuple[str, bytes]:
    """Weights as bytes, little-endian, and their type: bfloat16 where that loses nothing."""
    narrow = theta.to(torch.bfloat16)
    if bool((narrow.float() == theta).all()):
        return "bfloat16", narrow.view(torch.int16).numpy().astype("<i2").tobytes()
    return "float32", theta.float().numpy().astype("<f4").tobytes()
