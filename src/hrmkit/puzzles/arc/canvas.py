"""Canvases: squares of tokens with the grid of an ARC task on them, and what is done to that grid.

Tokens as in the original (arXiv 2506.21734): 0 pads, 1 ends a grid (the row just below it and the
column just right of it, where the canvas has them, but not the corner), 2 to 11 are colours 0 to 9.
The original's canvases have 30 x 30 tokens, which is what is made unless a side is given; smaller
ones hold smaller tasks at less cost. Everything here takes many canvases at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import DIHEDRAL_WORDS
from hrmkit.puzzles.puzzle import IGNORED

SIDE = 30
"""Of the original's canvas, the largest there is."""
PAD, END, FIRST_COLOUR = 0, 1, 2
COLOURS = 10
VOCAB = FIRST_COLOUR + COLOURS

Board = NDArray[np.uint8]
"""A grid outside of a canvas: its colours, [rows, columns]."""

TURNS = (
    (False, False, False),
    (True, True, False),
    (False, True, True),
    (True, False, True),
    (False, False, True),
    (False, True, False),
    (True, False, False),
    (True, True, True),
)
"""What a turn does, by the original's number: transpose, then reverse the rows, the columns.

1 to 3 are turns to the left by 90, 180 and 270 degrees, 4 and 5 flips left to right and top to
bottom, 6 and 7 transpositions along either diagonal.
"""
BACK = (0, 3, 2, 1, 4, 5, 6, 7)
"""The turn that undoes each."""


def side_of(cells: int) -> int:
    """The side of a canvas of so many cells; `UserError` if there is no such canvas."""
    side = isqrt(max(0, cells))
    if side * side != cells or not 1 <= side <= SIDE:
        raise UserError(
            f"a grid of {cells} cells is no canvas of arc: those are squares, up to {SIDE} x {SIDE}"
        )
    return side


def sizes_of(canvases: Tensor) -> Tensor:
    """Rows and columns of the grid at the top left of each canvas: int64 [..., 2].

    `canvases` is an integer tensor [..., cells], as a model answers. As in the original, the grid
    is the largest rectangle of nothing but colours that starts at the top left; of equally large
    ones, that with fewer rows. 0 and 0 where no colour stands there.
    """
    side = side_of(canvases.shape[-1])
    tokens = canvases.reshape(*canvases.shape[:-1], side, side)
    inside = (tokens >= FIRST_COLOUR) & (tokens < VOCAB)
    widths = inside.long().cumprod(-1).sum(-1).cummin(-1).values
    areas = widths * torch.arange(1, side + 1, device=widths.device)
    last = areas.argmax(-1, keepdim=True)  # the first of equal ones
    columns = widths.gather(-1, last)
    return torch.cat((torch.where(columns > 0, last + 1, 0), columns), -1)


def cropped(canvas: Tensor) -> Board:
    """The grid at the top left of one canvas [cells]; 0 x 0 if there is none."""
    rows, columns = cast("list[int]", sizes_of(canvas).tolist())
    side = side_of(len(canvas))
    grid = canvas.reshape(side, side)[:rows, :columns] - FIRST_COLOUR
    return grid.cpu().numpy().astype(np.uint8)


def placed(board: Board, top: int = 0, left: int = 0, side: int = SIDE) -> Tensor:
    """A canvas with `board` on it, `top` rows down and `left` columns in: int64 [side * side].

    Raises `UserError` where it does not fit.
    """
    rows, columns = board.shape
    if not (0 <= top <= side - rows and 0 <= left <= side - columns):
        raise UserError(
            f"a grid of {rows} x {columns} does not fit {top} down and {left} in on a canvas of "
            f"{side} x {side}"
        )
    canvas = torch.full((side, side), PAD)
    bottom, right = top + rows, left + columns
    canvas[bottom : bottom + 1, left:right] = END
    canvas[top:bottom, right : right + 1] = END
    canvas[top:bottom, left:right] = torch.from_numpy(board).long() + FIRST_COLOUR
    return canvas.flatten()


def found(canvas: Tensor) -> Board | None:
    """The one grid on a canvas [cells], wherever it stands; None if the canvas is not proper."""
    side = side_of(len(canvas))
    tokens = canvas.reshape(side, side)
    coloured = ((tokens >= FIRST_COLOUR) & (tokens < VOCAB)).nonzero()
    if not len(coloured):
        return None
    top, left = cast("list[int]", coloured.amin(0).tolist())
    bottom, right = cast("list[int]", (coloured.amax(0) + 1).tolist())
    inside = tokens[top:bottom, left:right]
    board = (inside - FIRST_COLOUR).clamp(0, COLOURS - 1).numpy().astype(np.uint8)
    return board if torch.equal(placed(board, top, left, side), canvas) else None


