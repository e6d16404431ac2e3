"""Sudoku as a puzzle, and the search that solves many at once."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids
from hrmkit.puzzles.sudoku.puzzle import Sudoku
from hrmkit.puzzles.sudoku.search import search
from hrmkit.puzzles.sudoku.small import generate, solve

EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SOLUTION = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
HARD = "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......"
NINE, FOUR = Sudoku(3), Sudoku(2)
MADE, _ = generate(seed=2)


def digits(text: str) -> list[int]:
    return [0 if letter == "." else int(letter) for letter in text]


def as_set(puzzle: Sudoku, question: str, answer: str, copies: int) -> PuzzleSet:
    rows = [torch.tensor([puzzle.encode(text)] * copies) for text in (question, answer)]
    return PuzzleSet(rows[0], rows[1], torch.zeros(copies, dtype=torch.int64))


def test_the_tokens_are_the_originals() -> None:
    assert (NINE.vocab, NINE.cells, FOUR.vocab, FOUR.cells) == (11, 81, 6, 16)
    assert NINE.encode(EASY)[:5] == (6, 4, 1, 1, 8)
    assert NINE.encode(SOLUTION)[:3] == (6, 4, 5)
    with pytest.raises(UserError, match="boxes of 5 x 5"):
        Sudoku(5)


@pytest.mark.parametrize(
    ("at", "said", "wrong"),
    [
        (0, "1", "it changes row 1 column 1, where 5 is given"),
        (3, ".", "it leaves row 1 column 4 empty"),
        (3, "8", "8 is twice in row 1: row 1 column 4 and row 1 column 6"),
        (3, "6", None),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(at: int, said: str, wrong: str | None) -> None:
    answer = NINE.encode(SOLUTION[:at] + said + SOLUTION[at + 1 :])
    assert NINE.fault(NINE.encode(EASY), answer) == wrong
    assert NINE.is_valid(NINE.encode(EASY), answer) == (wrong is None)


def test_what_people_paste_is_read_and_what_is_shown_is_read_back() -> None:
    grid = NINE.encode(EASY)
    lines = "\n".join(EASY[at : at + 9] for at in range(0, 81, 9))
    for text in (EASY.replace(".", "0"), EASY.replace(".", "_"), lines, NINE.show(grid)):
        assert NINE.encode(text) == grid
    assert NINE.show(grid).splitlines()[:4] == [
        "5 3 . | . 7 . | . . .",
        "6 . . | 1 9 5 | . . .",
        ". 9 8 | . . . | . 6 .",
        "------+-------+------",
    ]
    assert NINE.encode(NINE.show(grid, NINE.encode(SOLUTION))) == NINE.encode(SOLUTION)
    assert FOUR.encode("12|..\n..|..\n--+--\n..|..\n..|21").count(1) == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (EASY[:-1], "80 cells are not a sudoku of 9 x 9"),
        (EASY + ".", "82 cells"),
        ("", "no sudoku of 9 x 9"),
        ("q" + EASY[1:], "'q' in line 1, column 1"),
        (EASY[:9] + "\n" + "\N{SUPERSCRIPT TWO}" + EASY[10:], "in line 2, column 1"),
    ],
)
def test_malformed_text_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        NINE.encode(text)


@pytest.mark.parametrize(
    ("puzzle", "solved"),
    [
        (Sudoku(2, 3), "123456456123231564564231312645645312"),
        (
            Sudoku(4),
            "".join(
                "123456789ABCDEFG"[(4 * (row % 4) + row // 4 + column) % 16]
                for row in range(16)
                for column in range(16)
            ),
        ),
    ],
)
def test_other_sizes_are_read_checked_solved_and_changed(puzzle: Sudoku, solved: str) -> None:
    answer = puzzle.encode(solved)
    asked = puzzle.encode("." + solved[1:-3] + "...")
    assert puzzle.decode(answer) == solved
    assert puzzle.encode(puzzle.show(asked)) == asked
    assert (puzzle.flaw(asked), puzzle.solution(asked)) == (None, answer)
    assert puzzle.is_valid(asked, answer)
    assert not puzzle.is_valid(asked, answer[:-1] + answer[:1])
    assert "twice in row 1" in str(puzzle.flaw(puzzle.encode("11" + "." * (puzzle.cells - 2))))
    rows = as_set(puzzle, puzzle.decode(asked), solved, 50)
    changed, change = puzzle.augment(rows, np.random.default_rng(0))
    assert puzzle.are_valid(changed.given.numpy(), changed.solution.numpy()).all()
    assert len(changed.given.unique(dim=0)) > 40
    assert torch.equal(change.undo(changed.given), rows.given)
    grids, read = puzzle.encode_many([solved.lower(), solved[1:]])
    assert (read.tolist(), grids[0].tolist()) == ([True, False], list(answer))


@settings(deadline=None)
@given(st.text(max_size=100) | st.text("123456789.0_|+- \n", min_size=70, max_size=100))
def test_no_text_raises_anything_but_a_user_error(text: str) -> None:
    try:
        grid = NINE.encode(text)
    except UserError:
        return
    assert NINE.encode(NINE.decode(grid)) == grid


@given(st.lists(st.integers(1, 10), min_size=81, max_size=81))
def test_every_grid_is_written_and_read_back_also_in_bulk(grid: list[int]) -> None:
    text = NINE.decode(tuple(grid))
    assert NINE.encode(text) == tuple(grid)
    grids, read = NINE.encode_many([text, text[:-1], "q" + text[1:], text.replace(".", "0")])
    assert read.tolist() == [True, False, False, True]
    assert grids[0].tolist() == grids[3].tolist() == grid


def test_flaws_are_named_with_their_place() -> None:
    assert NINE.flaw(NINE.encode(EASY)) is None
    row = NINE.flaw(NINE.encode("55" + EASY[2:]))
    assert row == "5 is twice in row 1: row 1 column 1 and row 1 column 2"
    column = NINE.flaw(NINE.encode("...7.....7.....1.." + "." * 18 + "7" + "." * 44))
    assert column == "7 is twice in column 1: row 2 column 1 and row 5 column 1"
    box = NINE.flaw(NINE.encode("." * 60 + "3" + "." * 9 + "3" + "." * 10))
    assert box == "3 is twice in box 9: row 7 column 7 and row 8 column 8"
    assert NINE.flaw((1,) * 81) == "it has several solutions"
    assert NINE.flaw(NINE.encode(SOLUTION.replace("9", "."))) is None
    none = "12345678." + "." * 17 + "9" + "." * 54  # row 1 has no place for its 9
    assert NINE.flaw(NINE.encode(none)) == "it has no solution"
    assert NINE.solution(NINE.encode(none)) is None
    assert NINE.solution((1,) * 81) is None


def test_a_search_that_takes_too_long_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert search(np.array([digits(HARD)]), most_nodes=20).given_up.all()
    monkeypatch.setattr(
        "hrmkit.puzzles.sudoku.puzzle.search", lambda grids: search(grids, most_nodes=20)
    )
    assert "it is not known how many solutions" in str(NINE.flaw(NINE.encode(HARD)))


def test_solutions_are_those_of_the_small_solver_with_no_more_guesses() -> None:
    for text, guesses in ((EASY, 0), (HARD, 50)):
        found = solve(digits(text))
        grid = NINE.encode(text)
        assert NINE.solution(grid) == tuple(digit + 1 for digit in found.solutions[0])
        assert NINE.difficulty(grid) == guesses <= found.guesses


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_the_search_finds_what_the_small_solver_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grids = MADE.solution[torch.from_numpy(rng.integers(1000, size=30))].numpy().copy()
    grids[rng.random(grids.shape) < rng.random((30, 1))] = 0
    wrong = rng.integers(30, size=8)
    grids[wrong, rng.integers(16, size=8)] = rng.integers(1, 5, size=8)
    found = search(grids)
    for row, grid in enumerate(grids.tolist()):
        right = solve(grid, limit=2000)
        assert found.solutions[row] == min(2, len(right.solutions))
        if right.solutions:
            assert tuple(found.first[row]) in right.solutions
            assert tuple(found.last[row]) in right.solutions
        if len(right.solutions) == 1:
            assert found.guesses[row] <= right.guesses
        if len(right.solutions) > 1:
            assert (found.first[row] != found.last[row]).any()


def test_an_answer_is_valid_if_it_is_a_solution_that_keeps_what_was_given() -> None:
    grid, answer = NINE.encode(EASY), NINE.encode(SOLUTION)
    assert NINE.is_valid(grid, answer)
    swapped = tuple({6: 7, 7: 6}.get(token, token) for token in answer)  # a sudoku, but another
    assert NINE.is_valid((1,) * 81, swapped)
    assert not NINE.is_valid(grid, swapped)
    assert not NINE.is_valid(grid, grid)
    assert not NINE.is_valid(grid, (answer[0], *answer[:80]))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_augmented_puzzles_have_their_labels_and_are_undone_exactly(seed: int) -> None:
    for puzzle, rows in (
        (NINE, as_set(NINE, EASY, SOLUTION, 5)),
        (FOUR, PuzzleSet(MADE.given[:5] + 1, MADE.solution[:5] + 1, MADE.puzzle_ids[:5])),
    ):
        changed, change = puzzle.augment(rows, np.random.default_rng(seed))
        assert torch.equal(change.undo(changed.given), rows.given)
        assert torch.equal(change.undo(changed.solution), rows.solution)
        assert puzzle.are_valid(changed.given.numpy(), changed.solution.numpy()).all()
        assert not torch.equal(changed.solution, rows.solution)
        # A model may answer any token, padding among them.
        said = torch.from_numpy(np.random.default_rng(seed).integers(puzzle.vocab, size=(5, 2)))
        anything = said[:, :1] * torch.ones_like(rows.given)
        anything[:, ::2] = said[:, 1:]
        assert torch.equal(change.undo(change.apply(anything)), anything)
        assert ((change.undo(anything) == 0).sum(1) == (anything == 0).sum(1)).all()
        for before, after in zip(as_grids(rows.given), as_grids(changed.given), strict=True):
            assert before.count(1) == after.count(1)
