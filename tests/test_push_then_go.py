import pytest

from hrmkit.worlds.line import LEFT, RIGHT
from hrmkit.worlds.push_then_go import CLEAR_PATH, GONE, PUSH, PushThenGo, State
from hrmkit.worlds.world import Outcome, Whereabouts

LENGTHS = range(3, 10)


@pytest.mark.parametrize("tiles", LENGTHS)
def test_the_path_is_clear_unless_the_block_stands_between(tiles: int) -> None:
    table = PushThenGo(tiles).table()
    for state, (agent, block, goal) in enumerate(table.places):
        between = agent < block < goal or goal < block < agent
        assert table.flags[state] == (not between,)
        assert (block == GONE) == (table.whereabouts[state][1] is Whereabouts.OUT_OF_SIGHT)
        if state < table.live_states:
            assert (table.teacher_subgoal[state] == CLEAR_PATH) == between
            assert between or table.teacher_action[state] != PUSH  # pushing would be a waste


def test_in_some_starts_the_way_is_free() -> None:
    table = PushThenGo().table()
    free = [start for start in table.starts if table.flags[start] == (True,)]
    assert (len(table.starts), len(free)) == (36, 16)


def test_walking_into_the_block_is_too_early_only_where_it_is_in_the_way() -> None:
    world, ahead, behind = PushThenGo(), State(1, 4, 2), State(1, 4, 0)
    assert world.step(ahead, RIGHT)[::2] == (ahead, Outcome.WRONG_ORDER)
    assert world.step(behind, LEFT)[::2] == (behind, Outcome.BLOCKED)
    for state in (ahead, behind):
        assert world.step(state, PUSH)[::2] == (state._replace(block=GONE), Outcome.OK)
    assert world.step(State(1, 4, 3), PUSH)[2] is Outcome.BLOCKED
    assert world.step(State(1, 4, GONE), PUSH)[2] is Outcome.BLOCKED
    assert world.step(State(3, 4, 0), RIGHT)[2] is Outcome.SUCCESS
