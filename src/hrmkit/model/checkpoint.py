"""A model as a folder: its tensors (safetensors) and, beside them, its wiring as JSON.

`load` also reads the originals' layout (originals.py), both from the Hugging Face hub, and the
models that come with the package.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from safetensors import SafetensorError
from safetensors.torch import (  # its types leave PathLike open
    load_file,  # pyright: ignore[reportUnknownVariableType]
    save_file,  # pyright: ignore[reportUnknownVariableType]
)
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.checkpoints import holds_run, newest
from hrmkit.model.described import (
    FORMAT,
    TENSORS,
    VERSION,
    WIRING,
    check_tensors,
    described,
    made,
    one_line,
    read_description,
    shapes_in,
    shapes_of,
)
from hrmkit.model.hrm import HRM
from hrmkit.model.originals import CONFIG, load_original
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.sources import located
from hrmkit.model.wiring import PuzzleInterface, WorldInterface
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.writing import whole


def save(model: HRM, folder: Path | str, metadata: Mapping[str, Any] | None = None) -> None:
    """Write `model` to `folder`; a crash half-way leaves what was there.

    `metadata` is whatever JSON is worth keeping: data, seed, command; by default what the model was
    loaded with. Raises `UserError` where nothing can be written.
    """
    folder = Path(folder)
    description = {
        "format": FORMAT,
        "version": VERSION,
        "kind": kind_of(model),
        "wiring": asdict(model.wiring),
        "sizes": asdict(model.sizes),
        "interface": asdict(interface_of(model)),
        "metadata": dict(model.metadata if metadata is None else metadata),
    }
    # Neither takes its place before both are written.
    with whole(folder / WIRING) as text, whole(folder / TENSORS) as tensors:
        write_tensors(model.state_dict(), tensors)
        text.write_text(json.dumps(description, indent=2) + "\n")


def write_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors as safetensors, from any device and layout; `OSError` if that fails."""
    alone = {name: value.cpu().contiguous() for name, value in tensors.items()}
    try:
        save_file(alone, path)
    except SafetensorError as error:
        raise OSError(None, str(error)) from None


def kind_of(model: HRM) -> str:
    """Whether it is a model of worlds or of puzzles."""
    return "world" if isinstance(model, WorldHRM) else "puzzle"


def interface_of(model: HRM) -> WorldInterface | PuzzleInterface:
    """The model's inputs and outputs."""
    if isinstance(model, WorldHRM | PuzzleHRM):
        return model.interface
    raise UserError(f"a bare {type(model).__name__} reads nothing: save a PuzzleHRM or a WorldHRM")


def load(source: Path | str, **named: Any) -> PuzzleHRM | WorldHRM:
    """Load a model. `source` is a folder or a file, in our layout or the originals'; the folder of
    a run, for its newest model; the name of a model of the package (`sudoku-hrm`); or a name on the
    hub (`owner/name`, `owner/name/part`). What was saved beside it is its `metadata`.

    `named` are settings that an original checkpoint lacks, such as `sizes__heads=8`. Raises
    `UserError`, with one sentence that names the file or the tensor, for tensors that are missing,
    left over, truncated or of another shape, and for settings that are unknown or missing.
    """
    path = located(source)
    path = newest(path) if holds_run(path) else path
    folder = path if path.is_dir() else path.parent
    ours = path.is_dir() or path.name == WIRING or path.suffix == ".safetensors"
    if not (ours and os.path.lexists(folder / WIRING)):
        return load_original(folder if path.name == CONFIG else path, named=named)
    if named:
        name = next(iter(named)).replace("__", ".")
        raise UserError(f"{folder / WIRING} says what the model is: leave out --{name}")
    return load_ours(folder, path if path.suffix == ".safetensors" else folder / TENSORS)


def metadata_of(path: Path) -> dict[str, Any]:
    """The metadata that `save` wrote beside the model; empty in an original's folder."""
    folder = path if path.is_dir() else path.parent
    if not (folder / WIRING).is_file():
        return {}
    found: Any = read_description(folder / WIRING).get("metadata")
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def load_ours(folder: Path, tensors: Path) -> PuzzleHRM | WorldHRM:
    """A model that `save` wrote to a folder; `tensors` is the file of its tensors there."""
    parts = described(read_description(folder / WIRING), folder / WIRING)
    # A description can say any size: the tensors are looked at before there is memory for it.
    check_tensors(shapes_of(*parts), shapes_in(tensors), str(tensors))
    model = made(*parts)
    try:
        found: dict[str, Tensor] = load_file(tensors)
    except (SafetensorError, OSError) as error:
        raise UserError(f"{tensors} is damaged or truncated: {one_line(error)}") from None
    model.load_state_dict(found)
    model.metadata = metadata_of(folder)
    return model


def push(model: HRM, name: str, metadata: Mapping[str, Any] | None = None) -> str:
    """Upload `model` to the hub as `owner/name`; returns its address. Needs `hf auth login`."""
    from tempfile import TemporaryDirectory

    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    api = HfApi()
    with TemporaryDirectory() as folder:
        save(model, folder, metadata)
        try:
            address = api.create_repo(name, exist_ok=True)
            api.upload_folder(repo_id=name, folder_path=folder)
        except (HfHubHTTPError, HFValidationError, OSError) as error:
            raise UserError(f"cannot upload to {name} on the hub: {one_line(error)}") from None
    return str(address)
