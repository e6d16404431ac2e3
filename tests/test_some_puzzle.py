"""A puzzle that is not in the package goes the whole way: nothing needs to know it beforehand."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner, Result

import hrmkit
from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row, load_puzzles, save_puzzles
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.puzzles.registry import KINDS, definition_of, puzzle_of
from hrmkit.recording.file import load
from hrmkit.recording.run.recorder import read_run
from hrmkit.recording.thought.schema import ThoughtRecording
from hrmkit.solving.loading import kind_of, load_model
from some_puzzle import Mirror

PACKAGE = Path(hrmkit.__file__).parent
SMALL = (
    *("--sizes.width", "32", "--sizes.heads", "2", "--sizes.inner", "64", "--sizes.blocks", "1"),
    *("--wiring.segments", "3", "--recipe.warm_up", "10", "--recipe.lr", "3e-3"),
    *("--threads", "1", "--track", "none", "--batch", "16"),
)
QUESTION, ANSWER = "xo..ox..xx..oo..", "xooxoxxoxxxxoooo"


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "mirror", "some_puzzle")


def run(*arguments: str | Path) -> Result:
    torch.set_num_threads(1)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def drawn(path: Path, rows: int, count: int) -> Path:
    """A file of so many different puzzles."""
    puzzle, rng = Mirror(rows), np.random.default_rng(rows)
    marks = np.ones((count, rows, 4), np.int64)
    marks[:, :, :2] = rng.integers(2, 4, size=(count, rows, 2))
    given = dict.fromkeys(as_grids(torch.from_numpy(marks.reshape(count, -1))))
    answers = [(grid, puzzle.solution(grid) or ()) for grid in given]
    save_puzzles(path, [Row(puzzle.decode(q), puzzle.decode(a)) for q, a in answers])
    return path


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    out = tmp_path / "run"
    data = drawn(tmp_path / "train.csv", 4, 300)
    said = run("train", "mirror", "--data", data, "--out", out, "--steps", "300", *SMALL)
    assert said.exit_code == 0, said.output
    return out


def test_it_is_trained_measured_solved_and_recorded(trained: Path, tmp_path: Path) -> None:
    measured = run("eval", trained, "--data", drawn(tmp_path / "test.csv", 4, 40), "--json")
    assert measured.exit_code == 0, measured.output
    said = json.loads(measured.stdout)
    assert said["puzzle"] == "mirror"
    assert said["exact"]["share"] > 0.5
    out = tmp_path / "thought.hrm.json.gz"
    solved = run("solve", "mirror", QUESTION, "--model", trained, "--json", "--record", out)
    assert solved.exit_code == 0, solved.output
    assert json.loads(solved.stdout)["text"] == ANSWER
    thought = load(out)
    assert isinstance(thought, ThoughtRecording)
    assert (thought.puzzle, thought.valid) == ("mirror", True)
    for recording in (thought, read_run(trained)):
        board = recording.board
        assert (board.kind, board.width, board.height, board.blank) == ("own", 4, 4, 1)
        assert board.glyphs == ("", "", "x", "o")
        assert board.names == ("padding", "blank", "cross", "ring")
    found = load_model(trained)
    assert kind_of(found._replace(metadata={})) == Mirror()  # as its sizes tell


def test_its_files_say_its_size(tmp_path: Path) -> None:
    for rows in (2, 4):
        assert load_puzzles("mirror", str(drawn(tmp_path / "m.csv", rows, 9))).puzzle == Mirror(
            rows
        )
    with pytest.raises(UserError, match="a mirror of 12 cells is not possible"):
        puzzle_of("mirror", 12)


def test_a_name_that_is_unknown_is_told_of_it() -> None:
    with pytest.raises(
        UserError, match=r"choose sudoku, maze, arc, mirror, gym:NAME, or FILE\.py:Class"
    ):
        puzzle_of("mirrors")


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_draws_and_knows_what_it_makes(kind: str) -> None:
    definition = definition_of(kind)
    puzzle = definition.make(None)
    assert puzzle.name == kind
    board = definition.board(puzzle.vocab, puzzle.cells)
    assert board is not None
    assert len(board.glyphs) == len(board.names) == puzzle.vocab
    assert (puzzle.vocab, puzzle.cells) in definition.known_by
    assert definition.board(puzzle.vocab + 7, puzzle.cells) is None


def kinds_compared(source: str) -> list[int]:
    """The lines on which a source text asks whether something is a certain kind of puzzle."""
    names = {"sudoku", "maze", "arc"}
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare | ast.MatchValue)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in names
    ]


ORIGINALS = PACKAGE / "model" / "original_config.py"
"""Reads from the names of the originals' data sets how many tokens their models take."""


def test_nobody_but_a_puzzle_asks_which_puzzle_it_is() -> None:
    asking = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if path != ORIGINALS and kinds_compared(path.read_text())
    }
    assert asking == set()
    assert kinds_compared("if puzzle == 'arc' or kind in ('maze', 'x'):\n    pass") == [1, 1]