def redrawn(
    canvases: Tensor, sizes: Tensor, turns: Tensor, colours: Tensor, corners: Tensor
) -> Tensor:
    """Canvases anew, their grids turned, recoloured and moved: as `canvases`.

    `canvases` [n, cells] of any integer type, with grids of `sizes` at the top left; `sizes` and
    `corners`, where the new grids stand, int64 [n, 2]; `turns` int64 [n], as in `TURNS`;
    `colours` int64 [n, 10], what becomes of each. Whatever is outside of the grid is drawn new.
    """
    transposed, upended, mirrored = torch.tensor(TURNS)[turns].unbind(-1)
    shape = torch.where(transposed[:, None], sizes.flip(-1), sizes)
    rows, columns = shape[:, :1, None], shape[:, 1:, None]
    side = side_of(canvases.shape[-1])
    line = torch.arange(side)
    row = line[None, :, None] - corners[:, :1, None]
    column = line[None, None, :] - corners[:, 1:, None]
    in_rows, in_columns = (row >= 0) & (row < rows), (column >= 0) & (column < columns)
    above = torch.where(upended[:, None, None], rows - 1 - row, row)
    beside = torch.where(mirrored[:, None, None], columns - 1 - column, column)
    source = torch.where(transposed[:, None, None], beside * side + above, above * side + beside)
    taken = canvases.gather(1, source.clamp(0, side * side - 1).flatten(1)).long()
    inside = (in_rows & in_columns).flatten(1)
    colour = colours.gather(1, (taken - FIRST_COLOUR).clamp(0, COLOURS - 1))
    ends = (in_columns & (row == rows)) | (in_rows & (column == columns))
    outside = torch.where(ends.flatten(1), END, PAD)
    return torch.where(inside, colour + FIRST_COLOUR, outside).to(canvases.dtype)


@dataclass(frozen=True)
class ArcChange:
    """One of the eight turns and flips, and an exchange of colours; a `Transform`.

    It changes the grid at the top left of a canvas, whatever its size, and leaves it there. A
    solution's `IGNORED` padding stays `IGNORED`. Raises `UserError` for another turn, or colours
    that leave one out.
    """

    turn: int = 0
    """As in `TURNS`."""
    colours: tuple[int, ...] = tuple(range(COLOURS))
    """What becomes of each colour."""

    def __post_init__(self) -> None:
        if not 0 <= self.turn < len(TURNS):
            raise UserError(f"turn {self.turn} does not exist: choose 0 to {len(TURNS) - 1}")
        if sorted(self.colours) != list(range(COLOURS)):
            raise UserError(f"colours {self.colours} are not 0 to {COLOURS - 1} once each")

    @property
    def _one(self) -> ArcChanges:
        return ArcChanges.of([self])

    def apply(self, grid: Tensor) -> Tensor:
        """The changed canvases: int64 [..., cells]."""
        return self._one.apply(grid.reshape(1, -1, grid.shape[-1])).reshape(grid.shape)

    def undo(self, grid: Tensor) -> Tensor:
        """The canvases that `apply` changes into these: int64 [..., cells]."""
        return self._one.undo(grid.reshape(1, -1, grid.shape[-1])).reshape(grid.shape)

    @property
    def words(self) -> str:
        """What it does, e.g. 'turned left, colours 1>3 3>1'."""
        exchanged = [f"{old}>{new}" for old, new in enumerate(self.colours) if old != new]
        said = [DIHEDRAL_WORDS[TURNS[self.turn]]] if self.turn else []
        said += [f"colours {' '.join(exchanged)}"] if exchanged else []
        return ", ".join(said) or "unchanged"

    @property
    def code(self) -> str:
        """It in short, as the originals name augmented puzzles, e.g. 't1_0321456789'."""
        return f"t{self.turn}_{''.join(str(colour) for colour in self.colours)}"


@dataclass(frozen=True, eq=False)
class ArcChanges:
    """A change for each row of a batch: what `ArcChange` holds, stacked."""

    turns: Tensor
    """int64 [n]."""
    colours: Tensor
    """int64 [n, 10]."""

    @staticmethod
    def of(changes: Sequence[ArcChange]) -> ArcChanges:
        """Stack `changes`."""
        return ArcChanges(
            torch.tensor([change.turn for change in changes]),
            torch.tensor([change.colours for change in changes]),
        )

    def __len__(self) -> int:
        return len(self.turns)

    def __getitem__(self, row: int) -> ArcChange:
        """The change of one row."""
        return ArcChange(int(self.turns[row]), tuple(int(colour) for colour in self.colours[row]))

    def apply(self, grid: Tensor) -> Tensor:
        """Change row i of int64 [n, cells] by the ith change, or all of [n, many, cells]."""
        return self._changed(grid, self.turns, self.colours)

    def undo(self, grid: Tensor) -> Tensor:
        """The canvases that `apply` changes into these: same shapes.

        Of any answer of a model only the grid at the top left is kept, so that two answers are
        equal exactly if their grids are.
        """
        return self._changed(grid, torch.tensor(BACK)[self.turns], self.colours.argsort(1))

    def _changed(self, grid: Tensor, turns: Tensor, colours: Tensor) -> Tensor:
        if len(grid) != len(self):
            raise UserError(
                f"grids of shape {tuple(grid.shape)} do not fit {len(self)} changes of grids"
            )
        canvases = grid.reshape(-1, grid.shape[-1]).cpu()
        # No sizes are known for a solution that is IGNORED throughout: it stays what it is.
        each = torch.arange(len(self)).repeat_interleave(len(canvases) // max(1, len(self)))
        changed = redrawn(
            canvases,
            sizes_of(canvases),
            turns[each],
            colours[each],
            torch.zeros(len(canvases), 2, dtype=torch.int64),
        )
        partly = (canvases == IGNORED).any(1, keepdim=True)
        changed = torch.where(partly & (changed == PAD), IGNORED, changed)
        return changed.reshape(grid.shape).to(grid.device)
