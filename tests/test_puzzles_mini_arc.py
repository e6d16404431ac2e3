import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import Symmetries, identity
from hrmkit.puzzles.mini_arc.data import DEMONSTRATIONS, HELD_OUT, MiniArc, generate
from hrmkit.puzzles.mini_arc.tasks import COLOURS, TASKS, WIDTH, Task
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids

ARC = generate(seed=0, views=12)
tasks = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)


def rows(text: str) -> np.ndarray:
    return np.array([[int(token) for token in row] for row in text.split()])


BEFORE = "01200 00103 30000 12100 00040"
AFTER = {
    "recolour": (BEFORE, "02200 00203 30000 22200 00040"),
    "swap": (BEFORE, "02100 00203 30000 21200 00040"),
    "erase": (BEFORE, "01200 00100 00000 12100 00040"),
    "silhouette": (BEFORE, "04400 00404 40000 44400 00040"),
    "background": (BEFORE, "51255 55153 35555 12155 55545"),
    "negative": (BEFORE, "20022 22020 02222 00022 22202"),
    "border": (BEFORE, "33333 30103 30003 32103 33333"),
    "ring": ("00000 01000 00000 00000 00005", "44400 41400 44400 00044 00045"),
    "rows": ("00000 01000 00000 00000 00005", "00000 11111 00000 00000 55555"),
    "cross": ("00000 01000 00000 00000 00000", "01000 11111 01000 01000 01000"),
    "connect": ("00200 00000 00000 00200 00000", "00200 00200 00200 00200 00000"),
    "most": (BEFORE, "01000 00100 00000 10100 00000"),
    "mirror": (BEFORE, "01210 00100 30003 12121 00000"),
    "flip": (BEFORE, "00210 30100 00003 00121 04000"),
    "shift": (BEFORE, "00120 30010 03000 01210 00004"),
    "gravity": (BEFORE, "00000 00000 00200 31100 12143"),
}


@tasks
def test_the_rule_does_what_its_words_say(task: Task) -> None:
    before, after = AFTER[task.name]
    board = rows(before)
    assert task.solve(board).tolist() == rows(after).tolist()
    assert board.tolist() == rows(before).tolist()  # a pure function


def test_the_tasks_have_names_of_their_own() -> None:
    assert len({task.name for task in TASKS}) == len({task.rule for task in TASKS}) == 16


def test_the_plain_boards_follow_the_rules() -> None:
    assert len(ARC.plain) == 16 * HELD_OUT
    shown = ARC.train[: 16 * DEMONSTRATIONS]
    for part in (shown, ARC.plain):
        for given_row, solution, number in zip(*parts(part), strict=True):
            right = TASKS[int(number) - 1].solve(given_row.numpy().reshape(WIDTH, WIDTH))
            assert torch.equal(torch.from_numpy(right).flatten(), solution)
            assert not torch.equal(given_row, solution)
            assert 0 <= int(solution.min()) <= int(solution.max()) < COLOURS
    for number in range(1, 17):
        boards = [grid for part in (shown, ARC.plain) for grid in as_grids(of(part, number).given)]
        assert len(set(boards)) == len(boards) == DEMONSTRATIONS + HELD_OUT


def parts(puzzles: PuzzleSet) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return puzzles.given, puzzles.solution, puzzles.puzzle_ids


def of(puzzles: PuzzleSet, number: int) -> PuzzleSet:
    return puzzles[puzzles.puzzle_ids == number]


def test_a_view_is_its_task_under_the_transform_of_its_id() -> None:
    assert len(ARC.transforms) == 1 + 16 * 13
    assert ARC.transforms[0] == ARC.transforms[16] == identity(WIDTH, COLOURS, "colour")
    assert ARC.train.puzzle_ids.unique().tolist() == list(range(1, 209))
    for number in range(1, 209):
        task = int(ARC.task_of(torch.tensor(number)))
        view = (number - 1) // 16
        assert ARC.puzzle_id(task, view) == number
        seen, plain = of(ARC.train, number), of(ARC.train, task + 1)
        undo = ARC.transforms[number].undo
        assert torch.equal(undo(seen.given), plain.given)
        assert torch.equal(undo(seen.solution), plain.solution)
        held, plain = of(ARC.held_out(view), number), of(ARC.plain, task + 1)
        assert torch.equal(undo(held.given), plain.given)
        assert torch.equal(undo(held.solution), plain.solution)


def test_answers_to_a_view_are_undone_row_by_row() -> None:
    for view in range(13):
        seen = ARC.held_out(view)
        assert torch.equal(ARC.task_of(seen.puzzle_ids), ARC.task_of(ARC.plain.puzzle_ids))
        assert torch.equal(ARC.changes(view).undo(seen.solution), ARC.plain.solution)


def test_no_two_views_of_a_task_show_the_same() -> None:
    for task in range(16):
        ids = [ARC.puzzle_id(task, view) for view in range(13)]
        shown = [torch.cat((of(ARC.train, i).given, of(ARC.train, i).solution)) for i in ids]
        assert len({tuple(boards.flatten().tolist()) for boards in shown}) == 13


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_view_changes_the_rule_and_its_boards_alike(seed: int) -> None:
    rng = np.random.default_rng(seed)
    number = int(rng.integers(1, len(ARC.transforms)))
    task = TASKS[(number - 1) % 16]
    change = Symmetries.of([ARC.transforms[number]] * HELD_OUT)
    seen = of(ARC.held_out((number - 1) // 16), number)
    boards = change.undo(seen.given).numpy().reshape(-1, WIDTH, WIDTH)
    right = torch.from_numpy(np.stack([task.solve(board) for board in boards])).flatten(1)
    assert torch.equal(change.apply(right), seen.solution)


def test_the_same_seed_draws_the_same_boards_whatever_the_views() -> None:
    assert equal(generate(0, 12), ARC)
    few = generate(0, 3)
    assert torch.equal(few.plain.given, ARC.plain.given)
    assert few.transforms == ARC.transforms[: len(few.transforms)]
    assert torch.equal(few.train.given, ARC.train.given[: len(few.train)])
    assert len(generate(0).train) == 48
    assert not equal(generate(1, 12), ARC)


def equal(one: MiniArc, other: MiniArc) -> bool:
    return all(
        torch.equal(a, b)
        for mine, yours in ((one.train, other.train), (one.plain, other.plain))
        for a, b in zip(parts(mine), parts(yours), strict=True)
    )


def test_there_are_views_enough_with_any_seed_but_not_endlessly_many() -> None:
    for seed in range(3):
        generate(seed, 400)
    with pytest.raises(UserError, match=r"960 views are too many: the task .* has"):
        generate(0, 960)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(UserError, match="-1 views"):
        generate(0, -1)
    with pytest.raises(UserError, match="seed -1 is not possible"):
        generate(-1)
    with pytest.raises(UserError, match="no task 16 in view 0"):
        ARC.puzzle_id(16, 0)
    with pytest.raises(UserError, match="a view from 0 to 12"):
        ARC.held_out(13)
