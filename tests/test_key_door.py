import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.worlds.env import WorldEnv
from hrmkit.worlds.key_door import GOTO_DOOR, OPEN, OPEN_DOOR, PICK, KeyDoor
from hrmkit.worlds.line import LEFT, RIGHT
from hrmkit.worlds.world import Outcome, WorldTable

TABLES = {tiles: KeyDoor(tiles).table() for tiles in range(3, 10)}
tables = st.sampled_from(list(TABLES.values()))


def follow_teacher(table: WorldTable, start: int) -> tuple[list[int], float, int]:
    """The teacher's actions from a start, what they earn, and the state they end in."""
    state, actions, total = start, [], 0.0
    while state < table.live_states and len(actions) < table.max_steps:
        action = table.teacher_action[state]
        actions.append(action)
        total += table.reward[state][action]
        state = table.next_state[state][action]
    return actions, total, state


def test_five_tiles_have_a_hundred_starts_with_key_and_door_apart() -> None:
    table = TABLES[5]
    assert len(table.starts) == 100
    assert table.live_states == 200
    assert table.max_steps == 12
    for start in table.starts:
        _, key, door = table.places[start]
        assert key != door
        assert table.flags[start] == (False,)


@given(tables)
def test_the_teacher_opens_the_door_from_every_start(table: WorldTable) -> None:
    for start in table.starts:
        agent, key, door = table.places[start]
        actions, total, end = follow_teacher(table, start)
        shortest = abs(agent - key) + 1 + abs(key - door) + 1
        assert end >= table.live_states
        assert len(actions) == shortest
        assert total == pytest.approx(1 - 0.02 * shortest)


@given(tables, st.data())
def test_every_move_stays_in_the_world_and_costs_what_it_should(
    table: WorldTable, data: st.DataObject
) -> None:
    state = data.draw(st.integers(0, table.live_states - 1))
    action = data.draw(st.integers(0, 3))
    after, reward = table.next_state[state][action], table.reward[state][action]
    agent, key, door = table.places[state]
    (holding,) = table.flags[state]
    match table.outcome[state][action]:
        case Outcome.OK:
            assert after != state
            assert reward == -0.02
            assert action != OPEN
        case Outcome.SUCCESS:
            assert (action, agent, holding) == (OPEN, door, True)
            assert after >= table.live_states
            assert reward == 0.98
        case Outcome.WRONG_ORDER:
            assert (action, agent, holding) == (OPEN, door, False)
            assert (after, reward) == (state, -0.12)
        case Outcome.BLOCKED:
            assert (after, reward) == (state, -0.12)
            at_wall = (action == LEFT and agent == 0) or (
                action == RIGHT and agent == table.tiles - 1
            )
            assert (
                at_wall or (action == PICK and agent != key) or (action == OPEN and agent != door)
            )


@given(tables)
def test_no_two_live_states_look_alike_unless_only_the_used_key_differs(table: WorldTable) -> None:
    seen: dict[object, tuple[int, ...]] = {}
    for state in range(table.live_states):
        looks = table.tokens[state]
        assert seen.setdefault(looks, table.places[state]) == table.places[state]


def test_the_teacher_names_the_sub_goals_of_the_story() -> None:
    table, state, subgoals = TABLES[5], TABLES[5].showcase, []
    while state < table.live_states:
        subgoals.append(table.subgoals[table.teacher_subgoal[state]])
        state = table.next_state[state][table.teacher_action[state]]
    assert subgoals == ["GoTo(key)"] * 3 + ["GoTo(door)"] * 2 + ["OpenDoor"]


def test_the_crude_priors_never_say_that_the_key_comes_first() -> None:
    priors, table = KeyDoor().crude_priors(), TABLES[5]
    for state, odds in enumerate(priors.subgoal):
        assert sum(odds) == pytest.approx(1)
        assert max(range(3), key=odds.__getitem__) == GOTO_DOOR
        assert odds[OPEN_DOOR] == 0
        agent, _, door = table.places[state]
        there = priors.action[state][GOTO_DOOR]
        assert max(range(4), key=there.__getitem__) == OPEN if agent == door else there[OPEN] == 0


@pytest.mark.parametrize("tiles", [-1, 0, 2, 10])
def test_a_line_of_another_length_is_refused(tiles: int) -> None:
    with pytest.raises(UserError, match=f"{tiles} tiles.*3 to 9"):
        KeyDoor(tiles)


def test_an_episode_in_gymnasium_is_the_tables() -> None:
    table = TABLES[5]
    env = WorldEnv(table)
    for start in table.starts[::7]:
        _, info = env.reset(options={"start": start})
        total, done = 0.0, False
        while not done:
            _, reward, done, late, info = env.step(info["action"])
            total += reward
            assert not late
        assert total == pytest.approx(follow_teacher(table, start)[1])


def test_gymnasium_truncates_after_twelve_steps_and_refuses_what_is_not_there() -> None:
    env = WorldEnv(TABLES[5])
    env.reset(options={"start": TABLES[5].showcase})
    for step in range(12):
        *_, late, _ = env.step(LEFT)
        assert late == (step == 11)
    with pytest.raises(UserError, match="action 4"):
        env.step(4)
    with pytest.raises(UserError, match="not a start"):
        env.reset(options={"start": 199})
