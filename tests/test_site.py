"""The page as plain files, and how to open them."""

import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrmkit.cli import app
from hrmkit.studio import stories
from hrmkit.worlds.registry import DEFAULT_WORLD

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
