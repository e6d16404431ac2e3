"""Sort by Rule on a line: read the card, then take the shape that it asks for.

A card hangs face down over the middle of the line. If it is blue, the triangle is wanted, else the
circle. What is on the card is no token before it is read. docs/sort-by-rule.md says what was
measured with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from hrmkit.worlds.definition import Defaults, Thing, WorldDefinition, WorldModel
from hrmkit.worlds.line import LENGTH, MAX_TILES, MIN_TILES, beside, habit, tile_names, walk
from hrmkit.worlds.rules import blocked, check_count, done, lost, moves_of, reached, too_early
from hrmkit.worlds.world import CrudePriors, Entity, Outcome, Whereabouts, WorldTable

READ, PICK = 2, 3
READ_RULE, GOTO_TRIANGLE, GOTO_CIRCLE, PICK_IT = range(4)
ACTIONS = ("Left", "Right", "Read", "Pick")
SUBGOALS = ("ReadRule", "GoTo(triangle)", "GoTo(circle)", "PickIt")
FEATURES = (
    "goal register",
    "act register",
    "memory",
    "rule: blue",
    "rule: not blue",
    "tile",
    "agent here",
    "card here",
    "triangle here",
    "circle here",
)
F_GOAL, F_ACT, F_MEMORY, F_BLUE, F_NOT_BLUE, F_TILE, F_AGENT, F_CARD, F_TRIANGLE, F_CIRCLE = range(
    10
)

MAX_STEPS = 12

NO_HABIT = (0.0, 0.0, 0.0, 0.0)
AT_A_THING = (0.0, 0.0, 0.3, 0.7)
"""What the base model tries at whatever it has walked to: Pick rather than Read."""


class State(NamedTuple):
    """Where everything is."""

    agent: int
    triangle: int
    circle: int
    blue: bool
    read: bool
    taken: int = -1
    """The tile whose shape was taken, which ends the episode."""

    @property
    def wanted(self) -> int:
        """The tile of the shape that the card asks for."""
        return self.triangle if self.blue else self.circle


@dataclass(frozen=True)
class SortByRule:
    """The world Sort by Rule on a line of `tiles` tiles.

    Every placing of the agent, and of both shapes on different tiles beside the card's, is a start,
    with either card: 120 on 5 tiles.

    Raises `UserError` if `tiles` is not 3 to 9.
    """

    tiles: int = 5

    def __post_init__(self) -> None:
        check_count(self.tiles, MIN_TILES, MAX_TILES, "tiles")

    @property
    def card(self) -> int:
        """The tile that the card hangs over."""
        return self.tiles // 2

    def shapes(self) -> list[tuple[int, int]]:
        """Every placing of triangle and circle."""
        line = [tile for tile in range(self.tiles) if tile != self.card]
        return [
            (triangle, circle) for triangle, circle in product(line, line) if triangle != circle
        ]

    def live(self) -> Iterator[State]:
        """Every state in which there is something left to do, in the table's order."""
        line, either = range(self.tiles), (False, True)
        for read, blue, shapes, agent in product(either, either, self.shapes(), line):
            yield State(agent, *shapes, blue, read)

    def ends(self) -> Iterator[State]:
        """Every state in which a shape is taken."""
        for blue, shapes, which in product((False, True), self.shapes(), range(2)):
            tile = shapes[which]
            yield State(tile, *shapes, blue, read=True, taken=tile)

    def step(self, state: State, action: int) -> tuple[State, float, Outcome]:
        """What `action` does in a live `state`: the next state, its reward, what came of it."""
        agent = state.agent
        if action == READ:
            if agent != self.card or state.read:
                return blocked(state)
            return done(state._replace(read=True))
        if action == PICK:
            if agent not in (state.triangle, state.circle):
                return blocked(state)
            if not state.read:
                return too_early(state)
            after = state._replace(taken=agent)
            return reached(after) if agent == state.wanted else lost(after)
        if not 0 <= beside(agent, action) < self.tiles:
            return blocked(state)
        return done(state._replace(agent=beside(agent, action)))

    def teacher(self, state: State) -> tuple[int, int]:
        """The right sub-goal and the right action in a live `state`."""
        if not state.read:
            return READ_RULE, walk(state.agent, self.card, there=READ)
        if state.agent == state.wanted:
            return PICK_IT, PICK
        goal = GOTO_TRIANGLE if state.blue else GOTO_CIRCLE
        return goal, walk(state.agent, state.wanted, there=PICK)

    def tokens(self, state: State) -> tuple[tuple[int, ...], ...]:
        """The model's input: two registers, the memory, then one token a tile."""
        rule = (F_BLUE if state.blue else F_NOT_BLUE,) if state.read else ()
        things = (
            (F_AGENT, state.agent),
            (F_CARD, self.card),
            (F_TRIANGLE, state.triangle),
            (F_CIRCLE, state.circle),
        )
        line = (
            (F_TILE, *(feature for feature, at in things if at == tile))
            for tile in range(self.tiles)
        )
        return ((F_GOAL,), (F_ACT,), (F_MEMORY, *rule), *line)

    def table(self) -> WorldTable:
        """Enumerate the world; see `WorldTable`."""
        live, ends = list(self.live()), list(self.ends())
        states = [*live, *ends]
        moves = moves_of(live, ends, self.step, len(ACTIONS))
        taught = [self.teacher(state) for state in live]
        return WorldTable(
            name="sort-by-rule",
            tiles=self.tiles,
            max_steps=MAX_STEPS,
            subgoals=SUBGOALS,
            actions=ACTIONS,
            features=FEATURES,
            subgoal_token=0,
            action_token=1,
            entities=(
                Entity(name="agent", icon="agent"),
                Entity(name="card", icon="card"),
                Entity(name="triangle", icon="triangle"),
                Entity(name="circle", icon="circle"),
            ),
            memory=("rule: blue", "rule: not blue"),
            token_names=("goal", "act", "memory", *tile_names(self.tiles)),
            live_states=len(live),
            starts=tuple(i for i, state in enumerate(live) if not state.read),
            # From the circle's end over the card to the triangle's: the circle looks so near.
            showcase=live.index(State(0, self.tiles - 1, 0, blue=True, read=False)),
            tokens=tuple(self.tokens(state) for state in states),
            places=tuple((s.agent, self.card, *places_of(s)) for s in states),
            whereabouts=tuple(
                (
                    Whereabouts.TILE,
                    Whereabouts.TILE,
                    *(Whereabouts.HAND if at < 0 else Whereabouts.TILE for at in places_of(s)),
                )
                for s in states
            ),
            looks=tuple(("", looks_of_card(s), "", "") for s in states),
            flags=tuple((s.read and s.blue, s.read and not s.blue) for s in states),
            next_state=moves.next_state,
            reward=moves.reward,
            outcome=moves.outcome,
            teacher_subgoal=tuple(subgoal for subgoal, _ in taught),
            teacher_action=tuple(action for _, action in taught),
            subgoal_tile=tuple((self.card, s.triangle, s.circle, here(s)) for s in live),
        )

    def crude_priors(self) -> CrudePriors:
        """Goes for a shape, the triangle rather than the circle; there, mostly tries Pick.

        Nothing in it says that reading comes first, or that Pick needs it; what a card means once
        it is read, it knows. The labels are soft: a base taught hard ones unlearns them slowly.
        """
        live = list(self.live())
        return CrudePriors(
            subgoal=tuple(likes(s) for s in live),
            action=tuple(
                (
                    NO_HABIT if s.read else habit(s.agent, self.card, AT_A_THING),
                    habit(s.agent, s.triangle, AT_A_THING),
                    habit(s.agent, s.circle, AT_A_THING),
                    NO_HABIT if here(s) < 0 else AT_A_THING,
                )
                for s in live
            ),
        )


