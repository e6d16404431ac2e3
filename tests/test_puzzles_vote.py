from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import identity
from hrmkit.puzzles.sudoku.small import generate
from hrmkit.puzzles.sudoku.symmetries import random_symmetries, random_symmetry
from hrmkit.puzzles.vote import Candidate, best_two, count_votes, solved, undo_each, vote

_, TEST = generate(train=1, test=20, seed=5)


def test_the_most_counted_answer_comes_first() -> None:
    answers = torch.tensor([[1, 2], [3, 4], [1, 2], [5, 6], [1, 2], [5, 6]])
    assert count_votes(answers) == [
        Candidate((1, 2), 3, None),
        Candidate((5, 6), 2, None),
        Candidate((3, 4), 1, None),
    ]


def test_a_tie_goes_to_the_higher_mean_q_and_then_to_the_first_seen() -> None:
    answers = torch.tensor([[1], [2], [3], [2], [1]])
    assert [c.answer for c in count_votes(answers)] == [(1,), (2,), (3,)]
    q = torch.tensor([0.0, 1.0, 9.0, 2.0, 2.0])
    assert count_votes(answers, q) == [
        Candidate((2,), 2, 1.5),
        Candidate((1,), 2, 1.0),
        Candidate((3,), 1, 9.0),
    ]
    even = torch.tensor([2.0, 1.0, 9.0, 2.0, 1.0])
    assert [c.answer for c in count_votes(answers, even)] == [(1,), (2,), (3,)]


def test_the_best_two_are_two_at_most() -> None:
    candidates = count_votes(torch.tensor([[1], [2], [3], [3]]))
    assert [c.answer for c in best_two(candidates)] == [(3,), (1,)]
    assert len(best_two(candidates[:1])) == 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(0, 2**32 - 1))
def test_every_view_is_counted_once(answers: list[int], seed: int) -> None:
    q = torch.from_numpy(np.random.default_rng(seed).normal(size=len(answers)))
    counted = count_votes(torch.tensor(answers)[:, None], q)
    assert {c.answer[0]: c.count for c in counted} == Counter(answers)
    keys = [(c.count, c.mean_q) for c in counted]
    assert keys == sorted(keys, reverse=True)
    assert sum(c.count * (c.mean_q or 0) for c in counted) == pytest.approx(q.sum().item())


def test_equal_answers_in_different_views_meet_when_undone() -> None:
    rng = np.random.default_rng(0)
    views = [identity(4, 5), random_symmetry(rng, 2), random_symmetries(rng, 2, len(TEST))]
    answers = torch.stack([view.apply(TEST.solution) for view in views])
    assert torch.equal(undo_each(answers, views), TEST.solution.expand(3, 20, 16))
    answers[0] = 1  # one view errs
    q = torch.arange(60.0).reshape(3, 20)
    counted = vote(answers, views, q)
    for row, candidates in enumerate(counted):
        assert candidates == [
            Candidate(tuple(TEST.solution[row].tolist()), 2, 30.0 + row),
            Candidate((1,) * 16, 1, float(row)),
        ]
    assert solved(counted, TEST.solution, 1).all()
    assert not solved(counted, torch.ones_like(TEST.solution), 1).any()
    assert solved(counted, torch.ones_like(TEST.solution), 2).all()
    assert vote(answers, views)[0][0].mean_q is None


def test_votes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UserError, match="2 answers and 1 views"):
        vote(torch.zeros(2, 1, 16, dtype=torch.int64), [identity(4, 5)])
    with pytest.raises(UserError, match="0 answers and 0 views"):
        vote(torch.zeros(0, 1, 16, dtype=torch.int64), [])
    with pytest.raises(UserError, match=r"\(3, 16\) and q of shape \(2,\)"):
        count_votes(torch.zeros(3, 16, dtype=torch.int64), torch.zeros(2))
    with pytest.raises(UserError, match=r"\(16,\) and q of shape None"):
        count_votes(torch.zeros(16, dtype=torch.int64))
    with pytest.raises(UserError, match="0 votes, 20 solutions and 1 tries"):
        solved([], TEST.solution, 1)
    with pytest.raises(UserError, match="0 tries"):
        solved([[]] * 20, TEST.solution, 0)
