"""A run's folder, read into a recording: whole, growing, cut off, and broken."""

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.recording.board import board_of
from hrmkit.recording.file import dumps, load, loads, save
from hrmkit.recording.run import recorder as reading
from hrmkit.recording.run.recorder import RunReader, Thinned, read_run
from tiny_run import tiny_run

STEPS = 20


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    tiny_run(folder, STEPS)
    return folder


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(trained, tmp_path / "run"))


def said(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def write(folder: Path, lines: list[dict[str, Any]]) -> None:
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def watched_line(answer: list[int], q_halt: list[float], used: int) -> str:
    line = {
        "kind": "watched",
        "step": 1,
        "answers": [answer],
        "q_halt": q_halt,
        "segments_used": used,
    }
    return json.dumps(line)


def test_every_number_of_the_folder_is_in_the_recording(run: Path) -> None:
    recording = read_run(run)
    lines = said(run)
    train = [line for line in lines if line["kind"] == "train"]
    assert [point.step for point in recording.train] == [line["step"] for line in train]
    assert [point.loss for point in recording.train] == pytest.approx(
        [line["loss"] for line in train]
    )
    evaluations = [line for line in lines if line["kind"] == "evaluation"]
    assert [one.by_segment for one in recording.evaluations] == [
        pytest.approx(tuple(line["by_segment"])) for line in evaluations
    ]
    views = [line for line in lines if line["kind"] == "watched"]
    assert recording.watched is not None
    assert [list(map(list, view.answers)) for view in recording.watched.views] == [
        view["answers"] for view in views
    ]
    assert recording.end is not None
    assert (recording.end.step, recording.end.why) == (STEPS, "steps")
    about = json.loads((run / "run.json").read_text())
    assert recording.model.parameters == about["parameters"]
    assert recording.steps == STEPS
    assert {setting.name: setting.value for setting in recording.recipe}["rate"] == "0.003"


def test_it_is_saved_and_loaded_and_the_hash_is_its_own(run: Path, tmp_path: Path) -> None:
    recording = read_run(run)
    save(recording, tmp_path / "run.hrm.json.gz")
    assert load(tmp_path / "run.hrm.json.gz") == recording
    changed = recording.model_copy(update={"seed": 7})
    with pytest.raises(UserError, match="do not match its hash"):
        loads(dumps(changed), "changed")


def test_a_last_line_that_is_half_written_is_left_out(run: Path) -> None:
    metrics = run / "metrics.jsonl"
    whole = metrics.read_bytes()
    ended = read_run(run)
    metrics.write_bytes(whole[:-10])
    cut = read_run(run)
    assert cut.end is None
    assert cut.train == ended.train


def test_a_reader_follows_a_growing_file_as_if_it_read_it_at_once(run: Path) -> None:
    metrics = run / "metrics.jsonl"
    whole = metrics.read_bytes()
    metrics.unlink()
    reader = RunReader(run)
    assert reader.recording().train == ()
    for end in range(0, len(whole), 700):
        metrics.write_bytes(whole[:end])
        now = reader.recording()
    metrics.write_bytes(whole)
    now = reader.recording()
    assert now.model_copy(update={"hash": read_run(run).hash}) == read_run(run)


def test_a_resumed_run_is_read_anew(run: Path) -> None:
    lines = said(run)
    reader = RunReader(run)
    assert reader.recording().end is not None
    kept = [line for line in lines if line["kind"] != "end" and line["step"] <= 10]
    write(run, kept)
    assert reader.recording().end is None
    again = [*kept, {**kept[-1], "kind": "train", "step": 11, "loss": 0.5}]
    write(run, again)
    assert [point.step for point in reader.recording().train] == [*range(1, 11), 11]
    # What follows an end takes it back: the run goes on.
    write(run, [*lines, {"kind": "train", "step": STEPS + 1, "loss": 0.5}])
    assert reader.recording().end is None


def test_a_run_that_has_measured_nothing_yet_is_a_recording(run: Path) -> None:
    (run / "metrics.jsonl").unlink()
    recording = read_run(run)
    assert (recording.train, recording.evaluations, recording.end) == ((), (), None)
    assert recording.watched is not None
    assert recording.watched.views == ()


def test_what_is_no_number_is_null(run: Path) -> None:
    lines = said(run)
    lines[1]["loss"] = float("nan")
    lines[1]["norm"] = float("inf")
    write(run, [*lines[:-1], {"kind": "end", "step": STEPS, "why": "nan"}])
    recording = loads(dumps(read_run(run)), "nan")
    assert recording.kind == "run"
    assert (recording.train[0].loss, recording.train[0].norm) == (None, None)


def test_lines_of_other_kinds_and_other_fields_are_passed_over(run: Path) -> None:
    before = read_run(run)
    lines = [{**line, "added": 1} for line in said(run)]
    write(run, [{"kind": "checkpoint", "step": 0}, *lines])
    assert read_run(run) == before


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["nonsense"], "metrics.jsonl, line 1, is not valid JSON"),
        (["[1]"], "line 1, is not a JSON object"),
        (['{"kind": "train", "step": -1}'], "line 1, is damaged at step"),
        (['{"kind": "train"}'], "line 1, is damaged at step"),
        (['{"kind": "train", "step": 1, "loss": "x"}'], "line 1, is damaged at loss"),
        (
            ['{"kind": "train", "step": 2}', '{"kind": "train", "step": 1}'],
            "line 2, goes back from step 2 to 1",
        ),
        (['{"kind": "end", "step": 1, "why": "tired"}'], "line 1, is damaged at why"),
        (
            ['{"kind": "evaluation", "step": 1, "puzzles": 0, "exact": 0, "by_segment": [0]}'],
            "line 1, is damaged at puzzles",
        ),
        (
            [watched_line([1], [0], 1)],
            "line 1, an answer has 1 cells where 16 belong",
        ),
        (
            [watched_line([9] * 16, [0], 1)],
            "line 1, an answer has the token 9: 0 to 5 exist",
        ),
        (
            [watched_line([1] * 16, [], 1)],
            "has 1 answers and 0 values of q_halt",
        ),
        (
            [watched_line([1] * 16, [0], 2)],
            "says that 2 of 1 were used",
        ),
    ],
)
def test_a_broken_line_is_named(run: Path, lines: list[str], complaint: str) -> None:
    (run / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.raises(UserError) as caught:
        read_run(run)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (None, "holds no run.json"),
        ("", "is not valid JSON"),
        ("[]", "holds no JSON object"),
        ({"format": "hrmkit-model"}, "its format is 'hrmkit-model'"),
        ({"version": 2}, "is a run of version 2"),
        ({"interface": {"vocab": 5}}, "is damaged at interface.tokens"),
        ({"wiring": {}}, "is damaged at wiring.hierarchy"),
        ({"interface": {"vocab": 5, "tokens": 9}}, "the watched puzzle has 16 cells where 9"),
        ({"parameters": "many"}, "is damaged at parameters"),
    ],
)
def test_a_broken_folder_is_said_in_a_sentence(
    run: Path, change: str | dict[str, Any] | None, complaint: str
) -> None:
    file = run / "run.json"
    if change is None:
        file.unlink()
    elif isinstance(change, str):
        file.write_text(change)
    else:
        file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(UserError) as caught:
        read_run(run)
    assert complaint in str(caught.value)


