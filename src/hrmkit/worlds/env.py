"""Every world as a `gymnasium.Env`, for people who come from reinforcement learning."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from hrmkit.errors import UserError
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.registry import WORLDS, world_named
from hrmkit.worlds.world import Whereabouts, WorldTable

Observation = NDArray[np.int8]


class WorldEnv(gymnasium.Env[Observation, np.int64]):
    """A world played by its table.

    An observation is the model's own input: the tokens' features, 0 or 1, `[tokens, F]`. `info`
    holds the state's number and, for imitation, the teacher's sub-goal and action. An episode is
    truncated after the world's `max_steps`. `reset(options={"start": s})` picks a start.
    """

    metadata = {"render_modes": ["ansi"], "render_fps": 4}  # noqa: RUF012 (gymnasium's own way)

    def __init__(self, table: WorldTable, render_mode: str | None = None) -> None:
        if render_mode not in (None, "ansi"):
            raise UserError(f"render mode {render_mode!r}: choose ansi, or none")
        self.table, self.render_mode = table, render_mode
        shape = (len(table.token_names), len(table.features))
        self.observation_space = spaces.MultiBinary(shape)
        self.action_space = spaces.Discrete(len(table.actions))
        self.state, self.steps = table.showcase, 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode at a random start, or at `options["start"]`."""
        super().reset(seed=seed)
        starts = self.table.starts
        start = (options or {}).get("start")
        if start is None:
            start = starts[int(self.np_random.integers(len(starts)))]
        if start not in starts:
            raise UserError(f"{start!r} is not a start of {self.table.name}: see table.starts")
        self.state, self.steps = start, 0
        return self.observation(), self.info()

    def step(self, action: np.int64 | int) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Take an action; see `gymnasium.Env.step`."""
        if self.state >= self.table.live_states:
            raise UserError("this episode is over: call reset() first")
        if not self.action_space.contains(action):
            raise UserError(f"action {action!r}: choose 0 to {len(self.table.actions) - 1}")
        reward = self.table.reward[self.state][int(action)]
        self.state = self.table.next_state[self.state][int(action)]
        self.steps += 1
        done = self.state >= self.table.live_states
        late = not done and self.steps >= self.table.max_steps
        return self.observation(), reward, done, late, self.info()

    def observation(self) -> Observation:
        """The present state's features, `[tokens, F]`."""
        out = np.zeros((len(self.table.token_names), len(self.table.features)), dtype=np.int8)
        for token, active in enumerate(self.table.tokens[self.state]):
            out[token, list(active)] = 1
        return out

    def info(self) -> dict[str, Any]:
        """The present state's number and the teacher's labels for it."""
        if self.state >= self.table.live_states:
            return {"state": self.state}
        return {
            "state": self.state,
            "subgoal": self.table.teacher_subgoal[self.state],
            "action": self.table.teacher_action[self.state],
        }

    def render(self) -> str | None:
        """The line as text, each tile with the initials of what stands on it."""
        if self.render_mode is None:
            return None
        tiles = [""] * self.table.tiles
        here = zip(self.table.places[self.state], self.table.whereabouts[self.state], strict=True)
        for entity, (place, where) in zip(self.table.entities, here, strict=True):
            if where is Whereabouts.TILE:
                tiles[place] += entity.name[0].upper()
        flags = zip(self.table.memory, self.table.flags[self.state], strict=True)
        memory = ", ".join(f"{name}={value}" for name, value in flags)
        return " ".join(f"[{tile:_<3}]" for tile in tiles) + "  " + memory


def make(world: str, render_mode: str | None = None, **sizes: int) -> WorldEnv:
    """The registered world of that name; raises `UserError` for a size that it does not have."""
    return WorldEnv(world_named(world).sized(sizes).table(), render_mode)


def register(world: WorldDefinition) -> str:
    """Make `world` known to gymnasium, unless it is; returns its name there."""
    name = f"hrmkit/{world.env}"
    if name not in gymnasium.registry:
        gymnasium.register(name, entry_point="hrmkit.worlds.env:make", kwargs={"world": world.name})
    return name


# Where gymnasium.make("hrmkit.worlds:hrmkit/KeyDoor-v0") finds them: it imports that module.
for registered in WORLDS.values():
    register(registered)
