"""The studio shows a run while it trains: what it hands out, and that it reads nothing else."""

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hrmkit.errors import UserError
from hrmkit.recording.file import loads
from hrmkit.recording.run.recorder import read_run
from hrmkit.studio.run import Runs
from hrmkit.studio.server import create_app
from tiny_run import tiny_run

ORIGIN = "http://127.0.0.1:8477"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    tiny_run(folder, steps=4)
    return folder


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>HRM Kit</title>")
    return folder


@pytest.fixture
def client(run: Path, static: Path, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app([], static, tmp_path / "data", runs=Runs([run]))
    with TestClient(app, base_url=ORIGIN) as client:
        yield client


def test_the_run_is_offered_first_and_is_what_the_folder_says(
    client: TestClient,
    run: Path,
) -> None:
    (listed,) = client.get("/recordings/index.json").json()
    assert {key: listed[key] for key in ("name", "kind", "live")} == {
        "name": "run.run",
        "kind": "run",
        "live": True,
    }
    assert listed["title"] == "A model learns sudoku (run)"
    answer = client.get("/recordings/run.run")
    whole = json.loads(gzip.decompress(answer.content))
    expected = read_run(run)
    assert whole == {**expected.model_dump(mode="json"), "hash": ""}
    whole["hash"] = expected.hash  # the page computes the same when it saves it
    assert loads(json.dumps(whole).encode(), "run") == expected


def test_only_what_is_new_is_sent(client: TestClient, run: Path) -> None:
    tag = client.get("/recordings/run.run").headers["etag"]
    again = client.get("/recordings/run.run", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    with (run / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"kind": "train", "step": 99, "loss": 0.125}) + "\n")
    new = client.get("/recordings/run.run", headers={"If-None-Match": tag})
    assert new.status_code == 200
    assert new.headers["etag"] != tag
    whole = json.loads(gzip.decompress(new.content))
    assert (whole["train"][-1]["step"], whole["train"][-1]["loss"]) == (99, 0.125)
    assert whole["end"] is None


def test_a_run_that_breaks_meanwhile_is_said_and_heals(
    client: TestClient,
    run: Path,
) -> None:
    metrics = run / "metrics.jsonl"
    whole = metrics.read_bytes()
    metrics.write_bytes(b"nonsense\n")
    answer = client.get("/recordings/run.run")
    assert answer.status_code == 409
    assert "metrics.jsonl, line 1, is not valid JSON" in answer.json()["problem"]
    assert client.get("/recordings/index.json").json()[0]["name"] == "run.run"
    metrics.write_bytes(whole)
    assert client.get("/recordings/run.run").status_code == 200


def test_other_sites_and_other_paths_get_nothing(
    client: TestClient,
    run: Path,
) -> None:
    (run / "secret.txt").write_text("secret")
    url = "/recordings/run.run"
    assert client.get(url, headers={"Host": "evil.example"}).status_code == 400
    assert client.get(url, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post(url).status_code == 405
    for path in ("/recordings/secret.txt", f"{url}/secret.txt", f"{url}%2fsecret.txt"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.content != b"secret"


def test_two_folders_of_one_name_are_both_offered_and_one_only_once(
    run: Path,
    tmp_path: Path,
) -> None:
    other = tmp_path / "other" / "run"
    shutil.copytree(run, other)
    runs = Runs([run, other, run / "."])
    assert list(runs.live) == ["run.run", "run-2.run"]
    assert runs.name_of(other) == "run-2.run"


def test_what_is_no_run_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no run\.json"):
        Runs([tmp_path])


@pytest.mark.parametrize("verb", ["studio"])
def test_a_folder_that_is_no_run_ends_the_program_with_status_2(tmp_path: Path, verb: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "hrmkit", verb, str(tmp_path), "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    assert said.stderr == (
        f"error: {tmp_path} is not the folder of a run: "
        "it holds no run.json, which a training writes first\n"
    )
