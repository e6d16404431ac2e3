"""ARC: one grid of coloured cells is given, another answers it; what to do, a task's examples show.

The protocol's puzzle is a single grid. The tasks that grids are from, their augmented views and
the sets to train and to test on are `tasks`'s matter.
"""

from __future__ import annotations

import json
from itertools import zip_longest
from math import isqrt
from typing import cast

import numpy as np
import torch

from hrmkit.errors import UserError
from hrmkit.puzzles import board
from hrmkit.puzzles.arc.canvas import (
    COLOURS,
    FIRST_COLOUR,
    SIDE,
    VOCAB,
    ArcChanges,
    Board,
    cropped,
    found,
    placed,
    side_of,
)
from hrmkit.puzzles.definition import PuzzleDefinition
from hrmkit.puzzles.puzzle import Grid, PuzzleSet, Reversible, as_grids
from hrmkit.puzzles.text import json_of

COLOUR_NAMES = (
    *("black", "blue", "red", "green", "yellow"),
    *("grey", "magenta", "orange", "light blue", "brown"),
)
ARROW = "  ->  "


class Arc:
    """The kind of puzzle; a `Puzzle`. Grids are canvases of `side` x `side`, see `canvas`."""

    name = "arc"
    vocab = VOCAB

    def __init__(self, side: int = SIDE) -> None:
        self.side, self.cells = side, side * side

    def encode(self, text: str) -> Grid:
        """The canvas with the grid that `text` says at its top left.

        `text` is the grid as JSON, [[0, 1], [2, 3]], or a line of digits for every row, where `.`
        is 0 and spaces do not count. Raises `UserError` where it is no grid, with the place.
        """
        rows: object
        if text.lstrip().startswith("["):
            try:
                rows = json_of(text)
            except ValueError as error:
                raise UserError(f"the grid is no JSON: {error}; write [[0, 1], [2, 3]]") from error
        else:
            lines = [line for line in text.splitlines() if line.strip()]
            rows = [_row(number, line) for number, line in enumerate(lines, 1)]
        return as_grids(placed(parse_board(rows, "the grid", self.side), side=self.side)[None])[0]

    def decode(self, grid: Grid) -> str:
        """The grid as JSON on one line: of an answer what is at its top left, '[]' for nothing."""
        return json.dumps(self._board(grid).tolist(), separators=(",", ":"))

    def show(self, given: Grid, answer: Grid | None = None) -> str:
        """The grid in digits, `.` for colour 0; beside it its answer, if there is one."""
        left = _drawn(self._board(given))
        if answer is None:
            return "\n".join(left)
        right = _drawn(self._board(answer)) or ["(no grid)"]
        width = max(map(len, left), default=0)
        return "\n".join(
            f"{one:{width}}{ARROW if number == 0 else ' ' * len(ARROW)}{other}".rstrip()
            for number, (one, other) in enumerate(zip_longest(left, right, fillvalue=""))
        )

    def flaw(self, given: Grid) -> str | None:
        """What keeps it from being one grid with its end marked; it may stand anywhere."""
        if len(given) != self.cells:
            canvas = f"{self.side} x {self.side}"
            return f"it has {len(given)} tokens, and a canvas of {canvas} has {self.cells}"
        if not 0 <= min(given) <= max(given) < VOCAB:
            wrong = next(token for token in given if not 0 <= token < VOCAB)
            return f"it has token {wrong}, and there are 0 to {VOCAB - 1}"
        if max(given) < FIRST_COLOUR:
            return "it has no grid on it: no cell has a colour"
        if found(torch.tensor(given)) is None:
            return "its coloured cells are not one rectangle with end marks below and to the right"
        return None

    def solution(self, given: Grid) -> Grid | None:
        """None: what the answer is, a task's examples show, and no rule."""
        return None

    def is_valid(self, given: Grid, answer: Grid, solution: Grid | None = None) -> bool:
        """Whether the grid of `answer` is that of `solution`, its label.

        Raises `UserError` without a label: nothing else can judge it.
        """
        if solution is None:
            raise UserError("an ARC answer without a label cannot be judged: give its solution")
        label = cropped(torch.tensor(solution))
        return label.size > 0 and np.array_equal(cropped(torch.tensor(answer)), label)

    def difficulty(self, given: Grid) -> float:
        """How many cells the given grid has."""
        return float(self._board(given).size)

    def augment(self, puzzles: PuzzleSet, rng: np.random.Generator) -> tuple[PuzzleSet, Reversible]:
        """Every puzzle turned or flipped at random, its colours but 0 exchanged, and the changes.

        The ids stay, so this is for models without puzzle embedding: with one, an augmented task
        is a puzzle of its own (see `tasks`). Raises `UserError` for a grid that does not stand
        at the top left of its canvas, whose place would be lost.
        """
        moved = (puzzles.given[:, 0] < FIRST_COLOUR).nonzero().flatten()
        if len(moved):
            raise UserError(
                f"the grid of row {int(moved[0])} does not stand at the top left of its canvas: "
                "augment puzzles before they are moved"
            )
        changes = random_changes(rng, len(puzzles))
        return puzzles.changed(changes), changes

    def _board(self, grid: Grid) -> Board:
        """The grid on a canvas: wherever it stands, or else what is at the top left."""
        canvas = torch.tensor(grid)
        board = found(canvas)
        return cropped(canvas) if board is None else board


