import pytest

from hrmkit.worlds.picture import text_of
from hrmkit.worlds.sort_by_rule import PICK, READ, SortByRule, State
from hrmkit.worlds.world import Outcome, Whereabouts

LENGTHS = range(3, 10)


@pytest.mark.parametrize("tiles", LENGTHS)
def test_the_card_is_secret_until_it_is_read(tiles: int) -> None:
    """What differs in the card alone has the same tokens and looks before, others after."""
    world = SortByRule(tiles)
    table, live = world.table(), list(world.live())
    index = {state: i for i, state in enumerate(live)}
    for state, i in index.items():
        other = index[state._replace(blue=not state.blue)]
        same = not state.read
        assert (table.tokens[i] == table.tokens[other]) == same
        assert (text_of(table, i) == text_of(table, other)) == same
        assert (table.flags[i] == table.flags[other]) == same
        assert table.starts.count(i) == same


def test_a_shape_is_taken_only_after_reading_and_the_first_one_ends_it() -> None:
    world = SortByRule()
    at_triangle = State(1, 1, 4, blue=True, read=False)
    assert world.step(at_triangle, PICK)[::2] == (at_triangle, Outcome.WRONG_ORDER)
    assert world.step(at_triangle, READ)[2] is Outcome.BLOCKED
    under_card = at_triangle._replace(agent=world.card)
    read, _, outcome = world.step(under_card, READ)
    assert (read, outcome) == (under_card._replace(read=True), Outcome.OK)
    assert world.step(read, READ)[2] is Outcome.BLOCKED
    assert world.step(read, PICK)[2] is Outcome.BLOCKED
    for blue, outcome in ((True, Outcome.SUCCESS), (False, Outcome.OK)):
        state = at_triangle._replace(read=True, blue=blue)
        after, reward, found = world.step(state, PICK)
        assert (after.taken, found, reward > 0) == (1, outcome, blue)
        ends = list(world.ends())
        table = world.table()
        row = table.whereabouts[table.live_states + ends.index(after)]
        assert row[2:] == (Whereabouts.HAND, Whereabouts.TILE)


def test_five_tiles_have_a_hundred_and_twenty_starts_with_the_shapes_beside_the_card() -> None:
    table = SortByRule().table()
    assert len(table.starts) == 120
    for start in table.starts:
        _, card, triangle, circle = table.places[start]
        assert len({card, triangle, circle}) == 3
