"""Data sets of reasoning-gym as puzzles: round trips with the library's own scorer, and errors."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.presets import preset
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.gym.layout import written
from hrmkit.puzzles.gym.puzzle import SETS, GymPuzzle, set_of, size_for
from hrmkit.puzzles.gym.reasoning_gym import data_set
from hrmkit.puzzles.puzzle import IGNORED, Grid, PuzzleSet, as_grids
from hrmkit.puzzles.registry import definition_of, puzzle_of
from hrmkit.recording.file import load
from hrmkit.recording.thought.schema import ThoughtRecording
from hrmkit.solving.evaluate import evaluate

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "mini_sudoku": [{}, {"min_empty": 0, "max_empty": 2}],
    "sudoku": [{"min_empty": 30, "max_empty": 40}],
    "n_queens": [{}, {"n": 5, "max_remove": 5}],
    "rotate_matrix": [{}, {"max_n": 3, "max_rotations": 30}],
    "spiral_matrix": [{}, {"max_n": 20}],
    "binary_matrix": [{}, {"p_zero": 0.02}, {"min_n": 1, "max_n": 2}],
    "game_of_life": [
        {"filled_cells": 40},
        {"grid_size_x": 4, "grid_size_y": 7, "filled_cells": 12, "simulation_steps": 12},
    ],
    "kakurasu": [{}, {"min_rows": 3, "max_rows": 4, "p_ones": 0.5}],
    "futoshiki": [{"max_board_size": 4}, {"min_board_size": 5, "max_board_size": 5}],
}
"""Of each data set, the library's own, and others that make other shapes."""
FUTOSHIKI = "_ . _ . _ . _ / ∧ . . . . . . / " * 3 + "_ . _ . _ . _"
"""Four digits that grow from above, and 12 that nothing is said of."""
MADE = st.tuples(st.sampled_from(list(SETS)), st.integers(0, 1), st.integers(0, 2**40))


@cache
def made(kind: str, which: int, seed: int) -> tuple[Any, dict[str, Any], GymPuzzle]:
    """A data set, a puzzle of it, and the kit's puzzle whose canvas is as small as possible."""
    chosen = SETTINGS[kind][which % len(SETTINGS[kind])]
    library = data_set(kind, chosen, seed=seed, size=1)
    entry = library[0]
    own = set_of(kind)
    return library, entry, GymPuzzle(kind, size_for(own, kind, own.question(entry)))


def grids(entry: dict[str, Any], puzzle: GymPuzzle) -> tuple[Grid, Grid]:
    question, answer = puzzle.set.question(entry), puzzle.set.answer(entry)
    return puzzle.encode(written(question)), puzzle.encode(written(answer))


def said(puzzle: GymPuzzle, question: Grid, answer: Grid) -> str:
    """An answer in tokens as the library reads it."""
    lengths = map(len, puzzle.layout.found(question))
    return puzzle.set.text(puzzle.layout.cut(answer, lengths))


def test_every_set_is_tried() -> None:
    assert list(SETTINGS) == list(SETS)


@settings(max_examples=80, deadline=None)
@given(MADE)
def test_the_librarys_own_answer_scores_one_after_the_way_to_tokens_and_back(
    which: tuple[str, int, int],
) -> None:
    library, entry, puzzle = made(*which)
    question, answer = grids(entry, puzzle)
    assert puzzle.encode(puzzle.decode(question)) == question
    assert puzzle.encode(puzzle.show(question)) == question
    assert puzzle.encode(puzzle.decode(answer)) == answer
    assert said(puzzle, question, answer) == entry["answer"]
    assert library.score_answer(said(puzzle, question, answer), entry) == 1
    assert puzzle.score(question, answer, answer) == 1
    assert puzzle.is_valid(question, answer, answer)
    assert puzzle.difficulty(question) >= 0
    found = puzzle.solution(question)
    flaw = puzzle.flaw(question)
    assert found == answer if flaw is None else "several" in flaw


@settings(max_examples=120, deadline=None)
@given(MADE, st.data())
def test_another_answer_is_worth_what_the_library_says_of_it(
    which: tuple[str, int, int], data: st.DataObject
) -> None:
    library, entry, puzzle = made(*which)
    question, answer = grids(entry, puzzle)
    cells = [cell for cell, token in enumerate(answer) if token]
    changed = list(answer)
    for cell in data.draw(st.lists(st.sampled_from(cells), min_size=1, max_size=3)):
        changed[cell] = data.draw(st.integers(0, puzzle.vocab - 1))
    other = tuple(changed)
    theirs = library.score_answer(said(puzzle, question, other), entry)
    assert puzzle.score(question, other, answer) == theirs
    asked = said(puzzle, question, other) != said(puzzle, question, answer)
    if asked and which[0] != "n_queens":  # of which there may be another right answer
        assert theirs < 1
    if asked:  # a change of what is only repeated of the question, the library does not see
        assert puzzle.is_valid(question, other) == (theirs == 1)


