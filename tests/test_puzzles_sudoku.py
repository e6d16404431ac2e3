from itertools import permutations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids
from hrmkit.puzzles.sudoku.small import (
    Difficulty,
    SameUpTo,
    canonical,
    classes,
    count_solutions,
    difficulty,
    dig,
    draw,
    every_grid,
    generate,
    solve,
    split,
)
from hrmkit.puzzles.sudoku.symmetries import random_symmetry

SOLVED = np.array(every_grid())
MADE = {symmetry: generate(seed=1, symmetry=symmetry) for symmetry in ("all", "digits")}
both = pytest.mark.parametrize("symmetry", ["all", "digits"])

EASY = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"
SOLUTION = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
HARD = "400000805030000000000700000020000060000080400000010000000603070500200000104000000"


def digits(text: str) -> tuple[int, ...]:
    return tuple(int(digit) for digit in text)


def test_there_are_288_grids_in_12_classes_up_to_digits_and_2_up_to_everything() -> None:
    assert len(set(every_grid())) == 288
    assert [len(group) for group in classes("digits")] == [24] * 12
    assert [len(group) for group in classes("all")] == [192, 96]
    for square in SOLVED.reshape(-1, 4, 4):
        boxes = square.reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(4, 4)
        for part in (square, square.T, boxes):
            assert (np.sort(part) == [1, 2, 3, 4]).all()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_solver_counts_what_going_through_all_grids_counts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = np.where(rng.random(16) < rng.random(), SOLVED[rng.integers(288)], 0)
    if rng.random() < 0.3:  # perhaps none is left
        grid[rng.integers(16)] = rng.integers(1, 5)
    fits = SOLVED[((grid == SOLVED) | (grid == 0)).all(1)]
    assert set(solve(grid.tolist(), limit=1000).solutions) == set(map(tuple, fits.tolist()))
    assert count_solutions(grid.tolist()) == min(2, len(fits))


def test_two_digits_that_only_one_cell_could_hold_are_a_contradiction() -> None:
    assert solve([int(digit) for digit in "0300020000320000"]).solutions == ()


def test_the_solver_solves_nine_by_nine_and_says_where_singles_do_not_reach() -> None:
    assert solve(digits(EASY)).solutions == (digits(SOLUTION),)
    assert difficulty(digits(EASY)) == Difficulty(blanks=51, guesses=0)
    hard = solve(digits(HARD))
    assert len(hard.solutions) == 1
    assert hard.guesses > 0
    assert count_solutions([0] * 81) == 2


def test_digging_leaves_one_solution_in_nine_by_nine_as_well() -> None:
    puzzle = dig(digits(SOLUTION), 45, np.random.default_rng(0))
    assert puzzle is not None
    assert puzzle.count(0) == 45
    assert solve(puzzle).solutions == (digits(SOLUTION),)
    assert dig(digits(SOLUTION), 70, np.random.default_rng(0)) is None


@both
def test_generated_puzzles_differ_and_have_one_solution_and_9_to_12_blanks(
    symmetry: SameUpTo,
) -> None:
    train, test = MADE[symmetry]
    assert (len(train), len(test)) == (1000, 500)
    grids = as_grids(train.given) + as_grids(test.given)
    assert len(set(grids)) == 1500
    for grid, solution in zip(
        grids, as_grids(train.solution) + as_grids(test.solution), strict=True
    ):
        assert solve(grid).solutions == (solution,)
    for part in (train, test):
        counts = torch.bincount(part.blanks)
        assert counts[:9].sum() == 0
        assert len(counts) == 13
        assert counts[9:].min() > len(part) / 4 * 0.8
        assert not part.puzzle_ids.any()


@both
def test_no_solution_of_the_test_is_one_of_training_in_another_guise(symmetry: SameUpTo) -> None:
    train, test = (set(as_grids(canonical(part.solution, symmetry))) for part in MADE[symmetry])
    assert not train & test
    assert (len(train), len(test)) == ((1, 1) if symmetry == "all" else (9, 3))


