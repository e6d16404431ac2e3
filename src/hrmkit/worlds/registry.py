"""The worlds that there are. A new one is a file of its own and one entry here."""

from __future__ import annotations

from hrmkit.errors import UserError
from hrmkit.worlds.definition import WorldDefinition, WorldModel
from hrmkit.worlds.key_door import KEY_DOOR, KeyDoor
from hrmkit.worlds.push_then_go import PUSH_THEN_GO
from hrmkit.worlds.sort_by_rule import SORT_BY_RULE
from hrmkit.worlds.two_cup import TWO_CUP

__all__ = ["DEFAULT_WORLD", "WORLDS", "KeyDoor", "world_named", "world_of_preset"]

WORLDS: dict[str, WorldDefinition] = {
    world.name: world for world in (KEY_DOOR, TWO_CUP, SORT_BY_RULE, PUSH_THEN_GO)
}

DEFAULT_WORLD = KEY_DOOR.name
"""The world of the default story, and of files from before there was more than one."""


def world_named(name: str) -> WorldDefinition:
    """The world of that name; raises `UserError`, which lists all, for an unknown one."""
    try:
        return WORLDS[name]
    except KeyError:
        raise UserError(f"no world is called {name!r}: choose {', '.join(WORLDS)}") from None


def world_of_preset(preset: str) -> tuple[WorldDefinition, WorldModel]:
    """The world that a preset belongs to, and what it says of it; `UserError` if none does."""
    for world in WORLDS.values():
        for model in world.models:
            if model.preset == preset:
                return world, model
    known = ", ".join(model.preset for world in WORLDS.values() for model in world.models)
    raise UserError(f"no world has a model called {preset!r}: choose {known}")
