"""Runs: trained, killed, resumed, refused, and what they leave on the disk."""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner, Result

import hrmkit
from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.presets import preset
from hrmkit.model.wiring import PuzzleInterface, Sizes
from hrmkit.puzzles.sudoku.small import generate
from hrmkit.runs.folder import RunFolder
from hrmkit.runs.plan import plan_from, plan_of

SMALL = (
    *("--sizes.width", "32", "--sizes.heads", "2", "--sizes.inner", "64", "--sizes.blocks", "1"),
    *("--wiring.segments", "3", "--recipe.warm_up", "5", "--batch", "8"),
    *("--threads", "1", "--track", "none"),
)
PROGRAM = [sys.executable, "-m", "hrmkit", "train", "sudoku"]


@pytest.fixture(scope="module")
def puzzles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """4x4 sudokus in a file."""
    train, _ = generate(48, 1, seed=0)
    path = tmp_path_factory.mktemp("puzzles") / "train.csv"
    rows = zip(train.given.tolist(), train.solution.tolist(), strict=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "question", "answer", "rating"])
        for given, answer in rows:
            question = "".join(str(token) if token else "." for token in given)
            writer.writerow(["made", question, "".join(map(str, answer)), ""])
    return path


def train(*arguments: str | Path, puzzle: str = "sudoku") -> Result:
    """`hrmkit train PUZZLE`, in this process."""
    torch.set_num_threads(1)
    return CliRunner().invoke(app, ["train", puzzle, *map(str, arguments)])


def new(puzzles: Path, out: Path, *arguments: str) -> Result:
    return train("--data", puzzles, "--out", out, *SMALL, *arguments)


def lines(out: Path, kind: str) -> list[dict[str, object]]:
    return [line for line in RunFolder(out).lines() if line["kind"] == kind]


