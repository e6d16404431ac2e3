import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles.arc.canvas import (
    SIDE,
    TURNS,
    ArcChange,
    ArcChanges,
    Board,
    cropped,
    found,
    placed,
    redrawn,
    sizes_of,
)
from hrmkit.puzzles.arc.files import read_tasks
from hrmkit.puzzles.arc.puzzle import Arc, random_changes
from hrmkit.puzzles.puzzle import IGNORED, Puzzle, PuzzleSet, as_grids
from hrmkit.puzzles.vote import count_votes, undo_each

ARC = Arc()
AN_ARC: Puzzle = ARC  # pyright checks that it keeps to the protocol


@st.composite
def boards(draw: st.DrawFn) -> Board:
    rows, columns = draw(st.integers(1, SIDE)), draw(st.integers(1, SIDE))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.integers(0, draw(st.integers(1, 10)), (rows, columns), dtype=np.uint8)


@st.composite
def changes(draw: st.DrawFn) -> ArcChange:
    order = draw(st.permutations(range(1, 10)))
    return ArcChange(draw(st.integers(0, 7)), (0, *order))


def original_crop(canvas: torch.Tensor) -> tuple[int, int]:
    """The largest rectangle, found in the plainest way: by trying every number of rows."""
    grid, best = canvas.reshape(SIDE, SIDE).numpy(), (0, 0)
    for rows in range(1, SIDE + 1):
        columns = 0
        while columns < SIDE and ((grid[:rows, columns] >= 2) & (grid[:rows, columns] < 12)).all():
            columns += 1
        if rows * columns > best[0] * best[1]:
            best = rows, columns
    return best


def test_a_canvas_holds_colours_end_marks_and_padding() -> None:
    canvas = torch.tensor(ARC.encode("01\n.9")).reshape(SIDE, SIDE)
    assert canvas[:3, :3].tolist() == [[2, 3, 1], [2, 11, 1], [1, 1, 0]]
    assert canvas[3:].eq(0).all()
    assert canvas[:, 3:].eq(0).all()
    full = torch.tensor(ARC.encode(json.dumps([[0] * 30] * 29))).reshape(SIDE, SIDE)
    assert full[29].tolist() == [1] * 30
    assert full[:29].eq(2).all()


@settings(max_examples=60, deadline=None)
@given(board=boards(), data=st.data())
def test_a_grid_is_found_again_wherever_it_stands(board: Board, data: st.DataObject) -> None:
    rows, columns = board.shape
    top = data.draw(st.integers(0, SIDE - rows))
    left = data.draw(st.integers(0, SIDE - columns))
    canvas = placed(board, top, left)
    again = found(canvas)
    assert again is not None
    assert np.array_equal(again, board)
    assert ARC.flaw(as_grids(canvas[None])[0]) is None
    shifted = canvas.reshape(SIDE, SIDE)[top:, left:]
    corner = torch.zeros(SIDE, SIDE, dtype=torch.int64)
    corner[: SIDE - top, : SIDE - left] = shifted
    assert np.array_equal(cropped(corner.flatten()), board)
    assert np.array_equal(cropped(placed(board)), board)


@settings(max_examples=60, deadline=None)
@given(board=boards())
def test_text_gives_the_grid_back(board: Board) -> None:
    grid = as_grids(placed(board)[None])[0]
    assert json.loads(ARC.decode(grid)) == board.tolist()
    assert ARC.encode(ARC.decode(grid)) == ARC.encode(ARC.show(grid)) == grid
    assert "\n" not in ARC.decode(grid)
    assert ARC.difficulty(grid) == board.size


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    wrong=st.sampled_from([0.0, 0.01, 0.1, 0.5, 1.0]),
    low=st.integers(-1, 1),
)
def test_an_answer_is_the_largest_rectangle_at_the_top_left(
    seed: int, wrong: float, low: int
) -> None:
    rng = np.random.default_rng(seed)
    tokens = np.where(
        rng.random((4, ARC.cells)) < wrong,
        rng.integers(low, 2, (4, ARC.cells)),
        rng.integers(2, 12),
    )
    canvases = torch.from_numpy(tokens)
    for canvas, size in zip(canvases, sizes_of(canvases), strict=True):
        assert size.tolist() == list(original_crop(canvas))
        assert cropped(canvas).shape == original_crop(canvas)


