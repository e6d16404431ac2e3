"""Mazes as a `Puzzle`: find the shortest way, in the tokens of the original models.

Token 0 pads, 1 to 5 are a wall, a free cell, the start S, the goal G, and a cell of the path in
an answer. A smaller maze stands at the top left of the canvas. There are mostly several shortest
paths; the label is the one that `paths.label_paths` describes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt, nan

import numpy as np
import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.board import Board
from hrmkit.puzzles.definition import PuzzleDefinition
from hrmkit.puzzles.maze.paths import Bools, Ints, distances, label_paths
from hrmkit.puzzles.puzzle import IGNORED, Grid, PuzzleSet
from hrmkit.puzzles.text import puzzles, tokens_of

LETTERS = "# SGo"
"""How tokens 1 to 5 are written."""
OTHERS = str.maketrans(".0\u00b71\u2588E", "   ##G")
"""What else people write: a dot or 0 for a free cell, 1 or a full block for a wall, E for the goal.
Spaces at the end of a line are easily lost, and dots are not."""
MARKS = ".0\u00b7"
"""Free cells that no editor cuts off."""
BLANKS = " \t"
"""What stands around an indented maze."""
CLOSED = "#SG"
"""What stands at the edge of a maze with a wall around it: no way leads out."""
BREAK = "/"
"""Between the rows of a maze that is not square, on one line."""
PAD, WALL, FREE, START, GOAL, PATH = range(6)
GLYPHS = ("", *LETTERS)
NAMES = ("padding", "wall", "free", "start", "goal", "path")
"""What stands in a cell, and what it is called, by token."""
WHAT = {WALL: "a wall", FREE: "a free cell", START: "the start", GOAL: "the goal"}
"""What a cell of a question is, as a sentence says it."""
LARGEST = 30


@dataclass(frozen=True, eq=False)
class Turned:
    """One of the eight turns and flips for each maze of a batch; a `Reversible`."""

    cells: Tensor
    """int64 [n, cells]: which cell of the canvas each cell of the result comes from."""
    draws: Tensor | None = None
    """bool [n, 3]: whether it is transposed, then turned upside down, then mirrored; None where
    nobody asks, as for a puzzle of one's own."""

    def apply(self, grid: Tensor) -> Tensor:
        """The turned grids: int64 [n, cells] or [n, many, cells]."""
        return _taken(grid, self.cells)

    def undo(self, grid: Tensor) -> Tensor:
        """The grids that `apply` turns into these."""
        return _taken(grid, self.cells.argsort(1))


def _taken(grid: Tensor, cells: Tensor) -> Tensor:
    """The cells of each grid, in the order of `cells` [n, cells]."""
    index = cells if grid.ndim == 2 else cells[:, None, :]
    return grid.gather(-1, index.to(grid.device).expand_as(grid))


