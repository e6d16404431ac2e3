"""A run's folder: one run at a time, and never taken for what it is not."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner, Result

import hrmkit
from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.lock import LOCK, held
from hrmkit.puzzles.files import Row, save_puzzles
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.puzzles.sudoku import generate
from hrmkit.training.run_folder import RunFolder

SMALL = (
    *("--sizes.width", "8", "--sizes.heads", "1", "--sizes.inner", "8", "--sizes.blocks", "1"),
    *("--wiring.segments", "2", "--recipe.warm_up", "1", "--batch", "2", "--track", "none"),
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
    with held(tmp_path / "new", "training"):
        assert (tmp_path / "new" / LOCK).exists()
    assert not (tmp_path / "new").exists()
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
    small = (*SMALL[:8], "--recipe.views", "3", "--batch", "1", "--track", "none", *save)
    said = train("arc", "--data", data, "--out", out, "--steps", "2", *small)
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
    said = train(
        "arc", "--data", data, "--out", whole, "--steps", "4", *small[:-2] if save else small
    )
    assert said.exit_code == 0, said.output
    ends = [hrmkit.load(RunFolder(path).checkpoint(4)).state_dict() for path in (out, whole)]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
