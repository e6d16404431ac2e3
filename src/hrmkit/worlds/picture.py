"""A state of a world as an image or as a line of text, from its table alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from hrmkit.worlds.icons import GROUND, HANGING, ICONS, INK, PALE, Look, Pen, unknown
from hrmkit.worlds.world import Entity, Whereabouts, WorldTable

PLACE, MARGIN, HEIGHT = 120, 20, 260
"""Width of a place, space around all, height of an image, in pixels."""
LEAST_PLACES = 4
"""An image is at least so many places wide, so that its words have room."""
FINER = 3
"""Drawn so much larger and then made smaller, which smooths the edges."""
HANGS, STANDS, FLOOR, WORDS = 66, 146, 196, 236
"""Heights, from the top: of what hangs, of what stands, of the floor, of the words."""


class Seen(NamedTuple):
    """A thing that is to be seen."""

    entity: Entity
    look: str
    place: int
    """Its tile, or -1 when it is in the hand."""


def seen(table: WorldTable, state: int) -> Iterator[Seen]:
    """What there is to see in a state: nothing that is covered or out of sight."""
    looks = table.looks[state] if table.looks else ("",) * len(table.entities)
    here = zip(table.places[state], table.whereabouts[state], looks, strict=True)
    for entity, (place, where, look) in zip(table.entities, here, strict=True):
        if where in (Whereabouts.TILE, Whereabouts.HAND):
            yield Seen(entity, look, place)


def remembered(table: WorldTable, state: int) -> str:
    """The memory flags that are set, in words."""
    flags = zip(table.memory, table.flags[state], strict=True)
    return ", ".join(name.replace("_", " ") for name, value in flags if value) or "nothing"


def text_of(table: WorldTable, state: int) -> str:
    """The places, each with what is to be seen there, what is carried, and the memory."""
    things = list(seen(table, state))
    named = [
        (one.place, one.entity.name + (f" ({one.look})" if one.look else "")) for one in things
    ]
    places = (
        ", ".join(name for place, name in named if place == here) for here in range(table.tiles)
    )
    carried = ", ".join(name for place, name in named if place < 0)
    return (
        " ".join(f"[{words}]" for words in places)
        + (f" in the hand: {carried};" if carried else "")
        + f" memory: {remembered(table, state)}"
    )


def image_of(table: WorldTable, state: int) -> NDArray[np.uint8]:
    """The same as an image `[height, width, 3]`."""
    width = 2 * MARGIN + PLACE * max(table.tiles, LEAST_PLACES)
    image = Image.new("RGB", (width * FINER, HEIGHT * FINER), PALE)
    pen = Pen(ImageDraw.Draw(image), 0, 0, FINER)
    left = (width - PLACE * table.tiles) / 2
    middles = [left + PLACE * (place + 0.5) for place in range(table.tiles)]
    for middle in middles:
        pen.box(middle - 54, FLOOR, middle + 54, FLOOR + 12, GROUND)
    things = list(seen(table, state))
    for place, middle in enumerate(middles):
        standing = [one for one in things if one.place == place and stands(one)]
        for x, scale, one in side_by_side(standing):
            draw(pen.moved(middle + x, STANDS + 50 * (1 - scale), scale), one)
        for one in things:
            if one.place == place and not stands(one):
                hangs = one.entity.icon in HANGING
                draw(pen.moved(middle, HANGS if hangs else STANDS, 1), one)
    carry(pen, things, middles)
    pen.text(f"memory: {remembered(table, state)}", width / 2, WORDS, 18, INK)
    small = image.resize((width, HEIGHT), Image.Resampling.LANCZOS)
    return np.asarray(small, dtype=np.uint8).copy()


def stands(one: Seen) -> bool:
    """Whether a thing takes up room on the floor."""
    return one.entity.icon not in HANGING and one.look != "lifted"


def side_by_side(things: list[Seen]) -> Iterator[tuple[float, float, Seen]]:
    """Where each thing of a place stands, from its middle, and how large."""
    if len(things) < 2:
        yield from ((0.0, 1.0, one) for one in things)
        return
    room = 104 / len(things)
    for i, one in enumerate(things):
        yield (i + 0.5) * room - 52, min(0.68, room / 76), one


def carry(pen: Pen, things: list[Seen], middles: list[float]) -> None:
    """Draw what is in the hand over the one who carries it."""
    carriers = [one.place for one in things if one.entity.icon == "agent" and one.place >= 0]
    for i, one in enumerate(one for one in things if one.place < 0):
        x = middles[carriers[0]] + 38 if carriers else MARGIN + 30
        draw(pen.moved(x, 72 - 44 * i, 0.5), one)


def draw(pen: Pen, one: Seen) -> None:
    """One thing by its icon."""
    look = Look(one.entity.name, one.entity.attributes, one.look)
    ICONS.get(one.entity.icon, unknown)(pen, look)
