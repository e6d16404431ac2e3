"""Some of the bad inputs that `bad_inputs.py` draws; it draws as many as one likes."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import typer

import bad_inputs
from bad_inputs import (
    REFUSED,
    Case,
    Place,
    cases,
    fault_of,
    otherwise,
    real_fault_of,
    spoil,
)

SEED, COUNT, SECONDS = 0, 60, 120.0


def test_whatever_is_wrong_is_a_sentence_and_the_right_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    place = Place(tmp_path)
    drawn = list(cases(place, SEED, COUNT))
    assert len({case.arguments[0] for case in drawn}) > 8  # nearly every verb
    faults = {case.arguments: fault_of(case, SECONDS) for case in drawn}
    assert {arguments: fault for arguments, fault in faults.items() if fault} == {}
    rng = random.Random(SEED)
    for case in drawn[:2]:
        assert real_fault_of(case, rng, SECONDS) is None


def test_the_same_seed_draws_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path)
    first = list(cases(place, 5, 40))
    place.made = 0
    for made in tmp_path.glob("new-*"):
        made.rename(tmp_path / f"old-{made.name}")
    assert list(cases(place, 5, 40)) == first


def test_files_are_really_spoiled(tmp_path: Path) -> None:
    content = b'{"a": {"b": [1, 2]}, "c": "text"}'
    found: set[str] = set()
    for seed in range(60):
        file = tmp_path / f"{seed}.json"
        file.write_bytes(content)
        spoil(file, random.Random(seed))
        now = file.read_bytes() if file.is_file() else b"no file"
        found.add("same" if now == content else "other")
    assert "other" in found
    values = [otherwise({"a": 1, "b": [2]}, random.Random(seed)) for seed in range(40)]
    assert {"a": 1} in values or {"b": [2]} in values
    assert any(value != {"a": 1, "b": [2]} for value in values)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("raise ValueError('a defect')", "traceback: ValueError: a defect"),
        ("time.sleep(30)", "hangs: more than"),
        ("pass", "status 0, not [2]"),
        ("raise typer.Exit(2)", "status 2 and no sentence"),
        ("typer.echo('error: ' + 3000 * 'x', err=True); raise typer.Exit(2)", "a sentence of 3007"),
        ("typer.echo('error: this is wrong', err=True); raise typer.Exit(2)", None),
    ],
)
def test_every_fault_is_found(
    body: str, fault: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = typer.Typer()

    def verb() -> None:
        exec(body, {"typer": typer, "time": time})

    app.command()(verb)
    monkeypatch.setattr(bad_inputs, "program", lambda: app)
    found = fault_of(Case((), REFUSED), 1.0 if "sleep" in body else SECONDS)
    assert (found is None) == (fault is None)
    assert found is None or found.startswith(str(fault))
