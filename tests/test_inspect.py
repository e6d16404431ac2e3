"""What is seen inside a model: measured, written, drawn; and how the verb ends."""

import csv
import json
import runpy
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.experiments.inspect import watch as watching
from hrmkit.experiments.inspect.measure import convergence_of, dimensions_of, ratio_of_samples
from hrmkit.experiments.inspect.run import Inspection, InspectSettings, inspect
from hrmkit.experiments.inspect.watch import Moments, Watching, readings
from hrmkit.model.assemble import assemble
from hrmkit.model.checkpoint import save
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.steps import ladder_sizes, wiring_of_step
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.progress import silent
from hrmkit.puzzles.puzzle import IGNORED
from hrmkit.recording.calls import calls_of
from hrmkit.solving.evaluate import evaluate
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.thinking import ask, thinking
from tiny_solver import FOUR, data, save_run, trained, write_csv

ROOT = Path(__file__).parent.parent
FILES = {
    *("README.md", "inside.json", "residuals.csv", "paths.csv", "dimensions.csv", "answers.csv"),
    *("puzzles.csv", "exact.csv", "residuals.svg", "path.svg", "paths.svg", "dimensions.svg"),
    "exact.svg",
}


def solver() -> PuzzleHRM:
    """The trained one, exact enough that it does not matter how puzzles are batched."""
    model = copy(trained())
    model.compute_dtype = torch.float32
    return model


def two_modules(low_calls: int = 3) -> PuzzleHRM:
    """H and L, untrained, in the tokens of `FOUR`."""
    wiring = replace(wiring_of_step(7), segments=3, low_calls=low_calls)
    model = assemble(wiring, ladder_sizes(wiring), PuzzleInterface(vocab=6, tokens=16), 5)
    model.compute_dtype = torch.float32
    return model.eval()