@dataclass(frozen=True)
class Maze:
    """Mazes of at most `side` x `side` cells, 2 to 30; `UserError` for another side."""

    side: int = LARGEST

    def __post_init__(self) -> None:
        if not 2 <= self.side <= LARGEST:
            raise UserError(f"a maze of side {self.side} is not possible: choose 2 to {LARGEST}")

    @property
    def name(self) -> str:
        """As on the command line."""
        return "maze"

    @property
    def vocab(self) -> int:
        """Padding and the five letters."""
        return len(LETTERS) + 1

    @property
    def cells(self) -> int:
        """Tokens of a grid."""
        return self.side * self.side

    def encode(self, text: str) -> Grid:
        """The grid that `text` says: a square maze on one line, or any maze in lines.

        A line that is shorter than the longest ends with free cells, where these are spaces:
        editors cut off those. Empty lines before and after are left out. Raises `UserError` for
        another character, rows of different lengths where free cells are no spaces, a maze that is
        too large, one line that is no square, or several mazes.
        """
        lines = _lines(text)
        tokens = _tokens(lines)
        self._check_one(text)
        height, width = len(lines), max(map(len, lines))
        if max(width, height) > self.side:
            raise UserError(
                f"a maze of {height} x {width} cells is too large: "
                f"at most {self.side} x {self.side} are possible here"
            )
        _check_lengths(lines)
        canvas = np.full((self.side, self.side), PAD)
        canvas[:height, :width] = FREE
        for row, found in enumerate(tokens):
            canvas[row, : len(found)] = found
        return tuple(canvas.ravel().tolist())

    def is_whole(self, lines: Sequence[str]) -> bool:
        """Whether this is one line, and no row: longer than rows are, or with `/` between them."""
        if len(lines) != 1:
            return False
        line = lines[0].strip().translate(OTHERS)
        ends = line.count("S") == line.count("G") == 1
        alone = BREAK in line or (len(line) > LARGEST and isqrt(len(line)) ** 2 == len(line))
        return (ends and alone) or len(line) >= self.cells

    def is_empty(self, lines: Sequence[str]) -> bool:
        """Whether there is no line."""
        return not lines

    def _check_one(self, text: str) -> None:
        """Raise `UserError` for several mazes, by their starts and goals.

        An empty line in one maze is a row of free cells, which an editor cut off.
        """
        known = text.translate(OTHERS)
        if max(known.count("S"), known.count("G")) < 2:
            return
        lines = iter(known.splitlines(keepends=True))
        parts = puzzles(lambda _: next(lines, ""), self)
        several = sum("S" in part or "G" in part for part in parts)
        if several > 1:
            raise UserError(f"{several} mazes are too many at once: give one")

    def encode_many(self, texts: list[str]) -> tuple[Ints, Bools]:
        """Grids int64 [n, cells], and which of the texts could be read in this quick way.

        Those are square mazes on one line; `encode` says what the others are.
        """
        grids = np.zeros((len(texts), self.cells), np.int64)
        read = np.zeros(len(texts), np.bool_)
        lengths = np.array([len(text) for text in texts], np.int64)
        for width in range(2, self.side + 1):
            (rows,) = np.nonzero(lengths == width * width)
            if not len(rows):
                continue
            tokens = tokens_of([texts[row] for row in rows], LETTERS, 1)
            canvas = np.zeros((len(rows), self.side, self.side), np.int64)
            canvas[:, :width, :width] = tokens.reshape(-1, width, width)
            grids[rows], read[rows] = canvas.reshape(len(rows), -1), (tokens > 0).all(1)
        return grids, read

    def decode(self, grid: Grid) -> str:
        """The grid on one line; `/` between the rows of one that is not square."""
        lines = self._lines(grid, grid)
        return ("" if len(lines) == len(lines[0]) else BREAK).join(lines)

    def show(self, given: Grid, answer: Grid | None = None) -> str:
        """The maze, or its answer, in lines; `encode` reads them back."""
        return "\n".join(self._lines(given, given if answer is None else answer))

    def _lines(self, given: Grid, shown: Grid) -> list[str]:
        """The rows of a maze of the size of `given`; ? for what is no letter of a maze."""
        height, width = (int(size[0]) for size in self.sizes(np.array([given])))
        letters = ["?", *LETTERS]
        rows = (shown[row * self.side :][:width] for row in range(height))
        return ["".join(letters[token] for token in row) for row in rows]

    def sizes(self, given: Ints) -> tuple[Ints, Ints]:
        """Heights and widths of mazes int64 [n, cells]: int64 [n] each, at least 1."""
        canvas = given.reshape(-1, self.side, self.side) != PAD
        return canvas[:, :, 0].sum(1).clip(1), canvas[:, 0].sum(1).clip(1)

    def flaw(self, given: Grid) -> str | None:
        """No S or G, several, a path already, or no way from S to G; None for a proper maze."""
        for token, letter in ((START, "S"), (GOAL, "G")):
            if given.count(token) != 1:
                return f"it has {given.count(token) or 'no'} {letter}: mark one cell with {letter}"
        if PATH in given:
            return "it has a path already: leave out the o"
        if not self.label(np.array([given]))[1][0]:
            return "no way leads from S to G"
        return None

    def label(self, given: Ints) -> tuple[Ints, Ints]:
        """The labels of mazes int64 [n, cells], alike, and the cells of their paths: int64 [n].

        A label has its path marked but for both ends. The length is 0, and the label the maze,
        where no way leads from S to G. Every maze has one S and one G.
        """
        path, lengths = label_paths(self._free(given), *_ends(given))
        marked = path.reshape(given.shape) & (given == FREE)
        return np.where(marked, PATH, given), lengths

    def _free(self, given: Ints) -> Bools:
        """The cells that can be walked on: bool [n, side, side]."""
        return (given > WALL).reshape(-1, self.side, self.side)

    def solution(self, given: Grid) -> Grid | None:
        """The label; None for a maze with a flaw."""
        if self.flaw(given):
            return None
        labels, _ = self.label(np.array([given]))
        return tuple(labels[0].tolist())

    def is_valid(self, given: Grid, answer: Grid, solution: Grid | None = None) -> bool:
        """Whether `answer` marks a shortest path, any of them, and changes nothing else.

        What it says of the padding does not count.
        """
        return bool(self.are_valid(np.array([given]), np.array([answer]))[0])

    def fault(self, given: Grid, answer: Grid) -> str | None:
        """A cell that is changed, a path that leads nowhere, has more cells, or is too long."""
        for cell, (asked, said) in enumerate(zip(given, answer, strict=True)):
            if asked not in (PAD, said) and (asked, said) != (FREE, PATH):
                row, column = divmod(cell, self.side)
                return f"it changes row {row + 1} column {column + 1}, which is {WHAT[asked]}"
        grids = np.array([given]), np.array([answer])
        marked = _marked(*grids)
        start, goal = _ends(grids[0])
        steps = distances(marked.reshape(-1, self.side, self.side), start)
        length, cells = int(steps[0, goal[0]]) + 1, int(marked.sum())
        if length <= 0:
            return "its path does not lead from S to G"
        if length != cells:
            return f"its path has {cells} cells, and {length} of them lead from S to G already"
        shortest = int(self.label(grids[0])[1][0])
        return None if cells == shortest else f"its path has {cells} cells, the shortest {shortest}"

    def are_valid(self, given: Ints, answer: Ints) -> Bools:
        """`is_valid` for each row of int64 [n, cells] arrays: bool [n]."""
        found = self.are_paths(given, answer)
        _, shortest = self.label(given[found])
        found[found] = _marked(given[found], answer[found]).sum(1) == shortest
        return found

    def are_paths(self, given: Ints, answer: Ints) -> Bools:
        """Whether each answer marks one path from S to G, be it longer than need be: bool [n].

        Its cells have no way among themselves that is shorter, and nothing else is changed.
        """
        marked = _marked(given, answer)
        walked = (answer == PATH) & (given == FREE)
        changed = (answer != given) & ~walked & (given != PAD)
        found = ~changed.any(1) & _has_one_of_each_end(given)
        start, goal = _ends(given[found])
        steps = distances(marked[found].reshape(-1, self.side, self.side), start)
        length = steps[np.arange(len(goal)), goal] + 1
        found[found] = (length > 0) & (length == marked[found].sum(1))
        return found

    def difficulty(self, given: Grid) -> float:
        """The cells of the shortest path, counting S and G; NaN where there is none."""
        return nan if self.flaw(given) else float(self.label(np.array([given]))[1][0])

    def augment(self, puzzles: PuzzleSet, rng: np.random.Generator) -> tuple[PuzzleSet, Turned]:
        """Every maze turned or flipped at random, with the path that labels it now."""
        change = self._turns(puzzles.given.numpy(), rng.integers(2, size=(3, len(puzzles))) == 1)
        given = change.apply(puzzles.given)
        labels, _ = self.label(given.numpy())
        solution = torch.from_numpy(np.where(labels == PAD, IGNORED, labels))
        return PuzzleSet(given, solution, puzzles.puzzle_ids), change

    def _turns(self, given: Ints, draws: Bools) -> Turned:
        """Turns of each maze within its own size: transposed or not, then rows and columns upended.

        `draws` is bool [3, n].
        """
        transposed, upended, mirrored = draws[:, :, None, None]
        height, width = (size[:, None, None] for size in self.sizes(given))
        height, width = (
            np.where(transposed, width, height),
            np.where(transposed, height, width),
        )
        row, column = np.arange(self.side)[None, :, None], np.arange(self.side)[None, None, :]
        row = np.where(upended & (row < height), height - 1 - row, row)
        column = np.where(mirrored & (column < width), width - 1 - column, column)
        cells = np.where(transposed, column * self.side + row, row * self.side + column)
        return Turned(torch.from_numpy(cells.reshape(len(given), -1)), torch.from_numpy(draws.T))


