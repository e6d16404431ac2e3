import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import Symmetries, Symmetry, identity
from hrmkit.puzzles.mini_arc.symmetries import dihedral_colours, random_dihedral_colours
from hrmkit.puzzles.puzzle import PuzzleSet, Transform, as_grids
from hrmkit.puzzles.sudoku.small import count_solutions, every_grid, generate, solve
from hrmkit.puzzles.sudoku.symmetries import (
    arrangements,
    line_orders,
    random_symmetries,
    random_symmetry,
)

seeds = st.integers(0, 2**32 - 1)
SOLVED = torch.tensor(every_grid())
PUZZLES, _ = generate(train=40, test=1, seed=3)


def is_solved(grid: list[int], box: int) -> bool:
    """Every row, column and box holds every digit; written apart from the solver's tables."""
    side = box * box
    square = np.array(grid).reshape(side, side)
    blocks = square.reshape(box, box, box, box).swapaxes(1, 2).reshape(side, side)
    digits = list(range(1, side + 1))
    return all(sorted(line) == digits for part in (square, square.T, blocks) for line in part)


@pytest.mark.parametrize("kind", ["sudoku 4x4", "sudoku 9x9", "dihedral and colours"])
@settings(max_examples=200, deadline=None)
@given(seeds)
def test_undoing_gives_the_very_grid_back(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    change: Transform
    if kind == "dihedral and colours":
        width, colours = int(rng.integers(1, 8)), int(rng.integers(2, 11))
        change = random_dihedral_colours(rng, width, colours)
    else:
        box = 2 if kind == "sudoku 4x4" else 3
        change, width, colours = random_symmetry(rng, box), box * box, box * box + 1
    grids = torch.from_numpy(rng.integers(colours, size=(2, 3, width * width)))
    assert torch.equal(change.undo(change.apply(grids)), grids)
    assert torch.equal(change.apply(change.undo(grids)), grids)
    assert torch.equal((change.apply(grids) == 0).sum(-1), (grids == 0).sum(-1))
    assert torch.equal(change.apply(grids)[1, 2], change.apply(grids[1, 2]))


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_a_changed_sudoku_is_a_sudoku_with_the_changed_solution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    changed = PUZZLES[[int(rng.integers(len(PUZZLES)))]].changed(random_symmetry(rng, 2))
    (puzzle,), (solution,) = as_grids(changed.given), as_grids(changed.solution)
    assert is_solved(list(solution), 2)
    assert solve(puzzle).solutions == (solution,)


def test_a_nine_by_nine_sudoku_stays_one() -> None:
    (solution,) = solve([0] * 81, limit=1).solutions
    grid, rng = torch.tensor(solution), np.random.default_rng(0)
    for _ in range(20):
        assert is_solved(random_symmetry(rng, 3).apply(grid).tolist(), 3)


@settings(deadline=None)
@given(seeds, st.sampled_from([2, 3]))
def test_a_batch_changes_each_row_by_its_own_change(seed: int, box: int) -> None:
    rng = np.random.default_rng(seed)
    changes = random_symmetries(rng, box, 5)
    grids = torch.from_numpy(rng.integers(box * box + 1, size=(5, box**4)))
    alone = [changes[i].apply(grid) for i, grid in enumerate(grids)]
    assert torch.equal(changes.apply(grids), torch.stack(alone))
    assert torch.equal(changes.undo(torch.stack(alone)), grids)
    assert torch.equal(Symmetries.of([changes[i] for i in range(5)]).cells, changes.cells)
    many = grids[:, None].expand(5, 2, box**4)
    assert torch.equal(changes.apply(many)[:, 1], torch.stack(alone))


def test_every_symmetry_is_drawn_and_none_is_drawn_more_often() -> None:
    changes = random_symmetries(np.random.default_rng(0), 2, 3072 * 20)
    drawn = torch.cat((changes.cells, changes.tokens), 1)
    _, counts = drawn.unique(dim=0, return_counts=True)
    assert len(counts) == 3072  # 4! exchanges of digits by 128 arrangements
    assert counts.min() > 0
    assert counts.double().std() == pytest.approx(20**0.5, rel=0.1)  # as Poisson


def test_the_arrangements_are_all_different_and_start_with_nothing_moved() -> None:
    moves = arrangements(2)
    assert len(set(as_grids(moves.cells))) == len(moves) == 128
    assert moves[0] == identity(4, 5)
    assert len(line_orders(3)) == len(line_orders(3).unique(dim=0)) == 1296


def test_there_are_960_turned_and_coloured_views() -> None:
    every = dihedral_colours(5, 6)
    assert len(set(every)) == 960
    assert every[0] == identity(5, 6, "colour")
    rng = np.random.default_rng(0)
    assert {random_dihedral_colours(rng, 5, 6) for _ in range(9000)} == set(every)


def test_turning_is_what_the_words_say() -> None:
    square = torch.arange(9)
    turns = {
        "flipped top to bottom": torch.flipud,
        "flipped left to right": torch.fliplr,
        "turned by 180 degrees": lambda grid: torch.rot90(grid, 2),
        "transposed": torch.t,
        "turned left": lambda grid: torch.rot90(grid, 1),
        "turned right": lambda grid: torch.rot90(grid, -1),
        "transposed along the other diagonal": lambda grid: torch.rot90(grid, 2).T,
    }
    said = {change.words: change for change in dihedral_colours(3, 2)}
    assert set(said) == {"unchanged", *turns}
    for words, turn in turns.items():
        turned = square[Symmetries.of([said[words]]).cells[0]]
        assert torch.equal(turned, turn(square.reshape(3, 3)).flatten())


def test_the_words_name_what_moved() -> None:
    line = (0, 1, 2, 3)
    assert identity(4, 5).words == "unchanged"
    assert Symmetry((1, 0, 2, 3), line, False, (0, 3, 2, 1, 4)).words == (
        "rows 1 and 2 swapped, digits 1>3 3>1"
    )
    assert Symmetry(line, (2, 3, 0, 1), True, (0, 1, 2, 3, 4)).words == (
        "transposed, columns in the order 3 4 1 2"
    )
    assert Symmetry(line, line, False, (0, 2, 1), "colour").words == "colours 1>2 2>1"


def test_what_is_no_symmetry_is_refused() -> None:
    line = (0, 1, 2, 3)
    with pytest.raises(UserError, match=r"rows \(0, 0, 2, 3\) is not an order"):
        Symmetry((0, 0, 2, 3), line, False, (0, 1))
    with pytest.raises(UserError, match="4 rows and 3 columns"):
        Symmetry(line, (0, 1, 2), False, (0, 1))
    with pytest.raises(UserError, match="blank has to stay 0"):
        Symmetry(line, line, False, (1, 0))
    with pytest.raises(UserError, match=r"boxes of 5 x 5.*2 to 4"):
        random_symmetry(np.random.default_rng(0), 5)
    with pytest.raises(UserError, match="boxes of 3 x 3"):
        arrangements(3)
    with pytest.raises(UserError, match="width 0 with 6 colours"):
        random_dihedral_colours(np.random.default_rng(0), 0, 6)
    with pytest.raises(UserError, match="0 symmetries"):
        Symmetries.of([])
    with pytest.raises(UserError, match=r"\(2, 16\) do not fit 3 symmetries"):
        random_symmetries(np.random.default_rng(0), 2, 3).apply(SOLVED[:2])
    with pytest.raises(UserError, match=r"\(1, 1, 15\) do not fit"):
        identity(4, 5).undo(SOLVED[0, :15])


def test_a_set_of_puzzles_is_picked_from_and_checked() -> None:
    assert (PUZZLES.cells, len(PUZZLES)) == (16, 40)
    assert torch.equal(PUZZLES[[3, 1]].given, PUZZLES.given[[3, 1]])
    assert torch.equal(PUZZLES[PUZZLES.blanks == 12].blanks.unique(), torch.tensor([12]))
    assert len(PUZZLES[10:30:2]) == 10
    assert all(count_solutions(grid) == 1 for grid in as_grids(PUZZLES[:5].given))
    with pytest.raises(UserError, match=r"\(40, 16\), \(40, 16\) and \(3,\) do not belong"):
        PuzzleSet(PUZZLES.given, PUZZLES.solution, torch.zeros(3, dtype=torch.int64))
