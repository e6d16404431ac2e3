"""The program and its surroundings: full or closed streams, Ctrl-C at any time, absurd numbers."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrmkit import bounds
from hrmkit.bounds import check_memory, memory_bytes
from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.cost import parameters_of
from hrmkit.model.presets import PUZZLE_PRESETS
from hrmkit.model.steps import LADDER_SUDOKU, ladder_sizes, wiring_of_step

EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
PUZZLE = "question,answer\n.234341221434321,1234341221434321\n"
HRMKIT = f"{sys.executable} -m hrmkit"


def shell(line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What a shell makes of `line`, with $HRMKIT the program."""
    return subprocess.run(
        ["sh", "-c", line.replace("$HRMKIT", HRMKIT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("verb", ["--version", "--help", "describe tiny", f"solve sudoku {EASY}"])
@pytest.mark.parametrize(
    ("to", "reason"),
    [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")],
)
def test_an_output_that_is_lost_is_an_error(verb: str, to: str, reason: str) -> None:
    said = shell(f"$HRMKIT {verb} {to}")
    assert said.returncode == 2
    assert said.stderr.splitlines()[-1] == f"error: the output is lost: {reason}"
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("to", ["2>/dev/full", "2>&-"])
def test_lost_messages_stop_nothing(to: str) -> None:
    said = shell(f"$HRMKIT solve sudoku {EASY} {to}")
    assert said.returncode == 0
    assert "valid" in said.stdout
    said = shell(f"$HRMKIT solve sudoku {EASY[1:]} {to}")
    assert (said.returncode, said.stdout) == (2, "")


def test_a_training_goes_on_when_its_log_is_full(tmp_path: Path) -> None:
    data = tmp_path / "train.csv"
    data.write_text(PUZZLE)
    said = shell(
        f"$HRMKIT train sudoku --data {data} --out {tmp_path}/run --steps 3 --batch 2 "
        "--track none --threads 1 2>/dev/full"
    )
    assert said.returncode == 0
    assert f"{tmp_path}/run/checkpoints/step-0000003" in said.stdout


@pytest.mark.parametrize("verb", ["solve sudoku", "solve sudoku -"])
@pytest.mark.parametrize("how", ["<&-", "0>/dev/null"])
def test_an_input_that_cannot_be_read_is_said(verb: str, how: str) -> None:
    said = shell(f"$HRMKIT {verb} {how}")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.splitlines()[-1] == (
        "error: the standard input cannot be read (Bad file descriptor): name the puzzle, or a file"
    )


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    said = shell("{ $HRMKIT describe tiny; echo $? >&2; } | head -c 4")
    assert said.stdout == "tiny"
    assert "Traceback" not in said.stderr
    assert "error" not in said.stderr


def test_signs_that_the_output_has_not_are_written_as_codes() -> None:
    said = shell(f"PYTHONIOENCODING=ascii $HRMKIT solve sudoku {EASY} --watch")
    assert said.returncode == 0
    assert "Traceback" not in said.stderr


CTRL_C = """
import os, signal
os.kill(os.getpid(), signal.SIGINT)
raise SystemExit("Ctrl-C was not heard")
"""


@pytest.mark.parametrize("module", ["numpy", "torch", "typer", "rich", "hrmkit_unknown"])
def test_ctrl_c_while_modules_are_loaded_ends_at_once(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text(CTRL_C)
    said = subprocess.run(
        [sys.executable, "-m", "hrmkit", "solve", "sudoku", EASY],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=hears_ctrl_c,
        env={"PYTHONPATH": f"{tmp_path}:{Path('src').resolve()}", "PATH": "/usr/bin"},
    )
    wanted = (0, None) if module == "hrmkit_unknown" else (130, "\n")
    assert said.returncode == wanted[0], said.stderr
    assert "Traceback" not in said.stderr
    assert wanted[1] is None or (said.stdout, said.stderr) == ("", wanted[1])


BEGUN = """
from hrmkit.interrupts import mind_interrupts
mind_interrupts()
print("begun", flush=True)  # before that, nothing of ours can hear
import runpy
runpy.run_module("hrmkit", run_name="__main__")
"""


def test_ctrl_c_at_any_time_of_the_first_seconds_leaves_no_traceback() -> None:
    for pause in (0.15, 0.3, 0.6, 1.0, 1.5, 2.2):
        with subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-c", BEGUN, "solve", "sudoku"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hears_ctrl_c,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            time.sleep(pause)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        assert process.returncode == 130, (pause, said)
        assert "Traceback" not in said, (pause, said)


def hears_ctrl_c() -> None:
    """Tests that run in the background are deaf to Ctrl-C, and so would be what they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


ABSURD = 10**30


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("data", "sudoku", "--seed", "18446744073709551616"), "seed 18446744073709551616 is not"),
        (("data", "sudoku", "--count", str(ABSURD)), f"{ABSURD} puzzles cannot be made"),
        (("train", "--seed", str(2**64)), f"seed {2**64} is not possible: choose 0 to"),
        (("train", "--threads", "100000"), "100000 threads are not possible: choose 1 to 1024"),
        (("train", "--batch", "1000000000"), "batch is 1000000000: it has to be more than 0, at"),
        (("train", "--batch", "1048576", "--sizes.inner", "60000"), "a batch of 1048576 puzzles"),
        (("train", "--sizes.width", "1000000"), "width is 1000000: it has to be"),
        (("train", "--sizes.width", "65536", "--sizes.blocks", "1000"), "parameters takes at"),
        (("train", "--steps", str(ABSURD)), f"steps is {ABSURD}: it has to be more than 0, at"),
        (("train", "--minutes", "inf"), "minutes is inf: it has to be more than 0, at most"),
        (("train", "--recipe.warm_up", str(ABSURD)), f"warm_up is {ABSURD}"),
        (("train", "--recipe.starts", "1000000000"), "starts is 1000000000"),
        (("solve", "sudoku", EASY, "--segments", "1000000000"), "1000000000 segments are not"),
        (("solve", "sudoku", EASY, "--views", "1000000000"), "1000000000 views are not possible"),
        (("eval", "sudoku-hrm", "--data", "train.csv", "--batch", "1000000000"), "a batch of"),
        (("eval", "sudoku-hrm", "--data", "train.csv", "--seed", str(2**64)), "seed"),
        (("eval", "sudoku-hrm", "--data", "train.csv", "--segments", "1000000000"), "segments"),
    ],
)
def test_absurd_numbers_are_refused_at_once(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.csv").write_text(PUZZLE)
    if arguments[0] == "train":
        rest = ("--steps", "1") if "--steps" not in arguments else ()
        arguments = ("train", "sudoku", "--data", "train.csv", *rest, *arguments[1:])
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert not Path("runs").exists()


LONG = "x" * 5000


@pytest.mark.parametrize(
    "arguments",
    [
        ("studio", LONG),
        ("play", LONG),
        ("site", "--out", LONG),
        ("site", "--out", "site", LONG),
        ("describe", LONG),
        ("record", LONG),
        ("record", "key-door", "--out", LONG),
        ("study", "key-door", "--out", LONG),
        ("ladder", "--out", LONG),
        ("data", "sudoku", "--out", f"{LONG}.csv"),
        ("data", "maze", "--out", "a.csv", "--test-out", f"{LONG}.csv"),
        ("solve", "sudoku", LONG),
        ("solve", "sudoku", f"{LONG}.txt"),
        ("solve", "sudoku", EASY, "--model", LONG),
        ("solve", "sudoku", EASY, "--record", LONG),
        ("solve", LONG, EASY, "--model", "sudoku-hrm"),
        ("solve", f"{LONG}.py:Class", EASY, "--model", "sudoku-hrm"),
        ("eval", LONG, "--data", "a.csv"),
        ("eval", "sudoku-hrm", "--data", LONG),
        ("eval", "sudoku-hrm", "--data", f"{LONG}.csv"),
        ("train", "sudoku", "--data", LONG, "--steps", "1"),
        ("train", "arc", "--data", LONG, "--steps", "1"),
        ("train", LONG, "--data", "a.csv", "--steps", "1"),
        ("train", "sudoku", "--out", LONG, "--resume"),
        ("train", "sudoku", "--out", LONG, "--data", "train.csv", "--steps", "1"),
        ("train", "sudoku", "--data", "train.csv", "--from", LONG, "--steps", "1"),
    ],
    ids=lambda arguments: " ".join(arguments).replace(LONG, "LONG"),
)
def test_names_without_end_are_told_in_a_short_line(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.csv").write_text(PUZZLE)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2, result.exception
    last = result.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    assert len(last) < 1000


def test_parameters_are_counted_before_there_is_a_model() -> None:
    for chosen in PUZZLE_PRESETS:
        assert chosen.interface
        model = assemble(chosen.name)
        count = sum(p.numel() for p in model.parameters())
        assert parameters_of(chosen.wiring, chosen.sizes, chosen.interface) == count
    for step in range(10):
        wiring = wiring_of_step(step)
        sizes, model = ladder_sizes(wiring), assemble(step=step)
        count = sum(p.numel() for p in model.parameters())
        assert parameters_of(wiring, sizes, LADDER_SUDOKU) == count


def test_memory_is_what_the_container_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = memory_bytes()
    (tmp_path / "limit").write_text("1048576\n")
    monkeypatch.setattr(bounds, "LIMITS", (f"{tmp_path}/limit", f"{tmp_path}/none"))
    assert memory_bytes() == 2**20 < whole
    (tmp_path / "limit").write_text("max\n")
    assert memory_bytes() >= whole
    with pytest.raises(UserError, match=r"a whale takes at least 3\.0 GiB of memory, and there"):
        check_memory(3 * 2**30, "a whale", "choose a smaller one", 2**30)
    check_memory(2**30, "a whale", "choose a smaller one", 2**30)
