"""Names that were renamed.

`RECIPE`, `FIT`, `METADATA` and `RECORDING` are names in files, and files never change: they are
read for ever. Recordings of runs go on writing those of `RECIPE`. Of `OPTIONS`, `EVALUATION` and
the keywords of `hrmkit.fit` the old names work for one release.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

RECIPE: Mapping[str, str] = {
    "rate": "lr",
    "puzzle_rate": "puzzle_lr",
    "final_rate": "final_lr",
    "smoothing": "label_smoothing",
    "average": "ema_decay",
}
"""Settings of a training's recipe: old name to new."""
FIT: Mapping[str, str] = {"begin": "init_from"}
"""Keyword arguments of `hrmkit.fit`, and fields of a plan, that name no setting: old name to
new."""
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "solve": {"--sure": "--halt-threshold"},
    "eval": {"--sure": "--halt-threshold"},
    "train": {f"--recipe.{old}": f"--recipe.{new}" for old, new in RECIPE.items()},
}
"""Options of the command line, by verb: old name to new."""
EVALUATION: Mapping[str, str] = {
    "effort": "settings",
    "sure": "halt_threshold",
    "said": "predicted",
    "asked": "answered_views",
}
"""Keys of the JSON that `hrmkit eval` writes: old name to new."""
METADATA: Mapping[str, str] = {"sure": "halt_threshold"}
"""What is saved beside a model: old name to new."""
RECORDING: Mapping[str, str] = {
    "halted_after": "segments_used",
    "used": "segments_used",
    "sure": "halt_threshold",
    "maker": "made_by",
}
"""Fields of recordings, and of a run's metrics.jsonl: old name to new."""


def with_new_names(content: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """`content` with the new name for every old one in `names`; a new name goes first."""
    return {names.get(key, key): value for key, value in content.items()} | {
        key: value for key, value in content.items() if key not in names
    }


def with_new_names_within(content: Any, names: Mapping[str, str]) -> Any:
    """`with_new_names` of every object in a JSON value."""
    if isinstance(content, list):
        return [with_new_names_within(part, names) for part in cast("list[Any]", content)]
    if not isinstance(content, dict):
        return content
    inner = {
        key: with_new_names_within(part, names)
        for key, part in cast("dict[str, Any]", content).items()
    }
    return with_new_names(inner, names)


def with_new_options(
    verb: str, words: Sequence[str], report: Callable[[str, str], None]
) -> list[str]:
    """The command line's words with new options for old ones; each old one is reported once."""
    names = OPTIONS.get(verb, {})
    end = words.index("--") if "--" in words else len(words)
    out: list[str] = []
    old_names: set[str] = set()
    for word in words[:end]:
        name, equals, value = word.partition("=")
        if name in names:
            if name not in old_names:
                report(name, names[name])
            old_names.add(name)
            name = names[name]
        out.append(name + equals + value)
    return [*out, *words[end:]]


def warn_of_old_names(names: Mapping[str, str], depth: int) -> None:
    """A `DeprecationWarning` for each old name and its new one, `depth` calls above."""
    for old, new in names.items():
        warnings.warn(f"{old} is now called {new}", DeprecationWarning, stacklevel=depth)


def with_old_names(content: Any) -> Any:
    """The JSON of an evaluation, its old keys beside the new ones."""
    if isinstance(content, list | tuple):
        return [with_old_names(part) for part in cast("Sequence[Any]", content)]
    if not isinstance(content, dict):
        return content
    out = {key: with_old_names(part) for key, part in cast("dict[str, Any]", content).items()}
    return out | {old: out[new] for old, new in EVALUATION.items() if new in out}
