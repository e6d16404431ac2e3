"""A world: a tiny, finite decision task, written out as one table.

The table is the only thing that the rest of the program knows about a world: training, recordings
and the page look up states, moves, rewards and the teacher's labels, and never a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator


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


class Whereabouts(StrEnum):
    """Where a thing is, so that hiding it is not carrying it."""

    TILE = "tile"
    """On its tile, for all to see."""
    HAND = "hand"
    """Carried by the agent."""
    COVERED = "covered"
    """On its tile, under something else."""
    OUT_OF_SIGHT = "out-of-sight"
    """Nowhere on the line."""


class Entity(BaseModel):
    """One thing that stands on the line."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="Unique in its world, e.g. 'key'.")
    icon: str = Field(description="Which drawing the page uses: agent, key, door, ...")
    attributes: dict[str, str] = Field(
        default={}, description="What never changes of its looks, e.g. {'colour': 'blue'}."
    )


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
    whereabouts: tuple[tuple[Whereabouts, ...], ...] = Field(
        default=(), description="state x entity -> where it is; a covered thing has a tile."
    )
    looks: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="state x entity -> what is special about its looks there, e.g. 'open' or "
        "'face-down'; '' if nothing. None at all in older files.",
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

    @model_validator(mode="before")
    @classmethod
    def _carried_when_on_no_tile(cls, content: Any) -> Any:
        """Older files have no whereabouts: what is on no tile is in the hand (Key -> Door)."""
        if not isinstance(content, Mapping):
            return content
        fields = cast("Mapping[str, Any]", content)
        if fields.get("whereabouts") or not isinstance(fields.get("places"), list | tuple):
            return fields
        places = cast("Sequence[Any]", fields["places"])
        if not all(isinstance(row, list | tuple) for row in places):
            return fields
        found = tuple(
            tuple(Whereabouts.HAND if place == -1 else Whereabouts.TILE for place in row)
            for row in places
        )
        return {**fields, "whereabouts": found}


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
    """The rules of a world; `definition.WorldDefinition` is all else that it says of itself."""

    def table(self) -> WorldTable:
        """Enumerate the world."""
        ...

    def crude_priors(self) -> CrudePriors:
        """The habits of the base model."""
        ...