def test_every_seeds_test_is_as_hard() -> None:
    common, rare = (set(group) for group in classes("all"))
    for seed in range(5):
        learned, held_out = split("all", np.random.default_rng(seed))
        assert (set(learned), set(held_out)) == (rare, common)
        learned, held_out = split("digits", np.random.default_rng(seed))
        assert set(learned) | set(held_out) == common | rare
        assert (len(common & set(held_out)), len(rare & set(held_out))) == (48, 24)
    assert split("digits", np.random.default_rng(0)) != split("digits", np.random.default_rng(1))


def test_where_no_solution_is_shared_no_puzzle_is_either() -> None:
    train, test = (set(as_grids(canonical(part.given, "all"))) for part in MADE["all"])
    assert not train & test


def test_the_four_by_four_puzzles_need_no_guess() -> None:
    train, test = MADE["all"]
    assert all(
        difficulty(grid).guesses == 0 for grid in as_grids(train.given) + as_grids(test.given)
    )


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_symmetric_grids_and_puzzles_stand_for_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    train, _ = MADE["all"]
    grid = (train.solution if seed % 2 else train.given)[rng.integers(1000)]
    image = random_symmetry(rng, 2).apply(grid)
    assert torch.equal(canonical(image, "all"), canonical(grid, "all"))
    exchange = torch.tensor((0, *(1 + rng.permutation(4))))
    assert torch.equal(canonical(exchange[grid], "digits"), canonical(grid, "digits"))
    assert torch.equal(canonical(grid.expand(2, 3, 16), "all")[1, 2], canonical(grid, "all"))


def test_up_to_digits_the_first_row_is_in_order_and_nothing_else_is_the_same() -> None:
    kinds = canonical(torch.tensor(every_grid()), "digits")
    assert torch.equal(kinds[:, :4], torch.tensor([1, 2, 3, 4]).expand(288, 4))
    for kind in kinds.unique(dim=0):
        same = SOLVED[(kinds == kind).all(1).numpy()]
        images = {tuple(np.array(order)[kind.numpy() - 1]) for order in permutations((1, 2, 3, 4))}
        assert {tuple(grid) for grid in same} == images


@both
def test_the_same_seed_draws_the_same_puzzles(symmetry: SameUpTo) -> None:
    first = [part[:50] for part in MADE[symmetry]]
    assert all(map(same, generate(50, 50, seed=1, symmetry=symmetry), first))
    assert not any(map(same, generate(50, 50, seed=2, symmetry=symmetry), first))
    assert same(generate(10, 50, seed=1, symmetry=symmetry)[1], first[1])


def same(one: PuzzleSet, other: PuzzleSet) -> bool:
    return torch.equal(one.given, other.given) and torch.equal(one.solution, other.solution)


def test_what_cannot_be_generated_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="0 puzzles to train on"):
        generate(train=0)
    with pytest.raises(UserError, match="-1 puzzles to test on"):
        generate(test=-1)
    with pytest.raises(UserError, match="seed -4 is not possible"):
        generate(seed=-4)
    with pytest.raises(UserError, match="symmetry 'rows' is not known"):
        generate(symmetry="rows")  # pyright: ignore
    with pytest.raises(UserError, match=r"9 cells.*16 or 81"):
        solve([0] * 9)
    with pytest.raises(UserError, match=r"token 5.*0 .blank. to 4"):
        solve([5] + [0] * 15)
    with pytest.raises(UserError, match="boxes of 3 x 3"):
        canonical(torch.tensor(digits(EASY)), "all")
    monkeypatch.setattr("hrmkit.puzzles.sudoku.small.MOST_BLANKS", 5)
    monkeypatch.setattr("hrmkit.puzzles.sudoku.small.FEWEST_BLANKS", 1)
    monkeypatch.setattr("hrmkit.puzzles.sudoku.small.PATIENCE", 1)
    with pytest.raises(UserError, match="9999 different puzzles are too many"):
        draw(every_grid()[:1], 9999, np.random.default_rng(0))