def _tokens(lines: list[str]) -> list[list[int]]:
    """The tokens of the rows of a maze; `UserError` for what is no letter of one."""
    for row, line in enumerate(lines, 1):
        for column, character in enumerate(line, 1):
            if character.translate(OTHERS) not in LETTERS:
                raise UserError(
                    f"{character!r} in row {row}, column {column} is not of a maze: "
                    "write # for a wall, a space or . for a free cell, S, G, and o for the path"
                )
    return [[1 + LETTERS.index(one) for one in line.translate(OTHERS)] for line in lines]


def _check_lengths(lines: list[str]) -> None:
    """Raise `UserError` for rows of different lengths, unless an editor may have cut them."""
    lengths = [len(line) for line in lines]
    short, long = lengths.index(min(lengths)), lengths.index(max(lengths))
    if lengths[short] < lengths[long] and any(mark in line for line in lines for mark in MARKS):
        first, second = sorted((short, long))
        raise UserError(
            f"row {first + 1} has {lengths[first]} cells and row {second + 1} has "
            f"{lengths[second]}: give every row as many, with . for a free cell"
        )


def _lines(text: str) -> list[str]:
    """The rows of a maze; `UserError` if there are none, or one that is no square."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    lines = text.replace(BREAK, "\n").splitlines()
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise UserError("an empty text is no maze: write # for a wall and a space for a free cell")
    if len(lines) > 1:
        return lines if BREAK in text else _without_margin(lines)
    width = isqrt(len(lines[0]))
    if width * width != len(lines[0]):
        raise UserError(
            f"{len(lines[0])} cells on one line are no square maze: "
            "give a square number of them, or a line for each row"
        )
    return [lines[0][at : at + width] for at in range(0, len(lines[0]), width)]


def _without_margin(lines: list[str]) -> list[str]:
    """The rows without what is blank around a maze, as around an indented one.

    Around what is no margin for sure: a maze with a wall around it, or whose free cells are dots.
    """
    marked = any(mark in line for line in lines for mark in MARKS)
    known = lines if marked else [line.translate(OTHERS) for line in lines]
    written = [row for row, line in enumerate(known) if line.strip(BLANKS)]
    if not written:
        return lines
    rows = slice(written[0], written[-1] + 1)
    left = min(len(known[row]) - len(known[row].lstrip(BLANKS)) for row in written)
    right = max(len(known[row].rstrip(BLANKS)) for row in written)
    box = [line[left:right].ljust(right - left) for line in known[rows]]
    around = box[0] + box[-1] + "".join(line[0] + line[-1] for line in box)
    closed = len(box) > 2 and right - left > 2 and set(around) <= set(CLOSED)
    certain = closed or (marked and len(box) > 1)
    return [line[left:right] for line in lines[rows]] if certain else lines


def _ends(given: Ints) -> tuple[Ints, Ints]:
    """The cells of S and of G: int64 [n] each."""
    return (given == START).argmax(1), (given == GOAL).argmax(1)


def _has_one_of_each_end(given: Ints) -> Bools:
    """Which mazes have one S and one G."""
    return ((given == START).sum(1) == 1) & ((given == GOAL).sum(1) == 1)


def _marked(given: Ints, answer: Ints) -> Bools:
    """The path that an answer marks, with both ends; nothing of the padding: bool [n, cells]."""
    return (answer >= START) & (given != PAD)


def maze_of(cells: int | None) -> Maze:
    """Mazes on a canvas of so many cells, a square from 4 to 900; `UserError` for others."""
    side = LARGEST if cells is None else isqrt(max(0, cells))
    if cells not in (None, side * side):
        raise UserError(f"a maze of {cells} cells is not square: choose a square from 4 to 900")
    return Maze(side)


def canvas_of(questions: Sequence[str]) -> int | None:
    """The cells of the smallest square that every question fits on; None if there is none."""
    mazes = [text.replace(BREAK, "\n").splitlines() for text in questions if text]
    sides = [max(len(maze), *map(len, maze)) for maze in mazes if len(maze) > 1]
    sides += [isqrt(len(maze[0])) for maze in mazes if len(maze) == 1]
    side = max(sides, default=0)
    return side * side if 2 <= side <= LARGEST else None


def board_of(vocab: int, cells: int) -> Board | None:
    """A maze's board."""
    side = isqrt(cells)
    if side * side != cells or vocab != len(GLYPHS):
        return None
    return Board("maze", side, side, cells, GLYPHS, NAMES, FREE)


DEFINITION = PuzzleDefinition(
    make=maze_of,
    canvas=canvas_of,
    board=board_of,
    known_by=frozenset({(len(GLYPHS), LARGEST * LARGEST)}),
    holds_smaller=True,
)
