"""Rows of words: written as text, and placed on a canvas of tokens."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import Grid

Rows = tuple[tuple[str, ...], ...]
"""A grid as words; its rows may be of different lengths."""
PAD = 0
HOLE = "?"
"""How padding within a grid is written, which only a model can answer."""
BREAK = "/"
"""Stands between rows that are written on one line."""


@dataclass(frozen=True)
class Layout:
    """A canvas, at whose top left rows stand; the first of `words` is token 1."""

    words: tuple[str, ...]
    height: int
    width: int

    def holds(self, rows: Rows) -> bool:
        """Whether rows are small enough for the canvas."""
        return len(rows) <= self.height and max(map(len, rows), default=0) <= self.width

    def placed(self, rows: Rows) -> Grid:
        """The canvas with these rows, which it holds, and whose words are known."""
        canvas = np.full((self.height, self.width), PAD)
        tokens = {HOLE: PAD, **{word: token for token, word in enumerate(self.words, 1)}}
        for row, words in enumerate(rows):
            canvas[row, : len(words)] = [tokens[word] for word in words]
        return tuple(canvas.ravel().tolist())

    def found(self, grid: Grid) -> Rows:
        """The rows on a canvas, without the padding behind and below them."""
        rows = [grid[at : at + self.width] for at in range(0, len(grid), self.width)]
        lengths = [max((at for at, token in enumerate(row, 1) if token), default=0) for row in rows]
        height = max((at for at, length in enumerate(lengths, 1) if length), default=0)
        return self.cut(grid, lengths[:height])

    def cut(self, grid: Grid, lengths: Iterable[int]) -> Rows:
        """The rows of these lengths on a canvas, whatever is in them."""
        words = (HOLE, *self.words)
        return tuple(
            tuple(words[token] for token in grid[row * self.width :][:length])
            for row, length in enumerate(lengths)
        )


def read(text: str, words: tuple[str, ...]) -> Rows:
    """The rows that a text says: lines, or parts between /, or JSON, of words with spaces between.

    What is no word is read character by character. Empty lines do not count. Raises `UserError`,
    with the place, for what is not of `words`.
    """
    known = {HOLE, *words}
    rows: list[tuple[str, ...]] = []
    for line in _lines(text):
        row: list[str] = []
        for word in line.split():
            row += [word] if word in known else word
        for column, word in enumerate(row, 1):
            if word not in known:
                raise UserError(
                    f"{word!r} in row {len(rows) + 1}, column {column} is not known here: write "
                    f"{said(words)}, with spaces between"
                )
        if row:
            rows.append(tuple(row))
    if not rows:
        raise UserError(f"an empty text is no grid: write {said(words)} in lines, or / between")
    return tuple(rows)


def _lines(text: str) -> list[str]:
    """The lines of a text."""
    if not text.lstrip().startswith("["):
        return text.replace(BREAK, "\n").splitlines()
    try:
        rows = json.loads(text)
        return [" ".join(map(str, row)) for row in rows]
    except (ValueError, TypeError, RecursionError):
        raise UserError("the grid is no JSON: write [[0, 1], [2, 3]]") from None


def said(words: tuple[str, ...], most: int = 14) -> str:
    """Some words, the middle of many left out."""
    return " ".join(words if len(words) <= most else (*words[:2], "...", words[-1]))


def written(rows: Rows) -> str:
    """Rows on one line; `read` reads them back."""
    return f" {BREAK} ".join(" ".join(row) for row in rows)


def drawn(rows: Rows) -> str:
    """Rows in lines, their columns below each other."""
    wide = max((len(word) for row in rows for word in row), default=0)
    return "\n".join(" ".join(word.rjust(wide) for word in row) for row in rows)


def square_rows(numbers: Iterable[Iterable[object]]) -> Rows:
    """Lists of numbers or signs as rows of words."""
    return tuple(tuple(str(number) for number in row) for row in numbers)
