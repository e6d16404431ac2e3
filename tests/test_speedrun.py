"""An attempt at the record: its marks, its pieces, its shards, and the model that is shipped."""

import importlib.util
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.model.checkpoint import load, metadata_of
from hrmkit.model.shipped import shipped
from hrmkit.puzzles.files import load_puzzles, save_puzzles
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.maze import newspaper
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.puzzles.sudoku.generator import make_sudokus_with_blanks
from hrmkit.runs.folder import RunFolder
from hrmkit.runs.plan import plan_of
from hrmkit.solving.evaluate import Proportion, evaluate
from hrmkit.solving.evaluate_arc import ArcEvaluation, ArcScore
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import ABILITIES, SOLVED, load_model
from tiny_run import tiny_run
from tiny_solver import write_csv

BENCH = Path(__file__).parent.parent / "bench" / "speedrun"

SETTINGS = """
puzzle = "sudoku"
preset = "tiny"
seed = 0
threads = 1
marks = [0.0, 1.1]
until = "end"

[data]
train = "four.csv"
test = "other.csv"

[settings]
"recipe.steps" = 6
"recipe.batch" = 8
"recipe.ema_decay" = 0.5
"sizes.width" = 32
"sizes.inner" = 64

[options]
evaluate_steps = 2
save_steps = 2
report_seconds = 0.001
test_puzzles = 8
"""


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"speedrun_{name}", BENCH / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


