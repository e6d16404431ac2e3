import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring
from hrmkit.puzzles.arc.canvas import placed
from hrmkit.puzzles.arc.files import ArcTask, Pair
from hrmkit.puzzles.arc.tasks import ArcData, load_arc
from hrmkit.puzzles.arc.views import draw_views
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids
from hrmkit.puzzles.vote import Candidate
from hrmkit.solving.answer_arc import answer_task
from hrmkit.solving.arc import NO_ANSWER, Answered, ArcResult, evaluate
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import LoadedModel


def told(puzzles: PuzzleSet) -> tuple[Tensor, Tensor]:
    """A solver that is told every answer, with scribbles beyond its end."""
    return puzzles.solution.where(puzzles.solution > 0, 5), torch.zeros(len(puzzles))


def copies(puzzles: PuzzleSet) -> tuple[Tensor, Tensor]:
    """A solver that answers every puzzle with itself."""
    return puzzles.given, torch.zeros(len(puzzles))


def own(*tasks: ArcTask, views: int = 0) -> ArcData:
    return ArcData("own", tasks, 0, views, draw_views(tasks, views, 0))


def pair(given: list[list[int]], answer: list[list[int]] | None) -> Pair:
    boards = [None if rows is None else np.array(rows, dtype=np.uint8) for rows in (given, answer)]
    assert boards[0] is not None
    return Pair(boards[0], boards[1])


SAME = pair([[1, 2]], [[1, 2]])
SAME_TOO = pair([[4], [5]], [[4], [5]])
OTHER = pair([[3]], [[7, 7]])
UNKNOWN = pair([[6]], None)


def test_right_answers_to_every_view_solve_every_task_and_wrong_ones_none() -> None:
    tests = load_arc("arc-1:007bbfb7,00576224,27a28665", views=6).tests()
    right = evaluate(tests, told, ["arc-1"], rows=9)
    assert len(right.answered) == 5
    for per in ("task", "test", "whole task"):
        assert right.rate(1, per) == right.rate(2, per) == 1
    for test in right.answered:
        (candidate,) = test.candidates
        assert candidate.count == 7
        assert candidate.mean_q == 0.5
        assert test.place() == 1
    assert evaluate(tests, copies, ["arc-1"]).rate(1000) == 0


def test_rows_asked_at_once_change_nothing() -> None:
    tests = load_arc("arc-1:007bbfb7,00576224,27a28665", views=3).tests()
    asked: list[int] = []

    def solve(puzzles: PuzzleSet) -> tuple[Tensor, Tensor]:
        asked.append(len(puzzles))
        return puzzles.given, puzzles.puzzle_ids.double().sin()

    results = []
    for rows, sizes in ((1, [4] * 5), (8, [8, 8, 4]), (11, [8, 8, 4]), (1000, [20])):
        asked.clear()
        results.append(evaluate(tests, solve, [], rows=rows))
        assert asked == sizes
    assert all(result == results[0] for result in results)
    assert {test.task: test.test for test in results[0].answered} == {
        "007bbfb7": 0,
        "27a28665": 2,
        "00576224": 0,
    }


def test_a_task_counts_by_the_share_of_its_tests() -> None:
    half = ArcTask("half", (SAME,), (SAME, OTHER))
    whole = ArcTask("whole", (SAME,), (SAME_TOO,))
    open_one = ArcTask("open", (SAME,), (UNKNOWN,))
    result = evaluate(own(half, whole, open_one).tests(), copies, [])
    assert result.rate(1, "task") == result.rate(1) == (0.5 + 1) / 2
    assert result.rate(1, "test") == pytest.approx(2 / 3)
    assert result.rate(1, "whole task") == 0.5
    assert [test.place() for test in result.answered] == [1, None, 1, None]


def test_the_most_counted_comes_first_and_ties_go_to_the_mean_chance() -> None:
    task = ArcTask("own", (SAME,), (pair([[1, 2, 3]], [[9]]),))
    tests = own(task, views=3).tests()

    def solve_as(answers: list[list[list[int]]], q: list[float]) -> ArcResult:
        def solve(puzzles: PuzzleSet) -> tuple[Tensor, Tensor]:
            boards = [placed(np.array(rows, dtype=np.uint8)) for rows in answers]
            return tests.changes().apply(torch.stack(boards)), torch.tensor(q)

        return evaluate(tests, solve, [])

    majority = solve_as([[[9]], [[8]], [[8]], [[7]]], [9.0, -9.0, -9.0, 0.0])
    assert [c.count for c in majority.answered[0].candidates] == [2, 1, 1]
    assert (majority.rate(1), majority.rate(2)) == (0, 1)
    assert majority.answered[0].attempts() == ([[8]], [[9]])
    # The mean of the logits would say otherwise: 0.1 against 0.25.
    tie = solve_as([[[9]], [[8]], [[9]], [[8]]], [0.1, 6.0, 0.1, -5.5])
    assert tie.rate(1) == 1
    assert [c.mean_q for c in tie.answered[0].candidates] == [
        pytest.approx(0.525, abs=1e-3),
        pytest.approx(0.501, abs=1e-3),
    ]


