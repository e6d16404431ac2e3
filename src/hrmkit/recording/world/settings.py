"""What a training in a world can be asked for, what it is unless asked, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from hrmkit.errors import UserError
from hrmkit.model.presets import Preset, preset
from hrmkit.recording.world import schema
from hrmkit.training.worlds.fine_tune import FineTuning
from hrmkit.worlds.definition import PLACES, WorldDefinition
from hrmkit.worlds.registry import DEFAULT_WORLD, world_named, world_of_preset
from hrmkit.worlds.world import World

HALVES: tuple[schema.Half, ...] = ("planner", "doer")
STORY_SEEDS = 5
"""Each training of a story is done on so many seeds unless another number is chosen."""


class Bounds(NamedTuple):
    """The least and the most that a setting may be."""

    least: float
    most: float


BOUNDS = {
    "examples": Bounds(1, 50),
    "noise": Bounds(0, 0.5),
    "distractors": Bounds(0, 0.5),
    "passes": Bounds(1, 10),
    "batch": Bounds(1, 4),
    "seed": Bounds(0, 2**32 - 1),
    "base_seed": Bounds(0, 2**32 - 1),
}
"""Of every number that all worlds have; a world says the bounds of its sizes itself."""


class RunSpec(NamedTuple):
    """One of the trainings that a story compares."""

    name: str
    preset: str
    freeze: schema.Freeze = "none"


def ablations_of(world: WorldDefinition) -> tuple[RunSpec, ...]:
    """The trainings shown beside the main one: what each leaves out."""
    rivals = (RunSpec(model.name, model.preset) for model in world.rivals)
    frozen = (RunSpec(f"frozen-{half}", world.main.preset, half) for half in HALVES)
    return (*rivals, *frozen)


def default_settings(world: str = DEFAULT_WORLD) -> schema.Settings:
    """The settings of a world's default story; raises `UserError` for an unknown world."""
    chosen = world_named(world)
    return schema.Settings.model_validate(
        {
            "world": chosen.name,
            "preset": chosen.main.preset,
            "freeze": "none",
            **chosen.defaults.model_dump(),
            **sizes_as_settings(chosen.default_sizes()),
        }
    )


def sizes_as_settings(sizes: Mapping[str, int]) -> dict[str, int | dict[str, int] | None]:
    """A world's sizes in the fields that settings have for them."""
    others = {name: value for name, value in sizes.items() if name != PLACES}
    return {PLACES: sizes[PLACES], "sizes": others or None}


DEFAULT = default_settings()
"""The settings of the default story."""


def settings_of(
    world: str,
    *,
    flat: bool = False,
    freeze: str = "none",
    sizes: Mapping[str, int] | None = None,
    **changes: float | None,
) -> schema.Settings:
    """A world's default settings with some changes; a change that is None is none.

    Raises `UserError` for an unknown world or half, a size that the world does not have, a world
    without a flat rival, or a number out of range.
    """
    chosen, usual = world_named(world), default_settings(world)
    if freeze not in ("none", *HALVES):
        raise UserError(f"cannot freeze {freeze!r}: choose none, {' or '.join(HALVES)}")
    given = {name: value for name, value in changes.items() if value is not None}
    own = {**chosen.default_sizes(), **(sizes or {})}
    if PLACES in given:
        own[PLACES] = int(given.pop(PLACES))
    chosen.sized(own)
    settings = schema.Settings.model_validate(
        {
            **usual.model_dump(),
            **given,
            **sizes_as_settings(own),
            "preset": (chosen.rival("flat") if flat else chosen.main).preset,
            "freeze": freeze,
        }
    )
    check(settings)
    return settings


def check(settings: schema.Settings) -> None:
    """Raise `UserError` for settings that make no sense."""
    numbers = {
        "examples": f"{settings.examples} examples",
        "passes": f"{settings.passes} passes over the examples",
        "batch": f"a batch of {settings.batch} examples",
    }
    for name, (least, most) in BOUNDS.items():
        value = getattr(settings, name)
        if not least <= value <= most:
            raise UserError(f"{numbers.get(name, f'{name} {value}')}: choose {least} to {most}")
    world_named(settings.world).model(settings.preset)
    world_of(settings)
    if settings.freeze != "none" and wiring_of(settings.preset).wiring.modules == 1:
        raise UserError(
            f"{settings.preset} has one module: there is no {settings.freeze} to freeze"
        )


def sizes_of(settings: schema.Settings) -> dict[str, int]:
    """The sizes of the settings' world, by name."""
    return {PLACES: settings.tiles, **(settings.sizes or {})}


def world_of(settings: schema.Settings) -> World:
    """The world that the settings ask for; raises `UserError` if there is none such."""
    return world_named(settings.world).sized(sizes_of(settings))


def wiring_of(name: str) -> Preset:
    """The wiring, the sizes and the title of a world's model; `UserError` for an unknown one."""
    return preset(world_of_preset(name)[1].name)


def rates_of(name: str) -> FineTuning:
    """The fine-tuning that suits a preset: each rival has its own best learning rates."""
    _, model = world_of_preset(name)
    return FineTuning(rate_heads=model.rate_heads, rate_body=model.rate_body)


def tuning_of(settings: schema.Settings) -> FineTuning:
    """The fine-tuning that the settings ask for."""
    return replace(
        rates_of(settings.preset),
        passes=settings.passes,
        batch=settings.batch,
        freeze=settings.freeze,
    )


def planned_steps(settings: schema.Settings) -> int:
    """Gradient steps if training does not stop early."""
    batches = -(-settings.examples // settings.batch)
    return settings.passes * batches * wiring_of(settings.preset).wiring.segments


def title_of(settings: schema.Settings) -> str:
    """A line that tells stories apart."""
    world = world_named(settings.world)
    many = "1 example" if settings.examples == 1 else f"{settings.examples} examples"
    frozen = "" if settings.freeze == "none" else f", {settings.freeze} frozen"
    return (
        f"{world.title}: {wiring_of(settings.preset).title}{frozen}, {many}, "
        f"{world.size_in_words(sizes_of(settings))}, noise {settings.noise:g}, "
        f"seed {settings.seed}"
    )
