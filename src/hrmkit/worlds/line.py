"""Walking on a line of tiles; Left and Right are the first two actions of every world on a line."""

from __future__ import annotations

from hrmkit.worlds.definition import PLACES, Size

LEFT, RIGHT = range(2)

MIN_TILES, MAX_TILES = 3, 9

LENGTH = Size(
    name=PLACES,
    label="Line length",
    hint="Tiles on the line.",
    unit="tile",
    minimum=MIN_TILES,
    maximum=MAX_TILES,
    default=5,
)


def beside(agent: int, action: int) -> int:
    """The tile that Left or Right leads to from `agent`, be it on the line or not."""
    return agent - 1 if action == LEFT else agent + 1


def walk(agent: int, target: int, there: int) -> int:
    """The action that leads from `agent` to `target`, and `there` once it is reached."""
    if agent == target:
        return there
    return LEFT if target < agent else RIGHT


def habit(agent: int, target: int, there: tuple[float, ...]) -> tuple[float, ...]:
    """Odds of every action: walk to the target; once it is reached, `there`."""
    if agent == target:
        return there
    chosen = walk(agent, target, there=-1)
    return tuple(1.0 if action == chosen else 0.0 for action in range(len(there)))


def tile_names(tiles: int) -> tuple[str, ...]:
    """What the line's tokens are called."""
    return tuple(f"tile {tile + 1}" for tile in range(tiles))
