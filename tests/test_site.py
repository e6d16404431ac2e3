"""The page as plain files, and how to open them."""

import gzip
import hashlib
import json
import re
import shlex
import subprocess
import sys
import urllib.request
from base64 import b64decode
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrmkit.cli import app
from hrmkit.solving.loading import USUAL
from hrmkit.studio import stories
from hrmkit.studio.graphs import SHIPPED as GRAPHS
from hrmkit.worlds.registry import DEFAULT_WORLD, WORLDS

STORY = f"{DEFAULT_WORLD}.hrm.json.gz"


def test_what_site_prints_opens_its_folder(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = prepared / "recordings" / STORY
    monkeypatch.setenv("HRMKIT_DATA", str(prepared))
    monkeypatch.setattr(stories, "stories", lambda _: [story])
    out = tmp_path / "a site"
    result = CliRunner().invoke(app, ["site", "--out", str(out)], catch_exceptions=False)
    assert result.exit_code == 0
    command = result.output.split("To see it here: ")[1].split(", then open ")[0]
    python, *arguments = shlex.split(command)
    assert python == "python"
    with subprocess.Popen(
        [sys.executable, "-u", *arguments, "0"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        port = process.stdout.readline().split(" port ")[1].split()[0]
        try:
            for file in ("index.html", "recordings/index.json", f"recordings/{STORY}"):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{file}") as answer:
                    assert answer.read() == (out / file).read_bytes()
        finally:
            process.kill()


def test_a_site_has_the_worlds_that_it_is_asked_for(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setenv("HRMKIT_DATA", str(prepared))
    monkeypatch.setattr(stories, "stories", lambda _: [prepared / "recordings" / STORY])
    monkeypatch.setattr(stories, "ensure_story", lambda world, _: made.append(world.name))
    names = [name for name in WORLDS if name != DEFAULT_WORLD]
    asked = [word for name in names for word in ("--world", name)]
    result = CliRunner().invoke(app, ["site", "--out", str(tmp_path / "site"), *asked])
    assert result.exit_code == 0, result.output
    assert made == names
    index = tmp_path / "site" / "recordings" / "index.json"
    assert all(WORLDS[name].story in index.read_text() for name in names)
    # Made again, it keeps what its owner put beside it, and nothing of its own that is old.
    own, old = tmp_path / "site" / "CNAME", index.with_name("old.hrm.json.gz")
    own.write_text("example.org")
    old.touch()
    assert CliRunner().invoke(app, ["site", "--out", str(tmp_path / "site")]).exit_code == 0
    assert (own.read_text(), old.exists()) == ("example.org", False)


def test_an_unknown_world_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    out = tmp_path / "site"
    result = CliRunner().invoke(app, ["site", "--out", str(out), "--world", "three-cups"])
    assert result.exit_code == 2
    assert "no world is called 'three-cups'" in " ".join(result.output.split())
    assert not out.exists()


def carried(page: str) -> dict[str, bytes]:
    """The files that a page carries."""
    found = re.findall(r'data-file="([^"]+)"[^>]*>([^<]+)<', page)
    return {name: gzip.decompress(b64decode(packed)) for name, packed in found}


def test_one_file_carries_stories_engine_models_and_runtime(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [prepared / "recordings" / STORY, *stories.shipped_stories()]
    monkeypatch.setenv("HRMKIT_DATA", str(prepared))
    monkeypatch.setattr(stories, "stories", lambda _: named)
    out = tmp_path / "story.html"
    more = ["--model", "sudoku-easy-1000"]
    result = CliRunner().invoke(app, ["site", "--single", str(out), *more], catch_exceptions=False)
    assert result.exit_code == 0
    assert "double click" in result.output
    assert out.stat().st_size < 12e6
    files = carried(out.read_text())
    index = json.loads(files["recordings/index.json"])
    assert [entry["name"] for entry in index] == [path.name for path in named]
    for path in named:
        assert files[f"recordings/{path.name}"] == path.read_bytes()
    engine = json.loads(files["graphs/index.json"])
    assert {preset["world"] for preset in engine["presets"].values()} == {DEFAULT_WORLD}
    for preset in engine["presets"].values():
        assert files[f"graphs/{preset['step']}"] == (GRAPHS / preset["step"]).read_bytes()
    models = json.loads(files["thinkers/index.json"])["models"]
    assert [model["name"] for model in models] == [*USUAL.values(), "sudoku-easy-1000"]
    for model in models:
        weights = files[f"thinkers/{model['weights']}"]
        assert hashlib.sha256(weights).hexdigest() == model["sha256"]
    assert any(name.endswith(".wasm") for name in files)


def test_what_is_wrong_with_one_file_is_said_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stories, "stories", lambda _: pytest.fail("trained"))
    out = str(tmp_path / "story.html")
    folder = tmp_path / "folder.html"
    folder.mkdir()
    for arguments, words in (
        (["--single", out, "--out", str(tmp_path)], "give one of them"),
        (["--single", out, "--model", "sudoku-vast"], "no model is called 'sudoku-vast'"),
        (["--single", str(tmp_path)], "is no name for a page: let it end in .html"),
        (["--single", str(folder)], "it is a folder"),
    ):
        result = CliRunner().invoke(app, ["site", *arguments])
        assert result.exit_code == 2
        assert words in " ".join(result.output.split())
    assert not Path(out).exists()
