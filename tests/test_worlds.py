"""What every registered world promises, and a world that is not in the package."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import RenderCollection

from hrmkit.errors import UserError
from hrmkit.model.presets import WORLD_PRESETS
from hrmkit.worlds import env
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.picture import image_of, text_of
from hrmkit.worlds.registry import DEFAULT_WORLD, WORLDS, world_named, world_of_preset
from hrmkit.worlds.world import Outcome, Whereabouts, WorldTable
from some_world import BELL

SOURCE = Path(__file__).parent.parent / "src" / "hrmkit"
EVERY = [*WORLDS.values(), BELL]
TABLES = [
    pytest.param(world.sized(sizes).table(), id=f"{world.name}-{world.size_key(sizes)}")
    for world in EVERY
    for sizes in world.every_size()
]
of_every_world = pytest.mark.parametrize("world", EVERY, ids=lambda world: world.name)
of_every_table = pytest.mark.parametrize("table", TABLES)


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorldDefinition]:
    monkeypatch.setitem(WORLDS, BELL.name, BELL)
    name = env.register(BELL)
    yield BELL
    del gymnasium.registry[name]


def followed(table: WorldTable, start: int, choices: list[int]) -> tuple[list[Outcome], int]:
    """What comes of the actions `choices [S]` from a start, and the state they end in."""
    state, outcomes = start, list[Outcome]()
    while state < table.live_states and len(outcomes) < table.max_steps:
        action = choices[state]
        outcomes.append(table.outcome[state][action])
        state = table.next_state[state][action]
    return outcomes, state


def where_order_matters(table: WorldTable) -> set[int]:
    """The states from which some episode does something in the wrong order."""
    found = {s for s, outcomes in enumerate(table.outcome) if Outcome.WRONG_ORDER in outcomes}
    before = -1
    while before < len(found):
        before = len(found)
        found |= {s for s, after in enumerate(table.next_state) if not found.isdisjoint(after)}
    return found


@of_every_table
def test_the_teacher_reaches_the_goal_from_every_start_without_a_mistake(table: WorldTable) -> None:
    for start in table.starts:
        outcomes, end = followed(table, start, list(table.teacher_action))
        assert end >= table.live_states
        assert outcomes[-1] is Outcome.SUCCESS
        assert set(outcomes[:-1]) <= {Outcome.OK}


@of_every_table
def test_every_list_has_its_length_and_every_number_its_range(table: WorldTable) -> None:
    states, live = len(table.tokens), table.live_states
    goals, actions = len(table.subgoals), len(table.actions)
    assert 0 < live < states
    assert goals > 1
    assert actions > 1
    assert set(table.starts) <= set(range(live))
    assert table.showcase in table.starts
    for rows in (table.places, table.whereabouts, table.looks):
        assert [len(row) for row in rows] == [len(table.entities)] * states
    assert [len(row) for row in table.flags] == [len(table.memory)] * states
    assert [len(row) for row in table.tokens] == [len(table.token_names)] * states
    assert {f for row in table.tokens for token in row for f in token} <= set(
        range(len(table.features))
    )
    for rows in (table.next_state, table.reward, table.outcome):
        assert [len(row) for row in rows] == [actions] * live
    assert {to for row in table.next_state for to in row} <= set(range(states))
    assert len(table.teacher_subgoal) == len(table.teacher_action) == live
    assert set(table.teacher_subgoal) <= set(range(goals))
    assert set(table.teacher_action) <= set(range(actions))
    assert [len(row) for row in table.subgoal_tile] == [goals] * live
    tiles = {place for row in (*table.places, *table.subgoal_tile) for place in row}
    assert tiles <= set(range(-1, table.tiles))
    assert len({entity.name for entity in table.entities}) == len(table.entities)


@of_every_table
def test_a_success_ends_the_episode_and_nothing_that_fails_moves(table: WorldTable) -> None:
    for state, outcomes in enumerate(table.outcome):
        for action, outcome in enumerate(outcomes):
            after, reward = table.next_state[state][action], table.reward[state][action]
            if outcome is Outcome.SUCCESS:
                assert after >= table.live_states
                assert reward > 0
            elif outcome is not Outcome.OK:
                assert after == state
            if outcome is not Outcome.SUCCESS:
                assert reward < 0


@of_every_table
def test_what_looks_alike_is_taught_alike(table: WorldTable) -> None:
    labels: dict[object, tuple[int, int]] = {}
    for state in range(table.live_states):
        taught = table.teacher_subgoal[state], table.teacher_action[state]
        assert labels.setdefault(table.tokens[state], taught) == taught


@of_every_table
def test_a_thing_has_a_tile_when_it_is_on_one_and_only_then(table: WorldTable) -> None:
    on_a_tile = {Whereabouts.TILE, Whereabouts.COVERED}
    for places, whereabouts in zip(table.places, table.whereabouts, strict=True):
        for place, where in zip(places, whereabouts, strict=True):
            assert (place >= 0) == (where in on_a_tile)


@of_every_world
def test_the_crude_priors_are_odds_and_get_the_order_wrong(world: WorldDefinition) -> None:
    for sizes in world.every_size():
        made = world.sized(sizes)
        priors, table = made.crude_priors(), made.table()
        assert len(priors.subgoal) == len(priors.action) == table.live_states
        choices: list[int] = []
        for goals, commands in zip(priors.subgoal, priors.action, strict=True):
            assert len(goals) == len(commands) == len(table.subgoals)
            assert sum(goals) == pytest.approx(1)
            for goal, odds in zip(goals, commands, strict=True):
                assert len(odds) == len(table.actions)
                assert sum(odds) in (pytest.approx(1), 0)
                assert sum(odds) > 0 or goal == 0
            told = commands[max(range(len(goals)), key=goals.__getitem__)]
            choices.append(max(range(len(told)), key=told.__getitem__))
        matters = where_order_matters(table)
        for start in table.starts:
            outcomes, end = followed(table, start, choices)
            if start in matters:
                assert end < table.live_states
                assert Outcome.WRONG_ORDER in outcomes
            else:
                assert outcomes[-1] is Outcome.SUCCESS


@of_every_world
def test_one_model_fits_every_size_of_a_world(world: WorldDefinition) -> None:
    tables = [world.sized(sizes).table() for sizes in world.every_size()]
    for name in ("features", "subgoals", "actions", "subgoal_token", "action_token", "memory"):
        assert len({getattr(table, name) for table in tables}) == 1
    assert all(table.entities == tables[0].entities for table in tables)
    # The exported graphs take lines of so many tokens.
    assert all(4 <= len(table.token_names) <= 64 for table in tables)
    assert all(table.name == world.name for table in tables)


@of_every_world
def test_what_a_world_says_of_itself_fits_its_table(world: WorldDefinition) -> None:
    table = world.sized().table()
    assert [thing.entity for thing in world.things] == [one.name for one in table.entities]
    assert "{tiles}" in world.opening
    assert {model.name for model in world.models} <= {chosen.name for chosen in WORLD_PRESETS}
    assert len({model.name for model in world.models}) == len(world.models)
    assert world.main.name == "hierarchy"
    assert world.source.name.endswith(".py")


def test_no_preset_belongs_to_two_worlds() -> None:
    presets = [model.preset for world in WORLDS.values() for model in world.models]
    assert len(set(presets)) == len(presets)
    assert len({world.env for world in WORLDS.values()}) == len(WORLDS)


@of_every_world
@pytest.mark.usefixtures("bell")
def test_gymnasium_accepts_every_world(world: WorldDefinition) -> None:
    for sizes in world.every_size():
        name = f"hrmkit.worlds:hrmkit/{world.env}"
        check_env(gymnasium.make(name, render_mode="ansi", **sizes).unwrapped)
    check_env(gymnasium.make(name, render_mode="rgb_array").unwrapped)


@of_every_world
@pytest.mark.usefixtures("bell")
def test_the_images_of_an_episode_make_a_film(world: WorldDefinition) -> None:
    """What gymnasium's RecordVideo asks for: an image a step, all of one size, showing what is new.

    Its own encoder needs an older Pillow than the package has, so the images are collected here.
    """
    made = gymnasium.make(f"hrmkit.worlds:hrmkit/{world.env}", render_mode="rgb_array")
    film, table = RenderCollection(made), world.sized().table()
    state, over = table.showcase, False
    film.reset(options={"start": state})
    seen = [(table.places[state], table.whereabouts[state], table.looks[state])]
    while not over:
        _, _, over, _, info = film.step(table.teacher_action[state])
        state = info["state"]
        seen.append((table.places[state], table.whereabouts[state], table.looks[state]))
    frames = film.render()
    assert len(frames) == len(seen) > 2
    assert {(frame.shape, frame.dtype) for frame in frames} == {
        (frames[0].shape, np.dtype("uint8"))
    }
    for before, after, one, other in zip(frames, frames[1:], seen, seen[1:], strict=False):
        assert (before == after).all() == (one == other)


def test_gymnasium_finds_the_worlds_in_a_fresh_process_by_the_short_name_and_by_the_old() -> None:
    for module in ("hrmkit.worlds", "hrmkit.worlds.env"):
        program = (
            "import gymnasium\n"
            f"made = gymnasium.make('{module}:hrmkit/KeyDoor-v0', tiles=4)\n"
            "print(made.observation_space.shape)"
        )
        found = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
        )
        assert found.stdout == "(7, 8)\n"


def test_what_is_not_to_be_seen_is_not_drawn(bell: WorldDefinition) -> None:
    """Where a bell that is covered hides makes no mark."""
    table = bell.sized().table()
    assert table.whereabouts[table.showcase][1] is Whereabouts.COVERED
    places = tuple((*row[:1], 0, *row[2:]) for row in table.places)
    moved = table.model_copy(update={"places": places})
    assert moved.places[table.showcase] != table.places[table.showcase]
    assert (image_of(moved, table.showcase) == image_of(table, table.showcase)).all()
    assert text_of(moved, table.showcase) == text_of(table, table.showcase)


def test_a_covered_thing_is_not_rendered(bell: WorldDefinition) -> None:
    made = gymnasium.make("hrmkit.worlds:hrmkit/Bell-v0", render_mode="ansi").unwrapped
    table = bell.sized().table()
    made.reset(options={"start": table.showcase})
    assert made.render() == "[agent] [] [cloth] memory: nothing"
    for action in (0, 0, 1):
        made.step(action)
    assert made.render() == "[] [] [agent, bell] memory: uncovered"


def test_an_unknown_world_preset_or_size_gets_one_sentence(bell: WorldDefinition) -> None:
    for call, sentence in (
        (
            lambda: world_named("two-cups"),
            "no world is called 'two-cups': choose key-door, two-cup, ",
        ),
        (lambda: world_of_preset("bells"), "no world has a model called 'bells': choose keydoor,"),
        (lambda: bell.model("keydoor"), "bell has no model 'keydoor': choose bell, bell-flat"),
        (lambda: bell.rival("one-module"), "bell has no rival 'one-module': choose flat"),
        (lambda: bell.sized({"swaps": 1}), "bell has no size 'swaps': choose tiles, cloths"),
        (lambda: bell.sized({"cloths": 3}), "3 cloths in bell: choose 1 to 2"),
        (lambda: env.make("key-door", tiles=2), "2 tiles in key-door: choose 3 to 9"),
        (lambda: env.make("two-cup", tiles=4), "4 tiles in two-cup: choose 2 to 3"),
        (lambda: env.make("two-cup", swaps=5), "5 swaps in two-cup: choose 0 to 4"),
        (lambda: env.make("two-cup", cups=2), "two-cup has no size 'cups': choose tiles, swaps"),
        (lambda: env.make("sort-by-rule", tiles=2), "2 tiles in sort-by-rule: choose 3 to 9"),
        (lambda: env.make("push-then-go", tiles=10), "10 tiles in push-then-go: choose 3 to 9"),
        (lambda: env.make("key-door", "human"), "render mode 'human': choose ansi, rgb_array, or"),
    ):
        with pytest.raises(UserError) as caught:
            call()
        assert str(caught.value).startswith(sentence)


def test_a_definition_that_lacks_something_is_refused() -> None:
    whole = {name: getattr(BELL, name) for name in WorldDefinition.model_fields}
    with pytest.raises(ValueError, match="the first size of bell has to be 'tiles'"):
        WorldDefinition(**{**whole, "sizes": BELL.sizes[1:]})
    with pytest.raises(ValueError, match="bell has no model"):
        WorldDefinition(**{**whole, "models": ()})


def test_a_table_from_before_whereabouts_has_what_is_on_no_tile_in_the_hand() -> None:
    table = world_named(DEFAULT_WORLD).sized().table()
    old = json.loads(table.model_dump_json(exclude={"whereabouts", "looks"}))
    for entity in old["entities"]:
        del entity["attributes"]
    again = WorldTable.model_validate(old)
    assert again.whereabouts == table.whereabouts
    assert again.looks == ()


def test_no_module_but_the_registry_imports_a_world() -> None:
    """Where the worlds are made known, and only there, their modules are named."""
    own = {world.source.stem for world in WORLDS.values()}
    modules = {f"hrmkit.worlds.{name}" for name in own}
    for path in SOURCE.rglob("*.py"):
        if path.stem in own or path == SOURCE / "worlds" / "registry.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names):
                    found = {name.name for name in names}
                case ast.ImportFrom(module=str(module), names=names):
                    found = {module, *(f"{module}.{name.name}" for name in names)}
                case ast.Constant(value=str(text)):
                    found = {text}
                case _:
                    continue
            assert not found & modules, path
