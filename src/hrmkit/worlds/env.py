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
from hrmkit.worlds.world import WorldTable

Observation = NDArray[np.int8]

MODES = ("ansi", "rgb_array")
"""Ways to render."""


class WorldEnv(gymnasium.Env[Observation, np.int64]):
    """A world played by its table.

    An observation is the model's own input: the tokens' features, 0 or 1, `[tokens, F]`. `info`
    holds the state's number and, for imitation, the teacher's sub-goal and action. An episode is
    truncated after the world's `max_steps`. `reset(options={"start": s})` picks a start. What is
    rendered, as text (ansi) or as an image (rgb_array), is what there is to see: nothing that is
    covered.
    """

    metadata = {"render_modes": [*MODES], "render_fps": 2}  # noqa: RUF012 (gymnasium's own way)

    def __init__(self, table: WorldTable, render_mode: str | None = None) -> None:
        if render_mode not in (None, *MODES):
            raise UserError(f"render mode {render_mode!r}: choose {', '.join(MODES)}, or none")
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

    def render(self) -> str | NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The present state as a line of text, or as an image `[height, width, 3]`."""
        # Imported when it is needed: whoever trains does not draw.
        from hrmkit.worlds.picture import image_of, text_of

        match self.render_mode:
            case "ansi":
                return text_of(self.table, self.state)
            case "rgb_array":
                return image_of(self.table, self.state)
            case _:
                return None


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
