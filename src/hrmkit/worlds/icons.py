"""Drawings by the icons that worlds name for their things, each in a square of 100 x 100 units.

The page has its own, of the same names; these are for `WorldEnv.render`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from PIL import ImageDraw, ImageFont

INK = "#26303c"
PALE = "#fdfcf8"
GROUND = "#e4ddcf"
COLOURS: Mapping[str, str] = {
    "red": "#d1495b",
    "blue": "#3f78b8",
    "yellow": "#e9b440",
    "green": "#4f9d69",
    "grey": "#8b929c",
}
"""What the tables' names of colours look like; others are grey."""

Point = tuple[float, float]


class Pen(NamedTuple):
    """Draws in units around a middle, so that a figure knows neither its place nor its size."""

    draw: ImageDraw.ImageDraw
    x: float
    y: float
    scale: float
    """Pixels a unit."""

    def moved(self, x: float, y: float, scale: float = 1.0) -> Pen:
        """The pen for a figure around `x`, `y` units from here."""
        return Pen(self.draw, *self.at((x, y)), self.scale * scale)

    def at(self, point: Point) -> Point:
        """A point in pixels."""
        return self.x + point[0] * self.scale, self.y + point[1] * self.scale

    def width(self, units: float) -> int:
        """A line's width in pixels."""
        return max(1, round(units * self.scale))

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str) -> None:
        """An ellipse with an outline."""
        box = (*self.at((x - rx, y - ry)), *self.at((x + rx, y + ry)))
        self.draw.ellipse(box, fill=fill, outline=INK, width=self.width(3))

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: str, radius: float = 6) -> None:
        """A rectangle with round corners and an outline."""
        self.draw.rounded_rectangle(
            (*self.at((x0, y0)), *self.at((x1, y1))),
            radius * self.scale,
            fill=fill,
            outline=INK,
            width=self.width(3),
        )

    def polygon(self, points: Sequence[Point], fill: str) -> None:
        """A polygon with an outline."""
        corners = [self.at(point) for point in points]
        self.draw.polygon(corners, fill=fill, outline=INK, width=self.width(3))

    def line(self, points: Sequence[Point], units: float = 3, fill: str = INK) -> None:
        """A line through some points."""
        self.draw.line(
            [self.at(point) for point in points], fill=fill, width=self.width(units), joint="curve"
        )

    def arc(self, x: float, y: float, r: float, start: float, end: float) -> None:
        """A part of a circle, from `start` to `end` degrees."""
        box = (*self.at((x - r, y - r)), *self.at((x + r, y + r)))
        self.draw.arc(box, start, end, fill=INK, width=self.width(3))

    def text(self, words: str, x: float, y: float, size: float, fill: str = INK) -> None:
        """Words around a point."""
        font = ImageFont.load_default(size * self.scale)
        self.draw.text(self.at((x, y)), words, fill=fill, font=font, anchor="mm")


class Look(NamedTuple):
    """What a drawing depends on."""

    name: str
    attributes: Mapping[str, str]
    look: str

    def colour(self, usual: str) -> str:
        """Its colour, by name or as `usual`."""
        return COLOURS.get(self.attributes.get("colour", usual), COLOURS["grey"])


def agent(pen: Pen, look: Look) -> None:
    """A small round fellow with two feet."""
    for x in (-14, 14):
        pen.box(x - 9, 34, x + 9, 46, INK, 5)
    pen.draw.rounded_rectangle(
        (*pen.at((-33, -40)), *pen.at((33, 40))),
        30 * pen.scale,
        fill=look.colour("green"),
        outline=INK,
        width=pen.width(3),
    )
    for x in (-13, 13):
        pen.ellipse(x, -10, 10, 10, PALE)
        pen.ellipse(x, -9, 3, 4, INK)
    pen.arc(0, 4, 12, 30, 150)


def key(pen: Pen, look: Look) -> None:
    """A key with two teeth."""
    fill = look.colour("yellow")
    pen.line([(-4, 0), (40, 0)], 12)
    pen.line([(-4, 0), (38, 0)], 6, fill)
    for x in (24, 36):
        pen.line([(x, 0), (x, 16)], 7)
    pen.ellipse(-20, 0, 20, 20, fill)
    pen.ellipse(-20, 0, 8, 8, PALE)