def test_a_submission_has_two_attempts_at_every_test(tmp_path: Path) -> None:
    tasks = (ArcTask("one", (SAME,), (SAME, UNKNOWN)), ArcTask("two", (SAME,), (SAME_TOO,)))
    result = evaluate(own(*tasks).tests(), copies, [])
    result.save(tmp_path / "submission.json")
    assert json.loads((tmp_path / "submission.json").read_text()) == {
        "one": [
            {"attempt_1": [[1, 2]], "attempt_2": [[1, 2]]},
            {"attempt_1": [[6]], "attempt_2": [[6]]},
        ],
        "two": [{"attempt_1": [[4], [5]], "attempt_2": [[4], [5]]}],
    }

    def blank(puzzles: PuzzleSet) -> tuple[Tensor, Tensor]:
        return torch.zeros_like(puzzles.given), torch.zeros(len(puzzles))

    empty = evaluate(own(*tasks).tests(), blank, [])
    assert empty.submission()["two"] == [{"attempt_1": NO_ANSWER, "attempt_2": NO_ANSWER}]
    assert empty.rate(2) == 0
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot write"):
        result.save(tmp_path / "file" / "submission.json")


def test_what_was_learned_is_shown_but_not_scored() -> None:
    taught = ArcTask("taught", (SAME,), (SAME_TOO,), held_out=False)
    result = evaluate(own(taught).tests(ids=["taught"]), copies, [])
    assert result.answered[0].place() == 1
    with pytest.raises(UserError, match="the answer to taught was learned"):
        result.rate(1)


def test_a_leak_is_refused_before_anything_is_asked() -> None:
    tests = load_arc("arc-1:007bbfb7", views=0).tests()
    with pytest.raises(UserError, match="trained on arc-2 cannot be scored on arc-1"):
        evaluate(tests, lambda _: pytest.fail("asked"), ["arc-2"])


def test_bad_numbers_and_shapes_are_refused() -> None:
    tests = own(ArcTask("own", (SAME,), (SAME,))).tests()
    result = evaluate(tests, copies, [])
    for wrong, said in (({"tries": 0}, "0 tries"), ({"per": "try"}, "'try' is not counted")):
        with pytest.raises(UserError, match=said):
            result.rate(**wrong)  # pyright: ignore[reportArgumentType]
    with pytest.raises(UserError, match="0 rows at once"):
        evaluate(tests, copies, [], rows=0)
    with pytest.raises(UserError, match=r"\(1, 899\)"):
        evaluate(tests, lambda p: (p.given[:, 1:], torch.zeros(1)), [])
    with pytest.raises(UserError, match="no test's answer is known"):
        evaluate(own(ArcTask("own", (SAME,), (UNKNOWN,))).tests(), copies, []).rate()


def test_place_is_among_all_candidates() -> None:
    grids = [as_grids(placed(np.array([[n]], dtype=np.uint8))[None])[0] for n in range(3)]
    candidates = tuple(Candidate(grid, 1, None) for grid in grids)
    test = Answered("own", 0, candidates, grids[2], True)
    assert test.place() == 3
    assert ArcResult((test,)).rate(2) == 0
    assert ArcResult((test,)).rate(3) == 1


def test_a_task_that_was_learned_is_answered_all_the_same() -> None:
    taught = own(ArcTask("taught", (SAME,), (SAME_TOO, OTHER), held_out=False), views=2)
    wiring = Wiring(puzzle_embedding=True, prefix=1)
    sizes = Sizes(width=32, heads=2, inner=32)
    model = assemble(wiring, sizes, PuzzleInterface(12, 900, taught.puzzles), seed=0)
    found = LoadedModel(model, {"puzzle": "arc", "trained_on": ["own"]}, "here")
    answers = answer_task(found, taught, taught.tests(ids=["taught"]), InferenceSettings())
    assert [(answer.test, answer.learned) for answer in answers] == [(0, True), (1, True)]
    assert all(1 <= len(answer.tries) <= 2 for answer in answers)
