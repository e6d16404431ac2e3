from math import inf, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrmkit.experiments.paired import T95, paired_difference

SHARES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=20)


def test_an_interval_is_student_s() -> None:
    by = paired_difference([0.1, 0.1], [0.18, 0.22])
    assert by.mean == pytest.approx(0.1)
    # A spread of 0.02 * sqrt(2), over the root of 2, times Student's t of one degree of freedom.
    assert by.high - by.mean == pytest.approx(0.02 * sqrt(2) / sqrt(2) * T95[0])
    assert by.verdict == "too close to tell"


def test_what_the_seeds_agree_on_is_told_and_what_they_do_not_is_not() -> None:
    assert paired_difference([0.4, 0.5, 0.6], [0.5, 0.62, 0.69]).verdict == "more"
    assert paired_difference([0.5, 0.62, 0.69], [0.4, 0.5, 0.6]).verdict == "fewer"
    assert paired_difference([0.4, 0.5, 0.6], [0.7, 0.5, 0.5]).verdict == "too close to tell"
    assert paired_difference([0.4, 0.4], [0.404, 0.404]).verdict == "too close to tell"


def test_one_seed_tells_nothing_and_none_is_an_error() -> None:
    by = paired_difference([0.1], [0.9])
    assert (by.low, by.high) == (-inf, inf)
    assert by.verdict == "too close to tell"
    with pytest.raises(ValueError, match="data"):
        paired_difference([], [])


@given(SHARES)
def test_the_other_way_round_is_the_opposite(pairs: list[tuple[float, float]]) -> None:
    before, after = zip(*pairs, strict=True)
    by, back = paired_difference(before, after), paired_difference(after, before)
    assert by.mean == pytest.approx(-back.mean)
    assert by.low == pytest.approx(-back.high)
    assert by.low <= by.mean <= by.high