def door(pen: Pen, look: Look) -> None:
    """A door; 'open', it shows what is behind it."""
    pen.box(-30, -48, 30, 46, "#6f4e37", 3)
    if look.look == "open":
        pen.box(-23, -41, 23, 46, PALE, 1)
        pen.polygon([(-23, -41), (-6, -30), (-6, 52), (-23, 46)], "#a97c50")
        return
    pen.box(-23, -41, 23, 46, "#a97c50", 1)
    pen.ellipse(13, 4, 5, 5, COLOURS["yellow"])
    pen.line([(13, 12), (13, 18)], 4)


def ball(pen: Pen, look: Look) -> None:
    """A ball with a shine."""
    pen.ellipse(0, 26, 20, 20, look.colour("green"))
    pen.arc(0, 26, 12, 190, 260)


def cup(pen: Pen, look: Look) -> None:
    """A cup upside down; 'lifted', it is in the air; 'about to move', one can see it sway."""
    pen = pen.moved(0, -62 if look.look == "lifted" else 0)
    pen.polygon([(-25, -42), (25, -42), (38, 46), (-38, 46)], look.colour("grey"))
    pen.box(-42, 36, 42, 48, look.colour("grey"), 5)
    if look.look == "about to move":
        for side, start in ((-1, 130), (1, -50)):
            for r in (44, 54):
                pen.arc(side * 6, 0, r, start, start + 100)
    if look.look == "trembling":
        for x in (-46, 46):
            pen.line([(x, -20), (x + 4, -12), (x - 4, -4), (x + 4, 4), (x, 12)], 2)


def card(pen: Pen, look: Look) -> None:
    """A card on two strings: its back, or its colour."""
    for x in (-14, 14):
        pen.line([(x, -52), (x, -34)], 2)
    if look.look == "face-down":
        pen.box(-26, -34, 26, 34, "#b9a7cf", 6)
        pen.text("?", 0, 0, 40, PALE)
        return
    pen.box(-26, -34, 26, 34, PALE, 6)
    pen.ellipse(0, 0, 15, 15, COLOURS.get(look.look, COLOURS["grey"]))


def triangle(pen: Pen, look: Look) -> None:
    """A triangle."""
    pen.polygon([(0, -24), (32, 42), (-32, 42)], look.colour("yellow"))


def round_one(pen: Pen, look: Look) -> None:
    """A circle."""
    pen.ellipse(0, 12, 31, 31, look.colour("yellow"))


def block(pen: Pen, look: Look) -> None:
    """A wooden crate."""
    pen.box(-36, -26, 36, 46, "#c79a63", 4)
    pen.line([(-32, -22), (32, 42)], 5)
    pen.line([(32, -22), (-32, 42)], 5)


def goal(pen: Pen, look: Look) -> None:
    """A flag; 'reached', its cloth is green."""
    pen.line([(-16, 46), (-16, -46)], 6)
    cloth = COLOURS["green" if look.look == "reached" else "red"]
    pen.polygon([(-16, -46), (34, -28), (-16, -8)], cloth)
    pen.ellipse(-16, 46, 14, 4, INK)


def unknown(pen: Pen, look: Look) -> None:
    """A rounded token with initial and look in words, for what has no drawing of its own."""
    pen.box(-34, -26, 34, 42, look.colour("grey"), 18)
    pen.text(look.name[0].upper(), 0, 0 if look.look else 8, 36 if look.look else 44, PALE)
    pen.text(look.look, 0, 28, 14, PALE)


ICONS: Mapping[str, Callable[[Pen, Look], None]] = {
    "agent": agent,
    "key": key,
    "door": door,
    "ball": ball,
    "cup": cup,
    "card": card,
    "triangle": triangle,
    "circle": round_one,
    "block": block,
    "goal": goal,
}
HANGING = frozenset({"card"})
"""Icons of what hangs over its place, so that something else may stand there."""
