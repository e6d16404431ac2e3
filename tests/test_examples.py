import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrmkit.draws import Draws
from hrmkit.training.worlds.examples import draw_examples
from hrmkit.worlds.key_door import KeyDoor

TABLE = KeyDoor().table()


def test_draws_are_numpys_mersenne_twister() -> None:
    reference = np.random.RandomState(7)
    draws = Draws(7)
    assert [draws.uniform() for _ in range(5)] == list(reference.random_sample(5))


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_shuffling_keeps_every_item(seed: int, count: int) -> None:
    assert sorted(Draws(seed).shuffled(list(range(count)))) == list(range(count))


@given(st.integers(0, 2**32 - 1), st.integers(1, 50))
def test_clean_examples_are_the_teachers_episodes_from_different_starts(
    seed: int, count: int
) -> None:
    examples = draw_examples(TABLE, count, 0.0, 0.0, Draws(seed))
    assert len({example.steps[0].state for example in examples}) == count
    for example in examples:
        last = example.steps[-1]
        assert TABLE.next_state[last.state][last.taken] >= TABLE.live_states
        for step in example.steps:
            assert step.subgoal == TABLE.teacher_subgoal[step.state]
            assert step.action == step.taken == TABLE.teacher_action[step.state]


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.5), st.floats(0, 0.5))
def test_what_is_marked_wrong_is_wrong_and_nothing_else(
    seed: int, noise: float, distractors: float
) -> None:
    for example in draw_examples(TABLE, 10, noise, distractors, Draws(seed)):
        assert len(example.steps) <= TABLE.max_steps
        for step in example.steps:
            right = TABLE.teacher_subgoal[step.state], TABLE.teacher_action[step.state]
            assert step.wrong_subgoal == (step.subgoal != right[0])
            assert step.wrong_action == (step.action != right[1])
            assert step.distractor == (step.taken != right[1])
            assert not (step.wrong_subgoal and step.wrong_action)
            assert step.reward == TABLE.reward[step.state][step.taken]


def test_noise_has_the_strength_that_was_asked_for() -> None:
    steps = [
        step
        for seed in range(200)
        for example in draw_examples(TABLE, 20, 0.3, 0.1, Draws(seed))
        for step in example.steps
    ]
    assert len(steps) > 20_000
    wrong = np.mean([step.wrong_subgoal or step.wrong_action for step in steps])
    assert wrong == pytest.approx(0.3, abs=0.01)
    assert np.mean([step.wrong_subgoal for step in steps]) == pytest.approx(0.15, abs=0.01)
    assert np.mean([step.distractor for step in steps]) == pytest.approx(0.1, abs=0.01)


def test_more_examples_than_starts_use_every_start_first() -> None:
    table = KeyDoor(3).table()
    examples = draw_examples(table, 50, 0.0, 0.0, Draws(0))
    counts = np.bincount([example.steps[0].state for example in examples])[list(table.starts)]
    assert set(counts) == {2, 3}
