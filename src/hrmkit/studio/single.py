"""The page, its stories and its models as one file, which a double click opens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hrmkit.errors import UserError
from hrmkit.folders import GRAPHS, RECORDINGS, THINKERS
from hrmkit.model.shipped import shipped
from hrmkit.one_file import one_file
from hrmkit.recording.definitions import definitions_json
from hrmkit.solving.loading import USUAL
from hrmkit.studio.shelf import Shelf
from hrmkit.studio.stories import DEFINITIONS, INDEX, read_index
from hrmkit.studio.thinkers import INDEX as MODELS
from hrmkit.studio.thinkers import Thinkers, named_by
from hrmkit.worlds.registry import DEFAULT_WORLD

TITLE = "HRM Kit"
ROOM = 16 * 2**20
"""Bytes that such a page is given room for: with what comes along it has 8 MB."""


def single_page(
    recordings: Sequence[Path], data: Path, worlds: Sequence[str], thinkers: Mapping[str, bytes]
) -> str:
    """The page with some recordings, the engine of some worlds, and the files of models to think
    with; see `thinking_with`. The default world is in it anyway.
    """
    # Nothing from the data folder that nobody named: the file is for others.
    shelf = Shelf.of(recordings, data / RECORDINGS)
    names = [shelf.name_of(path) for path in recordings]
    listed = [entry for entry in shelf.index() if entry["name"] in names]
    files = {f"{RECORDINGS}/{name}": shelf.files()[name].read_bytes() for name in names}
    files[f"{RECORDINGS}/{INDEX}"] = json.dumps(listed).encode()
    files |= engine_files(data / GRAPHS, {DEFAULT_WORLD, *worlds})
    files |= {f"{THINKERS}/{name}": content for name, content in thinkers.items()}
    return one_file(files, TITLE)


def engine_files(folder: Path, worlds: set[str]) -> dict[str, bytes]:
    """What the page needs to train in some worlds, by their paths beside the page."""
    index = read_index(folder / INDEX)
    presets = {
        name: preset for name, preset in index["presets"].items() if preset["world"] in worlds
    }
    tables = {world: table for world, table in index["tables"].items() if world in worlds}
    names: set[str] = {name for table in tables.values() for name in table.values()}
    for preset in presets.values():
        names |= {preset["think"], preset["step"], preset["prefer"], *preset["base"].values()}
    files = {f"{GRAPHS}/{name}": (folder / name).read_bytes() for name in sorted(names)}
    kept = {**index, "presets": presets, "tables": tables}
    files[f"{GRAPHS}/{INDEX}"] = json.dumps(kept).encode()
    files[f"{GRAPHS}/{DEFINITIONS}"] = definitions_json().encode()
    return files


def thinking_with(models: Sequence[str]) -> Mapping[str, bytes]:
    """The files of the package's usual models, and of `models`, to think with in the page.

    `models` are names of the package's models, or folders of a person's own. Raises `UserError`
    for one that does not exist, or with which the page cannot think.
    """
    own = [Path(name) for name in models if name not in shipped()]
    missing = [str(folder) for folder in own if not folder.exists()]
    if missing:
        raise UserError(
            f"no model is called {missing[0]!r}; name a model's folder, or one of: "
            f"{', '.join(shipped())}"
        )
    files = Thinkers(own).files
    every: list[dict[str, Any]] = json.loads(files[MODELS])["models"]
    left_out = {name for name in shipped() if name not in (*USUAL.values(), *models)}
    kept = [model for model in every if model["name"] not in left_out]
    index = {**json.loads(files[MODELS]), "models": kept}
    names = {name for model in kept for name in named_by(model)}
    return {MODELS: json.dumps(index).encode(), **{name: files[name] for name in sorted(names)}}
