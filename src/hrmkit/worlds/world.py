"""A world: a tiny, finite decision task, written out as one table.

The table is the only thing that the rest of the program knows about a world: training, recordings
and the page look up states, moves, rewards and the teacher's labels, and never a rule.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field


class Outcome(StrEnum):
    """What came of an action."""

    OK = "ok"
    """It was done."""
    SUCCESS = "success"
    """It was done, and the episode's goal is reached."""
    BLOCKED = "blocked"
    """It cannot be done here."""
    WRONG_ORDER = "wrong-order"
    """It could be done here, had another sub-goal been reached before (the locked door)."""


class Entity(BaseModel):
    """One thing that stands on the line."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="Unique in its world, e.g. 'key'.")
    icon: str = Field(description="Which drawing the page uses: agent, key, door, ...")


class WorldTable(BaseModel):
    """Everything there is to know about a finite world, one row a state.

    Live states come first (`live_states` of them); the rest are ends of an episode. Lists indexed
    by state come one after another rather than as records: they compress better and are easier to
    check for length.
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="The world's name on the command line, e.g. 'key-door'.")
    tiles: int = Field(ge=1, description="Length of the line.")
    max_steps: int = Field(ge=1, description="An episode is cut off after so many actions.")
    subgoals: tuple[str, ...] = Field(description="Names of the Planner's sub-goals.")
    actions: tuple[str, ...] = Field(description="Names of the Doer's actions.")
    features: tuple[str, ...] = Field(description="Names of the input features.")
    subgoal_token: int = Field(description="The token whose zH the Planner's head reads.")
    action_token: int = Field(description="The token whose zL the Doer's head reads.")
    entities: tuple[Entity, ...]
    memory: tuple[str, ...] = Field(description="Names of the memory flags, e.g. 'holding_key'.")
    token_names: tuple[str, ...] = Field(description="One name a token, for labels.")

    live_states: int = Field(description="States 0 .. live_states-1 are not terminal.")
    starts: tuple[int, ...] = Field(description="The states that an episode may start from.")
    showcase: int = Field(description="The start that a story shows first.")
    tokens: tuple[tuple[tuple[int, ...], ...], ...] = Field(
        description="state x token -> the features that are 1."
    )
    places: tuple[tuple[int, ...], ...] = Field(
        description="state x entity -> its tile, or -1 when it is not on the line."
    )
    flags: tuple[tuple[bool, ...], ...] = Field(description="state x memory flag.")
    next_state: tuple[tuple[int, ...], ...] = Field(description="live state x action -> state.")
    reward: tuple[tuple[float, ...], ...] = Field(description="live state x action.")
    outcome: tuple[tuple[Outcome, ...], ...] = Field(description="live state x action.")
    teacher_subgoal: tuple[int, ...] = Field(description="live state -> the right sub-goal.")
    teacher_action: tuple[int, ...] = Field(description="live state -> the right action.")
    subgoal_tile: tuple[tuple[int, ...], ...] = Field(
        description="live state x sub-goal -> the tile it is about, or -1."
    )


class CrudePriors(BaseModel):
    """What a base model is taught before fine-tuning: soft habits, never an order.

    Probabilities over sub-goals for each live state, and over actions for each live state and
    commanded sub-goal. A row of zeros means that the command makes no sense in that state, and the
    base is not taught anything there.
    """

    model_config = ConfigDict(frozen=True)

    subgoal: tuple[tuple[float, ...], ...] = Field(description="live state x sub-goal.")
    action: tuple[tuple[tuple[float, ...], ...], ...] = Field(
        description="live state x commanded sub-goal x action."
    )


class World(Protocol):
    """What a new world has to provide; see `key_door.KeyDoor`."""

    def table(self) -> WorldTable:
        """Enumerate the world."""
        ...

    def crude_priors(self) -> CrudePriors:
        """The habits of the base model."""
        ...