@pytest.mark.parametrize("turn", range(8))
def test_turns_are_the_originals(turn: int) -> None:
    how = (
        lambda b: b,
        lambda b: np.rot90(b, 1),
        lambda b: np.rot90(b, 2),
        lambda b: np.rot90(b, 3),
        np.fliplr,
        np.flipud,
        np.transpose,
        lambda b: np.fliplr(np.rot90(b, 1)),
    )[turn]
    board = np.random.default_rng(turn).integers(0, 10, (4, 7), dtype=np.uint8)
    colours = (0, 2, 3, 1, 4, 9, 6, 7, 8, 5)
    right = np.array(colours, dtype=np.uint8)[how(board)]
    change = ArcChange(turn, colours)
    assert np.array_equal(cropped(change.apply(placed(board))), right)
    corner = torch.tensor([[5, 11]])
    moved = redrawn(
        placed(board)[None],
        torch.tensor([[4, 7]]),
        torch.tensor([turn]),
        torch.tensor([colours]),
        corner,
    )
    assert torch.equal(moved[0], placed(right, 5, 11))


@settings(max_examples=60, deadline=None)
@given(board=boards(), answer=boards(), change=changes())
def test_a_change_is_undone_exactly(board: Board, answer: Board, change: ArcChange) -> None:
    label = placed(answer)
    rows = PuzzleSet(
        placed(board)[None], torch.where(label == 0, IGNORED, label)[None], torch.zeros(1).long()
    )
    there = rows.changed(change)
    back = PuzzleSet(change.undo(there.given), change.undo(there.solution), rows.puzzle_ids)
    assert torch.equal(back.given, rows.given)
    assert torch.equal(back.solution, rows.solution)
    assert there.given.eq(IGNORED).sum() == 0
    assert there.solution.eq(0).sum() == 0
    assert np.array_equal(
        cropped(there.given[0]),
        np.array(change.colours)[cropped(ArcChange(change.turn).apply(placed(board)))],
    )


def test_changes_are_one_for_each_row_of_many_grids() -> None:
    rng = np.random.default_rng(3)
    both = random_changes(rng, 2)
    grids = torch.stack(
        [placed(rng.integers(0, 10, (3, size), dtype=np.uint8)) for size in range(1, 7)]
    ).reshape(2, 3, ARC.cells)
    changed = both.apply(grids)
    for row in range(2):
        assert torch.equal(changed[row], both[row].apply(grids[row]))
    assert torch.equal(both.undo(changed), grids)
    again = ArcChanges.of([both[0], both[1]])
    assert torch.equal(again.turns, both.turns)
    assert torch.equal(again.colours, both.colours)
    with pytest.raises(UserError, match="do not fit 2 changes"):
        both.apply(grids[:1])


def test_every_turn_and_order_of_colours_is_drawn() -> None:
    drawn = random_changes(np.random.default_rng(0), 4000)
    assert drawn.turns.bincount().min() > 400
    assert drawn.colours[:, 0].eq(0).all()
    for colour in range(1, 10):
        assert drawn.colours[:, colour].bincount(minlength=10)[1:].min() > 350


def test_words_and_code_of_a_change() -> None:
    change = ArcChange(1, (0, 3, 2, 1, 4, 5, 6, 7, 8, 9))
    assert change.words == "turned left, colours 1>3 3>1"
    assert change.code == "t1_0321456789"
    assert ArcChange().words == "unchanged"
    assert len({ArcChange(turn).words for turn in range(len(TURNS))}) == 8
    with pytest.raises(UserError, match="turn 8"):
        ArcChange(8)
    with pytest.raises(UserError, match="not 0 to 9 once each"):
        ArcChange(0, (0, 1, 1, 3, 4, 5, 6, 7, 8, 9))


def test_augmenting_keeps_question_and_answer_together_and_votes_undo_it() -> None:
    task = read_tasks("arc-1:0520fde7")[0]
    given_rows = torch.stack([placed(pair.given) for pair in task.examples])
    answers = [placed(pair.answer) for pair in task.examples if pair.answer is not None]
    solution = torch.where(torch.stack(answers) == 0, IGNORED, torch.stack(answers))
    rows = PuzzleSet(given_rows, solution, torch.arange(len(answers)))
    rng = np.random.default_rng(0)
    views = [ARC.augment(rows, rng) for _ in range(5)]
    undone = undo_each(torch.stack([seen.solution for seen, _ in views]), [how for _, how in views])
    for number in range(len(rows)):
        (candidate,) = count_votes(undone[:, number])
        assert candidate.count == 5
        assert candidate.answer == as_grids(rows.solution)[number]
    assert not torch.equal(views[0][0].given, rows.given)
    moved = PuzzleSet(given_rows.roll(1, 1), solution, torch.arange(len(answers)))
    with pytest.raises(UserError, match="row 0 does not stand at the top left"):
        ARC.augment(moved, rng)