@settings(max_examples=40, deadline=None)
@given(MADE, st.integers(0, 9))
def test_a_symmetry_leaves_a_right_answer_right(which: tuple[str, int, int], seed: int) -> None:
    _, entry, puzzle = made(*which)
    question, answer = (torch.tensor([grid] * 3) for grid in grids(entry, puzzle))
    one = PuzzleSet(question, answer.where(answer > 0, IGNORED), torch.zeros(3, dtype=torch.int64))
    turned, change = puzzle.augment(one, np.random.default_rng(seed))
    assert torch.equal(change.undo(turned.given), question)
    for given_, solution in zip(
        as_grids(turned.given), as_grids(change.apply(answer)), strict=True
    ):
        assert puzzle.is_valid(given_, solution)


@pytest.mark.parametrize("kind", list(SETS))
def test_every_set_is_drawn_and_has_the_sizes_that_it_says(kind: str) -> None:
    definition, own = definition_of(f"gym:{kind}"), set_of(kind)
    cells = [height * width for height, width in map(own.shape, own.sizes)]
    assert cells == sorted(set(cells))
    for number in cells:
        puzzle = definition.make(number)
        board = definition.board(puzzle.vocab, number)
        assert (puzzle.cells, puzzle.name) == (number, f"gym:{kind}")
        assert board
        assert (board.cells, board.width * board.height) == (number, number)
        assert len(board.glyphs) == len(board.names) == puzzle.vocab <= 64
    assert definition.make(None) == GymPuzzle(kind, own.usual)
    assert definition.board(puzzle_of(f"gym:{kind}").vocab + 1, cells[0]) is None


