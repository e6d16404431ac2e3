"""Boards that are filled in: both sudokus, and n queens."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from hrmkit.puzzles.augment import Symmetries
from hrmkit.puzzles.gym.layout import Rows, square_rows
from hrmkit.puzzles.gym.sets import Entry, GymSet, lines_of
from hrmkit.puzzles.puzzle import PuzzleSet, Reversible
from hrmkit.puzzles.sudoku.puzzle import Sudoku

BLANK, QUEEN = "_", "Q"
MOST_FOUND = 50_000
"""Placements of queens to look at; 12 queens have 14,200."""


class SudokuSet(GymSet):
    """mini_sudoku and sudoku, with the rules of the kit's own sudoku, whose tokens are these."""

    unit = "blank cells"
    blank = BLANK
    mixed = False

    def __init__(self, box: int) -> None:
        self.box, self.side = box, box * box
        self.words = (BLANK, *map(str, range(1, self.side + 1)))
        self.usual, self.sizes = self.side, range(self.side, self.side + 1)
        self.own = Sudoku(box)

    def shape(self, size: int) -> tuple[int, int]:
        """A square."""
        return size, size

    def question(self, entry: Entry) -> Rows:
        """The board with blanks."""
        return tuple(
            tuple(word if word != "0" else BLANK for word in row)
            for row in square_rows(entry["metadata"]["puzzle"])
        )

    def answer(self, entry: Entry) -> Rows:
        """The board without."""
        return square_rows(entry["metadata"]["solution"])

    def malformed(self, question: Rows) -> str | None:
        """Another size."""
        right = [len(row) for row in question] == [self.side] * self.side
        return None if right else f"it is not {self.side} x {self.side}"

    def flaw(self, question: Rows) -> str | None:
        """Also what the kit's sudoku says."""
        return self.malformed(question) or self.own.flaw(self._grid(question))

    def solution(self, question: Rows) -> Rows | None:
        """Found by search."""
        found = self.own.solution(self._grid(question))
        return None if found is None else self._rows(found)

    def is_right(self, question: Rows, answer: Rows) -> bool:
        """Whether every unit holds each digit once."""
        return all(word in self.words for row in answer for word in row) and self.own.is_valid(
            self._grid(question), self._grid(answer)
        )

    def text(self, answer: Rows) -> str:
        """Lines of digits."""
        return lines_of(answer)

    def entry(self, question: Rows, solution: Rows) -> Entry:
        """The scorer counts the right cells of a wrong answer."""
        numbers = [[int(word) for word in row] for row in solution]
        return {"answer": self.text(solution), "metadata": {"solution": numbers}}

    def difficulty(self, question: Rows) -> float:
        """Blank cells."""
        return float(sum(row.count(BLANK) for row in question))

    def augment(
        self, puzzles: PuzzleSet, size: int, rng: np.random.Generator
    ) -> tuple[PuzzleSet, Reversible]:
        """The symmetries of sudoku."""
        return self.own.augment(puzzles, rng)

    def _grid(self, rows: Rows) -> tuple[int, ...]:
        return tuple(self.words.index(word) + 1 for row in rows for word in row)

    def _rows(self, grid: tuple[int, ...]) -> Rows:
        words = [self.words[token - 1] for token in grid]
        return tuple(tuple(words[at : at + self.side]) for at in range(0, len(words), self.side))


class Queens(GymSet):
    """n_queens: some queens are on the board, and as many as it has rows have to be."""

    words = (BLANK, QUEEN)
    sizes = range(4, 13)
    usual = 8
    unit = "queens to place"
    mixed = False

    def shape(self, size: int) -> tuple[int, int]:
        """A square."""
        return size, size

    def question(self, entry: Entry) -> Rows:
        """The board with some queens."""
        return square_rows(entry["metadata"]["puzzle"])

    def answer(self, entry: Entry) -> Rows:
        """One of the boards with all of them."""
        return tuple(tuple(line.split()) for line in entry["answer"].splitlines())

    def malformed(self, question: Rows) -> str | None:
        """No square."""
        side = len(question)
        square = all(len(row) == side for row in question)
        return None if square else f"its {side} rows are not of {side} cells each"

    def flaw(self, question: Rows) -> str | None:
        """Also queens that attack each other, no place for the others, or several ways."""
        wrong = self.malformed(question)
        if wrong:
            return wrong
        found = placements(question, 2)
        if not found:
            return "no placement of the other queens is without an attack"
        return None if len(found) == 1 else "the queens can be placed in several ways"

    def solution(self, question: Rows) -> Rows | None:
        """The placement, where there is only one."""
        found = placements(question, 2)
        return found[0] if len(found) == 1 else None

    def is_right(self, question: Rows, answer: Rows) -> bool:
        """Whether it has a queen in every row, none attacks another, and those given are there."""
        return kept(question, answer) and bool(placements(answer, 1)) and not missing(answer)

    def text(self, answer: Rows) -> str:
        """Lines of signs."""
        return lines_of(answer)

    def entry(self, question: Rows, solution: Rows) -> Entry:
        """The scorer compares with all boards that are right."""
        right = [self.text(rows) for rows in placements(question, MOST_FOUND)]
        return {"answer": self.text(solution), "metadata": {"valid_answers": right}}

    def difficulty(self, question: Rows) -> float:
        """Queens that are still to be placed."""
        return float(missing(question))

    def augment(
        self, puzzles: PuzzleSet, size: int, rng: np.random.Generator
    ) -> tuple[PuzzleSet, Reversible]:
        """Turned and flipped."""
        change = turns(size, len(self.words) + 1, len(puzzles), rng)
        return puzzles.changed(change), change


def missing(board: Rows) -> int:
    """Queens that a board lacks."""
    return len(board) - sum(row.count(QUEEN) for row in board)


def kept(question: Rows, answer: Rows) -> bool:
    """Whether only blank cells have changed, and those to a queen, or not."""
    pairs = [pair for two in zip(question, answer, strict=True) for pair in zip(*two, strict=True)]
    return all(after in (BLANK, QUEEN) and before in (BLANK, after) for before, after in pairs)


def placements(board: Rows, most: int) -> list[Rows]:
    """The boards, at most so many, that add queens to those given until each row has one."""
    side = len(board)
    given = [[at for at, sign in enumerate(row) if sign == QUEEN] for row in board]
    found: list[Rows] = []

    def place(columns: tuple[int, ...]) -> None:
        row = len(columns)
        if row == side:
            found.append(
                tuple(
                    tuple(QUEEN if at == column else BLANK for at in range(side))
                    for column in columns
                )
            )
            return
        for column in range(side) if not given[row] else given[row] * (len(given[row]) == 1):
            attacked = any(
                column in (other, other + row - above, other - row + above)
                for above, other in enumerate(columns)
            )
            if not attacked and len(found) < most:
                place((*columns, column))

    place(())
    return found


def turns(side: int, tokens: int, count: int, rng: np.random.Generator) -> Symmetries:
    """Turns and flips of square boards, one for each of `count`."""
    draws: Any = torch.from_numpy(rng.integers(2, size=(3, count)) == 1)
    line = torch.arange(side).expand(count, side)
    return Symmetries(
        torch.where(draws[0][:, None], line.flip(1), line),
        torch.where(draws[1][:, None], line.flip(1), line),
        draws[2],
        torch.arange(tokens).expand(count, tokens),
    )
