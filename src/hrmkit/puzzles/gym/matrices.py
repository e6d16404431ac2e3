"""Matrices that are worked on: rotated, read in a spiral, measured, or lived in.

Where a question has a number beside its matrix, its digits are a row of their own above it, and the
answer repeats them.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrmkit.puzzles.gym.layout import HOLE, Rows, said, square_rows
from hrmkit.puzzles.gym.sets import Entry, GymSet, lines_of

DIGITS = tuple("0123456789")
HEADED = 4
"""The digits that a number above a matrix may have, at least."""
LARGEST = 29
"""Of a matrix with a row above it: a board of 30 x 29 is drawn, a larger one is not."""


class Matrices(GymSet):
    """What the data sets of square matrices of digits share."""

    words = DIGITS
    sizes = range(2, LARGEST + 1)
    usual = 10
    unit = "cells"
    cells = DIGITS
    """What may stand in the matrix of a question."""
    square = True
    """Whether the matrix has to be one."""

    def shape(self, size: int) -> tuple[int, int]:
        """A square."""
        return size, size

    def question(self, entry: Entry) -> Rows:
        """The matrix."""
        return square_rows(entry["metadata"]["matrix"])

    def answer(self, entry: Entry) -> Rows:
        """The matrix that is asked for."""
        return square_rows(entry["metadata"]["solution"])

    def malformed(self, question: Rows) -> str | None:
        """A matrix that is no square, or has other numbers."""
        return self.flaw_of_matrix(question)

    def flaw_of_matrix(self, matrix: Rows) -> str | None:
        """What is wrong with the matrix."""
        width = len(matrix[0])
        if any(len(row) != width for row in matrix):
            return "the rows of its matrix are of different lengths"
        if self.square and len(matrix) != width:
            return f"its matrix has {len(matrix)} rows of {width} numbers, and is no square"
        if len(matrix) < self.sizes.start:
            return f"its matrix has fewer than {self.sizes.start} rows"
        other = next((word for row in matrix for word in row if word not in self.cells), None)
        return other and f"{other} is in its matrix: it may hold {said(self.cells)}"

    def text(self, answer: Rows) -> str:
        """Lines of numbers."""
        return lines_of(answer)

    def difficulty(self, question: Rows) -> float:
        """Cells of the matrix."""
        return float(sum(map(len, question)))


class Headed(Matrices):
    """With a number above the matrix."""

    def shape(self, size: int) -> tuple[int, int]:
        """A row more."""
        return size + 1, max(size, HEADED)

    def malformed(self, question: Rows) -> str | None:
        """Also a number that is not one."""
        head, *matrix = question
        if not matrix or not set(head) <= set(DIGITS):
            return "its first row is no number above a matrix"
        return self.flaw_of_head(int("".join(head))) or self.flaw_of_matrix(tuple(matrix))

    def flaw_of_head(self, number: int) -> str | None:
        """What is wrong with the number."""
        return None

    def difficulty(self, question: Rows) -> float:
        """Cells of the matrix."""
        return super().difficulty(question[1:])


class Rotated(Headed):
    """rotate_matrix: the degrees stand above."""

    def question(self, entry: Entry) -> Rows:
        """The degrees, then the matrix."""
        return (degrees_of(entry), *super().question(entry))

    def answer(self, entry: Entry) -> Rows:
        """The degrees, then the rotated matrix."""
        return (degrees_of(entry), *super().answer(entry))

    def flaw_of_head(self, number: int) -> str | None:
        """Only quarter turns leave a matrix a matrix."""
        return f"{number} degrees are no quarter turns" if number % 90 else None

    def solution(self, question: Rows) -> Rows | None:
        """The matrix turned clockwise."""
        turns = int("".join(question[0])) // 90
        return (question[0], *as_rows(np.rot90(np.array(question[1:]), -turns)))

    def text(self, answer: Rows) -> str:
        """The matrix."""
        return lines_of(answer[1:])


class Spiral(Matrices):
    """spiral_matrix: the list that answers is written row by row on a matrix of the same size."""

    def answer(self, entry: Entry) -> Rows:
        """The list, as many to a row as the matrix has columns."""
        words = [str(number) for number in entry["metadata"]["solution"]]
        return as_rows(np.array(words).reshape(np.array(entry["metadata"]["matrix"]).shape))

    def solution(self, question: Rows) -> Rows | None:
        """The outermost row is taken off and the rest turned left, until nothing is left."""
        left = np.array(question)
        taken: list[str] = []
        while left.size:
            taken += left[0].tolist()
            left = np.rot90(left[1:])
        return as_rows(np.array(taken).reshape(len(question), -1))

    def text(self, answer: Rows) -> str:
        """One line."""
        return " ".join(word for row in answer for word in row)


class Distances(Matrices):
    """binary_matrix: how far each cell is from the nearest 0."""

    words = tuple(map(str, range(2 * LARGEST - 1)))
    cells = DIGITS[:2]
    sizes = range(1, LARGEST + 1)

    def malformed(self, question: Rows) -> str | None:
        """Also a matrix without a 0."""
        if not any("0" in row for row in question):
            return "it has no 0"
        return super().malformed(question)

    def solution(self, question: Rows) -> Rows | None:
        """Cells that are as near as their neighbour's and one more."""
        far = np.where(np.array(question) == "0", 0, 2 * LARGEST)
        for _ in range(2 * len(question)):
            wide = np.pad(far, 1, constant_values=2 * LARGEST)
            near = (wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:])
            far = np.minimum(far, np.minimum.reduce(near) + 1)
        return as_rows(far)


class Life(Headed):
    """game_of_life: the steps stand above; the board is a torus, and need not be a square."""

    cells = DIGITS[:2]
    sizes = range(3, LARGEST + 1)
    unit = "living cells"
    square = False

    def question(self, entry: Entry) -> Rows:
        """The steps, then the board, which only the text of the question shows."""
        board = json.loads(entry["question"].rpartition("\n\n")[2].rstrip("."))
        return (steps_of(entry), *square_rows(board))

    def answer(self, entry: Entry) -> Rows:
        """The steps, then the board after them."""
        return (steps_of(entry), *square_rows(json.loads(entry["answer"])))

    def solution(self, question: Rows) -> Rows | None:
        """Conway's rules, so many times."""
        board = np.array(question[1:]).astype(np.int64)
        around = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column]
        for _ in range(int("".join(question[0]))):
            near = sum(np.roll(board, shift, (0, 1)) for shift in around)
            board = ((near == 3) | ((near == 2) & (board == 1))).astype(np.int64)
        return (question[0], *as_rows(board))

    def text(self, answer: Rows) -> str:
        """JSON."""
        return json.dumps([list(map(number_of, row)) for row in answer[1:]], separators=(",", ":"))

    def difficulty(self, question: Rows) -> float:
        """Living cells."""
        return float(sum(row.count("1") for row in question[1:]))


def as_rows(numbers: NDArray[Any]) -> Rows:
    """A matrix as rows of words."""
    return square_rows(numbers.tolist())


def number_of(word: str) -> int | None:
    """The number that a word is; None for a hole, which JSON knows as null."""
    return None if word == HOLE else int(word)


def degrees_of(entry: Entry) -> tuple[str, ...]:
    """The digits of the degrees."""
    return tuple(str(entry["metadata"]["num_rotations"] * 90))


def steps_of(entry: Entry) -> tuple[str, ...]:
    """The digits of the steps."""
    return tuple(str(entry["metadata"]["simulation_steps"]))