def test_an_answer_is_right_if_its_grid_is_whatever_lies_beyond() -> None:
    grid, label = ARC.encode("12\n34"), ARC.encode("5")
    scribbled = (*label[:899], 7)
    assert ARC.is_valid(grid, label, label)
    assert ARC.is_valid(grid, scribbled, label)
    assert ARC.is_valid(grid, label, tuple(token or IGNORED for token in label))
    assert not ARC.is_valid(grid, ARC.encode("55"), label)
    assert not ARC.is_valid(grid, (0,) * ARC.cells, (0,) * ARC.cells)
    assert ARC.solution(grid) is None
    with pytest.raises(UserError, match="without a label"):
        ARC.is_valid(grid, label)


def test_a_flaw_is_said() -> None:
    grid = ARC.encode("12\n34")
    assert ARC.flaw(grid) is None
    assert "3 tokens" in str(ARC.flaw((1, 2, 3)))
    assert "token 12" in str(ARC.flaw((12, *grid[1:])))
    assert "no grid" in str(ARC.flaw((0,) * ARC.cells))
    assert "not one rectangle" in str(ARC.flaw((*grid[:899], 5)))
    assert "not one rectangle" in str(ARC.flaw((*grid[:2], 0, *grid[3:])))


def test_show_puts_the_answer_beside() -> None:
    given_grid, answer = ARC.encode("102\n000"), ARC.encode("3\n4\n5")
    assert ARC.show(given_grid) == "1.2\n..."
    assert ARC.show(given_grid, answer) == "1.2  ->  3\n...      4\n         5"
    assert ARC.show(given_grid, (0,) * ARC.cells) == "1.2  ->  (no grid)\n..."
    assert ARC.decode((0,) * ARC.cells) == "[]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a list of rows"),
        ("12\n1", "row 2 of the grid has 1 cells where row 1 has 2"),
        ("12\n1x", "row 2, cell 2 of the grid is 'x'"),
        ("[[1, 10]]", "row 1, cell 2 of the grid is 10: colours are 0 to 9"),
        ("[[1, true]]", "cell 2 of the grid is true"),
        ("[[1, -1]]", "is -1"),
        ("[[1, 2.0]]", "is 2.0"),
        ("[1, 2]", "not a list of rows"),
        ("[[]]", "1 rows of 0 cells"),
        ("[[1, 2", "no JSON"),
        ("[" * 100_000, "no JSON: it is nested too deep"),
        (f"[[{'9' * 5000}]]", "no JSON: a number in it is too long"),
        ("1" * 31, "1 rows of 31 cells: 1 to 30"),
        ("1\n" * 31, "31 rows of 1 cells"),
        ("²", "is '²'"),
    ],
)
def test_a_malformed_grid_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said.replace("[", r"\[")):
        ARC.encode(text)


TASK = {
    "train": [{"input": [[1, 2]], "output": [[2, 1]]}],
    "test": [{"input": [[3]], "output": [[4]]}],
}


def written(folder: Path, name: str, content: object) -> str:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(file)


def test_the_published_sets() -> None:
    tasks = read_tasks("arc-1")
    assert [sum(task.held_out is held for task in tasks) for held in (False, True)] == [400, 400]
    tasks = read_tasks("arc-2")
    assert [sum(task.held_out is held for task in tasks) for held in (False, True)] == [1000, 120]
    one, two = read_tasks("arc-1:00576224, 007bbfb7")
    assert (one.id, two.id) == ("007bbfb7", "00576224")
    assert one.held_out
    assert len(one.learned) == len(one.examples) == 5
    with pytest.raises(UserError, match="no task 'nothing' among the 800"):
        read_tasks("arc-1:nothing")
    again = read_tasks("arc-1:00576224,007BBFB7")
    assert [task.id for task in again] == [one.id, two.id]


