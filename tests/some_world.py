"""A world that is not in the package, unlike Key -> Door in whatever can be unlike.

A bell stands on a ring of tiles under one or two cloths. The agent walks around the ring in one
direction; it has to take all cloths off before the bell can be rung. 2 sub-goals, 3 actions, two
sizes, a thing that is covered, one that goes out of sight, attributes and looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from hrmkit.worlds.definition import Defaults, Size, Thing, WorldDefinition, WorldModel
from hrmkit.worlds.world import CrudePriors, Entity, Outcome, Whereabouts, WorldTable

STEP, LIFT, RING = range(3)
UNCOVER, RING_BELL = range(2)
F_GOAL, F_ACT, F_TILE, F_AGENT, F_BELL, F_CLOTH = range(6)


class State(NamedTuple):
    agent: int
    bell: int
    cloths: int
    rung: bool = False


@dataclass(frozen=True)
class Bell:
    tiles: int = 3
    cloths: int = 1

    def live(self) -> list[State]:
        line = range(self.tiles)
        return [State(a, b, c) for c, b, a in product(range(self.cloths + 1), line, line)]

    def step(self, state: State, action: int) -> tuple[State, float, Outcome]:
        here = state.agent == state.bell
        if action == STEP:
            return state._replace(agent=(state.agent + 1) % self.tiles), -0.02, Outcome.OK
        if action == LIFT and here and state.cloths:
            return state._replace(cloths=state.cloths - 1), -0.02, Outcome.OK
        if action == RING and here:
            if state.cloths:
                return state, -0.12, Outcome.WRONG_ORDER
            return state._replace(rung=True), 0.98, Outcome.SUCCESS
        return state, -0.12, Outcome.BLOCKED

    def tokens(self, state: State) -> tuple[tuple[int, ...], ...]:
        line: list[tuple[int, ...]] = []
        for tile in range(self.tiles):
            thing = (F_CLOTH if state.cloths else F_BELL,) if tile == state.bell else ()
            line.append((F_TILE, *((F_AGENT,) if tile == state.agent else ()), *thing))
        return ((F_GOAL,), (F_ACT,), *line)

    def things(self, state: State) -> tuple[Whereabouts, Whereabouts, Whereabouts]:
        covered = state.cloths > 0
        return (
            Whereabouts.TILE,
            Whereabouts.COVERED if covered else Whereabouts.TILE,
            Whereabouts.TILE if covered else Whereabouts.OUT_OF_SIGHT,
        )

    def table(self) -> WorldTable:
        live = self.live()
        ends = [State(b, b, 0, rung=True) for b in range(self.tiles)]
        states = [*live, *ends]
        index = {state: i for i, state in enumerate(states)}
        moves = [[self.step(state, action) for action in range(3)] for state in live]
        there = [LIFT if s.cloths else RING for s in live]
        return WorldTable(
            name="bell",
            tiles=self.tiles,
            max_steps=12,
            subgoals=("Uncover", "RingBell"),
            actions=("Step", "Lift", "Ring"),
            features=("goal register", "act register", "tile", "agent here", "bell", "cloth"),
            subgoal_token=0,
            action_token=1,
            entities=(
                Entity(name="agent", icon="agent"),
                Entity(name="bell", icon="bell", attributes={"colour": "yellow"}),
                Entity(name="cloth", icon="cloth"),
            ),
            memory=("uncovered",),
            token_names=("goal", "act", *(f"tile {i + 1}" for i in range(self.tiles))),
            live_states=len(live),
            starts=tuple(i for i, s in enumerate(live) if s.cloths == self.cloths),
            showcase=index[State(0, self.tiles - 1, self.cloths)],
            tokens=tuple(self.tokens(state) for state in states),
            places=tuple((s.agent, s.bell, s.bell if s.cloths else -1) for s in states),
            whereabouts=tuple(self.things(state) for state in states),
            looks=tuple(("", "swinging" if s.rung else "", "") for s in states),
            flags=tuple((s.cloths == 0,) for s in states),
            next_state=tuple(tuple(index[after] for after, _, _ in row) for row in moves),
            reward=tuple(tuple(reward for _, reward, _ in row) for row in moves),
            outcome=tuple(tuple(outcome for _, _, outcome in row) for row in moves),
            teacher_subgoal=tuple(UNCOVER if s.cloths else RING_BELL for s in live),
            teacher_action=tuple(
                act if s.agent == s.bell else STEP for s, act in zip(live, there, strict=True)
            ),
            subgoal_tile=tuple((s.bell if s.cloths else -1, s.bell) for s in live),
        )

    def crude_priors(self) -> CrudePriors:
        """Likes ringing better than uncovering, and does at the bell what it is told, mostly."""
        live = self.live()
        walks = (1.0, 0.0, 0.0)
        return CrudePriors(
            subgoal=tuple((0.3, 0.7) if s.cloths else (0.0, 1.0) for s in live),
            action=tuple(
                (
                    (0.0, 0.0, 0.0)
                    if not s.cloths
                    else (walks if s.agent != s.bell else (0.0, 0.7, 0.3)),
                    walks if s.agent != s.bell else (0.0, 0.3, 0.7),
                )
                for s in live
            ),
        )


BELL = WorldDefinition(
    name="bell",
    title="Cloth -> Bell",
    env="Bell-v0",
    make=Bell,
    sizes=(
        Size(
            name="tiles",
            label="Ring length",
            hint="Tiles on the ring.",
            unit="tile",
            minimum=2,
            maximum=4,
            default=3,
        ),
        Size(
            name="cloths",
            label="Cloths",
            hint="Cloths on the bell.",
            unit="cloth",
            minimum=1,
            maximum=2,
            default=1,
        ),
    ),
    models=(
        WorldModel(name="hierarchy", preset="bell", rate_heads=1e-2, rate_body=3e-4, in_page=True),
        WorldModel(name="flat", preset="bell-flat", rate_heads=1e-2, rate_body=3e-3),
    ),
    defaults=Defaults(examples=4, base_seed=0),
    whole="ring",
    opening="We walk around a ring of {tiles}.",
    things=(
        Thing(entity="agent", words="This is the agent. It walks around the ring."),
        Thing(entity="bell", words="Somewhere there is a bell."),
        Thing(entity="cloth", words="A cloth lies on it, and keeps it silent."),
    ),
    episode="round",
    wrong_order="A cloth keeps the bell silent: it had to come off before.",
)
