"""The benchmarks run, and measure what they say; how fast is for `bench/` to say."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from hrmkit.puzzles.files import save_puzzles
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.sudoku.generator import make_sudokus

BENCH = Path(__file__).resolve().parent.parent / "bench"


def says(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What a benchmark prints."""
    command = [sys.executable, str(BENCH / arguments[0]), *arguments[1:]]
    return subprocess.run(command, capture_output=True, text=True)


def test_training_is_measured_way_by_way() -> None:
    small = ("training.py", "--preset", "tiny-attention", "--batch", "2")
    result = says(*small, "--turns", "1", "--ways", "original,one pass")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [line[:12].strip() for line in lines[2:4]] == ["original", "one pass"]
    assert all("examples/s; " in line and " predicted and " in line for line in lines[2:4])
    assert all(line.endswith(" GB at most") for line in lines[4:6])


def test_evaluation_is_measured() -> None:
    result = says("evaluation.py", "--preset", "tiny", "--turns", "1", "--dtype", "float32")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("puzzles/s; ") == 2


def test_attention_is_measured_size_by_size() -> None:
    result = says("attention.py", "--turns", "1")
    assert result.returncode == 0, result.stderr
    first, *lines = result.stdout.splitlines()
    assert "bfloat16 on the CPU" in first
    assert len(lines) == 5
    assert all(line.endswith(" times as fast") for line in lines)


def test_a_puzzle_is_as_hard_as_in_its_easiest_order(tmp_path: Path) -> None:
    rows = make_sudokus(WorkShare(0, 0, 0, 32), 3.0)
    save_puzzles(tmp_path / "made.csv", rows)
    result = says("hardness.py", str(tmp_path / "made.csv"), "--orders", "3")
    assert result.returncode == 0, result.stderr
    found = re.findall(r"([\d.]+) (?:guesses|on average)", result.stdout)
    guesses, fewest = (float(word) for word in found)
    assert guesses == pytest.approx(sum(row.rating for row in rows) / len(rows), abs=0.05)
    assert fewest < guesses


def test_arc_is_answered_a_task_at_a_time_and_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "tasks.jsonl"
    few = ("arc_tasks.py", "--steps", "2", "--views", "2", "--out", str(out))
    # A line of a model of that name with other weights says nothing of this one.
    job = "arc-1:00576224 arc-pocket 000000000000 2 steps 2 views"
    found = {"task": "other", "places": [1], "seconds": 1, "segments": 1, "step": 2, "loss": 1}
    out.write_text(json.dumps({"job": job, "found": found}))
    assert says(*few, "--limit", "1").returncode == 0
    first = out.read_text()
    assert re.search(r"arc-1:00576224 arc-pocket (?!0{12})[0-9a-f]{12} 2 steps 2 views", first)
    result = says(*few, "--limit", "2")
    assert result.returncode == 0, result.stderr
    assert out.read_text().startswith(first)
    lines = filter(None, out.read_text().splitlines())
    rows = [json.loads(line)["found"] for line in lines]
    assert [row["task"] for row in rows] == ["other", "00576224", "03560426"]
    assert all(row["step"] == 2 for row in rows)
    assert result.stdout.count("learning") == 1  # the first is there
    assert re.search(r"^tasks +2, ", result.stdout, re.MULTILINE)
    assert result.stdout.endswith("solved    none\nas it was none\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("arc_tasks.py", "--from", "nowhere", "--out", "tasks.jsonl"), "nowhere"),
        (("arc_tasks.py", "--from", "maze-15", "--out", "tasks.jsonl"), "maze"),
        (("arc_tasks.py", "--skip", "77", "--out", "tasks.jsonl"), "skipping 77 is not possible"),
        (("arc_tasks.py", "--limit", "-1", "--out", "tasks.jsonl"), "a limit of -1 tasks"),
        (("arc_tasks.py", "--views", "0", "--out", "tasks.jsonl"), "0 views are not possible"),
        (("processes.py", "--data", "nowhere.csv", "--turns", "0"), "0 turns are not possible"),
        (("processes.py", "--data", "nowhere.csv", "--steps", "1"), "1 steps are not possible"),
        (("processes.py", "--data", "nowhere.csv"), "nowhere.csv"),
        (("attention.py", "--turns", "0"), "0 turns are not possible"),
        (("widths.py", "--widths", "wide"), "'wide' are no widths"),
        (("hardness.py", "nowhere.csv"), "no file nowhere.csv"),
        (("hardness.py", "nowhere.csv", "--orders", "0"), "have to be 1 or more"),
        (("training.py", "--ways", "ours"), "no way is called 'ours'"),
        (("training.py", "--turns", "0"), "0 turns"),
        (("evaluation.py", "--turns", "0"), "0 turns"),
        (("evaluation.py", "--original", "nowhere"), "nowhere is no checkout"),
        (("evaluation.py", "--batch", "0"), "0 puzzles at a time are not possible"),
        (("training.py", "--batch", "-1"), "-1 puzzles at a time are not possible"),
        (("widths.py", "--batch", "0"), "0 puzzles at a time are not possible"),
        (
            (
                *("speedrun/ship.py", "nowhere", "new", "--machine", "a"),
                *("--settings", "no.toml", "--test", "a=b.csv"),
            ),
            "cannot read the settings no.toml",
        ),
        (("inside.py", "nowhere"), "nowhere is no folder that hrmkit inspect wrote"),
        (("solver.py", "--model", "nowhere", "--data", "nowhere.csv"), "nowhere"),
        (("command.py", "--data", "nowhere.csv"), "no file nowhere.csv"),
        (("speedrun/run.py", "nowhere.toml"), "cannot read nowhere.toml"),
        (("speedrun/curves.py", "nowhere", "--out", "curves.svg"), "nowhere"),
        (("speedrun/shards.py", "split", "nowhere", "shards"), "nowhere"),
        (("speedrun/ship_arc.py", "nowhere", "new", "--machine", "a", "--command", "b"), "nowhere"),
    ],
)
def test_what_cannot_be_measured_is_said(
    arguments: tuple[str, ...],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # In this process: another one would load torch only to refuse.
    script = str(BENCH / arguments[0])
    monkeypatch.syspath_prepend(str(Path(script).parent))
    monkeypatch.setattr(sys, "argv", [script, *arguments[1:]])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(script, run_name="__main__")
    assert ended.value.code == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("error: ")
    assert sentence in said