def table(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def watched(model: PuzzleHRM, count: int, ways: int = 2) -> watching.Watched:
    return Watching(model).watch(data()[1].rows[:count], ways, "", silent)


def test_what_is_seen_is_what_the_model_did() -> None:
    model, rows = two_modules(), data()[1].rows[:9]
    seen = watched(model, 9)
    assert len(seen) == 9
    carry = model.initial_carry(PuzzleBatch(rows.given, rows.puzzle_ids))
    with calls_of(model) as calls:
        answers = [thought.tokens for thought in thinking(model, rows)]
    for module, state in (("H", carry.high), ("L", carry.low)):
        before = state
        for number, call in enumerate(call for call in calls if call.module == module):
            moved = (call.after - before).flatten(1).norm(dim=1) / call.after.flatten(1).norm(dim=1)
            assert seen.residuals[module][:, number].numpy() == pytest.approx(
                moved.numpy(), rel=1e-4
            )
            before = call.after
        assert torch.allclose(seen.ends[module], before.flatten(1), atol=1e-5)
        assert torch.allclose(seen.ways[1][module][-1], before[1].flatten(), atol=1e-5)
    # Read twice a segment, after each call of H; the last reading is the segment's answer.
    assert readings(model.wiring) == [3, 7]
    assert torch.equal(seen.answers[:, 1::2], torch.stack(answers, dim=1))


def test_batches_do_not_show() -> None:
    model = two_modules()
    whole, parts = Watching(model), Watching(model)
    rows = data()[1].rows[:7]
    whole.seen = whole.one_batch(rows, 7)
    for at in range(0, 7, 3):
        seen = parts.one_batch(rows[at : at + 3], 7)
        parts.seen = parts.seen.joined(seen) if parts.seen else seen
    assert parts.seen is not None
    for one, other in zip(dimensions_of(whole.seen), dimensions_of(parts.seen), strict=True):
        assert (one.cells, one.cells_always, one.puzzles) == pytest.approx(
            (other.cells, other.cells_always, other.puzzles), rel=1e-4
        )
    assert torch.equal(whole.seen.answers, parts.seen.answers)


def test_moments_are_the_covariance() -> None:
    drawn = torch.randn(5, 4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    joined = Moments.of(drawn[:2]).joined(Moments.of(drawn[2:]))
    assert torch.allclose(joined.covariance(), drawn.reshape(20, 3).T.cov(correction=0))
    # The products of samples have the eigenvalues of their covariance.
    flat = drawn.flatten(1)
    spectrum = torch.linalg.eigvalsh(flat.T.cov()).clamp(min=0)
    assert ratio_of_samples(flat) == pytest.approx(
        float(spectrum.sum() ** 2 / spectrum.square().sum())
    )


def falling(*, low: list[float], high: list[float]) -> watching.Watched:
    """Something that was watched, with these residuals."""
    seen = watched(two_modules(), 1)
    return replace(
        seen,
        residuals={
            "H": torch.tensor([high], dtype=torch.float64),
            "L": torch.tensor([low], dtype=torch.float64),
        },
    )


def test_convergence_within_a_cycle_and_at_its_end() -> None:
    wiring = two_modules().wiring
    assert (wiring.cycles, wiring.low_calls) == (2, 3)
    low = [8.0, 4.0, 2.0] * 2 + [4.0, 2.0, 1.0] * 4
    seen = falling(low=low, high=[6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    high, fast = convergence_of(seen, wiring, torch.tensor([True]))
    assert fast.within_cycle == pytest.approx(0.25)
    assert fast.at_reset == pytest.approx((4 * 2 * 4 * 4 * 4) ** (1 / 5))
    assert high.within_cycle is None
    assert (high.falling, high.first, high.last) == (1, 5, 1)
    assert high.by_segment == pytest.approx((5.5, 3.5, 1.5))
    assert convergence_of(seen, wiring, torch.tensor([False])) == ()


@pytest.fixture(scope="module")
def found() -> Inspection:
    """The trained model, looked into."""
    settings = InspectSettings(limit=40, twins=2, ways=3, seed=4)
    return inspect(solver(), data()[1], settings, lambda _: None)


def test_exact_is_what_eval_measures(found: Inspection) -> None:
    assert found.exactness is not None
    measured = evaluate(solver(), found.data, InferenceSettings(halt=False))
    assert [one.share for one in found.exactness.by_segment] == pytest.approx(measured.by_segment)
    assert [(one.easiest, one.hardest) for one in found.exactness.by_difficulty] == [
        (one.easiest, one.hardest) for one in measured.by_difficulty
    ]
    for one, other in zip(found.exactness.by_difficulty, measured.by_difficulty, strict=True):
        assert one.exact[-1] == other.exact
    answers = ask(solver(), found.data.rows).tokens
    each = len(readings(solver().wiring))
    assert torch.equal(found.watched.answers[:, each - 1 :: each], answers.transpose(0, 1))


def test_a_model_without_hierarchy_has_one_state(found: Inspection) -> None:
    assert [one.module for one in found.dimensions] == ["L"]
    assert {one.module for one in found.residuals} == {"L"}
    assert [one.at for one in found.residuals][:3] == pytest.approx([1 / 3, 2 / 3, 1])


def test_the_seed_draws_puzzles_and_twins(found: Inspection) -> None:
    assert len(set(found.numbers)) == 40
    assert list(found.numbers) == sorted(found.numbers)
    assert [twin.seed for twin in found.twins] == [4, 5]
    assert found.twins[0].dimensions != found.twins[1].dimensions
    again = inspect(solver(), data()[1], replace(found.settings, twins=1), lambda _: None)
    assert again.numbers == found.numbers
    assert again.dimensions == found.dimensions
    assert again.twins == found.twins[:1]
    other = inspect(solver(), data()[1], InspectSettings(40, twins=0, seed=5), lambda _: None)
    assert other.numbers != found.numbers


def test_learning_changes_in_how_many_dimensions_states_vary(found: Inspection) -> None:
    (mine,) = found.dimensions
    assert all(twin.dimensions[0].cells > mine.cells for twin in found.twins)


def test_answers_that_nobody_knows_are_not_judged() -> None:
    labelled = data()[1]
    rows = replace(labelled.rows, solution=torch.full_like(labelled.rows.solution, IGNORED))
    unknown = replace(labelled, rows=rows)
    found = inspect(solver(), unknown, InspectSettings(8, twins=0), lambda _: None)
    assert found.exactness is None
    assert found.convergence_solved == found.convergence_unsolved == ()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    save_run(tmp_path / "run")
    save(two_modules(), tmp_path / "two", {"puzzle": "sudoku"})
    write_csv(tmp_path / "four.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*words: str) -> Any:
    result = CliRunner().invoke(app, ["inspect", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("model", ["run", "two"])
def test_everything_is_written(run: Path, model: str) -> None:
    call = (model, "--data", "four.csv", "--out", "in", "--limit", "20", "--ways", "2")
    result = said(*call, "--seed", "3")
    assert result.exit_code == 0, result.output
    folder = run / "in"
    assert {path.name for path in folder.iterdir()} == FILES
    summary = json.loads((folder / "inside.json").read_text())
    assert (summary["puzzles"], summary["settings"]["seed"]) == (20, 3)
    states = ["H", "L"] if model == "two" else ["L"]
    assert [one["module"] for one in summary["dimensions"]] == states
    calls = {"run": {"L": 12}, "two": {"L": 18, "H": 6}}[model]
    rows = table(folder / "residuals.csv")
    assert {one: sum(row["module"] == one for row in rows) for one in states} == calls
    assert all(float(row["low"]) <= float(row["median"]) <= float(row["high"]) for row in rows)
    assert len(table(folder / "paths.csv")) == 2 * sum(calls.values())
    dimensions = table(folder / "dimensions.csv")
    assert {row["weights"] for row in dimensions} == {"trained", "untrained"}
    assert {row["samples"] for row in dimensions} == {"cells", "cells, every call", "puzzles"}
    answers = table(folder / "answers.csv")
    read = {"run": 12, "two": 6}[model]
    assert len(answers) == 20 * read
    last = [row for i, row in enumerate(answers) if i % read == read - 1]
    puzzles = table(folder / "puzzles.csv")
    assert [row["wrong"] == "0" for row in last] == [row["exact"] == "True" for row in puzzles]
    assert FOUR.encode(answers[0]["answer"])
    guide = (folder / "README.md").read_text()
    assert all(f"`{name}`" in guide for name in FILES if name.endswith((".csv", ".json")))


def test_the_same_call_writes_the_same_bytes(run: Path) -> None:
    for out in ("one", "other"):
        call = ("run", "--data", "four.csv", "--out", out, "--limit", "12")
        assert said(*call).exit_code == 0
    for name in FILES:
        assert (run / "one" / name).read_bytes() == (run / "other" / name).read_bytes(), name


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_not_its_own_is_not_replaced(run: Path, name: str) -> None:
    own = run / "notes" / name
    own.parent.mkdir()
    own.write_text("mine\n")
    result = said("run", "--data", "four.csv", "--out", "notes", "--limit", "8")
    assert result.exit_code == 2
    assert f"{name} is not by hrmkit inspect, which would replace it" in result.output
    assert [file.name for file in own.parent.iterdir()] == [name]
    assert own.read_text() == "mine\n"


@pytest.mark.usefixtures("run")
def test_json_is_the_summary() -> None:
    result = said("run", "--data", "four.csv", "--out", "in", "--limit", "8", "--json")
    assert json.loads(result.stdout) == json.loads(Path("in/inside.json").read_text())


def test_questions_alone_are_answered_by_rule_or_left_out(run: Path) -> None:
    questions = [row["question"] for row in table(run / "four.csv")][:6]
    several = "." * 16
    (run / "some.csv").write_text("\n".join(["question", *questions, several]) + "\n")
    result = said("run", "--data", "some.csv", "--out", "in", "--twins", "0")
    assert result.exit_code == 0, result.output
    assert " of 6;" in result.stdout
    assert "left out   1, whose answers are not known" in result.stdout
    assert {path.name for path in Path("in").iterdir()} == FILES
    assert [row["exact"] for row in table(Path("in/puzzles.csv"))][6] == ""
    (summary,) = [line for line in result.stdout.splitlines() if line.startswith("data")]
    assert ": 7 of sudoku" in summary


@pytest.mark.usefixtures("run")
def test_where_no_answer_is_known_that_is_said_and_the_rest_is_written() -> None:
    Path("none.csv").write_text("question,answer\n" + f"{'.' * 16},\n" * 3)
    Path("in").mkdir()
    Path("in/README.md").write_text("# Inside a model\n")
    Path("in/exact.svg").write_text("of an earlier inspection, whose answers were known")
    result = said("run", "--data", "none.csv", "--out", "in", "--twins", "0")
    assert result.exit_code == 0, result.output
    assert "exact      left out: no answer is known" in result.stdout
    assert {path.name for path in Path("in").iterdir()} == FILES - {"exact.svg"}
    assert table(Path("in/exact.csv")) == []


@pytest.mark.usefixtures("run")
def test_a_question_without_an_answer_is_a_bad_row() -> None:
    Path("bad.csv").write_text(f"question\n{'.' * 16}\n11{'.' * 14}\n")
    result = said("run", "--data", "bad.csv", "--out", "in")
    assert result.exit_code == 2
    assert "bad.csv, line 3: the question '11" in result.stderr
    assert "has no one answer" in result.stderr
    assert said("run", "--data", "bad.csv", "--out", "in", "--skip-bad").exit_code == 0


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--limit", "0"), "a limit of 0 puzzles is not possible"),
        (("--twins", "-1"), "-1 untrained twins are not possible"),
        (("--ways", "0"), "the ways of 0 puzzles are not possible"),
        (("--seed", "-3"), "seed -3 is not possible"),
        (("--segments", "0"), "0 segments are not possible"),
        (("--dtype", "float8"), "no dtype is called 'float8'"),
        (("--data", "nothing.csv"), "nothing.csv"),
        (("--out", "four.csv"), "cannot write four.csv"),
    ],
)
def test_what_cannot_be_is_said(words: tuple[str, ...], complaint: str) -> None:
    asked = {"--data": "four.csv", "--out": "in", **dict([words])}
    result = said("run", *(word for pair in asked.items() for word in pair))
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1


def test_puzzles_of_another_kind_are_said() -> None:
    rows = data()[1].rows[:0]
    with pytest.raises(UserError, match="holds no puzzles"):
        inspect(solver(), replace(data()[1], rows=rows), InspectSettings(), lambda _: None)


def test_after_ctrl_c_what_was_seen_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Inspection] = []
    monkeypatch.setattr(watching, "rows_for", lambda _: 5)

    def stop(what: str, done: int, of: int) -> None:
        if what == "thinking" and done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        inspect(solver(), data()[1], InspectSettings(30), written.append, stop)
    (partly,) = written
    assert (len(partly.watched), len(partly.numbers), partly.wanted) == (10, 10, 30)


@pytest.mark.usefixtures("run")
def test_ctrl_c_in_a_twin_leaves_all_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hrmkit.experiments.inspect.run.twin_of", stop)
    result = said("run", "--data", "four.csv", "--out", "in", "--limit", "8")
    assert result.exit_code == 130
    assert {path.name for path in Path("in").iterdir()} == FILES


@pytest.mark.usefixtures("run")
def test_several_seeds_make_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ratios: list[float] = []
    for seed in ("0", "1"):
        call = ("two", "--data", "four.csv", "--out", seed, "--limit", "6", "--seed", seed)
        assert said(*call).exit_code == 0
        found = json.loads((Path(seed) / "inside.json").read_text())["dimensions"]
        ratios.append(found[0]["cells"] / found[1]["cells"])
    monkeypatch.setattr("sys.argv", ["inside.py", "0", "1"])
    runpy.run_path(str(ROOT / "bench" / "inside.py"), run_name="__main__")
    shown = capsys.readouterr().out
    assert "Seeds 0, 1; 6 puzzles each" in shown
    line = next(line for line in shown.splitlines() if line.startswith("| trained | cells |"))
    low, high = sorted(ratios)
    assert line.endswith(f"| {sum(ratios) / 2:.2f} ({low:.2f} to {high:.2f}) |")