def test_capitals_of_a_name_count_where_they_tell_tasks_apart(tmp_path: Path) -> None:
    path = written(tmp_path, "mine.json", {"One": TASK, "one": TASK, "Two": TASK})
    assert [task.id for task in read_tasks(f"{path}:one,TWO")] == ["one", "Two"]
    assert [task.id for task in read_tasks(f"{path}:One")] == ["One"]
    with pytest.raises(UserError, match="no task 'ONE' among the 3 that are known here: One, one,"):
        read_tasks(f"{path}:ONE")


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    file = tmp_path / "task.json"
    for content in (b"\xff\xfe\xfa", json.dumps(TASK).encode("utf-16-le"), b"{}\x00"):
        file.write_bytes(content)
        with pytest.raises(UserError, match=r"task\.json is no text: give a text file"):
            read_tasks(str(file))


def test_tasks_from_a_file_and_a_folder(tmp_path: Path) -> None:
    (task,) = read_tasks(written(tmp_path, "mine.json", TASK))
    assert task.id == "mine"
    assert task.held_out
    (again,) = read_tasks(str(tmp_path))
    assert again.examples[0].digest == task.examples[0].digest
    written(tmp_path, "b.json", {"train": TASK["train"], "test": [{"input": [[5]]}]})
    other, mine = read_tasks(str(tmp_path))
    assert (other.id, other.tests[0].answer, mine.id) == ("b", None, "mine")
    assert [task.id for task in read_tasks(f"{tmp_path}:b")] == ["b"]


def test_a_folder_like_the_published_one_has_tasks_to_learn(tmp_path: Path) -> None:
    written(tmp_path, "training/a.json", TASK)
    written(tmp_path, "evaluation/b.json", TASK)
    a, b = read_tasks(str(tmp_path))
    assert (a.held_out, len(a.learned), b.held_out, len(b.learned)) == (False, 2, True, 1)
    written(tmp_path, "training/c.json", {"train": TASK["train"], "test": [{"input": [[5]]}]})
    with pytest.raises(UserError, match=r"test 1 of .*c.json has no 'output'"):
        read_tasks(str(tmp_path))


def test_kaggles_files(tmp_path: Path) -> None:
    unanswered = {"train": TASK["train"], "test": [{"input": [[5]]}, {"input": [[6]]}]}
    file = written(tmp_path, "arc_challenges.json", {"x": unanswered, "y": TASK})
    assert [task.tests[0].answer is None for task in read_tasks(file)] == [True, False]
    written(tmp_path, "arc_solutions.json", {"x": [[[7]], [[8]]], "y": [[[9]]]})
    x, y = read_tasks(file)
    assert [pair.answer.tolist() for pair in x.tests if pair.answer is not None] == [[[7]], [[8]]]
    assert y.tests[0].answer is not None
    assert len(read_tasks(str(tmp_path))) == 2
    written(tmp_path, "arc_solutions.json", {"x": [[[7]]], "y": [[[9]]]})
    with pytest.raises(UserError, match="2 tests and 1 solutions"):
        read_tasks(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"train": TASK["train"]}, "bad.json has no 'test'"),
        ({"test": TASK["test"]}, "bad.json has no 'train'"),
        ({"train": [], "test": TASK["test"]}, "'train' of .* is not a list of 1 to 100"),
        ({"train": {}, "test": TASK["test"]}, "'train' of .* is not a list"),
        ({"train": [{"input": [[1]]}], "test": TASK["test"]}, "train 1 of .* has no 'output'"),
        ({"train": TASK["train"], "test": [{}]}, "test 1 of .* has no 'input'"),
        ({"train": TASK["train"], "test": [3]}, "test 1 of .* is no task"),
        (
            {"train": [{"input": [[1]], "output": [[1, 2], [1]]}], "test": TASK["test"]},
            "row 2 of the output of train 1 of .*bad.json has 1 cells",
        ),
        (
            {"train": [{"input": [[11]], "output": [[1]]}], "test": TASK["test"]},
            "cell 1 of the input of train 1 of .*bad.json is 11",
        ),
        (
            {"train": [{"input": [[1]] * 31, "output": [[1]]}], "test": TASK["test"]},
            "has 31 rows of 1 cells",
        ),
        ([TASK], "bad.json is no task"),
        ({"x": 1}, "bad.json: x is no task"),
        ({}, "holds no tasks"),
        ("{", "bad.json is no JSON"),
        ("[" * 100_000, "bad.json is no JSON: it is nested too deep"),
        ("9" * 5000, "bad.json is no JSON: a number in it is too long"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, content: object, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_tasks(written(tmp_path, "bad.json", content))


def test_other_files_that_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "binary.json"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="no text"):
        read_tasks(str(file))
    for nowhere in ("arc-3", "nowhere/x.json", "a\0b", "x" * 5000):
        with pytest.raises(UserError, match="give arc-1 or arc-2"):
            read_tasks(nowhere)
    big = written(tmp_path, "big.json", TASK)
    monkeypatch.setattr("hrmkit.puzzles.arc.files.LARGEST_FILE", 10)
    with pytest.raises(UserError, match="more than 0 MiB"):
        read_tasks(big)
    with pytest.raises(UserError, match="does not fit 29 down"):
        placed(np.zeros((2, 2), dtype=np.uint8), 29, 0)


