"""Kinds of puzzle by name, and a puzzle of one's own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.puzzle import Puzzle, as_grids
from hrmkit.puzzles.registry import KINDS, MEMBERS, puzzle_of

EXAMPLE = Path(__file__).parent.parent / "examples" / "lights_out.py"


def test_the_kits_own_are_known_by_name_and_size() -> None:
    assert list(KINDS) == ["sudoku", "maze", "arc"]
    sizes = {("sudoku", None): 81, ("sudoku", 16): 16, ("maze", None): 900, ("maze", 100): 100}
    for (name, cells), right in sizes.items():
        puzzle = puzzle_of(name, cells)
        assert (puzzle.name, puzzle.cells) == (name, right)


def test_the_members_that_are_asked_for_are_the_protocols() -> None:
    wanted = {name for name in vars(Puzzle) if not name.startswith("_")}
    assert set(MEMBERS) == wanted


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("chess", None, "'chess' is no kind of puzzle: choose sudoku, maze, arc"),
        ("sudoku", 80, "80"),
        ("sudoku", 25, "25"),
        ("sudoku", 625, "625"),
        ("maze", 10, "10"),
        ("maze", 961, "side 31"),
        ("maze", 0, "0"),
        ("maze", -4, "-4"),
        ("nowhere.py:Puzzle", None, "there is no file nowhere.py"),
        ("nowhere.py", None, "no kind of puzzle"),
    ],
)
def test_what_there_is_not_is_said(name: str, cells: int | None, said: str) -> None:
    with pytest.raises(UserError, match=said):
        puzzle_of(name, cells)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class Own:\n  name = 'own'", "lacks vocab, cells, encode"),
        ("Own = 3", "defines no class 'Own'"),
        ("class Own(", "cannot be loaded: SyntaxError"),
        ("import nothing_of_that_name", "cannot be loaded: ModuleNotFoundError"),
        ("class Own:\n  def __init__(self, size): pass", "cannot be made without arguments"),
    ],
)
def test_what_is_wrong_with_a_file_of_ones_own_is_said(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "own.py"
    file.write_text(text)
    with pytest.raises(UserError, match=said):
        puzzle_of(f"{file}:Own")


def test_a_file_is_loaded_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(EXAMPLE.read_text())
    first = puzzle_of(f"{file}:LightsOut")
    assert type(puzzle_of(f"{file}:LightsOut")) is type(first)
    file.write_text(EXAMPLE.read_text().replace('"lights-out"', '"lamps"'))
    assert puzzle_of(f"{file}:LightsOut").name == "lamps"


def test_the_example_is_short_enough_to_be_read_at_once() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 60


def test_the_example_writes_rows_that_are_read_and_answered_right(tmp_path: Path) -> None:
    file = tmp_path / "lights.csv"
    subprocess.run([sys.executable, EXAMPLE], check=True, timeout=300, cwd=tmp_path)
    found = load_puzzles(f"{EXAMPLE}:LightsOut", str(file))
    puzzle, rows = found.puzzle, found.rows
    assert (len(rows), puzzle.cells, puzzle.vocab) == (1000, 36, 3)
    for given, answer in zip(as_grids(rows.given[:5]), as_grids(rows.solution), strict=False):
        assert puzzle.flaw(given) is None
        assert puzzle.encode(puzzle.decode(given)) == given
        assert puzzle.solution(given) == answer
        assert puzzle.is_valid(given, answer)
        assert puzzle.show(given).replace("\n", "") == puzzle.decode(given)
        pressed_wrong = (3 - answer[0], *answer[1:])
        assert not puzzle.is_valid(given, pressed_wrong)
        assert puzzle.difficulty(given) == answer.count(2)
    with pytest.raises(UserError, match="no Lights Out"):
        puzzle.encode("x" * 35)


def test_the_examples_augmented_puzzles_have_their_labels(tmp_path: Path) -> None:
    puzzle = puzzle_of(f"{EXAMPLE}:LightsOut")
    file = tmp_path / "lights.csv"
    lamps = "x.........................x........x"
    label = puzzle.solution(puzzle.encode(lamps))
    assert label is not None
    file.write_text(f"question,answer\n{lamps},{puzzle.decode(label)}\n")
    rows = load_puzzles(f"{EXAMPLE}:LightsOut", str(file)).rows[[0] * 20]
    changed, change = puzzle.augment(rows, np.random.default_rng(0))
    assert torch.equal(change.undo(changed.solution), rows.solution)
    assert len(changed.given.unique(dim=0)) == 4
    for given, answer in zip(as_grids(changed.given), as_grids(changed.solution), strict=True):
        assert puzzle.is_valid(given, answer)
