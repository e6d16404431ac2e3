"""What a training in a world can be asked for, what it is unless asked, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from hrmkit.errors import UserError
from hrmkit.model.presets import Preset, preset
from hrmkit.recording.world import schema
from hrmkit.training.worlds import preferences
from hrmkit.training.worlds.fine_tune import FineTuning
from hrmkit.training.worlds.fine_tune import planned_steps as planned_of
from hrmkit.worlds.definition import PLACES, WorldDefinition
from hrmkit.worlds.registry import DEFAULT_WORLD, world_named, world_of_preset
from hrmkit.worlds.world import World

HALVES: tuple[schema.Half, ...] = ("planner", "doer")
WAYS: tuple[schema.Learn, ...] = ("labels", "preferences")
"""What a model can learn from."""
STORY_SEEDS = 5
"""Each training of a story is done on so many seeds unless another number is chosen."""


WHAT: dict[schema.Learn, str] = {"labels": "example", "preferences": "preference"}
"""What is counted of each way to learn, in the singular."""
CHOSEN = "own choice"
"""The same of a visitor's preferences."""


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


LABELLED = "flat-labelled"
"""The rival that differs from another by its labels alone."""


def ablations_of(
    world: WorldDefinition, learn: schema.Learn = "labels", chosen: bool = False
) -> tuple[RunSpec, ...]:
    """The trainings shown beside the main one: what each leaves out.

    From preferences there are no labels to be told, so that the rival that differs in them is left
    out. Where a visitor has `chosen`, all rivals are: they did other episodes than those she saw.
    """
    rivals = (
        RunSpec(model.name, model.preset)
        for model in world.rivals
        if learn == "labels" or (model.name != LABELLED and not chosen)
    )
    frozen = (RunSpec(f"frozen-{half}", world.main.preset, half) for half in HALVES)
    return (*rivals, *frozen)


def default_settings(world: str = DEFAULT_WORLD, learn: schema.Learn = "labels") -> schema.Settings:
    """The settings of a world's default story; raises `UserError` for an unknown world."""
    chosen = world_named(world)
    return schema.Settings.model_validate(
        {
            "world": chosen.name,
            "preset": chosen.main.preset,
            "freeze": "none",
            **chosen.defaults.model_dump(),
            "learn": learn,
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
    learn: str = "labels",
    choices: Sequence[preferences.Choice] | None = None,
    sizes: Mapping[str, int] | None = None,
    **changes: float | None,
) -> schema.Settings:
    """A world's default settings with some changes; a change that is None is none.

    `choices` are a visitor's preferences, one a start; they say how many examples there are.

    Raises `UserError` for an unknown world, half or way to learn, a size that the world does not
    have, a world without a flat rival, a number out of range, or choices that make no sense.
    """
    chosen, way = world_named(world), way_named(learn)
    usual = default_settings(world, way)
    if freeze not in ("none", *HALVES):
        raise UserError(f"cannot freeze {freeze!r}: choose none, {' or '.join(HALVES)}")
    if choices is not None:
        changes = {**changes, "examples": _counted(choices, changes.get("examples"))}
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
            "choices": choices and [one._asdict() for one in choices],
        }
    )
    check(settings)
    return settings


def way_named(name: str) -> schema.Learn:
    """The way to learn of that name; raises `UserError` for an unknown one."""
    for way in WAYS:
        if way == name:
            return way
    raise UserError(f"cannot learn from {name!r}: choose {' or '.join(WAYS)}")


def _counted(choices: Sequence[preferences.Choice], examples: float | None) -> int:
    """How many starts were chosen from; raises `UserError` where another number is wanted."""
    if examples is not None and examples != len(choices):
        raise UserError(f"{len(choices)} choices for {examples} starts: give one for each")
    return len(choices)


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
    check_choices(settings)
    if settings.freeze != "none" and wiring_of(settings.preset).wiring.modules == 1:
        raise UserError(
            f"{settings.preset} has one module: there is no {settings.freeze} to freeze"
        )


def check_choices(settings: schema.Settings) -> None:
    """Raise `UserError` for choices where none belong, another number, or ones that contradict."""
    if settings.choices is None:
        return
    if settings.learn != "preferences":
        raise UserError(f"choices while learning from {settings.learn}: choose preferences")
    _counted(choices_of(settings) or (), settings.examples)
    preferences.check_choices(choices_of(settings) or ())


def choices_of(settings: schema.Settings) -> tuple[preferences.Choice, ...] | None:
    """A visitor's choices; None where preferences go by return."""
    if settings.choices is None:
        return None
    return tuple(preferences.Choice(one.best, one.worst) for one in settings.choices)


def choices_in(text: str) -> tuple[preferences.Choice, ...]:
    """Choices from a text such as '3-5,0-7': the best and the worst of each start, from 0.

    Raises `UserError` for another text.
    """
    found: list[preferences.Choice] = []
    for one in text.split(","):
        best, dash, worst = one.strip().partition("-")
        if not (dash and best.isdecimal() and worst.isdecimal()):
            raise UserError(
                f"choice {len(found) + 1}: {one!r}: write BEST-WORST, e.g. 3-5, "
                "with a comma between choices"
            )
        found.append(preferences.Choice(int(best), int(worst)))
    return tuple(found)


def sizes_of(settings: schema.Settings) -> dict[str, int]:
    """The sizes of the settings' world, by name."""
    return {PLACES: settings.tiles, **(settings.sizes or {})}


def world_of(settings: schema.Settings) -> World:
    """The world that the settings ask for; raises `UserError` if there is none such."""
    return world_named(settings.world).sized(sizes_of(settings))


def wiring_of(name: str) -> Preset:
    """The wiring, the sizes and the title of a world's model; `UserError` for an unknown one."""
    return preset(world_of_preset(name)[1].name)


def rates_of(name: str, learn: schema.Learn = "labels") -> FineTuning:
    """The fine-tuning that suits a preset: each rival has its own best learning rates."""
    _, model = world_of_preset(name)
    rates = FineTuning(rate_heads=model.rate_heads, rate_body=model.rate_body)
    return preferences.gentler(rates) if learn == "preferences" else rates


def tuning_of(settings: schema.Settings) -> FineTuning:
    """The fine-tuning that the settings ask for."""
    return replace(
        rates_of(settings.preset, settings.learn),
        passes=settings.passes,
        batch=settings.batch,
        freeze=settings.freeze,
    )


def planned_steps(settings: schema.Settings) -> int:
    """Gradient steps if training does not stop early."""
    segments = wiring_of(settings.preset).wiring.segments
    return planned_of(settings.examples, segments, tuning_of(settings))


def title_of(settings: schema.Settings) -> str:
    """A line that tells stories apart."""
    world = world_named(settings.world)
    what = WHAT[settings.learn] if settings.choices is None else CHOSEN
    many = f"{settings.examples} {what}{'' if settings.examples == 1 else 's'}"
    frozen = "" if settings.freeze == "none" else f", {settings.freeze} frozen"
    return (
        f"{world.title}: {wiring_of(settings.preset).title}{frozen}, {many}, "
        f"{world.size_in_words(sizes_of(settings))}, noise {settings.noise:g}, "
        f"seed {settings.seed}"
    )