def _row(number: int, line: str) -> list[int]:
    """A line of digits, `.` for 0."""
    cells = "".join(line.split()).replace(".", "0")
    for column, cell in enumerate(cells, 1):
        if cell not in "0123456789":
            raise UserError(
                f"row {number}, cell {column} of the grid is {cell!r}: give a digit from 0 to 9, "
                "or . for 0"
            )
    return [int(cell) for cell in cells]


def _drawn(board: Board) -> list[str]:
    """A line for every row."""
    return ["".join(str(colour) if colour else "." for colour in row) for row in board.tolist()]


def parse_board(rows: object, place: str, most: int = SIDE) -> Board:
    """The grid that JSON says, a list of rows; of at most `most` rows and columns.

    Raises `UserError` if it is none, naming `place` and where in it.
    """
    lines = cast("list[object]", rows) if isinstance(rows, list) else []
    grid = [cast("list[object]", line) for line in lines if isinstance(line, list)]
    if not lines or len(grid) < len(lines):
        raise UserError(f"{place} is not a list of rows: write [[0, 1], [2, 3]]")
    width = len(grid[0])
    if not (1 <= len(grid) <= most and 1 <= width <= most):
        raise UserError(
            f"{place} has {len(grid)} rows of {width} cells: 1 to {most} of each are possible"
        )
    for number, row in enumerate(grid, 1):
        if len(row) != width:
            raise UserError(
                f"row {number} of {place} has {len(row)} cells where row 1 has {width}: "
                "all rows of a grid have as many"
            )
        for column, cell in enumerate(row, 1):
            # bool is an int to Python, but true is no colour.
            if type(cell) is not int or not 0 <= cell < COLOURS:
                raise UserError(
                    f"row {number}, cell {column} of {place} is {json.dumps(cell)}: "
                    f"colours are 0 to {COLOURS - 1}"
                )
    return np.array(grid, dtype=np.uint8)


def random_changes(rng: np.random.Generator, count: int) -> ArcChanges:
    """`count` changes, each as likely as any other: 8 turns times 9! orders of colours 1 to 9."""
    colours = np.tile(np.arange(COLOURS), (count, 1))
    turns = rng.integers(8, size=count)
    colours[:, 1:] = rng.permuted(colours[:, 1:], axis=1)
    return ArcChanges(torch.from_numpy(turns), torch.from_numpy(colours))


def arc_of(cells: int | None) -> Arc:
    """ARC on canvases of so many cells, the original's by default; see `side_of`."""
    return Arc() if cells is None else Arc(side_of(cells))


def canvas_board(vocab: int, cells: int) -> board.Board | None:
    """A canvas as it is drawn; the ten colours are numbered."""
    side = isqrt(cells)
    if side * side != cells or vocab != VOCAB:
        return None
    digits = tuple(str(colour) for colour in range(COLOURS))
    names = ("padding", "edge of the grid", *COLOUR_NAMES)
    return board.Board("arc", side, side, cells, ("", "", *digits), names, blank=-1)


DEFINITION = PuzzleDefinition(
    make=arc_of,
    board=canvas_board,
    known_by=frozenset({(VOCAB, SIDE * SIDE)}),
    by_task=True,
)