def likes(state: State) -> tuple[float, ...]:
    """Odds of every sub-goal of the base model."""
    if not state.read:
        return (0.3, 0.5, 0.2, 0.0)
    pick = 0.3 if state.agent == state.wanted else 0.0
    go = 1.0 - pick
    return (0.0, go, 0.0, pick) if state.blue else (0.0, 0.0, go, pick)


def places_of(state: State) -> tuple[int, int]:
    """The tiles of triangle and circle; -1 for the one that was taken."""
    return (
        -1 if state.taken == state.triangle else state.triangle,
        -1 if state.taken == state.circle else state.circle,
    )


def looks_of_card(state: State) -> str:
    """The card's face, once it is turned over."""
    if not state.read:
        return "face-down"
    return "blue" if state.blue else "red"


def here(state: State) -> int:
    """The agent's tile, if a shape lies on it, else -1."""
    return state.agent if state.agent in (state.triangle, state.circle) else -1


SORT_BY_RULE = WorldDefinition(
    name="sort-by-rule",
    title="Sort by Rule",
    env="SortByRule-v0",
    make=SortByRule,
    sizes=(LENGTH,),
    # Each rival has its own best rates (docs/sort-by-rule.md), so that the comparison is fair.
    models=(
        WorldModel(
            name="hierarchy", preset="sortrule", rate_heads=1e-2, rate_body=3e-4, in_page=True
        ),
        WorldModel(
            name="flat", preset="sortrule-flat", rate_heads=1e-2, rate_body=3e-4, in_page=True
        ),
        WorldModel(
            name="flat-labelled", preset="sortrule-flat-labelled", rate_heads=1e-2, rate_body=1e-3
        ),
        WorldModel(
            name="no-channel", preset="sortrule-no-channel", rate_heads=1e-2, rate_body=3e-4
        ),
        WorldModel(
            name="one-module", preset="sortrule-one-module", rate_heads=1e-2, rate_body=1e-3
        ),
    ),
    defaults=Defaults(),
    whole="line",
    opening="We live on a line of {tiles}.",
    things=(
        Thing(entity="agent", words="This is the agent. It does one small thing at a time."),
        Thing(entity="card", words="A card hangs here, face down. It says which shape to take."),
        Thing(entity="triangle", words="If the card is blue, the triangle is wanted."),
        Thing(entity="circle", words="If it is not, the circle is."),
    ),
    episode="walk",
    wrong_order="The card is not read yet: it says which shape is wanted.",
    lost="That is not the shape that the card asks for.",
)
