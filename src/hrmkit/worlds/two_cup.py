"""Two Cups: keep an eye on the ball while the cups change places, then choose a cup.

What is under a cup is never among the tokens: whoever lifts the right one has followed every
movement, or was lucky. By default there are two cups and up to two movements, of which any may be a
feint. docs/two-cup.md says what was measured with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

from hrmkit.worlds.definition import PLACES, Defaults, Size, Thing, WorldDefinition, WorldModel
from hrmkit.worlds.rules import (
    blocked,
    check_count,
    done,
    lost,
    moves_of,
    reachable,
    reached,
    too_early,
)
from hrmkit.worlds.world import CrudePriors, Entity, Outcome, Whereabouts, WorldTable

FOLLOW, LOOK_AWAY, LIFT_LEFT, LIFT_MIDDLE, LIFT_RIGHT = range(5)
TRACK_BALL, CHOOSE_CUP = range(2)
ACTIONS = ("Follow", "LookAway", "Lift left", "Lift middle", "Lift right")
SUBGOALS = ("TrackBall", "ChooseCup")
SIDES = ("left", "middle", "right")
COLOURS = ("red", "blue", "yellow")
FEATURES = (
    "goal register",
    "act register",
    "memory",
    *(f"ball {side}" for side in SIDES),
    "movement",
    "to come",
    "feint",
    "cup",
    *SIDES,
    "moves next",
)
F_GOAL, F_ACT, F_MEMORY, F_BALL, F_MOVEMENT, F_TO_COME, F_FEINT, F_CUP, F_SIDE, F_MOVES = (
    *range(4),
    *range(6, 11),
    13,
)
"""Of the three for the ball, and of the three sides, the first."""

FEINT = ()
"""A movement in which nothing moves. Others are the two places that are exchanged."""

MAX_STEPS = 12
MIN_CUPS, MAX_CUPS = 2, 3
MIN_SWAPS, MAX_SWAPS = 0, 4

Movement = tuple[int, ...]


class State(NamedTuple):
    """Where everything is, and what is still to come."""

    cups: tuple[int, ...]
    """The place of each cup."""
    under: int
    """The cup that the ball is under."""
    memory: int
    """The place that the ball is taken to be at."""
    to_come: tuple[Movement, ...]
    """The movements that are still to come; only the first is to be seen."""
    lifted: int = -1
    """The place whose cup was lifted, which ends the episode."""

    @property
    def ball(self) -> int:
        """The place of the ball."""
        return self.cups[self.under]


@dataclass(frozen=True)
class TwoCup:
    """The world Two Cups with `tiles` cups and up to `swaps` movements.

    Every place of the ball and every sequence of 0 to `swaps` movements is a start, with the ball
    seen: 14 with two cups and two movements. With no movement to come the order does not matter.

    Raises `UserError` if `tiles` is not 2 or 3, or `swaps` not 0 to 4.
    """

    tiles: int = 2
    swaps: int = 2

    def __post_init__(self) -> None:
        check_count(self.tiles, MIN_CUPS, MAX_CUPS, "cups")
        check_count(self.swaps, MIN_SWAPS, MAX_SWAPS, "swaps")

    def movements(self) -> tuple[Movement, ...]:
        """Everything that may happen in a step."""
        return (FEINT, *combinations(range(self.tiles), 2))

    def starts(self) -> Iterator[State]:
        """Every state that an episode may start from."""
        places = tuple(range(self.tiles))
        for length in range(self.swaps + 1):
            for to_come, ball in product(product(self.movements(), repeat=length), places):
                yield State(places, ball, ball, to_come)

    def place(self, action: int) -> int:
        """The place that an action lifts a cup at, or -1."""
        sides = {LIFT_LEFT: 0, LIFT_RIGHT: self.tiles - 1}
        if self.tiles == MAX_CUPS:
            sides[LIFT_MIDDLE] = 1
        return sides.get(action, -1)

    def side(self, place: int) -> int:
        """Which of `SIDES` a place is."""
        return len(SIDES) - 1 if place == self.tiles - 1 else place

    def step(self, state: State, action: int) -> tuple[State, float, Outcome]:
        """What `action` does in a live `state`: the next state, its reward, what came of it."""
        if action in (FOLLOW, LOOK_AWAY):
            if not state.to_come:
                return blocked(state)
            movement, *rest = state.to_come
            follows = action == FOLLOW
            return done(
                state._replace(
                    cups=tuple(moved(place, movement) for place in state.cups),
                    memory=moved(state.memory, movement) if follows else state.memory,
                    to_come=tuple(rest),
                )
            )
        place = self.place(action)
        if place == -1:
            return blocked(state)
        if state.to_come:
            return too_early(state)
        after = state._replace(lifted=place)
        return reached(after) if place == state.ball else lost(after)

    def teacher(self, state: State) -> tuple[int, int]:
        """The right sub-goal and the right action in a live `state`, for all that is known."""
        if state.to_come:
            return TRACK_BALL, FOLLOW
        return CHOOSE_CUP, LIFT_LEFT + self.side(state.memory)

    def tokens(self, state: State) -> tuple[tuple[int, ...], ...]:
        """The model's input: two registers, the memory, what happens next, one token a cup."""
        next_ = state.to_come[0] if state.to_come else FEINT
        coming = (F_TO_COME, *((F_FEINT,) if next_ == FEINT else ())) if state.to_come else ()
        cups = (
            (F_CUP, F_SIDE + self.side(place), *((F_MOVES,) if place in next_ else ()))
            for place in range(self.tiles)
        )
        memory = (F_MEMORY, F_BALL + self.side(state.memory))
        return ((F_GOAL,), (F_ACT,), memory, (F_MOVEMENT, *coming), *cups)

    def whereabouts(self, state: State) -> tuple[Whereabouts, ...]:
        """Where the ball and the three cups are."""
        seen = state.lifted == state.ball
        missing = MAX_CUPS - self.tiles
        return (
            Whereabouts.TILE if seen else Whereabouts.COVERED,
            *[Whereabouts.TILE] * self.tiles,
            *[Whereabouts.OUT_OF_SIGHT] * missing,
        )

    def looks(self, state: State) -> tuple[str, ...]:
        """A cup is lifted, or one can see that it is about to move; before a feint, all tremble."""
        if state.to_come and state.to_come[0] == FEINT:
            cups = ["trembling"] * self.tiles
        elif state.to_come:
            cups = ["about to move" if p in state.to_come[0] else "" for p in state.cups]
        else:
            cups = ["lifted" if place == state.lifted else "" for place in state.cups]
        return ("", *cups, *[""] * (MAX_CUPS - self.tiles))

    def showcase(self) -> State:
        """The ball at the left; a swap, a feint, another swap, a feint."""
        places = tuple(range(self.tiles))
        shown = ((0, 1), FEINT, (self.tiles - 2, self.tiles - 1), FEINT)
        return State(places, 0, 0, shown[: self.swaps])

    def table(self) -> WorldTable:
        """Enumerate the world; see `WorldTable`."""
        live, ends = self.states()
        states = [*live, *ends]
        moves = moves_of(live, ends, self.step, len(ACTIONS))
        taught = [self.teacher(state) for state in live]
        sides = [SIDES[self.side(place)] for place in range(self.tiles)]
        missing = (-1,) * (MAX_CUPS - self.tiles)
        return WorldTable(
            name="two-cup",
            tiles=self.tiles,
            max_steps=MAX_STEPS,
            subgoals=SUBGOALS,
            actions=ACTIONS,
            features=FEATURES,
            subgoal_token=0,
            action_token=1,
            entities=(
                Entity(name="ball", icon="ball"),
                *(
                    Entity(name=f"cup {i + 1}", icon="cup", attributes={"colour": colour})
                    for i, colour in enumerate(COLOURS)
                ),
            ),
            memory=tuple(f"ball: {side}" for side in SIDES),
            token_names=("goal", "act", "memory", "movement", *(f"{side} cup" for side in sides)),
            live_states=len(live),
            starts=tuple(range(len(list(self.starts())))),
            showcase=live.index(self.showcase()),
            tokens=tuple(self.tokens(state) for state in states),
            places=tuple((s.ball, *s.cups, *missing) for s in states),
            whereabouts=tuple(self.whereabouts(state) for state in states),
            looks=tuple(self.looks(state) for state in states),
            flags=tuple(
                tuple(self.side(s.memory) == side for side in range(len(SIDES))) for s in states
            ),
            next_state=moves.next_state,
            reward=moves.reward,
            outcome=moves.outcome,
            teacher_subgoal=tuple(subgoal for subgoal, _ in taught),
            teacher_action=tuple(action for _, action in taught),
            subgoal_tile=tuple((s.memory if s.to_come else -1, s.memory) for s in live),
        )

    def states(self) -> tuple[list[State], list[State]]:
        """The live states, the starts first, and the ends."""
        found = reachable(self.starts(), self.step, len(ACTIONS), lambda s: s.lifted >= 0)
        return [s for s in found if s.lifted < 0], [s for s in found if s.lifted >= 0]

    def crude_priors(self) -> CrudePriors:
        """Likes choosing better than watching, and looks away more than it follows.

        Nothing in it says that watching comes first, or that a cup must not be lifted while cups
        still move. The labels are soft: a base taught hard ones unlearns them slowly.
        """
        live, _ = self.states()
        track = (0.3, 0.7, 0.0, 0.0, 0.0)
        return CrudePriors(
            subgoal=tuple((0.3, 0.7) if s.to_come else (0.0, 1.0) for s in live),
            action=tuple(
                (track if s.to_come else NO_HABIT, self.lift(self.side(s.memory))) for s in live
            ),
        )

    @staticmethod
    def lift(side: int) -> tuple[float, ...]:
        """Odds of every action: lift the cup of that side."""
        return tuple(1.0 if action == LIFT_LEFT + side else 0.0 for action in range(len(ACTIONS)))


