"""What a file says of a model's wires and sizes, believed only as far as its tensors go.

A description is a person's text: it may say anything. It is read into the strict types of
`wiring.py`, and compared with the shapes in the file of tensors, before a model is made of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.flaws import first_flaw
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring, WorldInterface
from hrmkit.model.world_hrm import WorldHRM

WIRING = "wiring.json"
TENSORS = "model.safetensors"
FORMAT = "hrmkit-model"
VERSION = 1
LARGEST = 64 * 2**20
"""Bytes of a description; one of ours has some thousand."""
LONGEST = 60
"""Characters of a wrong value that are shown."""

Part = TypeVar("Part")
Parts = tuple[Wiring, Sizes, PuzzleInterface | WorldInterface]


def read_description(path: Path) -> dict[str, Any]:
    """The JSON beside the tensors, its format and version checked."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise UserError(f"{path} is not a file of at most {LARGEST >> 20} MiB")
        content: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        raise UserError(f"{path} is not valid JSON") from None
    if not isinstance(content, dict) or cast(dict[str, Any], content).get("format") != FORMAT:
        raise UserError(f"{path} does not describe a model of hrmkit")
    description = cast(dict[str, Any], content)
    if description.get("version") != VERSION:
        raise UserError(
            f"{path} is of version {shown(description.get('version'))}; this hrmkit reads "
            f"{VERSION}: upgrade hrmkit"
        )
    return description


def described(description: Mapping[str, Any], path: Path) -> Parts:
    """The wires, sizes and interface that a description says; `UserError` if it is none."""
    faces: dict[str, type[PuzzleInterface | WorldInterface]] = {
        "puzzle": PuzzleInterface,
        "world": WorldInterface,
    }
    kind = description.get("kind")
    if not isinstance(kind, str) or kind not in faces:
        raise UserError(
            f"{path} describes a model of kind {shown(kind)}: known are {', '.join(faces)}"
        )
    return (
        part_of(Wiring, description, "wiring", path),
        part_of(Sizes, description, "sizes", path),
        part_of(faces[kind], description, "interface", path),
    )


def part_of(kind: type[Part], description: Mapping[str, Any], name: str, path: Path) -> Part:
    """One part of a description, every value of exactly its type."""
    if name not in description:
        raise UserError(f"{path} does not say its {name}")
    try:
        return TypeAdapter(kind).validate_json(json.dumps(description[name]), strict=True)
    except RecursionError:
        raise UserError(f"{path} says its {name} in lists without end") from None
    except ValidationError as error:
        flaw = first_flaw(error)
        where = ".".join(filter(None, (name, flaw.where)))
        if flaw.kind == "unexpected_keyword_argument":
            raise UserError(f"{path} describes a wiring that is not known here: {where}") from None
        if flaw.kind == "missing":
            raise UserError(f"{path} does not say its {where}") from None
        raise UserError(
            f"{path} says that {shown(where)[1:-1]} is {shown(flaw.value)}: "
            f"{shown(flaw.what, 200)[1:-1]}"
        ) from None
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def shown(value: object, most: int = LONGEST) -> str:
    """A value on one line, its end left out where it is long."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}...{text[-1]}"


def shapes_in(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file as shapes and types only; nothing is read into memory.

    Raises `UserError` if there is no such file, or it is damaged.
    """
    if not path.exists():
        raise UserError(f"there is no {path}: the tensors belong beside the description")
    if not path.is_file():
        raise UserError(f"{path} is not a file: the tensors belong there")
    try:
        opened: Any = safe_open(path, framework="pt")
        with opened as file:
            return {name: outline(file.get_slice(name)) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, RuntimeError) as error:
        raise UserError(f"{path} is damaged or truncated: {one_line(error)}") from None


def outline(part: Any) -> Tensor:
    """A tensor without numbers, of the shape of a part of a file, and a float if that is one."""
    kind = torch.float32 if "F" in part.get_dtype() else torch.int64
    return torch.empty(part.get_shape(), dtype=kind, device="meta")


def one_line(error: Exception) -> str:
    """The first line of what a library says."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def shapes_of(
    wiring: Wiring, sizes: Sizes, face: PuzzleInterface | WorldInterface
) -> dict[str, Tensor]:
    """The tensors that a model of these parts has, without memory for them."""
    with torch.device("meta"):
        model = made(wiring, sizes, face)
    return model.state_dict()


def made(
    wiring: Wiring, sizes: Sizes, face: PuzzleInterface | WorldInterface
) -> PuzzleHRM | WorldHRM:
    """A model of these parts, with drawn weights."""
    if isinstance(face, WorldInterface):
        return WorldHRM(wiring, sizes, face)
    return PuzzleHRM(wiring, sizes, face)


def check_tensors(wanted: Mapping[str, Tensor], found: Mapping[str, Tensor], source: str) -> None:
    """Raise `UserError` unless `found` has exactly the tensors of `wanted`: shapes and kinds."""
    for name, own in wanted.items():
        if name not in found:
            raise UserError(f"{source} lacks the tensor {name}")
        if found[name].shape != own.shape:
            raise UserError(
                f"{source} has {name} of shape {list(found[name].shape)}: its wiring asks for "
                f"{list(own.shape)}"
            )
        if found[name].is_floating_point() != own.is_floating_point():
            raise UserError(f"{source} has {name} of type {found[name].dtype}: floats belong there")
    for name in found:
        if name not in wanted:
            raise UserError(
                f"{source} has a tensor that its wiring does not know: {shown(name)[1:-1]}"
            )