@pytest.mark.parametrize(
    ("name", "text", "flaw"),
    [
        ("mini_sudoku", "1 1 _ _ / _ _ _ _ / _ _ _ _ / _ _ _ _", "1 is twice in row 1"),
        ("mini_sudoku", "1 _ _ / _ _ _ _ / _ _ _ _ / _ _ _ _", "it is not 4 x 4"),
        ("mini_sudoku", "____/____/____/____", "it has several solutions"),
        ("n_queens", "Q__/___", "its 2 rows are not of 2 cells"),
        ("n_queens", "QQ__/____/____/____", "no placement of the other queens"),
        ("n_queens", "____/____/____/____", "several ways"),
        ("n_queens", "_Q__/____/____/____", None),
        ("rotate_matrix", "45 / 1 2 / 3 4", "45 degrees are no quarter turns"),
        ("rotate_matrix", "90", "no number above a matrix"),
        ("rotate_matrix", "90 / 1 2 / 3", "rows of its matrix are of different lengths"),
        ("rotate_matrix", "90 / 1 2 3 / 3 4 5", "2 rows of 3 numbers, and is no square"),
        ("rotate_matrix", "90 / ? 2 / 3 4", "which only an answer can have"),
        ("kakurasu", "_ _ _ 1 / _ _ _ 2 / _ _ _ 3 / 1 2 3", None),
        ("kakurasu", "_ _ _ 1 / _ _ _ 2 / _ _ _ 3 / 1 2 4", "it has no answer"),
        ("kakurasu", "_ _ 1 _ / _ _ _ 2 / _ _ _ 3 / 1 2 3", "its cells are not blank"),
        ("kakurasu", "_ _ _ 1 / _ _ _ 2 / 1 2 3", "it needs three rows or more"),
        ("kakurasu", "_ _ _ _ / _ _ _ 2 / _ _ _ 3 / 1 2 3", "a sum is missing"),
        ("futoshiki", "1 2 / 3 4", "it is no square of cells with signs"),
        ("futoshiki", FUTOSHIKI.replace(".", "7", 1), "7 does not belong in row 1, column 2"),
        ("futoshiki", FUTOSHIKI, "it has several answers"),
        ("futoshiki", FUTOSHIKI.replace("_", "4", 1), "it has no answer"),
        ("spiral_matrix", "1", "fewer than 2 rows"),
        ("binary_matrix", "1 1 / 1 1", "it has no 0"),
        ("binary_matrix", "1 0 / 1 2", "2 is in its matrix: it may hold 0 1"),
        ("game_of_life", "1 / 000 / 010", "fewer than 3 rows"),
        ("game_of_life", "1 / 0000 / 0100 / 1110", None),
    ],
)
def test_a_flaw_is_said(name: str, text: str, flaw: str | None) -> None:
    puzzle = puzzle_of(f"gym:{name}", 16 if name == "n_queens" else None)
    found = puzzle.flaw(puzzle.encode(text))
    assert found is None if flaw is None else flaw in (found or "")
    if flaw and "several" not in flaw:
        grid = puzzle.encode(text)
        assert puzzle.solution(grid) is None
        assert not puzzle.is_valid(grid, grid)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("90 / 1 2 / 3 x", "'x' in row 3, column 2 is not known here: write 0 1 2"),
        ("", "an empty text is no grid"),
        ("[[1, 2], 3", "the grid is no JSON"),
        ("[1, 2]", "the grid is no JSON"),
        ("/".join(["0" * 12] * 12), "a grid of 12 x 12 is too large for gym:rotate_matrix here"),
    ],
)
def test_text_that_is_no_grid_is_refused(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        puzzle_of("gym:rotate_matrix").encode(text)


def test_a_grid_may_be_typed_in_several_ways() -> None:
    puzzle = puzzle_of("gym:rotate_matrix")
    wanted = puzzle.encode("9 0 / 1 2 / 3 4")
    for text in ("90\n12\n34", "90/1 2/3 4", "[[90], [1, 2], [3, 4]]", "\n 9 0 \n\n1 2\n3 4\n"):
        assert puzzle.encode(text) == wanted
    solution = puzzle.solution(wanted)
    assert solution
    assert puzzle.decode(solution) == "9 0 / 3 1 / 4 2"
    assert puzzle.show(wanted, solution) == "9 0\n3 1\n4 2"


@pytest.mark.parametrize(
    ("name", "cells", "message"),
    [
        ("gym:rearc", None, "rearc does not fit: its questions are several grids.*; choose mini_"),
        ("gym:gcd", None, "'gcd' is no data set of reasoning-gym whose question .* mini_sudo"),
        ("gym:", None, "'' is no data set of reasoning-gym"),
        ("gym", None, r"'gym' is no kind of puzzle: choose .* gym:NAME, or FILE\.py:Class"),
        ("gym:n_queens", 17, "17 cells is not of gym:n_queens: choose 16, 25"),
    ],
)
def test_what_there_is_not_is_said(name: str, cells: int | None, message: str) -> None:
    with pytest.raises(UserError, match=message):
        puzzle_of(name, cells)


def run(*arguments: str | Path) -> Result:
    """A verb of the program, in this process."""
    torch.set_num_threads(1)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_made_files_share_no_puzzle_and_say_how_to_make_each_again(tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    done = run(
        *("data", "gym", "n_queens", "--set", "n=5", "--set", "max_remove=4", "--seed", "5"),
        *("--count", "99", "--test-count", "99", "--out", train, "--test-out", test),
    )
    assert done.exit_code == 0, done.output
    assert "queens to place on average; the others were made before" in done.output
    first, second = (
        load_puzzles("gym:n_queens", str(train)),
        load_puzzles("gym:n_queens", str(test)),
    )
    questions = as_grids(first.rows.given), as_grids(second.rows.given)
    assert len(questions[0]) == len(set(questions[0])) > 10
    assert not set(questions[0]) & set(questions[1])
    assert first.puzzle == GymPuzzle("n_queens", 5)
    source, question, _, rating = train.read_text().splitlines()[1].split(",")
    again = data_set("n_queens", {"n": 5, "max_remove": 4}, seed=int(source.split()[-1]), size=1)[0]
    assert written(set_of("n_queens").question(again)) == question
    assert again["metadata"]["num_removed"] == float(rating)


def test_a_file_for_which_nothing_is_left_is_spoken_of(tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    done = run(
        *("data", "gym", "n_queens", "--set", "n=4", "--set", "max_remove=4"),
        *("--count", "300", "--test-count", "3", "--out", train, "--test-out", test),
    )
    assert done.exit_code == 0, done.output
    assert train.exists()
    assert not test.exists()
    assert "test.csv: not written, as all 3 puzzles for it were made before" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gcd"], "'gcd' is no data set of reasoning-gym"),
        (["rearc"], "rearc does not fit"),
        (["n_queens", "--set", "m=4"], "has no setting 'm': choose n, min_remove, max_remove"),
        (["n_queens", "--set", "seed=4"], "has no setting 'seed'"),
        (["n_queens", "--set", "n=44"], "cannot be made with n=44: n must be between 4 and 12"),
        (["n_queens", "--set", 'n="x"'], "cannot be made with n='x'"),
        (["n_queens", "--set", "n"], "--set 'n' sets nothing: write NAME=VALUE"),
        (["n_queens", "--set", "n=x"], "--set 'n=x' sets nothing"),
        (["spiral_matrix", "--set", "max_n=40", "--set", "min_n=40"], "40 x 40 .* is too large"),
    ],
)
def test_what_cannot_be_made_is_said(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = run("data", "gym", *arguments, "--count", "2", "--out", tmp_path / "out.csv")
    shown = f"{done.output}{done.exception or ''}"
    assert done.exit_code == 2, shown
    assert re.search(message, " ".join(shown.split())), shown
    assert not (tmp_path / "out.csv").exists()


def test_without_the_library_the_command_that_installs_it_is_said(tmp_path: Path) -> None:
    """A process in which it cannot be found; what needs it not, still works."""
    code = (
        "import sys; sys.modules['reasoning_gym'] = None\n"
        "from hrmkit.puzzles.registry import puzzle_of\n"
        "from hrmkit.errors import UserError\n"
        "puzzle = puzzle_of('gym:spiral_matrix')\n"
        "grid = puzzle.encode('1 2 / 3 4')\n"
        "print(puzzle.decode(puzzle.solution(grid)))\n"
        "try: puzzle.check_score()\n"
        "except UserError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == "1 2 / 4 3"
    assert second.startswith("gym: needs reasoning-gym, which cannot be loaded")
    assert second.endswith("pip install 'hrmkit[gym]'")


SMALL = (
    *("--sizes.width", "32", "--sizes.heads", "2", "--sizes.inner", "64", "--sizes.blocks", "1"),
    *("--wiring.segments", "2", "--recipe.warm_up", "5", "--recipe.lr", "3e-3"),
    *("--threads", "1", "--track", "none", "--batch", "16", "--steps", "120"),
)


@pytest.mark.parametrize(
    ("name", "more", "board"),
    [
        ("mini_sudoku", ["--set", "max_empty=2", "--set", "min_empty=1"], ("sudoku", 4, 4)),
        ("rotate_matrix", ["--set", "max_n=2", "--set", "min_n=2"], ("own", 4, 3)),
    ],
)
def test_made_trained_measured_solved_and_recorded(
    name: str,
    more: list[str],
    board: tuple[str, int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    kind = f"gym:{name}"
    files = ("--out", "train.csv.gz", "--test-out", "test.csv")
    for arguments in (
        ["data", "gym", name, *more, "--count", "300", "--test-count", "20", *files],
        ["train", kind, "--data", "train.csv.gz", *SMALL],
    ):
        done = run(*arguments)
        assert done.exit_code == 0, done.output
    folder = f"runs/gym-{name}-tiny"
    measured = run("eval", folder, "--data", "test.csv", "--json")
    assert measured.exit_code == 0, measured.output
    result = json.loads(measured.stdout)
    assert result["puzzle"] == kind
    score = result["score"]
    assert score["of"] == result["puzzles"] > 10
    # The scorer has no more to say of a right answer than that, and gives some of the wrong a part.
    assert result["exact"]["share"] <= score["mean"] < 1 or result["exact"]["share"] == 1
    assert 0 <= score["low"] <= score["mean"] <= score["high"] <= 1
    assert f"score     {score['mean']:.4f}" in run("eval", folder, "--data", "test.csv").output
    question = Path("test.csv").read_text().splitlines()[1].split(",")[1]
    Path("puzzle.txt").write_text(question.replace(" / ", "\n"))
    solved = run(
        *("solve", kind, "puzzle.txt", "--model", folder, "--json", "--record", "one.hrm.json.gz")
    )
    assert solved.exit_code in (0, 1), solved.output
    said_ = json.loads(solved.stdout)
    puzzle = puzzle_of(kind, 16 if name == "mini_sudoku" else 12)
    assert said_["puzzle"] == question
    if not said_["valid"]:
        hint = "More views may find it" in run(*("solve", kind, question, "--model", folder)).output
        assert hint == (name == "mini_sudoku")  # a matrix has no other view
    assert said_["valid"] == puzzle.is_valid(puzzle.encode(question), puzzle.encode(said_["text"]))
    thought = load(Path("one.hrm.json.gz"))
    assert isinstance(thought, ThoughtRecording)
    assert thought.puzzle == kind
    assert (thought.board.kind, thought.board.width, thought.board.height) == board


def test_without_the_library_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is not asked in vain."""
    path = tmp_path / "one.csv"
    path.write_text("question,answer\n1 2 / 3 4,1 2 / 4 3\n")
    labelled = load_puzzles("gym:spiral_matrix", str(path))
    interface = PuzzleInterface(vocab=labelled.puzzle.vocab, tokens=labelled.puzzle.cells)
    model = assemble(preset("tiny").wiring, preset("tiny").sizes, interface)
    assert isinstance(model, PuzzleHRM)
    monkeypatch.setitem(sys.modules, "reasoning_gym", None)
    with pytest.raises(UserError, match=r"gym: needs reasoning-gym.*pip install 'hrmkit\[gym\]'"):
        evaluate(model, labelled, progress=lambda *_: pytest.fail("asked"))