def test_an_unknown_halting_is_said_in_a_sentence(run: Path) -> None:
    file = run / "run.json"
    about = json.loads(file.read_text())
    about["wiring"]["halting"] = "never"
    file.write_text(json.dumps(about))
    with pytest.raises(UserError, match=r"wiring\.halting"):
        read_run(run)


@given(st.integers(2, 50), st.integers(0, 500))
def test_what_is_thinned_out_is_even_and_keeps_its_ends(most: int, count: int) -> None:
    thinned = Thinned[int](most)
    for value in range(count):
        thinned.add(value)
    kept = thinned.all()
    assert len(kept) <= most + 1
    if not count:
        assert kept == ()
        return
    assert (kept[0], kept[-1]) == (0, count - 1)
    assert len(set(kept)) == len(kept)
    gaps = {b - a for a, b in pairwise(kept[:-1])}  # the last comes on top
    assert len(gaps) <= 1
    if count <= most:
        assert kept == tuple(range(count))


def test_a_long_run_is_thinned_out(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(run, [{"kind": "train", "step": step, "loss": 1.0} for step in range(1, 5001)])
    recording = read_run(run)
    assert recording.measured == 5000
    assert 1000 <= len(recording.train) <= 2001
    assert (recording.train[0].step, recording.train[-1].step) == (1, 5000)
    # Views are bounded by their tokens as well: 16 cells after each of 2 segments.
    monkeypatch.setattr(reading, "MOST_TOKENS_WATCHED", 320)
    view = {"kind": "watched", "answers": [[1] * 16] * 2, "q_halt": [0, 0], "segments_used": 2}
    write(run, [{**view, "step": step} for step in range(100)])
    watched = read_run(run).watched
    assert watched is not None
    assert 5 <= len(watched.views) <= 11


@pytest.mark.parametrize(
    ("puzzle", "vocab", "cells", "kind", "width", "height", "box", "blank"),
    [
        ("sudoku", 11, 81, "sudoku", 9, 9, 3, 1),
        ("sudoku", 6, 16, "sudoku", 4, 4, 2, 1),
        ("sudoku", 5, 16, "sudoku", 4, 4, 2, 0),
        ("sudoku", 8, 36, "own", 6, 6, 0, 1),
        ("sudoku", 5, 15, "own", 5, 3, 0, 0),
        ("maze", 6, 900, "maze", 30, 30, 0, 2),
        ("arc", 12, 900, "arc", 30, 30, 0, -1),
        ("mine.py:Mine", 4, 97, "own", 11, 9, 0, 0),
    ],
)
def test_boards(
    puzzle: str, vocab: int, cells: int, kind: str, width: int, height: int, box: int, blank: int
) -> None:
    board = board_of(puzzle, vocab, cells)
    assert (board.kind, board.width, board.height) == (kind, width, height)
    assert (board.box, board.blank) == (box, blank)
    assert len(board.glyphs) == len(board.names) == vocab
    assert width * (height - 1) < cells <= width * height


def test_the_tokens_of_the_originals_look_as_they_do_there() -> None:
    assert board_of("sudoku", 11, 81).glyphs == ("", "", *"123456789")
    assert board_of("sudoku", 8, 36).glyphs == ("", "", *"123456")
    assert board_of("maze", 6, 900).glyphs == ("", "#", " ", "S", "G", "o")
    assert board_of("arc", 12, 900).glyphs == ("", "", *"0123456789")
