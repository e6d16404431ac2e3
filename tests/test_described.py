"""What a file says of a model: anything at all is a model, or a sentence; never a traceback."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

import hrmkit
from hrmkit.errors import UserError
from hrmkit.model.checkpoint import TENSORS, WIRING, save
from hrmkit.model.described import described, part_of, read_description
from hrmkit.model.presets import preset
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring, WorldInterface
from hrmkit.model.world_hrm import WorldHRM

SMALL = Sizes(width=16, heads=2, inner=32, blocks=1)


@cache
def folder() -> Path:
    """A saved model; what is wrong is put in its place and taken away again."""
    place = Path(tempfile.mkdtemp())
    wiring = Wiring(segments=2, puzzle_embedding=True, prefix=1)
    save(PuzzleHRM(wiring, SMALL, PuzzleInterface(vocab=6, tokens=16, puzzles=2)), place)
    chosen = preset("keydoor")
    save(WorldHRM(chosen.wiring, SMALL, WorldInterface(12, 3, 4)), place / "world")
    return place


@cache
def good(world: bool = False) -> str:
    return ((folder() / "world" if world else folder()) / WIRING).read_text()


def loaded(content: Any, world: bool = False) -> str | None:
    """What is said of a model that is described so; None if it is loaded."""
    place = folder() / "world" if world else folder()
    (place / WIRING).write_text(json.dumps(content))
    try:
        model = hrmkit.load(place)
    except UserError as error:
        return str(error)
    finally:
        (place / WIRING).write_text(good(world))
    for wires, sizes in ((model.wiring, model.sizes),):
        assert (Wiring(**asdict(wires)), Sizes(**asdict(sizes))) == (wires, sizes)
    return None


def changed(path: str, value: Any, world: bool = False) -> str | None:
    content = json.loads(good(world))
    *parts, last = path.split(".")
    inner = content
    for part in parts:
        inner = inner[part]
    inner[last] = value
    return loaded(content, world)


@pytest.mark.parametrize("name", ["gradient", "halting", "mixing", "gate", "positions", "modules"])
@pytest.mark.parametrize("value", ["zzz", None, [], {}, 7, "2", 1.5])
def test_a_wire_of_another_name_is_refused(name: str, value: Any) -> None:
    said = changed(f"wiring.{name}", value)
    assert said is not None
    assert f"{name} is {value!r}" in said


@pytest.mark.parametrize("name", ["cycles", "low_calls", "segments", "prefix"])
@pytest.mark.parametrize(
    "value", [1.5, float("nan"), float("inf"), "2", True, None, -1, 2**31, 10**30]
)
def test_a_number_of_calls_is_a_whole_one_and_no_more_than_anybody_thinks(
    name: str, value: Any
) -> None:
    said = changed(f"wiring.{name}", value)
    assert said is not None
    assert name in said


@pytest.mark.parametrize(
    "path",
    [
        *("sizes.width", "sizes.heads", "sizes.inner", "sizes.blocks"),
        *("interface.vocab", "interface.tokens", "interface.puzzles"),
    ],
)
@pytest.mark.parametrize("value", [2**31, 2**63, 10**40, 65536, 1000, 0, -1, 1.0, "16", None, []])
def test_sizes_are_those_of_the_tensors_before_there_is_memory_for_them(
    path: str, value: Any
) -> None:
    said = changed(path, value)
    # RoPE has no tensor of its own: how many cells there are, only the description says.
    fits = path == "interface.tokens" and value in (1000, 65536)
    assert (said is None) == fits


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0, -1.0, "100", None, 1e400])
def test_the_base_of_the_rotation_is_a_number(value: Any) -> None:
    assert "rope_base" in str(changed("sizes.rope_base", value))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("interface.action_token", 128, "action_token is 128"),
        ("interface.subgoals", 2**31, "subgoals is 2147483648"),
        ("interface.features", 1.5, "interface.features is 1.5"),
        ("interface.vocab", 5, "not known here: interface.vocab"),
        ("kind", "puzzle", "does not say its interface.vocab"),
    ],
)
def test_a_world_is_described_as_strictly(path: str, value: Any, said: str) -> None:
    assert said in str(changed(path, value, world=True))


@pytest.mark.parametrize("kind", [[], {}, None, 5, "poem", "x" * 10_000])
def test_a_kind_is_one_of_two(kind: Any) -> None:
    said = str(changed("kind", kind))
    assert "known are puzzle, world" in said
    assert len(said) < 300


def test_a_program_hears_of_a_wrong_wire_too() -> None:
    with pytest.raises(UserError, match="gate is 'zzz': choose swiglu, stable"):
        Wiring(gate="zzz")  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"cycles is 1\.5: it has to be 1 or more"):
        Wiring(cycles=1.5)  # type: ignore[arg-type]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
PATHS = tuple(
    f"{section}.{name}"
    for section in ("wiring", "sizes", "interface")
    for name in json.loads(good())[section]
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(PATHS), JSON), min_size=1, max_size=3))
def test_whatever_is_changed_is_a_model_or_a_sentence(changes: list[tuple[str, Any]]) -> None:
    content = json.loads(good())
    for path, value in changes:
        section, name = path.split(".")
        content[section][name] = value
    said = loaded(content)
    assert said is None or "\n" not in said


@settings(deadline=None, max_examples=150)
@given(JSON, st.sampled_from(["", "wiring", "sizes", "interface", "kind", "version", "metadata"]))
def test_whatever_is_said_is_a_model_or_a_sentence(value: Any, name: str) -> None:
    content = json.loads(good())
    said = loaded({**content, name: value} if name else value)
    assert said is None or "\n" not in said
    del content[name or "kind"]
    said = loaded(content)
    assert said is None or "\n" not in said


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(list(asdict(Wiring()))), JSON))
def test_json_is_a_wiring_or_a_sentence(value: dict[str, Any]) -> None:
    try:
        wiring = part_of(Wiring, {"wiring": value}, "wiring", Path("x"))
    except UserError:
        return
    assert part_of(Wiring, {"wiring": asdict(wiring)}, "wiring", Path("x")) == wiring
    assert len(wiring.calls()) <= 1_001_000


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("put", [pipe, directory])
@pytest.mark.parametrize("name", [WIRING, TENSORS])
def test_a_pipe_or_a_folder_in_a_files_place_is_no_file(
    tmp_path: Path, put: Callable[[Path], None], name: str
) -> None:
    save(PuzzleHRM(Wiring(), SMALL, PuzzleInterface(6, 16)), tmp_path)
    put(tmp_path / name)
    with pytest.raises(UserError, match=r"is not a file|holds no model"):
        hrmkit.load(tmp_path)
    if name == WIRING:
        with pytest.raises(UserError, match="is not a file"):
            read_description(tmp_path / name)


def test_tensors_of_sizes_that_nobody_has_are_no_model(tmp_path: Path) -> None:
    save(PuzzleHRM(Wiring(), SMALL, PuzzleInterface(6, 16)), tmp_path)
    content = json.loads((tmp_path / WIRING).read_text())
    parts = described(content, tmp_path)
    assert parts == (Wiring(), SMALL, PuzzleInterface(6, 16))
    other = copy.deepcopy(content)
    other["sizes"]["blocks"] = 1000
    (tmp_path / WIRING).write_text(json.dumps(other))
    with pytest.raises(UserError, match=r"lacks the tensor low\.blocks\.1\."):
        hrmkit.load(tmp_path)
    (tmp_path / WIRING).write_text(json.dumps(content))
    save_file({"a\nb" * 30: torch.zeros(1)}, tmp_path / TENSORS)
    with pytest.raises(UserError) as caught:
        hrmkit.load(tmp_path)
    assert "\n" not in str(caught.value)