NO_HABIT = (0.0,) * len(ACTIONS)


def moved(place: int, movement: Movement) -> int:
    """Where a movement brings what is at `place`."""
    if place not in movement:
        return place
    one, other = movement
    return other if place == one else one


TWO_CUP = WorldDefinition(
    name="two-cup",
    title="Two Cups",
    env="TwoCup-v0",
    make=TwoCup,
    sizes=(
        Size(
            name=PLACES,
            label="Cups",
            hint="Cups on the table.",
            unit="cup",
            minimum=MIN_CUPS,
            maximum=MAX_CUPS,
            default=2,
        ),
        Size(
            name="swaps",
            label="Swaps",
            hint="The most movements before a cup is chosen; any may be a feint.",
            unit="swap",
            minimum=MIN_SWAPS,
            maximum=MAX_SWAPS,
            default=2,
        ),
    ),
    # Each rival has its own best rates (docs/two-cup.md), so that the comparison is fair.
    models=(
        WorldModel(
            name="hierarchy", preset="twocup", rate_heads=1e-2, rate_body=3e-4, in_page=True
        ),
        WorldModel(
            name="flat", preset="twocup-flat", rate_heads=1e-2, rate_body=3e-4, in_page=True
        ),
        WorldModel(
            name="flat-labelled", preset="twocup-flat-labelled", rate_heads=1e-2, rate_body=3e-4
        ),
        WorldModel(name="no-channel", preset="twocup-no-channel", rate_heads=1e-2, rate_body=3e-4),
        WorldModel(name="one-module", preset="twocup-one-module", rate_heads=1e-2, rate_body=3e-4),
    ),
    defaults=Defaults(),
    whole="table",
    opening="There are {tiles} on a table.",
    things=(
        Thing(entity="ball", words="A ball is put under one of the cups, for all to see."),
        Thing(entity="cup 1", words="This cup is red. Cups change places, or only seem to."),
        Thing(entity="cup 2", words="This one is blue. From outside, no cup tells what is in it."),
        Thing(entity="cup 3", words="And this one is yellow."),
    ),
    at_place="at place {number}",
    episode="game",
    wrong_order="The cups still move: none may be lifted yet.",
    lost="Nothing lies under that cup.",
)
