import pytest

from hrmkit.errors import UserError
from hrmkit.worlds.picture import image_of, text_of
from hrmkit.worlds.two_cup import (
    FEINT,
    FOLLOW,
    LIFT_LEFT,
    LIFT_MIDDLE,
    LIFT_RIGHT,
    LOOK_AWAY,
    State,
    TwoCup,
)
from hrmkit.worlds.world import Outcome, Whereabouts

SIZES = [(tiles, swaps) for tiles in (2, 3) for swaps in range(5)]
SWAP = (0, 1)


@pytest.mark.parametrize(("tiles", "swaps"), SIZES)
def test_every_place_of_the_ball_and_every_sequence_of_movements_is_a_start(
    tiles: int, swaps: int
) -> None:
    table, kinds = TwoCup(tiles, swaps).table(), {2: 2, 3: 4}[tiles]
    assert len(table.starts) == tiles * sum(kinds**length for length in range(swaps + 1))
    for start in table.starts:
        ball = table.places[start][0]
        side = 2 if ball == tiles - 1 else ball
        assert table.flags[start] == tuple(i == side for i in range(3))


@pytest.mark.parametrize(("tiles", "swaps"), SIZES)
def test_neither_what_is_covered_nor_what_comes_later_is_to_be_seen(tiles: int, swaps: int) -> None:
    """States that differ in the ball's cup or in later movements alone have the same tokens, and
    those that stand as they stand look the same."""
    world = TwoCup(tiles, swaps)
    table, (live, _) = world.table(), world.states()
    tokens: dict[object, object] = {}
    drawn: dict[object, int] = {}
    twins = 0
    for i, state in enumerate(live):
        known = state.memory, state.to_come[:1]
        assert tokens.setdefault(known, table.tokens[i]) == table.tokens[i]
        first = drawn.setdefault((state.cups, *known), i)
        assert text_of(table, i) == text_of(table, first)
        if first != i and twins < 3 and state.under != live[first].under:
            twins += 1
            assert (image_of(table, i) == image_of(table, first)).all()
    assert twins or not swaps  # whoever looks at all of them knows where the ball is
    assert len(set(tokens.values())) == len(tokens)


def test_following_a_swap_moves_what_is_remembered_and_looking_away_does_not() -> None:
    world, state = TwoCup(), State((0, 1), 0, 0, (SWAP, FEINT))
    followed, _, _ = world.step(state, FOLLOW)
    missed, _, _ = world.step(state, LOOK_AWAY)
    assert followed == State((1, 0), 0, 1, (FEINT,))
    assert missed == State((1, 0), 0, 0, (FEINT,))
    for action in (FOLLOW, LOOK_AWAY):
        after, _, outcome = world.step(followed, action)
        assert (after, outcome) == (followed._replace(to_come=()), Outcome.OK)
        assert world.step(after, action)[2] is Outcome.BLOCKED


def test_a_cup_is_lifted_only_when_nothing_is_to_come_and_the_first_one_ends_it() -> None:
    world, moving, still = TwoCup(), State((0, 1), 0, 0, (SWAP,)), State((1, 0), 0, 1, ())
    for action in (LIFT_LEFT, LIFT_RIGHT):
        assert world.step(moving, action)[::2] == (moving, Outcome.WRONG_ORDER)
    right, reward, outcome = world.step(still, LIFT_RIGHT)
    assert (outcome, reward > 0) == (Outcome.SUCCESS, True)
    assert world.whereabouts(right)[0] is Whereabouts.TILE
    wrong, reward, outcome = world.step(still, LIFT_LEFT)
    assert (outcome, reward < 0) == (Outcome.OK, True)
    assert world.whereabouts(wrong)[0] is Whereabouts.COVERED
    table, (live, ends) = world.table(), world.states()
    assert {right, wrong} <= set(ends)
    assert table.live_states == len(live)
    assert "ball" not in text_of(table, len(live) + ends.index(wrong)).split("memory")[0]
    assert "ball, cup 1 (lifted)" in text_of(table, len(live) + ends.index(right))


def test_there_is_a_cup_in_the_middle_only_of_three() -> None:
    assert TwoCup(2).step(State((0, 1), 0, 0, ()), LIFT_MIDDLE)[2] is Outcome.BLOCKED
    assert TwoCup(3).step(State((0, 1, 2), 1, 1, ()), LIFT_MIDDLE)[2] is Outcome.SUCCESS
    assert TwoCup(2).table().whereabouts[0][-1] is Whereabouts.OUT_OF_SIGHT


def test_other_numbers_of_cups_and_swaps_are_refused() -> None:
    with pytest.raises(UserError, match="4 cups are not possible: choose 2 to 3 cups"):
        TwoCup(4)
    with pytest.raises(UserError, match="-1 swaps are not possible: choose 0 to 4 swaps"):
        TwoCup(2, -1)