run, shards, ship = script("run"), script("shards"), script("ship")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of settings beside its puzzles; the program starts beside them."""
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "four.csv")
    lines = (tmp_path / "four.csv").read_text().splitlines()
    (tmp_path / "four.csv").write_text("\n".join(lines[:61]) + "\n")
    (tmp_path / "other.csv").write_text("\n".join([lines[0], *lines[61:]]) + "\n")
    (tmp_path / "small.toml").write_text(SETTINGS)
    return tmp_path / "small.toml"


def evaluations(out: Path) -> list[dict[str, object]]:
    return [line for line in RunFolder(out / "run").lines() if line["kind"] == "evaluation"]


def test_an_attempt_in_pieces_ends_as_one_that_was_not_cut(settings: Path, tmp_path: Path) -> None:
    attempt = run.read(settings)
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    assert run.attempt_piece(attempt, whole, 10, "cpu") == "steps"
    whys = []
    while not whys or whys[-1] == "interrupted":
        whys.append(run.attempt_piece(attempt, pieces, 1e-9, "cpu"))
    assert len(whys) > 2
    ends = [load(RunFolder(out / "run").newest() or "").state_dict() for out in (whole, pieces)]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
    there = run.reached(RunFolder(pieces / "run"), attempt.marks)
    assert list(there) == [0.0]
    assert there[0.0] == evaluations(pieces)[0]


def test_an_attempt_may_end_at_its_last_mark(settings: Path, tmp_path: Path) -> None:
    said = SETTINGS.replace("[0.0, 1.1]", "[0.0]").replace('"end"', '"marks"')
    settings.write_text(said)
    attempt = run.read(settings)
    assert run.attempt_piece(attempt, tmp_path / "out", 10, "cpu") == "interrupted"
    assert len(evaluations(tmp_path / "out")) == 1


def test_puzzles_are_made_once_and_joined(settings: Path, tmp_path: Path) -> None:
    parts = '["--blanks 3 --count 6 --test-count 2", "--blanks 5 --count 4 --test-count 3"]'
    made = f'"train.csv.gz"\nmake = {parts}'
    settings.write_text(SETTINGS.replace('"four.csv"', made).replace("other.csv", "test.csv.gz"))
    attempt = run.read(settings)
    train, test = run.made(attempt, tmp_path / "data")
    assert len(load_puzzles("sudoku", train).rows) == 10
    assert len(load_puzzles("sudoku", test).rows) == 5
    before = Path(train).stat().st_mtime_ns
    assert run.made(attempt, tmp_path / "data") == (train, test)
    assert Path(train).stat().st_mtime_ns == before


def test_fewer_may_be_taken_and_easy_ones_of_a_published_set_come_beside_them(
    settings: Path, tmp_path: Path
) -> None:
    parts = '["--blanks 3 --count 6 --test-count 2", "--blanks 5 --count 4 --test-count 3"]'
    others = make_sudokus_with_blanks(WorkShare(9, 0, 0, 3), 7, 7)
    rated = [replace(row, rating=rating) for row, rating in zip(others, (1, 2, 3), strict=True)]
    save_puzzles(tmp_path / "published.csv", rated)
    beside = '{ source = "published.csv", rating = 2, times = 3 }'
    made = f'"train.csv.gz"\nmake = {parts}\ntake = [5, 1]\npublished = {beside}'
    settings.write_text(SETTINGS.replace('"four.csv"', made).replace("other.csv", "test.csv.gz"))
    train, test = run.made(run.read(settings), tmp_path / "data")
    found = load_puzzles("sudoku", train)
    assert len(found.rows) == 5 + 1 + 3 * 2
    texts = [found.puzzle.decode(grid) for grid in as_grids(found.rows.given)]
    assert texts[6:] == 3 * [row.question for row in others[:2]]
    assert len(load_puzzles("sudoku", test).rows) == 5


@pytest.mark.parametrize("broken", ["marks = [0.0, 1.1]", "[data]", "seed = 0"])
def test_settings_that_are_not_whole_are_refused(settings: Path, broken: str) -> None:
    settings.write_text(SETTINGS.replace(broken, "", 1))
    with pytest.raises(UserError, match=r"small\.toml is no file of settings"):
        run.read(settings)
    for text in (b"\xff\xfe\x00", b"x = " + b"[" * 100_000):
        settings.write_bytes(text)
        with pytest.raises(UserError, match=r"small\.toml is no file of settings"):
            run.read(settings)
    settings.write_text(SETTINGS.replace(broken, f"{broken}\nunknown = 1" if "=" in broken else ""))
    with pytest.raises(UserError, match=r"small\.toml is no file of settings"):
        run.read(settings)


@pytest.mark.parametrize("path", sorted(BENCH.glob("*.toml")), ids=lambda path: path.stem)
def test_every_attempt_trains_if_it_is_made_small(path: Path, tmp_path: Path) -> None:
    attempt = run.read(path)
    share = WorkShare(3, 0, 0, 12)
    makers = {
        "sudoku": partial(make_sudokus_with_blanks, share, 5, 10),
        "maze": partial(newspaper.make_mazes, share, 7, 7),
    }
    rows = makers[attempt.puzzle]()
    for name, part in (("train.csv.gz", rows[:8]), ("test.csv.gz", rows[8:])):
        save_puzzles(tmp_path / name, part)
    small = {"sizes.width": 16, "sizes.heads": 2, "sizes.inner": 16, "recipe.batch": 4}
    # What it begins with comes with the package, or another attempt's settings train it.
    begins = attempt.init_from is None or attempt.init_from in shipped()
    assert begins or (BENCH / f"{Path(attempt.init_from).parent.name}.toml").is_file()
    attempt = replace(
        attempt,
        init_from=None,
        train=str(tmp_path / "train.csv.gz"),
        test=str(tmp_path / "test.csv.gz"),
        make=(),
        compiled=False,
        settings={**attempt.settings, **small, "recipe.steps": 10, "recipe.warm_up": 2},
        options=replace(attempt.options, evaluate_steps=5),
    )
    assert run.attempt_piece(attempt, tmp_path / "out", 10, "cpu") == "steps"
    assert len(evaluations(tmp_path / "out")) == 2
    assert all(0 < mark < 1 for mark in attempt.marks)


def test_a_run_goes_on_from_its_shards(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = run.read(settings)
    run.attempt_piece(attempt, tmp_path / "out", 1e-9, "cpu")
    newest = RunFolder(tmp_path / "out" / "run").newest()
    assert newest
    files = shards.split(tmp_path / "out" / "run", tmp_path / "shards", shard_bytes=100_000)
    assert len(files) > 1
    assert max(path.stat().st_size for path in files) <= 100_000
    with monkeypatch.context() as patch:
        patch.setattr(shards, "load_file", None)  # what fails in between leaves nothing behind
        with pytest.raises(TypeError):
            shards.join(tmp_path / "shards", tmp_path / "carried" / "run")
    assert not list((tmp_path / "carried").iterdir())
    joined = shards.join(tmp_path / "shards", tmp_path / "carried" / "run")
    assert joined.name == newest.name
    before, after = (RunFolder(folder.parents[1]).load(folder) for folder in (newest, joined))
    assert before.learned.keys() == after.learned.keys()
    assert before.tensors.keys() == after.tensors.keys()
    for name, tensor in before.tensors.items():
        assert after.tensors[name].dtype == tensor.dtype
        if not name.startswith("rows/"):
            assert torch.equal(tensor, after.tensors[name])
    assert after.tensors["rows/halted"].all()  # so each row takes its next puzzle
    assert run.attempt_piece(attempt, tmp_path / "carried", 10, "cpu") == "steps"
    with pytest.raises(UserError, match="is there already"):
        shards.join(tmp_path / "shards", tmp_path / "carried" / "run")
    files[0].write_bytes(b"\0" + files[0].read_bytes()[1:])
    with pytest.raises(UserError, match="are damaged"):
        shards.join(tmp_path / "shards", tmp_path / "new")
    files[1].unlink()
    with pytest.raises(UserError, match="not a folder of whole shards"):
        shards.join(tmp_path / "shards", tmp_path / "new")


def test_shards_may_hold_the_moments_in_bfloat16(settings: Path, tmp_path: Path) -> None:
    attempt = run.read(settings)
    run.attempt_piece(attempt, tmp_path / "out", 1e-9, "cpu")
    source = tmp_path / "out" / "run"
    sizes = {
        moments: sum(
            path.stat().st_size
            for path in shards.split(source, tmp_path / str(moments), moments=moments)
        )
        for moments in (torch.float32, torch.bfloat16)
    }
    before = RunFolder(source).load(RunFolder(source).newest()).tensors
    joined = shards.join(tmp_path / "torch.bfloat16", tmp_path / "carried" / "run")
    after = RunFolder(tmp_path / "carried" / "run").load(joined).tensors
    moments = [name for name in before if "exp_avg" in name]
    saved = sum(before[name].numel() * 2 for name in moments)
    assert saved > 0.2 * sizes[torch.float32]
    assert sizes[torch.float32] - sizes[torch.bfloat16] == pytest.approx(saved, rel=0.02)
    for name, tensor in before.items():
        assert after[name].dtype == tensor.dtype
        if name in moments:
            assert torch.equal(after[name], tensor.bfloat16().float())
        elif not name.startswith("rows/"):
            assert torch.equal(after[name], tensor)
    assert run.attempt_piece(attempt, tmp_path / "carried", 10, "cpu") == "steps"


def test_what_carrying_costs_is_measured(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    measuring = script("carried")
    attempt = run.read(settings)
    plan = plan_of("sudoku", "four.csv", "tiny", attempt.settings, test="other.csv")
    measuring.train(plan, tmp_path / "whole", 6)
    alone = measuring.carried(plan, tmp_path / "alone", 1, torch.float32)
    assert alone == measuring.exact(tmp_path / "whole")
    measuring.carried(plan, tmp_path / "parts", 3, torch.bfloat16)
    for piece in (1, 2, 3):
        assert RunFolder(tmp_path / "parts" / f"piece-{piece}").steps()[-1] == 2 * piece


def test_what_is_shipped_says_what_was_measured(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.attempt_piece(run.read(settings), tmp_path / "out", 10, "cpu")
    arguments = [
        *("ship.py", str(tmp_path / "out" / "run"), "small", "--settings", str(settings)),
        *("--machine", "a test's machine", "--to", str(tmp_path / "weights")),
        *("--test", "the others=other.csv", "--test", "the others again=other.csv"),
        *("--say", "the others", "--say", "the others again", "--views", "2"),
        *("--segments", "9"),
    ]
    monkeypatch.setattr(sys, "argv", arguments)
    ship.main()
    folder = tmp_path / "weights" / "small"
    model = load(folder)
    for value in model.state_dict().values():
        assert torch.equal(value, value.bfloat16().float())
    card = (folder / "README.md").read_text()
    assert model.wiring.segments == 9
    assert "at most 9 segments" in " ".join(card.split())
    others = load_puzzles("sudoku", "other.csv")
    found, looked = (
        evaluate(model, others, InferenceSettings(views=views, until_valid=True))
        for views in (1, 2)
    )
    assert f"| the others (60) | {found.valid.share:.4f} | {found.valid.low:.4f} to" in card
    assert f"{looked.valid.high:.4f} | {looked.mean_segments:.2f} |\n" in card
    assert load_model(folder).views == 2
    assert "a test's machine" in card
    assert '"recipe.steps" = 6' in card
    said = metadata_of(folder)[ABILITIES]
    share = f"{looked.valid.share:.1%}"
    assert said == (
        f"measured to solve {share} of the others and {share} of the others again, in up to 2 views"
    )
    assert said in " ".join(card.split())
    assert "began with" not in card
    monkeypatch.setattr(sys, "argv", [*arguments, "--test", "learned=four.csv"])
    with pytest.raises(UserError, match="what the model was trained on"):
        ship.main()


def test_a_model_that_began_with_another_tells_of_it(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.attempt_piece(run.read(settings), tmp_path / "first", 10, "cpu")
    settings.write_text(f'init_from = "{tmp_path / "first" / "run"}"\n{SETTINGS}')
    attempt = run.read(settings)
    lines = Path("other.csv").read_text().splitlines()
    for name, rows in (("second.csv", lines[1:41]), ("new.csv", lines[41:])):
        Path(name).write_text("\n".join([lines[0], *rows]) + "\n")
    attempt = replace(attempt, train="second.csv", test="four.csv")
    run.attempt_piece(attempt, tmp_path / "second", 10, "cpu")
    arguments = ["ship.py", str(tmp_path / "second" / "run"), "further", "--settings"]
    arguments += [str(settings), "--machine", "a machine", "--to", str(tmp_path / "weights")]
    # What the first has learned from is no test for the second.
    monkeypatch.setattr(sys, "argv", [*arguments, "--test", "the first's=four.csv"])
    with pytest.raises(UserError, match="what the model was trained on"):
        ship.main()
    monkeypatch.setattr(sys, "argv", [*arguments, "--test", "new ones=new.csv"])
    ship.main()
    card = " ".join((tmp_path / "weights" / "further" / "README.md").read_text().split())
    assert "the weights of first, which had learned from 60 puzzles" in card
    assert ship.began({"plan": {}, "data": [{"rows": 40}]}) == ""  # described by an older version
    assert ship.began({"plan": {"init_from": "x"}, "data": [{"rows": 40}]}).endswith(
        "weights of x."
    )
    assert "40 puzzles that `hrmkit data` made" in card
    assert "new ones (20)" in card


def test_curves_are_a_runs_own_evaluations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_run(tmp_path / "first", steps=20)
    curves = script("curves")
    curve = curves.curve_of(tmp_path / "first")
    measured = [
        line for line in RunFolder(tmp_path / "first").lines() if line["kind"] == "evaluation"
    ]
    assert curve.exact == [pytest.approx(line["exact"]) for line in measured]
    assert curve.minutes == sorted(curve.minutes)
    assert 0 < curve.minutes[-1] <= curve.end * 1.01
    picture = curves.drawn([curve, curve], stages=True)
    assert picture.startswith(b"<?xml")
    assert picture == curves.drawn([curve, curve], stages=True)
    for out, folder, why in (
        ("curves.svg", tmp_path, "no run"),
        ("first/run.json", tmp_path / "first", "is not a picture of curves"),
    ):
        called = ["curves.py", str(folder), "--out", str(tmp_path / out)]
        monkeypatch.setattr(sys, "argv", called)
        with pytest.raises(UserError, match=why):
            curves.main()


def test_what_an_arc_model_solves_is_kept_beside_its_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ship", ship)
    share = Proportion(2, 8, 0.25, 0.1, 0.5)
    score = ArcScore(share, share, 0.25, 0.25, 0.25)
    solved = ("6ea4a07e:2", "bbb1b8b6:1")
    own = ArcEvaluation(
        "arc-1:pocket", "", 6, 8, 80, score, 1.0, 1.0, 80.0, InferenceSettings(), solved
    )
    noted = script("ship_arc").noted_of(own, "arc-1:pocket")
    assert noted[SOLVED] == list(solved)
    assert "25.0% of the 8 tests" in noted[ABILITIES]
