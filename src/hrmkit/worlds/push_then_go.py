"""Push, then Go on a line: get the block out of the way, if it is in the way, and go to the goal.

A maze of one step. In some starts the way is free, and pushing would be a waste.
docs/push-then-go.md says what was measured with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from hrmkit.worlds.definition import Defaults, Thing, WorldDefinition, WorldModel
from hrmkit.worlds.line import LENGTH, MAX_TILES, MIN_TILES, beside, habit, tile_names, walk
from hrmkit.worlds.rules import blocked, check_count, done, moves_of, reached, too_early
from hrmkit.worlds.world import CrudePriors, Entity, Outcome, Whereabouts, WorldTable

PUSH = 2
CLEAR_PATH, REACH_GOAL = range(2)
ACTIONS = ("Left", "Right", "Push")
SUBGOALS = ("ClearPath", "ReachGoal")
FEATURES = (
    "goal register",
    "act register",
    "memory",
    "path clear",
    "tile",
    "agent here",
    "block here",
    "goal here",
)
F_GOAL, F_ACT, F_MEMORY, F_CLEAR, F_TILE, F_AGENT, F_BLOCK, F_HERE = range(8)

MAX_STEPS = 12
GONE = -1
"""The block's place once it is pushed off the line."""

NO_HABIT = (0.0, 0.0, 0.0)


class State(NamedTuple):
    """Where everything is."""

    agent: int
    goal: int
    block: int

    @property
    def clear(self) -> bool:
        """Whether the block does not stand between agent and goal."""
        return not min(self.agent, self.goal) < self.block < max(self.agent, self.goal)

    @property
    def beside_block(self) -> bool:
        """Whether the agent stands next to the block."""
        return self.block != GONE and abs(self.agent - self.block) == 1


