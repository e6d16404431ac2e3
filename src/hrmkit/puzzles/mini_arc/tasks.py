"""The 16 made-up tasks of mini-ARC: a rule in words, the same rule as a function, its inputs.

A board is 5 x 5 cells of 6 colours; 0 is the background, a coloured cell is 1 to 5. Every rule is a
pure function of the board and decides it completely.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WIDTH = 5
COLOURS = 6
"""With the background."""

Board = npt.NDArray[np.int64]
"""int64 [5, 5]."""


@dataclass(frozen=True)
class Task:
    """One made-up task."""

    name: str
    rule: str
    """What it asks for, in words."""
    solve: Callable[[Board], Board]
    """The right answer to a board."""
    draw: Callable[[np.random.Generator], Board]
    """A board that the rule is about."""


def scatter(rng: np.random.Generator) -> Board:
    """About half of the cells coloured, and of these every other in one favourite colour."""
    favourite = rng.integers(1, COLOURS)
    colours = rng.integers(1, COLOURS, (WIDTH, WIDTH))
    colours = np.where(rng.random((WIDTH, WIDTH)) < 0.4, favourite, colours)
    return np.where(rng.random((WIDTH, WIDTH)) < 0.5, colours, 0)


def scatter_with_winner(rng: np.random.Generator) -> Board:
    """A `scatter` in which one colour leads by two cells or more."""
    while True:
        board = scatter(rng)
        counts = np.sort(np.bincount(board.ravel(), minlength=COLOURS)[1:])
        if counts[-1] >= counts[-2] + 2:
            return board


def dots(rng: np.random.Generator, count: int) -> Board:
    """Coloured dots on an empty board, no two in one row or column."""
    board = np.zeros((WIDTH, WIDTH), dtype=np.int64)
    rows, columns = rng.permutation(WIDTH)[:count], rng.permutation(WIDTH)[:count]
    board[rows, columns] = rng.integers(1, COLOURS, count)
    return board


def two_in_line(rng: np.random.Generator) -> Board:
    """Two dots of one colour in one row or column, with at least a cell between them."""
    board = np.zeros((WIDTH, WIDTH), dtype=np.int64)
    first = rng.integers(0, WIDTH - 2)
    second = rng.integers(first + 2, WIDTH)
    board[rng.integers(WIDTH), [first, second]] = rng.integers(1, COLOURS)
    return board if rng.random() < 0.5 else board.T.copy()


def one_or_two_dots(rng: np.random.Generator) -> Board:
    """One dot, or two."""
    return dots(rng, int(rng.integers(1, 3)))


def one_dot(rng: np.random.Generator) -> Board:
    """One dot."""
    return dots(rng, 1)


def recolour(board: Board) -> Board:
    """1 becomes 2."""
    return np.where(board == 1, 2, board)


def swap(board: Board) -> Board:
    """1 becomes 2 and 2 becomes 1."""
    return np.array([0, 2, 1, 3, 4, 5])[board]


def erase(board: Board) -> Board:
    """3 becomes background."""
    return np.where(board == 3, 0, board)


def silhouette(board: Board) -> Board:
    """All that is coloured becomes 4."""
    return np.where(board > 0, 4, 0)


def fill_background(board: Board) -> Board:
    """The background becomes 5."""
    return np.where(board > 0, board, 5)


def negative(board: Board) -> Board:
    """The background becomes 2, all that is coloured becomes background."""
    return np.where(board > 0, 0, 2)


def border(board: Board) -> Board:
    """The outermost cells become 3."""
    framed = np.full_like(board, 3)
    framed[1:-1, 1:-1] = board[1:-1, 1:-1]
    return framed


def ring(board: Board) -> Board:
    """The background around each dot becomes 4."""
    around = np.pad(board, 1) > 0
    near = np.lib.stride_tricks.sliding_window_view(around, (3, 3)).any((2, 3))
    return np.where((board == 0) & near, 4, board)


def draw_rows(board: Board) -> Board:
    """The row of each dot takes its colour."""
    return np.broadcast_to(board.max(1, keepdims=True), board.shape).copy()


def draw_cross(board: Board) -> Board:
    """The row and the column of the dot take its colour."""
    return np.maximum(board.max(1, keepdims=True), board.max(0, keepdims=True))


def connect(board: Board) -> Board:
    """The cells between the two dots take their colour."""
    rows, columns = np.nonzero(board)
    joined = board.copy()
    joined[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = board.max()
    return joined


def keep_most(board: Board) -> Board:
    """Only the most frequent colour stays."""
    winner = 1 + np.bincount(board.ravel(), minlength=COLOURS)[1:].argmax()
    return np.where(board == winner, board, 0)


def mirror_half(board: Board) -> Board:
    """The two left columns are mirrored onto the two right ones."""
    mirrored = board.copy()
    mirrored[:, -2:] = board[:, 1::-1]
    return mirrored


def flip(board: Board) -> Board:
    """Left and right change places."""
    return board[:, ::-1].copy()


def shift(board: Board) -> Board:
    """One cell to the right; the last column comes in first."""
    return np.roll(board, 1, axis=1)


def gravity(board: Board) -> Board:
    """Everything falls down."""
    order = np.argsort(board > 0, axis=0, kind="stable")
    return np.take_along_axis(board, order, axis=0)


TASKS = (
    Task("recolour", "Colour 1 becomes colour 2.", recolour, scatter),
    Task("swap", "Colours 1 and 2 change places.", swap, scatter),
    Task("erase", "Colour 3 disappears.", erase, scatter),
    Task("silhouette", "Every coloured cell becomes colour 4.", silhouette, scatter),
    Task("background", "The background becomes colour 5.", fill_background, scatter),
    Task(
        "negative",
        "The background becomes colour 2, every coloured cell becomes background.",
        negative,
        scatter,
    ),
    Task("border", "The outermost cells become colour 3.", border, scatter),
    Task("ring", "The background around each dot becomes colour 4.", ring, one_or_two_dots),
    Task("rows", "The row of each dot takes its colour.", draw_rows, one_or_two_dots),
    Task("cross", "The row and the column of the dot take its colour.", draw_cross, one_dot),
    Task("connect", "The cells between the two dots take their colour.", connect, two_in_line),
    Task("most", "Only the most frequent colour stays.", keep_most, scatter_with_winner),
    Task("mirror", "The two left columns are mirrored onto the right.", mirror_half, scatter),
    Task("flip", "Left and right change places.", flip, scatter),
    Task("shift", "All moves right by a cell; what falls out comes in left.", shift, scatter),
    Task("gravity", "Every coloured cell falls down as far as it can.", gravity, scatter),
)
"""In the order of their puzzle ids."""
