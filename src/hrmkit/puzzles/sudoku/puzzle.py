"""Sudoku as a `Puzzle`: 4x4, 6x6, 9x9 or 16x16, in the tokens of the original models.

Token 0 pads (a sudoku never does), 1 is a blank, 2 to side + 1 are the digits. The solver and
`small.py` count a blank as 0 and a digit as itself: one less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isqrt
from typing import Literal

import numpy as np
from torch.nn.functional import pad

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import Symmetries
from hrmkit.puzzles.board import Board, board_of_signs
from hrmkit.puzzles.definition import PuzzleDefinition
from hrmkit.puzzles.puzzle import Grid, PuzzleSet
from hrmkit.puzzles.sudoku import text as sudoku_text
from hrmkit.puzzles.sudoku.search import BOXES, Bools, Ints, Searched, box_of, search
from hrmkit.puzzles.sudoku.small import units_of
from hrmkit.puzzles.sudoku.symmetries import random_symmetries
from hrmkit.puzzles.text import tokens_of

BLANK = 1
"""The token of a blank."""
DOT = "."
"""How `decode` writes it."""
USUAL = 81
"""Cells, unless said."""
LOOKED_AT = 100
"""Rows of a file that are looked at for the size of its puzzles; the first ones may be bad."""
PLAIN = str.maketrans(dict.fromkeys(sudoku_text.BLANKS + sudoku_text.DASH, DOT))
"""Every way to write a blank as one of them."""


@dataclass(frozen=True)
class Sudoku:
    """Sudoku with boxes of `box` x `box`: 2, 3 or 4; or of 2 rows and 3 columns (6x6).

    Raises `UserError` for other boxes.
    """

    box: int = 3
    wide: int | None = None
    """Columns of a box, where it is not a square."""

    def __post_init__(self) -> None:
        if (self.box, self.columns) not in BOXES.values():
            raise UserError(
                f"a sudoku with boxes of {self.box} x {self.columns} is not possible: choose "
                + ", ".join(f"{high} x {wide}" for high, wide in BOXES.values())
            )

    @property
    def name(self) -> str:
        """As on the command line."""
        return "sudoku"

    @property
    def columns(self) -> int:
        """Columns of a box."""
        return self.wide or self.box

    @property
    def side(self) -> int:
        """Cells of a row."""
        return self.box * self.columns

    @property
    def vocab(self) -> int:
        """Padding, blank and the digits."""
        return self.side + 2

    @property
    def cells(self) -> int:
        """Tokens of a grid."""
        return self.side * self.side

    def encode(self, text: str) -> Grid:
        """The grid that `text` says, in any way that people write sudokus; see `text`.

        Raises `UserError` for any other character or number of cells.
        """
        return tuple(1 + digit for digit in sudoku_text.read(text, self.side))

    def is_whole(self, lines: Sequence[str]) -> bool:
        """Whether some lines are a whole puzzle, so that the next line is of another."""
        return sudoku_text.is_whole(lines, self.side)

    def is_empty(self, lines: Sequence[str]) -> bool:
        """Whether some lines have no cells: heads, comments, the end of a frame."""
        return sudoku_text.cells_said(lines, self.side) == 0

    def encode_many(self, texts: list[str]) -> tuple[Ints, Bools]:
        """Grids int64 [n, cells], and which of the texts could be read in this quick way.

        Those have nothing between the digits; `encode` says what the others are.
        """
        grids = np.full((len(texts), self.cells), BLANK, np.int64)
        read = np.array([len(text) == self.cells for text in texts], np.bool_)
        fitting = [text for text in texts if len(text) == self.cells]
        if fitting:
            plain = [text.translate(PLAIN).upper() for text in fitting]
            grids[read] = tokens_of(plain, self._alphabet, 1)
        return grids, read & (grids > 0).all(1)

    @property
    def _alphabet(self) -> str:
        """How tokens from 1 are written."""
        return DOT + sudoku_text.alphabet(self.side)

    def decode(self, grid: Grid) -> str:
        """The grid on one line, `.` for a blank and ? for what is no token of a sudoku."""
        letters = "?" + self._alphabet
        return "".join(letters[token] for token in grid)

    def show(self, given: Grid, answer: Grid | None = None) -> str:
        """The puzzle, or its answer, in lines with the boxes marked."""
        text = self.decode(given if answer is None else answer)
        side, wide = self.side, self.columns
        rule = "+".join(["-" * (2 * wide + 1)] * (side // wide))[1:-1]
        lines: list[str] = []
        for row in range(side):
            if row and row % self.box == 0:
                lines.append(rule)
            cells = text[row * side : (row + 1) * side]
            parts = (" ".join(cells[at : at + wide]) for at in range(0, side, wide))
            lines.append(" | ".join(parts))
        return "\n".join(lines)

    def flaw(self, given: Grid) -> str | None:
        """Two equal digits that meet, no solution, several, or too hard to tell; None if proper."""
        clash = self._clash(given)
        if clash:
            return clash
        found = self._search(given)
        if found.given_up[0]:
            return (
                f"after {found.guesses[0]} guesses it is not known how many solutions it has: "
                "give more digits"
            )
        if found.solutions[0] == 1:
            return None
        return "it has several solutions" if found.solutions[0] else "it has no solution"

    def _clash(self, given: Grid) -> str | None:
        """The first two equal digits in one unit, with their place."""
        kinds: tuple[Literal["row", "column", "box"], ...] = ("row", "column", "box")
        for number, line in enumerate(units_of(self.box, self.columns).lines):
            seen: dict[int, int] = {}
            for cell in line:
                if given[cell] == BLANK:
                    continue
                if given[cell] in seen:
                    kind = kinds[number // self.side]
                    return (
                        f"{given[cell] - 1} is twice in {kind} {number % self.side + 1}: "
                        f"{self._place(seen[given[cell]])} and {self._place(cell)}"
                    )
                seen[given[cell]] = cell
        return None

    def _place(self, cell: int) -> str:
        """A cell as people call it."""
        return f"row {cell // self.side + 1} column {cell % self.side + 1}"

    def _search(self, given: Grid) -> Searched:
        """All that the solver finds."""
        return search(np.array([given]) - 1)

    def solution(self, given: Grid) -> Grid | None:
        """The only solution; None if there is none, or several."""
        if self._clash(given):
            return None
        found = self._search(given)
        if found.given_up[0] or found.solutions[0] != 1:
            return None
        return tuple(int(digit) + 1 for digit in found.first[0])

    def is_valid(self, given: Grid, answer: Grid, solution: Grid | None = None) -> bool:
        """Whether every unit of `answer` holds each digit once, and what was given stays."""
        return bool(self.are_valid(np.array([given]), np.array([answer]))[0])

    def fault(self, given: Grid, answer: Grid) -> str | None:
        """A given digit that is changed, an empty cell, or two equal digits that meet."""
        for cell, (asked, said) in enumerate(zip(given, answer, strict=True)):
            if asked not in (BLANK, said):
                return f"it changes {self._place(cell)}, where {asked - 1} is given"
        empty = [cell for cell, said in enumerate(answer) if said <= BLANK]
        if empty:
            return f"it leaves {self._place(empty[0])} empty"
        return self._clash(answer)

    def are_valid(self, given: Ints, answer: Ints) -> Bools:
        """`is_valid` for each row of int64 [n, cells] arrays: bool [n]."""
        kept = ((given == BLANK) | (given == answer)).all(1)
        lines = answer[:, np.array(units_of(self.box, self.columns).lines)]
        return kept & (np.sort(lines, 2) == np.arange(2, self.vocab)).all((1, 2))

    def difficulty(self, given: Grid) -> float:
        """Guesses that a solver by singles needs to find all solutions (at most two)."""
        return float(self._search(given).guesses[0])

    def augment(self, puzzles: PuzzleSet, rng: np.random.Generator) -> tuple[PuzzleSet, Symmetries]:
        """Every puzzle under a random symmetry, as the original augments, and the symmetries."""
        changes = random_symmetries(rng, self.box, len(puzzles), self.columns)
        # Tokens are one more than those of the changes; padding, which a model may answer, stays.
        change = replace(changes, tokens=pad(changes.tokens + 1, (1, 0)))
        return puzzles.changed(change), change


def sudoku_of(cells: int | None) -> Sudoku:
    """Sudoku with grids of 16, 36, 81 or 256 cells; `UserError` for others."""
    high, wide = box_of(USUAL if cells is None else cells)
    return Sudoku(high, None if wide == high else wide)


def canvas_of(questions: Sequence[str]) -> int | None:
    """The cells of the first question that is a sudoku."""
    return next(filter(None, map(cells_of, questions[:LOOKED_AT])), None)


def cells_of(text: str) -> int | None:
    """The cells of the sudoku that `text` says; None if it says none."""
    for cells in sorted(BOXES, key=lambda cells: cells != len(text)):
        try:
            sudoku_of(cells).encode(text)
        except UserError:
            continue
        return cells
    return None


def board_of(vocab: int, cells: int) -> Board | None:
    """A sudoku's board: in the originals' tokens, or in the ladder's, whose blank is 0."""
    side = isqrt(cells)
    before = vocab - side  # tokens that are no digits
    if side * side != cells or before not in (1, 2):
        return None
    digits = tuple(str(digit) for digit in range(1, side + 1))
    glyphs, names = ("",) * before + digits, ("padding", "blank")[2 - before :] + digits
    box = isqrt(side)
    if box * box == side:
        return Board("sudoku", side, side, cells, glyphs, names, before - 1, box)
    # Its boxes are no squares, which no drawing knows.
    return board_of_signs(cells, glyphs, names, before - 1) if before == 2 else None


DEFINITION = PuzzleDefinition(
    make=sudoku_of,
    canvas=canvas_of,
    board=board_of,
    known_by=frozenset((isqrt(cells) + 2, cells) for cells in BOXES),
)
