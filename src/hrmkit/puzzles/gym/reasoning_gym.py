"""The library reasoning-gym: its data sets, made and asked for scores."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

from hrmkit.errors import UserError
from hrmkit.puzzles.gym.sets import Entry

PACKAGE = "reasoning-gym"
FIXED = ("seed", "size")
"""Settings that are ours to choose."""


def library() -> Any:
    """The module; `UserError` with the command that installs it, where it is not there."""
    try:
        return import_module("reasoning_gym")
    except ImportError as error:
        raise UserError(
            f"gym: needs {PACKAGE}, which cannot be loaded ({error}): pip install 'hrmkit[gym]'"
        ) from None


def named_version() -> str:
    """The library and its version, as the column `source` of a file says it."""
    return f"{PACKAGE}-{version(PACKAGE)}"


def data_set(kind: str, settings: Mapping[str, Any], **own: int) -> Any:
    """A data set with these settings; `UserError` for those that it does not have or allow.

    `own` are those that are not a person's to give: `FIXED`.
    """
    factory = library().factory
    known = factory.DATASETS[kind][1].__dataclass_fields__
    for name in settings:
        if name not in known or name in FIXED:
            raise UserError(
                f"gym:{kind} has no setting {name!r}: choose "
                f"{', '.join(other for other in known if other not in FIXED)}"
            )
    try:
        return factory.create_dataset(kind, **settings, **own)
    except (AssertionError, TypeError, ValueError) as error:
        given = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        raise UserError(f"gym:{kind} cannot be made with {given}: {error}") from None


@cache
def scorer(kind: str) -> Any:
    """The data set whose `score_answer` scores answers, which does not depend on its settings."""
    return data_set(kind, {})


def score(kind: str, answer: str, entry: Entry) -> float:
    """What the library says of an answer, from 0 to 1.

    Some of its scorers evaluate the text as Python: it is made of a data set's words, never of
    what a person wrote.
    """
    return float(scorer(kind).score_answer(answer, dict(entry)))
