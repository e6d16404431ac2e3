"""A run's folder: one run at a time, and never taken for what it is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor
from typer.testing import CliRunner, Result

import hrmkit
from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.lock import LOCK, held
from hrmkit.puzzles.arc.files import whole_fingerprint_of
from hrmkit.puzzles.arc.tasks import load_arc
from hrmkit.puzzles.files import Row, save_puzzles
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.puzzles.sudoku.small import generate
from hrmkit.recording.run.recorder import read_run
from hrmkit.runs.folder import RunFolder
from hrmkit.solving.loading import load_model

SIZES = ("--sizes.width", "8", "--sizes.heads", "1", "--sizes.inner", "8", "--sizes.blocks", "1")
SMALL = (
    *SIZES,
    *("--wiring.segments", "2", "--recipe.warm_up", "1", "--batch", "2", "--track", "none"),
)
ARC = (
    *SIZES,
    *("--preset", "tiny-attention", "--wiring.segments", "2", "--wiring.low_calls", "1"),
    *("--recipe.views", "3", "--track", "none"),
)
ONE_TASK = {
    "train": [{"input": [[3]], "output": [[4]]}],
    "test": [{"input": [[5]], "output": [[6]]}],
}


@pytest.fixture(scope="module")
def puzzles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """4x4 sudokus in a file."""
    train, _ = generate(8, 1, seed=0)
    path = tmp_path_factory.mktemp("puzzles") / "train.csv"
    grids = zip(as_grids(train.given), as_grids(train.solution), strict=True)
    save_puzzles(path, [Row(text(given), text(answer)) for given, answer in grids])
    return path


def text(grid: tuple[int, ...]) -> str:
    return "".join(str(token) if token else "." for token in grid)


def train(kind: str, *arguments: str | Path) -> Result:
    """`hrmkit train`, in this process."""
    torch.set_num_threads(1)
    return CliRunner().invoke(app, ["train", kind, *map(str, arguments)])


def test_a_folder_is_one_program_s_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with held(folder, "training"):
        with (
            pytest.raises(UserError, match=f"{folder} is in use: another training writes to it"),
            held(folder, "training"),
        ):
            pass
        (folder / "result").touch()
    with held(folder, "training"):
        pass
    assert (folder / "result").exists()


def test_a_folder_that_nothing_was_written_to_is_taken_away_again(tmp_path: Path) -> None:
    with held(tmp_path / "runs" / "new", "training"):
        assert (tmp_path / "runs" / "new" / LOCK).exists()
    assert not (tmp_path / "runs").exists()
    (tmp_path / "old").mkdir()
    with held(tmp_path / "old", "training"):
        pass
    assert (tmp_path / "old").exists()


@pytest.mark.parametrize("place", ["file", "file/x", "x" * 300])
def test_what_cannot_be_a_folder_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot write"), held(tmp_path / place, "training"):
        pass


HOLD = """
import sys, time
from pathlib import Path
from hrmkit.lock import held
with held(Path(sys.argv[1]), "training"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_process_that_is_killed_leaves_no_lock_behind(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(UserError, match="is in use"), held(tmp_path, "training"):
            pass
        other.kill()
        other.wait()
        with held(tmp_path, "training"):
            pass


def test_a_second_run_in_a_folder_is_refused_new_or_resumed(puzzles: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    first = subprocess.Popen(
        [
            *(sys.executable, "-m", "hrmkit", "train", "sudoku", "--data", str(puzzles)),
            *("--out", str(out), *SMALL, "--minutes", "5", "--threads", "1"),
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while not (out / "metrics.jsonl").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for again in (("--data", puzzles, *SMALL), ("--resume",)):
            said = train("sudoku", "--out", out, "--steps", "1", *again)
            assert said.exit_code == 2
            assert said.stderr == (
                f"error: {out} is in use: another training writes to it; wait for it to end, or "
                "name another folder\n"
            )
        assert first.poll() is None
    finally:
        first.kill()
        first.wait()
    kinds = [json.loads(line)["kind"] for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert "end" not in kinds  # nobody wrote to it but the first


def test_programs_in_one_process_do_not_share_a_folder_either(
    puzzles: Path, tmp_path: Path
) -> None:
    with held(tmp_path / "run", "training"):
        refused: list[str] = []

        def other() -> None:
            try:
                hrmkit.fit(str(puzzles), out=tmp_path / "run", steps=1)
            except UserError as error:
                refused.append(str(error))

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert "is in use" in refused[0]


def test_two_ladders_do_not_share_a_folder(tmp_path: Path) -> None:
    (tmp_path / "ladder").mkdir()
    with held(tmp_path / "ladder", "ladder"):
        said = CliRunner().invoke(app, ["ladder", "--seeds", "20", "--out", f"{tmp_path}/ladder"])
    assert said.exit_code == 2
    assert f"{tmp_path}/ladder is in use: another ladder writes to it" in said.stderr


def test_there_has_to_be_a_run_to_go_on_with(puzzles: Path, tmp_path: Path) -> None:
    typo = tmp_path / "runs" / "sudoku-tinny"
    said = train("sudoku", "--data", puzzles, "--out", typo, "--resume", "--steps", "1", *SMALL)
    assert said.exit_code == 2
    assert said.stderr == (
        f"error: {typo} holds no run to go on with: name the folder of one, or leave out --resume "
        "to begin one\n"
    )
    assert not typo.parent.exists()
    with pytest.raises(UserError, match="holds no run to go on with"):
        hrmkit.fit(str(puzzles), out=typo, steps=1, resume=True)
    assert not typo.exists()


@pytest.mark.parametrize("save", [(), ("--save-steps", "1")])
def test_one_task_with_one_example_is_saved_and_resumed(
    tmp_path: Path, save: tuple[str, ...]
) -> None:
    data, out = tmp_path / "one.json", tmp_path / "run"
    data.write_text(json.dumps(ONE_TASK))
    small = (*ARC, "--batch", "1")
    said = train("arc", "--data", data, "--out", out, "--steps", "2", *small, *save)
    assert said.exit_code == 0, said.output
    assert RunFolder(out).steps()[-1] == 2
    assert sorted(path.name for path in out.iterdir()) == [
        LOCK,
        "checkpoints",
        "metrics.jsonl",
        "run.json",
    ]
    assert not list(out.rglob("*.part"))
    said = train("arc", "--out", out, "--resume", "--steps", "4")
    assert said.exit_code == 0, said.output
    # Saved or not on the way, it is the same training.
    whole = tmp_path / "whole"
    said = train("arc", "--data", data, "--out", whole, "--steps", "4", *small)
    assert said.exit_code == 0, said.output
    ends = [hrmkit.load(RunFolder(path).checkpoint(4)).state_dict() for path in (out, whole)]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])


def test_solutions_that_are_put_beside_the_challenges_later_lock_nothing(tmp_path: Path) -> None:
    data, out = tmp_path / "own_challenges.json", tmp_path / "run"
    test = {"input": [[5, 5]]}
    data.write_text(json.dumps({"a": ONE_TASK | {"test": [test]}}))
    named = ("--wiring.puzzle_embedding", "true", "--wiring.prefix", "1")
    said = train("arc", "--data", data, "--out", out, "--steps", "1", "--batch", "2", *ARC, *named)
    assert said.exit_code == 0, said.output
    described = json.loads((out / "run.json").read_text())
    measure = ["eval", str(out), "--data", str(data), "--json"]
    before = CliRunner().invoke(app, measure)
    assert json.loads(before.stdout)["score"] is None
    (tmp_path / "own_solutions.json").write_text(json.dumps({"a": [[[6, 6]]]}))
    after = CliRunner().invoke(app, measure)
    assert after.exit_code == 0, after.output
    assert json.loads(after.stdout)["score"]["tests_one"]["of"] == 1
    solved = CliRunner().invoke(app, ["solve", "arc", "a", "--model", str(out), "--json"])
    assert json.loads(solved.stdout)[0]["solved"] in (False, True)
    assert train("arc", "--out", out, "--resume", "--steps", "2").exit_code == 0
    # What training saw is as much of the fingerprint as ever.
    data.write_text(json.dumps({"a": ONE_TASK | {"train": [test | {"output": [[7]]}]}}))
    refused = CliRunner().invoke(app, measure).stderr
    assert "cannot be asked about those of" in refused
    assert "hrmkit train arc --from" in " ".join(refused.split())
    assert json.loads((out / "run.json").read_text())["data"] == described["data"]


def test_a_model_whose_fingerprint_has_all_answers_is_known_too(tmp_path: Path) -> None:
    data = tmp_path / "one.json"
    data.write_text(json.dumps(ONE_TASK))
    arc = load_arc(str(data), views=0)
    assert arc.is_of(whole_fingerprint_of(arc.tasks))
    assert whole_fingerprint_of(arc.tasks) != arc.fingerprint
    data.write_text(json.dumps(ONE_TASK | {"test": [{"input": [[5]], "output": [[7]]}]}))
    assert load_arc(str(data), views=0).fingerprint == arc.fingerprint


@pytest.fixture(scope="module")
def finished(puzzles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two checkpoints, over; damaged only as a copy."""
    out = tmp_path_factory.mktemp("finished") / "run"
    said = train(
        *("sudoku", "--data", puzzles, "--out", out, *SMALL, "--steps", "4", "--save-steps", "2"),
        *("--recipe.ema_decay", "0.9"),
    )
    assert said.exit_code == 0, said.output
    return out


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def edited(file: Path, *keys: str | int, to: object) -> None:
    """Change one value of a JSON file; `...` takes it away."""
    content = json.loads(file.read_text())
    place = content
    for key in keys[:-1]:
        place = place[key]
    if to is ...:
        del place[keys[-1]]
    elif keys:
        place[keys[-1]] = to
    else:
        content = to
    file.write_text(json.dumps(content))


NEWEST = "checkpoints/step-0000004"


@pytest.mark.parametrize(
    ("file", "keys", "to", "said"),
    [
        ("state.json", (), {}, "its state.json at steps: it is missing"),
        ("state.json", (), [], "its state.json at its top level"),
        ("state.json", ("queue",), ..., "its state.json at queue: it is missing"),
        ("state.json", ("seconds",), "1", "its state.json at seconds"),
        ("state.json", ("seconds",), -1, "its state.json at seconds"),
        ("state.json", ("steps",), 3, "its state.json is of step 3"),
        ("state.json", ("steps",), 4.5, "its state.json at steps"),
        ("state.json", ("averaged",), None, "its state.json at averaged"),
        ("state.json", ("queue", "left"), 9, "9 of 8 puzzles cannot be left"),
        ("state.json", ("queue", "left"), "x", "its random numbers are none"),
        ("state.json", ("queue", "now"), {}, "its random numbers are none"),
        ("state.json", ("queue", "now", "state"), 5, "its random numbers are none"),
        ("state.json", ("queue", "now", "state", "inc"), -1, "its random numbers are none"),
        ("state.json", ("queue", "before_order"), ..., "its random numbers are none"),
    ],
)
def test_a_damaged_state_is_said(
    run: Path, file: str, keys: tuple[str, ...], to: object, said: str
) -> None:
    edited(run / NEWEST / file, *keys, to=to)
    refused(run, f"error: the checkpoint {run}/{NEWEST} is damaged (", said)


@pytest.mark.parametrize(
    ("keys", "to", "said"),
    [
        (("plan",), None, "does not say its plan: it was not made by hrmkit train"),
        (("plan",), 5, "run.json is damaged at plan: it should be an object"),
        (("plan", "recipe"), ..., "run.json is damaged: recipe"),
        (("plan", "wiring", "cycles"), "many", "run.json is damaged: wiring.cycles is 'many'"),
        (("plan", "wiring", "cycles"), 0, "run.json is damaged: cycles is 0"),
        (("plan", "seed"), -1, "run.json is damaged: seed -1"),
        (("data",), None, "run.json is damaged at data"),
        (("data",), [], "run.json is damaged at data"),
        (("data",), [5], "run.json is damaged at data.0"),
        (("data", 0, "fingerprint"), ..., "run.json is damaged at data.0.fingerprint"),
        (("format",), "other", "is not a run's: its format is 'other'"),
        (("version",), 2, "is a run of version 2"),
        ((), 5, "holds no JSON object: it is not a run's"),
    ],
)
def test_a_damaged_description_is_said(
    run: Path, keys: tuple[str | int, ...], to: object, said: str
) -> None:
    edited(run / "run.json", *keys, to=to)
    refused(run, said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"5", "its top level: it should be an object"),
        (b"[1, 2]", "its top level: it should be an object"),
        (b'{"kind": "train"}', "step: it is missing"),
        (b'{"kind": "train", "step": "1"}', "step: it should be a whole number"),
        (b'{"step": 1}', "kind: it is missing"),
        (b"{", "it is not valid JSON"),
        (b"\xff", "it is not valid JSON"),
        (b"[" * 100_000, "it is not valid JSON"),
    ],
)
def test_a_damaged_line_of_the_metrics_is_said(run: Path, line: bytes, said: str) -> None:
    metrics = run / "metrics.jsonl"
    lines = metrics.read_bytes().splitlines(keepends=True)
    metrics.write_bytes(b"".join([lines[0], line + b"\n", *lines[1:]]))
    refused(run, f"error: {metrics}, line 2, is damaged (", said, "delete that line")


def refused(run: Path, *said: str) -> None:
    """Resuming says so, in one line, and leaves every file as it was."""
    before = snapshot(run)
    result = train("sudoku", "--out", run, "--resume", "--steps", "6")
    assert result.exit_code == 2, result.output
    assert len(result.stderr.splitlines()) == 1
    for part in said:
        assert part in result.stderr
    assert snapshot(run) == before


def snapshot(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_last_line_that_was_cut_short_is_dropped(run: Path) -> None:
    with (run / "metrics.jsonl").open("ab") as file:
        file.write(b'{"kind": "train", "st')
    assert train("sudoku", "--out", run, "--resume", "--steps", "6").exit_code == 0
    assert [line["step"] for line in RunFolder(run).lines()][-1] == 6


@pytest.mark.parametrize("name", ["step-²", "step-٣", "step-5", "step-", "step-0000009.part"])
def test_what_is_called_otherwise_is_no_checkpoint(run: Path, name: str) -> None:
    (run / "checkpoints" / name).mkdir()
    assert RunFolder(run).steps() == [2, 4]
    assert load_model(run).source.endswith("step-0000004")
    assert train("sudoku", "--out", run, "--resume", "--steps", "6").exit_code == 0


@pytest.mark.parametrize("file", ["run.json", "metrics.jsonl", f"{NEWEST}/state.json"])
@pytest.mark.parametrize("put", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to(path)])
def test_what_is_no_file_is_said(run: Path, file: str, put: Callable[[Path], None]) -> None:
    (run / file).unlink()
    put(run / file)
    result = train("sudoku", "--out", run, "--resume", "--steps", "6")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    with suppress(UserError):
        read_run(run)


Change = Callable[[dict[str, Tensor]], object]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t["rows/given"].fill_(10**12), "numbers in rows/given that are not 0 to"),
        (lambda t: t["rows/puzzle_ids"].fill_(-1), "numbers in rows/puzzle_ids that are not 0 to"),
        (lambda t: t["rows/solution"].fill_(99), "numbers in rows/solution"),
        (lambda t: t["rows/halted"].fill_(2), "numbers in rows/halted"),
        (lambda t: t.pop("rows/low/0"), "its state lacks the tensor rows/low/0"),
        (lambda t: t.update({"rows/low/0": torch.ones(1)}), "rows/low/0 of shape [1]"),
        (lambda t: t.update({"draws": t["draws"].float()}), "draws of type torch.float32"),
        (lambda t: t["draws"].fill_(255), "its random numbers are none"),
        (lambda t: t.pop("model/q_head.bias"), "its state lacks the tensor model/q_head.bias"),
        (lambda t: t.pop("optimizer/0/0/exp_avg"), "lacks some of the tensors of optimizer 0"),
        (lambda t: t.update({"optimizer/0/99/step": torch.ones(())}), "a tensor of no parameter"),
        (lambda t: t.update({"optimizer/x": torch.ones(())}), "a tensor of no parameter"),
        (lambda t: t.update({"optimizer/0/0/exp_avg": torch.ones(2)}), "exp_avg of shape [2]"),
    ],
)
def test_tensors_of_another_training_are_said(run: Path, change: Change, said: str) -> None:
    file = run / NEWEST / "state.safetensors"
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file)
    refused(run, f"error: the checkpoint {run}/{NEWEST} is damaged (", said)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_becomes_of_its_files_a_run_is_read_or_refused(
    finished: Path, tmp_path: Path, data: st.DataObject
) -> None:
    """Cut, with bytes of others, or with values of JSON that are other ones."""
    run = Path(tempfile.mkdtemp(dir=tmp_path)) / "run"
    shutil.copytree(finished, run)
    file = data.draw(st.sampled_from(sorted(path for path in run.rglob("*.*") if path.is_file())))
    file.write_bytes(data.draw(damage(file.read_bytes(), file.suffix == ".json")))
    for read in (
        lambda: train("sudoku", "--out", run, "--resume", "--steps", "5"),
        lambda: read_run(run),
        lambda: load_model(run),
    ):
        with suppress(UserError):
            said = read()
            if isinstance(said, Result):
                assert said.exit_code in (0, 2), said.exception
                assert said.exit_code == 0 or said.stderr.startswith("error: ")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@st.composite
def damage(draw: st.DrawFn, content: bytes, is_json: bool) -> bytes:
    """`content` as a disk, a person or another program may leave it."""
    if is_json and draw(st.booleans()):
        changed = json.loads(content)
        place, key = changed, draw(st.sampled_from(sorted(changed)))
        while isinstance(place[key], dict) and place[key] and draw(st.booleans()):
            place, key = place[key], draw(st.sampled_from(sorted(place[key])))
        place[key] = draw(ANY)
        return json.dumps(changed).encode()
    at = draw(st.integers(0, len(content)))
    rest = content[at + draw(st.integers(0, 20)) :] if draw(st.booleans()) else b""
    return content[:at] + draw(st.binary(max_size=20)) + rest
