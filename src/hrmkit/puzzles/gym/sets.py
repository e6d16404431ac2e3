"""A data set of reasoning-gym as grids: what each of them says of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np

from hrmkit.puzzles.augment import Unchanged
from hrmkit.puzzles.gym.layout import Rows
from hrmkit.puzzles.puzzle import PuzzleSet, Reversible

Entry = Mapping[str, Any]
"""A puzzle as the library makes it: question, answer, metadata."""


class GymSet(ABC):
    """How the puzzles of one data set become rows of words and back.

    An answer has as many words in each row as its question: what is not asked for is repeated.
    """

    words: tuple[str, ...]
    """The words of its grids."""
    sizes: range
    """The sizes of its canvas."""
    usual: int
    """The size of the puzzles that the library makes unless told otherwise."""
    unit: str
    """The unit of `difficulty`, as 'blank cells'."""
    blank: str | None = None
    """The word of a cell that is to be filled in."""
    box: int = 0
    """Of a sudoku, the side of a box; 0 where there are none."""
    mixed: bool = True
    """Whether a canvas also holds smaller puzzles."""

    @abstractmethod
    def shape(self, size: int) -> tuple[int, int]:
        """Height and width of the canvas for puzzles of a size; cells grow with it."""

    @abstractmethod
    def question(self, entry: Entry) -> Rows:
        """The question of a puzzle of the library."""

    @abstractmethod
    def answer(self, entry: Entry) -> Rows:
        """The answer that goes with it."""

    @abstractmethod
    def malformed(self, question: Rows) -> str | None:
        """What is wrong with the shape or the words of a question."""

    def flaw(self, question: Rows) -> str | None:
        """What is wrong with a question, as `Puzzle.flaw` says it: also contradictions."""
        return self.malformed(question)

    @abstractmethod
    def solution(self, question: Rows) -> Rows | None:
        """The one answer of a well-formed question; None if there is none, or several."""

    def is_right(self, question: Rows, answer: Rows) -> bool:
        """Whether an answer to a well-formed question is right; its rows are as long."""
        return answer == self.solution(question)

    @abstractmethod
    def text(self, answer: Rows) -> str:
        """An answer as the library wants it written."""

    def entry(self, question: Rows, solution: Rows) -> Entry:
        """A puzzle with all that the library's scorer looks at."""
        return {"answer": self.text(solution), "metadata": {}}

    @abstractmethod
    def difficulty(self, question: Rows) -> float:
        """How hard a well-formed question is; see `unit`."""

    def augment(
        self, puzzles: PuzzleSet, size: int, rng: np.random.Generator
    ) -> tuple[PuzzleSet, Reversible]:
        """Each puzzle under a random symmetry; see `Puzzle.augment`."""
        return puzzles, Unchanged()


def lines_of(rows: Rows) -> str:
    """Rows in lines, as most data sets write them."""
    return "\n".join(" ".join(row) for row in rows)
