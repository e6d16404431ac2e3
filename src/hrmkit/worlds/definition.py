"""Everything that the program has to know of a world beside its rules.

How it is made and in which sizes, its models with their learning rates, its defaults and its words:
each world defines them in its own file, so that nobody else holds a list of worlds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from hrmkit.errors import UserError
from hrmkit.worlds.world import World

PLACES = "tiles"
"""The size that every world has: how many places there are."""


class Described(BaseModel):
    """Base of every part: unknown fields are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Size(Described):
    """One number that makes a world larger or smaller."""

    name: str = Field(description="What the world's maker calls it, e.g. 'tiles'.")
    label: str = Field(description="What a knob is called, e.g. 'Line length'.")
    hint: str = Field(description="One sentence that says what the number is.")
    unit: str = Field(description="What is counted, in the singular, e.g. 'tile'.")
    minimum: int
    maximum: int
    default: int

    def in_words(self, value: int) -> str:
        """E.g. '5 tiles'."""
        return f"{value} {self.unit}" if value == 1 else f"{value} {self.unit}s"


class WorldModel(Described):
    """A model that is trained in this world: the main one or a rival."""

    name: str = Field(description="Its wiring, by its name in `hrmkit.model.presets`.")
    preset: str = Field(
        description="Its name in recordings, caches and graphs; no other world uses it."
    )
    rate_heads: float = Field(description="Learning rate of the heads and the sub-goal channel.")
    rate_body: float = Field(description="Learning rate of H, L and the embedding.")
    in_page: bool = Field(default=False, description="Whether the page can train it.")


class Defaults(Described):
    """How a story is trained unless something else is chosen."""

    examples: int = 10
    noise: float = Field(default=0.0, description="Chance of a wrong label.")
    distractors: float = Field(default=0.1, description="Chance that a step shows a mistake.")
    passes: int = 10
    batch: int = 2
    seed: int = 0
    base_seed: int = 0


class Thing(Described):
    """How one entity of the table is introduced."""

    entity: str = Field(description="Its name in the table.")
    words: str = Field(description="The caption when it is shown first.")


class WorldDefinition(Described):
    """One world; `make` builds it from its sizes, given by name."""

    name: str = Field(description="Its name on the command line, e.g. 'key-door'.")
    title: str = Field(description="Its title in plain ASCII, e.g. 'Key -> Door'.")
    env: str = Field(description="Its name in gymnasium, after 'hrmkit/'.")
    make: SkipJsonSchema[Callable[..., World]] = Field(exclude=True)
    sizes: tuple[Size, ...] = Field(description="The first is always 'tiles'.")
    models: tuple[WorldModel, ...] = Field(description="The main one first, then its rivals.")
    defaults: Defaults
    whole: str = Field(description="What its places are together, e.g. 'line'.")
    opening: str = Field(description="The story's first caption; {tiles} is e.g. '5 tiles'.")
    things: tuple[Thing, ...] = Field(description="One an entity of the table, in its order.")
    at_place: str = Field(
        default="on {place} {number}",
        description="Where a thing is; {place} is what a place is called, {number} counts from 1.",
    )
    episode: str = Field(default="episode", description="What one is called, e.g. 'walk'.")
    wrong_order: str = Field(
        default="Something else had to come first.",
        description="Why an action in the wrong order comes to nothing, as a sentence.",
    )
    lost: str = Field(
        default="",
        description="What an end without success looks like, as a sentence; '' if there is none.",
    )

    @model_validator(mode="after")
    def _complete(self) -> WorldDefinition:
        if not self.sizes or self.sizes[0].name != PLACES:
            raise ValueError(f"the first size of {self.name} has to be {PLACES!r}")
        if not self.models:
            raise ValueError(f"{self.name} has no model")
        return self

    @property
    def main(self) -> WorldModel:
        """The model that the story is about."""
        return self.models[0]

    @property
    def rivals(self) -> tuple[WorldModel, ...]:
        """The models that it is compared with."""
        return self.models[1:]

    @property
    def source(self) -> Path:
        """The file that the world's rules stand in."""
        return Path(sys.modules[self.make.__module__].__file__ or "")

    @property
    def story(self) -> str:
        """What the recording of its default story is called."""
        return f"{self.name}.hrm.json.gz"

    def model(self, preset: str) -> WorldModel:
        """The model of that preset; raises `UserError` for one of another world."""
        for model in self.models:
            if model.preset == preset:
                return model
        known = ", ".join(model.preset for model in self.models)
        raise UserError(f"{self.name} has no model {preset!r}: choose {known}")

    def rival(self, name: str) -> WorldModel:
        """The rival of that wiring; raises `UserError` if this world has none."""
        for model in self.rivals:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.rivals) or "none has"
        raise UserError(f"{self.name} has no rival {name!r}: choose {known}")

    def default_sizes(self) -> dict[str, int]:
        """The sizes of the default story."""
        return {size.name: size.default for size in self.sizes}

    def every_size(self) -> list[dict[str, int]]:
        """All combinations of sizes, the smallest first."""
        ranges = [range(size.minimum, size.maximum + 1) for size in self.sizes]
        names = [size.name for size in self.sizes]
        return [dict(zip(names, values, strict=True)) for values in product(*ranges)]

    def sized(self, sizes: Mapping[str, int] | None = None) -> World:
        """The world of these sizes, the default where one is not given.

        Raises `UserError` for a size that it does not have, or one out of bounds.
        """
        chosen = {**self.default_sizes(), **(sizes or {})}
        for name in chosen:
            if name not in self.default_sizes():
                known = ", ".join(self.default_sizes())
                raise UserError(f"{self.name} has no size {name!r}: choose {known}")
        for size in self.sizes:
            if not size.minimum <= chosen[size.name] <= size.maximum:
                raise UserError(
                    f"{chosen[size.name]} {size.name} in {self.name}: "
                    f"choose {size.minimum} to {size.maximum}"
                )
        return self.make(**chosen)

    def size_key(self, sizes: Mapping[str, int]) -> str:
        """The sizes as part of a file's name, e.g. '5'."""
        return "-".join(str(sizes[size.name]) for size in self.sizes)

    def size_in_words(self, sizes: Mapping[str, int]) -> str:
        """E.g. '5 tiles'."""
        return ", ".join(size.in_words(sizes[size.name]) for size in self.sizes)
