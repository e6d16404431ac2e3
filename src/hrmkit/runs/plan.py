"""The plan of a run: its puzzles, model and recipe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from hrmkit.bounds import check_seed
from hrmkit.errors import UserError
from hrmkit.flaws import first_flaw
from hrmkit.model.presets import PUZZLE_PRESETS, preset
from hrmkit.model.wiring import Sizes, Wiring
from hrmkit.puzzles.registry import definition_of
from hrmkit.solving.loading import load_model
from hrmkit.training.recipe import Recipe, recipe_of

USUAL = "tiny"
"""The preset where neither a preset nor a model to start from is named."""
SECTIONS = ("wiring", "sizes", "recipe")
OPTIONAL = {("recipe", name) for name in ("steps", "minutes", "clip")}
"""Settings that may be None."""
EXTENDABLE = {"test", "recipe.steps", "recipe.minutes"}
"""What may change when a run is resumed: its length, and the puzzles to measure with."""


@dataclass(frozen=True)
class Plan:
    """A run's puzzles, model and recipe."""

    puzzle: str
    """The kind of puzzle: its name, or FILE.py:Class for one's own."""
    data: str
    """Where the puzzles to train on are: a file, a name on the hub, or a collection of ARC."""
    test: str | None
    """Where puzzles to measure with are; None to measure on those of the training."""
    preset: str | None
    wiring: Wiring
    sizes: Sizes
    recipe: Recipe
    seed: int
    init_from: str | None = None
    """A trained model to take the first weights from: its name, folder or run."""
    canvas: int | None = None
    """Cells of a side of the canvas, for puzzles of several sizes; None for the canvas of the model
    that the run begins with, or else one that the largest puzzle fits."""

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if self.canvas is not None and not definition_of(self.puzzle).holds_smaller:
            raise UserError(
                f"a canvas of {self.canvas} cells a side cannot be chosen for {self.puzzle}: it is "
                "for puzzles that may be smaller than it, as mazes; leave --canvas out"
            )


def plan_of(
    puzzle: str,
    data: str,
    preset_name: str | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    test: str | None = None,
    seed: int = 0,
    init_from: str | None = None,
    canvas: int | None = None,
    before: Plan | None = None,
) -> Plan:
    """The plan that a preset makes, with `settings` like `{"wiring.cycles": 3}` in their places.

    Without a preset, wiring and sizes are those of the model `init_from`, or of `USUAL`. `before`
    is the plan of the run that is resumed, if any: then the model `init_from` is not needed again.
    Values may be text, as on the command line. Raises `UserError` for an unknown preset or
    setting, a value out of range, or a missing model.
    """
    if preset_name is None and init_from is None:
        preset_name = USUAL
    wiring, sizes = start_of(preset_name, init_from, before)
    if definition_of(puzzle).by_task and not wiring.puzzle_embedding:
        # Only that tells a model which task's rule to apply.
        wiring = replace(wiring, puzzle_embedding=True, prefix=max(1, wiring.prefix))
    recipe = recipe_of(preset_name)
    plan = Plan(puzzle, data, test, preset_name, wiring, sizes, recipe, seed, init_from, canvas)
    return with_settings(plan, settings or {})


def start_of(
    preset_name: str | None, init_from: str | None, before: Plan | None
) -> tuple[Wiring, Sizes]:
    """Wiring and sizes of a preset; without one, of the model to start from."""
    if preset_name is not None:
        if preset_name not in {chosen.name for chosen in PUZZLE_PRESETS}:
            known = ", ".join(chosen.name for chosen in PUZZLE_PRESETS)
            raise UserError(f"no preset for puzzles is called {preset_name!r}: choose {known}")
        chosen = preset(preset_name)
        return chosen.wiring, chosen.sizes
    if before is not None and before.init_from == init_from:
        return before.wiring, before.sizes
    model = load_model(str(init_from)).model
    return model.wiring, model.sizes


def with_settings(plan: Plan, settings: Mapping[str, Any]) -> Plan:
    """The plan with other settings, named by section: `recipe.lr`, `sizes.width`, ..."""
    content = asdict(plan)
    known = [f"{section}.{name}" for section in SECTIONS for name in content[section]]
    for key, value in settings.items():
        if key not in known:
            close = get_close_matches(key, known, n=3, cutoff=0.5)
            hint = f"did you mean {', '.join(close)}?" if close else f"choose {', '.join(known)}"
            raise UserError(f"there is no setting {key!r}: {hint}")
        section, _, name = key.partition(".")
        content[section][name] = read_value(value, (section, name) in OPTIONAL)
    return plan_from(content)


def read_value(value: Any, optional: bool) -> Any:
    """A setting's value from text: JSON, `none` where None is allowed, or the text itself."""
    if not isinstance(value, str):
        return value
    if optional and value == "none":
        return None
    try:
        return json.loads(value)
    except ValueError:
        return value


def plan_from(content: Mapping[str, Any]) -> Plan:
    """A plan from what `asdict` or JSON made of one; `UserError` where a value is not possible."""
    try:
        return TypeAdapter(Plan).validate_python(dict(content))
    except ValidationError as error:
        flaw = first_flaw(error)
        raise UserError(f"{flaw.where} is {flaw.value!r}: {flaw.what}") from None


def differences(plan: Plan, other: Plan) -> list[str]:
    """What of a run cannot be as in another plan: 'recipe.lr is 0.001, and was 0.01'."""
    mine, theirs = flat(plan), flat(other)
    return [
        f"{key} is {mine[key]}, and was {theirs[key]}"
        for key in mine
        if mine[key] != theirs[key] and key not in EXTENDABLE
    ]


def flat(plan: Plan) -> dict[str, Any]:
    """A plan's values by full name."""
    values: dict[str, Any] = {}
    for key, value in asdict(plan).items():
        if isinstance(value, dict):
            inner = cast(dict[str, Any], value)
            values |= {f"{key}.{name}": one for name, one in inner.items()}
        else:
            values[key] = value
    return values
