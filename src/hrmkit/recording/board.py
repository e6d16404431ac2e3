"""What recordings of full-size puzzles share: the board, with how its tokens look, and the model.

Whoever draws a recording knows nothing of its puzzle but what stands here.
"""

from __future__ import annotations

from math import isqrt
from typing import Literal

from pydantic import Field

from hrmkit.model.wiring import Halting
from hrmkit.recording.part import Part

BoardKind = Literal["sudoku", "maze", "arc", "own"]

MOST_CELLS = 900
MOST_TOKENS = 64
"""More kinds of token than this could not be told apart on a board."""

MAZE = (("", "padding"), ("#", "wall"), (" ", "free"), ("S", "start"), ("G", "goal"), ("o", "path"))
ARC_COLOURS = (
    *("black", "blue", "red", "green", "yellow"),
    *("grey", "magenta", "orange", "light blue", "brown"),
)


class Board(Part):
    """How a grid is laid out and its tokens look."""

    kind: BoardKind
    width: int = Field(ge=1, description="Cells in a row.")
    height: int = Field(ge=1, description="Rows; the last may be short.")
    cells: int = Field(ge=1, le=MOST_CELLS)
    box: int = Field(description="A box of a sudoku is box x box cells; 0 where there are none.")
    blank: int = Field(description="The token of a cell that is to be filled in; -1 if none is.")
    glyphs: tuple[str, ...] = Field(
        max_length=MOST_TOKENS, description="What stands in a cell, by token."
    )
    names: tuple[str, ...] = Field(description="What a token is called, by token.")


class PuzzleModel(Part):
    """The model that was trained or asked."""

    preset: str | None
    parameters: int
    hierarchy: bool = Field(description="Two states: zH, slow, and zL, fast.")
    modules: int = Field(description="1: one module plays every part. 2: H and L.")
    cycles: int = Field(description="N, cycles in a segment.")
    low_calls: int = Field(description="T, calls of L in a cycle.")
    segments: int = Field(description="The most segments of training.")
    halting: Halting


def board_of(puzzle: str, vocab: int, cells: int) -> Board:
    """The board of the puzzle of that name, with grids of `cells` tokens of `vocab` kinds.

    A puzzle of one's own shows its tokens as numbers, and no 0; so does one whose sizes are not
    those of its name.
    """
    side = isqrt(cells)
    square = side * side == cells
    if puzzle == "sudoku" and square and isqrt(side) ** 2 == side and vocab - side in (1, 2):
        # The ladder's small sudokus have 0 for a blank; the originals' tokens have 0 for padding.
        before = vocab - side
        digits = tuple(str(digit) for digit in range(1, side + 1))
        names = ("padding", "blank")[2 - before :]
        return Board(
            kind="sudoku",
            width=side,
            height=side,
            cells=cells,
            box=isqrt(side),
            blank=before - 1,
            glyphs=("",) * before + digits,
            names=names + digits,
        )
    if puzzle == "sudoku" and square and vocab == side + 2:  # its boxes are no squares
        digits = tuple(str(digit) for digit in range(1, side + 1))
        return _grid("own", cells, ("", "", *digits), ("padding", "blank", *digits), blank=1)
    if puzzle == "maze" and square and vocab == len(MAZE):
        glyphs, names = zip(*MAZE, strict=True)
        return _grid("maze", cells, tuple(glyphs), tuple(names), blank=2)
    if puzzle == "arc" and square and vocab == len(ARC_COLOURS) + 2:
        digits = tuple(str(colour) for colour in range(len(ARC_COLOURS)))
        return _grid(
            "arc", cells, ("", "", *digits), ("padding", "edge of the grid", *ARC_COLOURS), blank=-1
        )
    numbers = tuple(str(token) for token in range(vocab))
    return _grid("own", cells, ("", *numbers[1:]), ("token 0", *numbers[1:]), blank=0)


def _grid(
    kind: BoardKind, cells: int, glyphs: tuple[str, ...], names: tuple[str, ...], blank: int
) -> Board:
    """A board without boxes, as near to a square as its cells allow."""
    height = isqrt(cells)
    while cells % height and height * height * 4 > cells:
        height -= 1
    if cells % height:  # it would be a ribbon: rather a square with a short last row
        height = isqrt(cells)
    return Board(
        kind=kind,
        width=-(-cells // height),
        height=height,
        cells=cells,
        box=0,
        blank=blank,
        glyphs=glyphs,
        names=names,
    )