def pairs_of(number: int, answered: bool = True) -> dict[str, object]:
    """A pair of two small grids, told apart by a colour."""
    pair: dict[str, object] = {"input": [[number, 0]]}
    return {**pair, "output": [[0, number]]} if answered else pair


def kaggle(folder: Path, dash: str = "_", solutions: bool = True) -> Path:
    """Kaggle's six files: the test's repeat tasks of the evaluation's, without their answers."""
    folder.mkdir(parents=True)
    parts = {"training": (1, 2), "evaluation": (3, 4), "test": (3, 4)}
    for name, numbers in parts.items():
        tasks = {
            f"task{one}": {"train": [pairs_of(one)], "test": [pairs_of(one + 4, False)]}
            for one in numbers
        }
        file = folder / f"arc-agi{dash}{name}{dash}challenges.json"
        file.write_text(json.dumps(tasks))
        if name != "test" and solutions:
            answers = {f"task{one}": [[[0, one + 4]]] for one in numbers}
            file.with_name(f"arc-agi{dash}{name}{dash}solutions.json").write_text(
                json.dumps(answers)
            )
    sample = {"task3": [{"attempt_1": [[0, 0], [0, 0]], "attempt_2": [[0, 0], [0, 0]]}]}
    (folder / "sample_submission.json").write_text(json.dumps(sample))
    return folder


@pytest.mark.parametrize("dash", ["_", "-"])
def test_kaggles_own_folder_is_read_with_its_answers(tmp_path: Path, dash: str) -> None:
    tasks = read_tasks(str(kaggle(tmp_path / "arc", dash)))
    assert [task.id for task in tasks] == ["task3", "task4", "task1", "task2"]
    for task in tasks:
        number = int(task.id[-1]) + 4
        (test,) = task.tests
        assert test.answer is not None
        assert test.answer.tolist() == [[0, number]]
        assert task.held_out
    one = read_tasks(str(tmp_path / "arc" / f"arc-agi{dash}training{dash}challenges.json"))
    assert [task.tests[0].answer is None for task in one] == [False, False]


def test_dashes_and_underscores_may_be_mixed(tmp_path: Path) -> None:
    folder = kaggle(tmp_path / "arc")
    (folder / "arc-agi_training_solutions.json").rename(folder / "arc-agi_training-solutions.json")
    tasks = read_tasks(str(folder))
    assert all(task.tests[0].answer is not None for task in tasks)


def test_a_task_that_is_there_twice_and_not_the_same_is_refused(tmp_path: Path) -> None:
    folder = kaggle(tmp_path / "arc")
    other = {"task3": {"train": [pairs_of(9)], "test": [pairs_of(7, False)]}}
    (folder / "more.json").write_text(json.dumps(other))
    with pytest.raises(UserError, match=r"task task3 of .* is there twice, and not the same"):
        read_tasks(str(folder))


def test_the_root_of_the_published_repository_is_read(tmp_path: Path) -> None:
    for name, number in (("training", 1), ("evaluation", 2)):
        part = tmp_path / "data" / name
        part.mkdir(parents=True)
        task = {"train": [pairs_of(number)], "test": [pairs_of(number + 2)]}
        (part / f"task{number}.json").write_text(json.dumps(task))
    (tmp_path / "package.json").write_text("{}")
    assert [(task.id, task.held_out) for task in read_tasks(str(tmp_path))] == [
        ("task1", False),
        ("task2", True),
    ]


def test_a_pipe_in_a_folder_of_tasks_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "task.json")
    for source in (tmp_path, tmp_path / "task.json"):
        with pytest.raises(UserError, match=r"task\.json is not a file"):
            read_tasks(str(source))