@dataclass(frozen=True)
class PushThenGo:
    """The world Push, then Go on a line of `tiles` tiles.

    Every placing of agent, goal and block on three tiles is a start if the block could stand
    between: agent and goal are at least two tiles apart. On 5 tiles there are 36, and in 20 of them
    the block is in the way; in the others the order does not matter.

    Raises `UserError` if `tiles` is not 3 to 9.
    """

    tiles: int = 5

    def __post_init__(self) -> None:
        check_count(self.tiles, MIN_TILES, MAX_TILES, "tiles")

    def live(self) -> Iterator[State]:
        """Every state in which there is something left to do, in the table's order."""
        line = range(self.tiles)
        for block, goal, agent in product((*line, GONE), line, line):
            if len({block, goal, agent}) == 3:
                yield State(agent, goal, block)

    def ends(self) -> Iterator[State]:
        """Every state in which the goal is reached."""
        line = range(self.tiles)
        for block, goal in product((*line, GONE), line):
            if block != goal:
                yield State(goal, goal, block)

    def step(self, state: State, action: int) -> tuple[State, float, Outcome]:
        """What `action` does in a live `state`: the next state, its reward, what came of it."""
        if action == PUSH:
            return done(state._replace(block=GONE)) if state.beside_block else blocked(state)
        to = beside(state.agent, action)
        if not 0 <= to < self.tiles:
            return blocked(state)
        if to == state.block:
            return blocked(state) if state.clear else too_early(state)
        after = state._replace(agent=to)
        return reached(after) if to == state.goal else done(after)

    def teacher(self, state: State) -> tuple[int, int]:
        """The right sub-goal and the right action in a live `state`."""
        if state.clear:
            return REACH_GOAL, walk(state.agent, state.goal, there=PUSH)
        action = PUSH if state.beside_block else walk(state.agent, state.block, there=PUSH)
        return CLEAR_PATH, action

    def tokens(self, state: State) -> tuple[tuple[int, ...], ...]:
        """The model's input: two registers, the memory, then one token a tile."""
        things = ((F_AGENT, state.agent), (F_BLOCK, state.block), (F_HERE, state.goal))
        line = (
            (F_TILE, *(feature for feature, at in things if at == tile))
            for tile in range(self.tiles)
        )
        memory = (F_MEMORY, F_CLEAR) if state.clear else (F_MEMORY,)
        return ((F_GOAL,), (F_ACT,), memory, *line)

    def table(self) -> WorldTable:
        """Enumerate the world; see `WorldTable`."""
        live, ends = list(self.live()), list(self.ends())
        states = [*live, *ends]
        moves = moves_of(live, ends, self.step, len(ACTIONS))
        taught = [self.teacher(state) for state in live]
        return WorldTable(
            name="push-then-go",
            tiles=self.tiles,
            max_steps=MAX_STEPS,
            subgoals=SUBGOALS,
            actions=ACTIONS,
            features=FEATURES,
            subgoal_token=0,
            action_token=1,
            entities=(
                Entity(name="agent", icon="agent"),
                Entity(name="block", icon="block"),
                Entity(name="goal", icon="goal"),
            ),
            memory=("path clear",),
            token_names=("goal", "act", "memory", *tile_names(self.tiles)),
            live_states=len(live),
            starts=tuple(
                i for i, s in enumerate(live) if s.block != GONE and abs(s.agent - s.goal) > 1
            ),
            # From one end to the other, with the block halfway.
            showcase=live.index(State(0, self.tiles - 1, self.tiles // 2)),
            tokens=tuple(self.tokens(state) for state in states),
            places=tuple((s.agent, s.block, s.goal) for s in states),
            whereabouts=tuple(
                (
                    Whereabouts.TILE,
                    Whereabouts.OUT_OF_SIGHT if s.block == GONE else Whereabouts.TILE,
                    Whereabouts.TILE,
                )
                for s in states
            ),
            looks=tuple(("", "", "reached" if s.agent == s.goal else "") for s in states),
            flags=tuple((s.clear,) for s in states),
            next_state=moves.next_state,
            reward=moves.reward,
            outcome=moves.outcome,
            teacher_subgoal=tuple(subgoal for subgoal, _ in taught),
            teacher_action=tuple(action for _, action in taught),
            subgoal_tile=tuple((s.block, s.goal) for s in live),
        )

    def crude_priors(self) -> CrudePriors:
        """Likes the goal better than the block; walks to what it is told; at the block, shies away.

        Nothing in it says that a block in the way comes first, or that walking needs a clear path.
        The labels are soft: a base taught hard ones unlearns them slowly.
        """
        live = list(self.live())
        return CrudePriors(
            subgoal=tuple((0.0, 1.0) if s.clear else (0.3, 0.7) for s in live),
            action=tuple((at_block(s), habit(s.agent, s.goal, NO_HABIT)) for s in live),
        )


def at_block(state: State) -> tuple[float, ...]:
    """Odds of every action of a model that is told to clear the path: at the block, it turns round
    (0.7) or pushes (0.3)."""
    if state.block == GONE:
        return NO_HABIT
    left, right, _ = habit(state.agent, state.block, NO_HABIT)
    return (0.7 * right, 0.7 * left, 0.3) if state.beside_block else (left, right, 0.0)


PUSH_THEN_GO = WorldDefinition(
    name="push-then-go",
    title="Push, then Go",
    env="PushThenGo-v0",
    make=PushThenGo,
    sizes=(LENGTH,),
    # Each rival has its own best rates (docs/push-then-go.md), so that the comparison is fair.
    models=(
        WorldModel(
            name="hierarchy", preset="pushgo", rate_heads=1e-2, rate_body=3e-4, in_page=True
        ),
        WorldModel(
            name="flat", preset="pushgo-flat", rate_heads=1e-2, rate_body=3e-4, in_page=True
        ),
        WorldModel(
            name="flat-labelled", preset="pushgo-flat-labelled", rate_heads=1e-2, rate_body=3e-4
        ),
        WorldModel(name="no-channel", preset="pushgo-no-channel", rate_heads=1e-2, rate_body=3e-4),
        WorldModel(name="one-module", preset="pushgo-one-module", rate_heads=1e-2, rate_body=3e-4),
    ),
    defaults=Defaults(),
    whole="line",
    opening="We live on a line of {tiles}.",
    things=(
        Thing(entity="agent", words="This is the agent. It does one small thing at a time."),
        Thing(
            entity="block", words="This block may stand in the way. It can be pushed off the line."
        ),
        Thing(entity="goal", words="And this is where the agent wants to be."),
    ),
    episode="walk",
    wrong_order="The block is in the way: it had to be pushed away first.",
)