def test_a_run_learns_reports_measures_and_keeps_its_last_checkpoints(
    puzzles: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    said = new(
        puzzles,
        out,
        *("--steps", "60", "--recipe.lr", "1e-2", "--save-steps", "10", "--keep", "2"),
        *("--evaluate-steps", "20", "--test-puzzles", "20"),
    )
    assert said.exit_code == 0, said.output
    assert RunFolder(out).steps() == [50, 60]
    measured = lines(out, "evaluation")
    assert [line["step"] for line in measured] == [20, 40, 60]
    assert {line["puzzles"] for line in measured} == {20}
    told = lines(out, "train")
    assert float(str(told[-1]["loss"])) < 0.8 * float(str(told[0]["loss"]))
    assert told[-1]["examples"] == 60 * 8
    assert lines(out, "end") == [{"kind": "end", "step": 60, "why": "steps"}]
    answers = lines(out, "watched")[-1]["answers"]
    assert isinstance(answers, list)
    assert [len(answer) for answer in answers] == [16, 16, 16]
    model = hrmkit.load(out / "checkpoints" / "step-0000060")
    assert model.sizes.width == 32
    described = json.loads((out / "checkpoints/step-0000060/wiring.json").read_text())["metadata"]
    assert (described["puzzle"], described["step"], described["seed"]) == ("sudoku", 60, 0)
    assert described["data"][0]["rows"] == 48


def test_a_run_may_begin_with_a_trained_model(puzzles: Path, tmp_path: Path) -> None:
    first, second, other = (tmp_path / name for name in ("first", "second", "other.csv"))
    assert new(puzzles, first, "--steps", "40", "--recipe.lr", "1e-2").exit_code == 0
    text = puzzles.read_text().splitlines()
    other.write_text("\n".join([text[0], *text[20:]]) + "\n")
    still = ("--steps", "1", "--recipe.lr", "0", "--from", str(first))
    said = new(other, second, *still)
    assert said.exit_code == 0, said.output
    ends = [hrmkit.load(RunFolder(out).newest() or "").state_dict() for out in (first, second)]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
    # What the first has learned from is not forgotten, neither then nor after it is gone.
    described = RunFolder(second).description()
    assert [part["rows"] for part in described["data"]] == [29, 48]
    assert described["plan"]["init_from"] == str(first)
    first.rename(tmp_path / "away")
    said = train("--resume", "--out", second, "--steps", "3", "--threads", "1")
    assert said.exit_code == 0, said.output
    assert [part["rows"] for part in RunFolder(second).description()["data"]] == [29, 48]
    shutil.rmtree(second / "checkpoints")
    (tmp_path / "away").rename(first)
    said = train("--resume", "--out", second, "--steps", "1", "--threads", "1")
    assert said.exit_code == 0, said.output
    again = hrmkit.load(RunFolder(second).newest() or "").state_dict()
    # Killed before its first checkpoint, it begins again with what it was to begin with.
    assert all(torch.equal(ends[0][name], again[name]) for name in again)
    said = train("--resume", "--out", second, "--steps", "4", "--from", tmp_path / "away")
    assert said.exit_code == 2
    assert f"init_from is {tmp_path / 'away'}, and was {first}" in " ".join(said.output.split())


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("--sizes.inner=32", "its inner is 64, and the run's 32"),
        ("--wiring.mixing=attention", "its mixing is tokens, and the run's attention"),
    ],
)
def test_a_run_cannot_begin_with_a_model_of_other_parts(
    puzzles: Path, tmp_path: Path, setting: str, said: str
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert new(puzzles, first, "--steps", "1").exit_code == 0
    refused = new(puzzles, second, "--steps", "1", "--from", str(first), setting)
    assert refused.exit_code == 2
    assert said in " ".join(refused.output.split())
    assert not second.exists()
    missing = new(puzzles, second, "--steps", "1", "--from", str(tmp_path / "nothing"))
    assert missing.exit_code == 2
    assert "nothing" in missing.output


NINE = (
    "source,question,answer,rating\n"
    "x,53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79,"
    "534678912672195348198342567859761423426853791713924856961537284287419635345286179,\n"
)


def test_a_run_takes_wires_and_sizes_of_the_model_that_it_begins_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "s.csv"
    data.write_text(NINE)
    first = hrmkit.load("sudoku-hrm")
    short = ("--steps", "1", "--batch", "2", "--threads", "1", "--track", "none")
    said = train("--data", data, "--from", "sudoku-hrm", *short)
    assert said.exit_code == 0, said.output
    run = RunFolder(Path("runs/sudoku-from-sudoku-hrm"))
    plan = plan_from(run.description()["plan"])
    assert (plan.wiring, plan.sizes, plan.preset) == (first.wiring, first.sizes, None)
    # What is said goes before the model's own.
    wider = ("--wiring.cycles", "3", "--out", str(tmp_path / "three"))
    said = train("--data", data, "--from", "sudoku-hrm", *short, *wider)
    assert said.exit_code == 0, said.output
    three = plan_from(RunFolder(tmp_path / "three").description()["plan"])
    assert three.wiring == replace(first.wiring, cycles=3)
    refused = train(
        "--data", data, "--from", "sudoku-hrm", *short, "--preset", "tiny", "--out", "no"
    )
    assert refused.exit_code == 2
    assert "cannot begin with sudoku-hrm: its modules is 2, and the run's 1" in refused.output
    model = hrmkit.fit(str(data), init_from="sudoku-hrm", steps=1, batch=2, out=tmp_path / "fit")
    assert (model.wiring, model.sizes) == (first.wiring, first.sizes)
    # A run that goes on does not look its model up again.
    monkeypatch.setattr("hrmkit.runs.plan.load_model", lambda _: pytest.fail("looked up"))
    again = hrmkit.fit(
        str(data), init_from="sudoku-hrm", steps=2, batch=2, out=tmp_path / "fit", resume=True
    )
    assert again.wiring == first.wiring


def test_a_run_takes_canvas_and_puzzle_ids_of_the_model_that_it_begins_with(
    tmp_path: Path,
) -> None:
    wiring = replace(preset("tiny-attention").wiring, segments=2, puzzle_embedding=True, prefix=1)
    face = PuzzleInterface(vocab=6, tokens=36, puzzles=3)
    model = assemble(wiring, Sizes(width=16, heads=2, inner=32, blocks=1), face, 0)
    hrmkit.save(model, tmp_path / "maze", {"puzzle": "maze"})
    data = tmp_path / "m.csv"
    data.write_text("question,answer\nS #  #  G,S #o #ooG\n")
    short = ("--steps", "1", "--batch", "2", "--threads", "1", "--track", "none")
    out = tmp_path / "run"
    for more in ((), ("--resume", "--steps", "2")):
        said = CliRunner().invoke(
            app,
            ["train", "maze", "--out", str(out), "--data", str(data), *short, *more]
            + (["--from", str(tmp_path / "maze")] if not more else []),
        )
        assert said.exit_code == 0, said.output
        assert RunFolder(out).description()["interface"] == asdict(face)
    # Attention has the same weights on any canvas: a larger maze makes it larger.
    larger = "S      " + 5 * "###### " + "######G"
    data.write_text(f"question,answer\n{larger},{larger.replace(' ', 'o')}\n")
    grown = ["train", "maze", "--data", str(data), "--from", str(tmp_path / "maze"), *short]
    said = CliRunner().invoke(app, [*grown, "--out", str(tmp_path / "grown")])
    assert said.exit_code == 0, said.output
    assert RunFolder(tmp_path / "grown").description()["interface"]["tokens"] == 49
    # And --canvas a smaller one, for small mazes; the run keeps it.
    data.write_text("question,answer\nS #  #  G,S #o #ooG\n")
    small = ["train", "maze", "--data", str(data), *short, "--out", str(tmp_path / "small")]
    for more in (["--from", str(tmp_path / "maze"), "--canvas", "4"], ["--resume", "--steps", "2"]):
        said = CliRunner().invoke(app, [*small, *more])
        assert said.exit_code == 0, said.output
        assert RunFolder(tmp_path / "small").description()["interface"]["tokens"] == 16
    refused = CliRunner().invoke(app, [*small, "--resume", "--canvas", "5"])
    assert refused.exit_code == 2
    assert "canvas is 5, and was 4" in refused.output
    for side in ("0", "-1", "31"):
        refused = CliRunner().invoke(app, [*small[:-1], str(tmp_path / "no"), "--canvas", side])
        assert refused.exit_code == 2
        assert "not possible" in refused.output
    data.write_text(f"question,answer\n{larger},{larger.replace(' ', 'o')}\n")
    refused = CliRunner().invoke(app, [*small[:-1], str(tmp_path / "no"), "--canvas", "4"])
    assert refused.exit_code == 2
    assert "at most 4 x 4 are possible" in refused.output
    bound = assemble(replace(wiring, positions="learned"), model.sizes, face, 0)
    hrmkit.save(bound, tmp_path / "bound", {"puzzle": "maze"})
    refused = CliRunner().invoke(
        app, [*small[:-1], str(tmp_path / "no"), "--canvas", "4", "--from", str(tmp_path / "bound")]
    )
    assert refused.exit_code == 2
    assert "has weights for 36 cells" in refused.output
    wrong = tmp_path / "s.csv"
    wrong.write_text(NINE)
    refused = train("--data", wrong, *short, "--canvas", "9", "--out", tmp_path / "no")
    assert refused.exit_code == 2
    assert "cannot be chosen for sudoku: it is for puzzles that may be smaller" in refused.output
    refused = train("--data", wrong, "--from", tmp_path / "maze", *short, "--out", tmp_path / "no")
    assert refused.exit_code == 2
    assert "reads 36 cells of 6 tokens, and these puzzles have 81 of 11" in refused.output


class Started:
    """`hrmkit train sudoku` in a process of its own; what it says goes to a file."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen([*PROGRAM, *arguments], stdout=file, stderr=file)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Until `condition` holds; the process must not end before."""
        deadline = time.monotonic() + 180
        while not condition():
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def ends_with(self, status: int) -> str:
        """What it said, having ended with `status`."""
        found = self.process.wait(180)
        said = self.log.read_text()
        assert found == status, said[-2000:]
        return said


def test_a_run_that_is_killed_and_resumed_ends_with_the_same_bits(
    puzzles: Path, tmp_path: Path
) -> None:
    settings = (
        *("--data", str(puzzles), *SMALL, "--steps", "400", "--save-steps", "13"),
        *("--evaluate-steps", "100", "--test-puzzles", "8", "--recipe.ema_decay", "0.9"),
        *("--recipe.optimizer", "adam-atan2"),
    )
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    reference = Started(tmp_path / "whole.log", *settings, "--out", str(whole))
    moments = random.Random(0)
    for first in (1, 130, 260):
        again = ("--resume",) if first > 1 else ()
        run = Started(tmp_path / "killed.log", *settings, "--out", str(killed), *again)
        run.wait_for(lambda first=first: (RunFolder(killed).steps() or [0])[-1] >= first)
        time.sleep(moments.uniform(0, 0.1))
        run.process.send_signal(signal.SIGKILL)
        run.ends_with(-signal.SIGKILL)
        assert RunFolder(killed).steps()[-1] < 400
    Started(tmp_path / "end.log", *settings, "--out", str(killed), "--resume").ends_with(0)
    reference.ends_with(0)
    ends = [RunFolder(out).checkpoint(400) for out in (whole, killed)]
    for name in ("model.safetensors", "state.safetensors"):
        ours, theirs = ((end / name).read_bytes() for end in ends)
        assert ours == theirs, name
    for kind in ("evaluation", "watched", "end"):
        strip = [[{**line, "seconds": 0} for line in lines(out, kind)] for out in (whole, killed)]
        assert strip[0] == strip[1], kind


def test_ctrl_c_saves_and_resuming_goes_on(puzzles: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    endless = ("--data", str(puzzles), *SMALL, "--minutes", "10", "--out", str(out))
    run = Started(tmp_path / "log", *endless)
    run.wait_for(lambda: (out / "metrics.jsonl").exists())
    run.process.send_signal(signal.SIGINT)
    errors = run.ends_with(130)
    assert "Traceback" not in errors
    (step,) = RunFolder(out).steps()
    assert f"saved {out}/checkpoints/step-{step:07d}; go on with --resume" in errors
    assert lines(out, "end") == [{"kind": "end", "step": step, "why": "interrupted"}]
    # Without --minutes it would go on for ten of them: what ends a run may change.
    said = train("--out", out, "--resume", "--steps", str(step + 5), "--recipe.minutes", "none")
    assert said.exit_code == 0, said.output
    assert lines(out, "end") == [{"kind": "end", "step": step + 5, "why": "steps"}]
    again = train("--out", out, "--resume")
    assert again.exit_code == 2
    assert f"is over: {step + 5} of {step + 5} steps; give more steps to go on" in again.output


def test_a_run_goes_on_in_another_type_and_says_so(puzzles: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert new(puzzles, out, "--steps", "4", "--dtype", "bfloat16").exit_code == 0
    assert RunFolder(out).description()["dtype"] == "bfloat16"
    further = ("--out", out, "--resume", "--dtype", "float32")
    said = train(*further, "--steps", "6")
    assert said.exit_code == 0, said.output
    assert "the run goes on in float32, after bfloat16" in " ".join(said.output.split())
    again = train(*further, "--steps", "8")
    assert again.exit_code == 0, again.output
    assert "goes on in" not in again.output


def test_a_broken_training_names_the_last_good_checkpoint(puzzles: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert new(puzzles, out, "--steps", "5").exit_code == 0
    weights = out / "checkpoints/step-0000005/model.safetensors"
    before = weights.read_bytes()
    # The rate is part of the recipe; a state that is not finite comes from outside, here.
    state = out / "checkpoints/step-0000005/state.safetensors"
    from safetensors.torch import load_file, save_file

    tensors = load_file(state)
    tensors["rows/low/0"].fill_(float("nan"))
    save_file(tensors, state)
    said = train("--out", out, "--resume", "--steps", "50", "--save-steps", "7")
    assert said.exit_code == 2
    assert "the loss is nan" in said.output
    assert "the last good checkpoint is" in said.output
    assert RunFolder(out).steps() == [5]
    assert weights.read_bytes() == before
    assert lines(out, "end")[-1]["why"] == "nan"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--recipe.lr", "0.5"), "recipe.lr is 0.5, and was 0.0015"),
        (("--wiring.low_calls", "3"), "wiring.low_calls is 3, and was 4"),
        (("--seed", "4"), "seed is 4, and was 0"),
        (("--preset", "trm-5m"), "preset is trm-5m, and was tiny"),
    ],
)
def test_another_recipe_is_refused_at_resume(
    puzzles: Path, tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    out = tmp_path / "run"
    assert new(puzzles, out, "--steps", "2").exit_code == 0
    before = snapshot(out)
    said = train("--out", out, "--resume", "--steps", "4", *arguments)
    assert said.exit_code == 2
    assert "cannot go on with other settings" in said.output
    assert named in said.output
    assert snapshot(out) == before


def test_changed_data_are_refused_at_resume(puzzles: Path, tmp_path: Path) -> None:
    data, out = tmp_path / "own.csv", tmp_path / "run"
    data.write_bytes(puzzles.read_bytes())
    assert new(data, out, "--steps", "2").exit_code == 0
    before = snapshot(out)
    data.write_text("\n".join(data.read_text().splitlines()[:-3]) + "\n")
    said = train("--out", out, "--resume", "--steps", "4")
    assert said.exit_code == 2
    assert "has changed since the run" in said.output
    assert "it had 48 puzzles and has 45" in said.output
    assert snapshot(out) == before


def snapshot(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_run_is_never_written_over(puzzles: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert new(puzzles, out, "--steps", "2").exit_code == 0
    before = snapshot(out)
    said = new(puzzles, out, "--steps", "2")
    assert said.exit_code == 2
    assert "already holds a run" in said.output
    assert snapshot(out) == before


@pytest.mark.parametrize("left", ["checkpoints", "metrics.jsonl"])
def test_what_is_left_of_a_run_is_not_written_over(
    left: str, puzzles: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    assert new(puzzles, out, "--steps", "2").exit_code == 0
    for path in list(out.iterdir()):
        if path.name in (left, ".lock"):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = snapshot(out)
    said = new(puzzles, out, "--steps", "2")
    assert said.exit_code == 2
    assert f"{out}/{left} is there, and no run.json that says of which run" in said.output
    assert snapshot(out) == before


def test_an_unwritable_folder_is_said_at_once(puzzles: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = new(puzzles, tmp_path / "file" / "run", "--steps", "2")
    assert said.exit_code == 2
    assert f"cannot write {tmp_path}/file/run (Not a directory): name a place" in said.output
    said = new(puzzles, tmp_path / "file", "--steps", "2")
    assert said.exit_code == 2
    assert f"cannot write {tmp_path}/file (a file is there, not a folder)" in said.output


def test_a_full_disk_keeps_the_last_good_checkpoint(puzzles: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert new(puzzles, out, "--steps", "3").exit_code == 0
    before = snapshot(out / "checkpoints")
    process = subprocess.run(
        [*PROGRAM, "--out", str(out), "--resume", "--steps", "6", "--track", "none"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        # Files that may not grow are as near to a full disk as a test can come without its own.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)),
    )
    errors = process.stderr
    assert process.returncode == 2, errors
    assert "Traceback" not in errors
    assert "cannot write the checkpoint" in errors
    assert "the last good one is" in errors
    assert "step-0000003" in errors
    assert snapshot(out / "checkpoints") == before


def test_too_little_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(UserError, match="are free, and about"):
        folder.check_room(2**62)


def test_a_run_without_its_checkpoints_begins_again_and_says_so(
    puzzles: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    first = new(puzzles, out, "--steps", "3")
    assert (first.exit_code, "is left" in first.output) == (0, False)
    shutil.rmtree(out / "checkpoints")
    said = train("--out", out, "--resume", "--steps", "4")
    assert said.exit_code == 0
    assert "no checkpoint is left of the 3 steps that it had made" in said.output
    assert [line["step"] for line in RunFolder(out).lines() if line["kind"] == "end"] == [4]


def test_a_damaged_checkpoint_is_said(puzzles: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert new(puzzles, out, "--steps", "4", "--save-steps", "2").exit_code == 0
    state = out / "checkpoints/step-0000004/state.safetensors"
    os.truncate(state, 100)
    said = train("--out", out, "--resume", "--steps", "6")
    assert said.exit_code == 2
    assert "is damaged" in said.output
    assert "delete it to go on from the one before" in said.output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--recipe.bach", "1"), "there is no setting 'recipe.bach': did you mean recipe.batch"),
        (("--recipe.lr", "fast"), "recipe.lr is 'fast'"),
        (("--recipe.optimizer", "sgd"), "recipe.optimizer is 'sgd'"),
        (("--wiring.cycles", "0"), "cycles is 0"),
        (("--preset", "huge"), "no preset for puzzles is called 'huge'"),
        (("--preset", "keydoor"), "no preset for puzzles is called 'keydoor'"),
        (("--stpes", "5"), "there is no option --stpes"),
        (("--recipe.lr",), "--recipe.lr has no value"),
        (("extra",), "'extra' is one word too many"),
        (("--device", "tpu"), "no device is called 'tpu'"),
        (("--threads", "0"), "0 threads are not possible: choose 1 to 1024"),
        (("--keep", "0"), "keep is 0"),
        (("--track", "paper"), "'paper' is no tracker"),
        (("--seed", "-1"), "seed -1 is not possible: choose 0 to 9007199254740991"),
        (("--test", "nothing.csv"), "nothing.csv"),
    ],
)
def test_bad_settings_are_refused_in_a_sentence(
    puzzles: Path, tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    said = train("--data", puzzles, "--out", tmp_path / "run", "--steps", "2", *arguments)
    assert said.exit_code == 2, said.output
    assert named in said.output
    assert not (tmp_path / "run" / "run.json").exists()


def test_a_new_arc_task_is_learned_by_a_trained_model(tmp_path: Path) -> None:
    first, second, task = (tmp_path / name for name in ("first", "second", "task.json"))
    learn = partial(train, puzzle="arc")
    two = "arc-1:pocket:007bbfb7,3c9b0459"
    said = learn("--data", two, "--out", first, "--steps", "3", *SMALL, "--recipe.views", "2")
    assert said.exit_code == 0, said.output
    pair = {"input": [[1, 2]], "output": [[2, 1]]}
    task.write_text(json.dumps({"train": [pair, pair], "test": [pair]}))
    alone = ("--recipe.lr", "0", "--recipe.views", "2", "--batch", "4")  # only the embeddings learn
    said = learn("--data", task, "--from", first, "--out", second, "--steps", "2", *alone)
    assert said.exit_code == 0, said.output
    before, after = (hrmkit.load(out).state_dict() for out in (first, second))
    embeddings = "puzzle_embedding.weight"
    same = {name for name in after if torch.equal(before[name], after[name])}
    assert set(after) - same == {embeddings}
    mean = before[embeddings][1:].mean(0)
    moved = (after[embeddings] - mean).abs().amax(1)
    assert 0 < moved.max() < 0.1
    assert torch.allclose(after[embeddings][0], mean)
    described = RunFolder(second).description()
    assert [part["source"] for part in described["data"]] == [str(task), two]
    assert described["trained_on"] == ["task.json", two]
    resumed = learn("--resume", "--out", second, "--steps", "3")
    assert resumed.exit_code == 0, resumed.output
    assert RunFolder(second).description()["trained_on"] == described["trained_on"]
    solved = CliRunner().invoke(app, ["solve", "arc", str(task), "--model", str(second)])
    assert "task, test 1" in solved.stdout
    for whose in ("own", "none", "swapped"):
        asked = ["eval", str(first), "--data", two, "--vote", "1", "--json", "--embeddings", whose]
        found = json.loads(CliRunner().invoke(app, asked).stdout)
        assert (found["embeddings"], found["tests"]) == (whose, 2)
    # Of the same tasks they stay what they are.
    still = ("--steps", "1", *alone, "--recipe.puzzle_lr", "0", "--out", tmp_path / "again")
    again = learn("--data", two, "--from", first, *still)
    assert again.exit_code == 0, again.output
    kept = hrmkit.load(tmp_path / "again").state_dict()
    assert torch.equal(kept[embeddings], before[embeddings])


@pytest.mark.parametrize("name", ["tiny", "tiny-attention", "trm-5m", "hrm-27m"])
def test_a_model_of_arc_knows_which_task_it_is_asked(name: str) -> None:
    plan = plan_of("arc", "arc-1", name)
    assert plan.wiring.puzzle_embedding
    assert plan.wiring.prefix >= 1
    without = plan_of("arc", "arc-1:00576224", name, {"wiring.puzzle_embedding": "false"})
    assert not without.wiring.puzzle_embedding
    assert not plan_of("sudoku", "file.csv", "tiny").wiring.puzzle_embedding


def test_settings_are_read_from_text() -> None:
    settings = {
        "wiring.halting": "none",
        "recipe.clip": "none",
        "recipe.curriculum": "[[0.3, 1, 2]]",
        "recipe.betas": "[0.9, 0.99]",
        "wiring.hierarchy": "false",
        "wiring.modules": "1",
        "wiring.gradient": "one-step",
    }
    plan = plan_of("sudoku", "file.csv", "tiny", settings)
    assert (plan.wiring.halting, plan.wiring.hierarchy) == ("none", False)
    assert (plan.recipe.clip, plan.recipe.betas) == (None, (0.9, 0.99))
    assert plan.recipe.curriculum == ((0.3, 1, 2),)
    assert plan_from(json.loads(json.dumps(asdict(plan)))) == plan


def test_a_run_needs_data_and_an_end(puzzles: Path, tmp_path: Path) -> None:
    assert "--data is missing" in train("--out", tmp_path / "run").output
    said = train("--data", puzzles, "--out", tmp_path / "run")
    assert "nothing says when to stop: give steps or minutes" in said.output


def test_fit_is_the_same_from_a_program(puzzles: Path, tmp_path: Path) -> None:
    settings = {"sizes.width": 32, "sizes.heads": 2, "sizes__inner": 64, "sizes__blocks": 1}
    model = hrmkit.fit(
        str(puzzles), out=tmp_path / "run", steps=3, batch=4, wiring__segments=2, **settings
    )
    assert model.wiring.segments == 2
    saved = hrmkit.load(tmp_path / "run" / "checkpoints" / "step-0000003")
    for name, value in saved.state_dict().items():
        assert torch.equal(value, model.state_dict()[name])
    with pytest.raises(UserError, match=r"no setting 'recipe\.step'"):
        hrmkit.fit(str(puzzles), out=tmp_path / "other", step=3)


def test_two_processes_of_torchrun_train_one_run(puzzles: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    said = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"),
            *("--master-port", "0", "--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"),
            *("-m", "hrmkit", "train", "sudoku", "--data", str(puzzles), "--out", str(out)),
            *(*SMALL, "--steps", "12", "--batch", "7"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert said.returncode == 0, said.stderr[-2000:]
    alone = tmp_path / "alone"
    assert new(puzzles, alone, "--steps", "12", "--batch", "7").exit_code == 0
    ours, theirs = (hrmkit.load(path / "checkpoints/step-0000012") for path in (out, alone))
    for name, value in ours.state_dict().items():
        assert torch.allclose(value, theirs.state_dict()[name], atol=2e-3), name
    assert [line["puzzles"] for line in lines(out, "evaluation")] == [48]
