"""`gym:NAME`: a data set of reasoning-gym as a kind of puzzle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan

import numpy as np

from hrmkit.errors import UserError
from hrmkit.puzzles.board import MOST_CELLS, Board
from hrmkit.puzzles.definition import PuzzleDefinition
from hrmkit.puzzles.gym.boards import Queens, SudokuSet
from hrmkit.puzzles.gym.layout import HOLE, Layout, Rows, drawn, read, written
from hrmkit.puzzles.gym.matrices import Distances, Life, Rotated, Spiral
from hrmkit.puzzles.gym.reasoning_gym import library, score
from hrmkit.puzzles.gym.sets import GymSet
from hrmkit.puzzles.gym.sums import Futoshiki, Kakurasu
from hrmkit.puzzles.puzzle import Grid, PuzzleSet, Reversible

FAMILY = "gym"
SETS: dict[str, Callable[[], GymSet]] = {
    "mini_sudoku": partial(SudokuSet, 2),
    "sudoku": partial(SudokuSet, 3),
    "n_queens": Queens,
    "rotate_matrix": Rotated,
    "spiral_matrix": Spiral,
    "binary_matrix": Distances,
    "game_of_life": Life,
    "kakurasu": Kakurasu,
    "futoshiki": Futoshiki,
}
"""The data sets whose question and answer are grids, by the library's names."""
TASKS = "its questions are several grids, examples of a rule: see the kit's own arc"
UNFIT = {
    "rearc": TASKS,
    "arc_agi": TASKS,
    "arc_1d": TASKS,
    "survo": "its sums have no bound, and a token has to be one of a few signs",
    "pool_matrix": "its answers are fractions, and a token has to be one of a few signs",
    "manipulate_matrix": "its questions are a matrix and sentences",
    "modulo_grid": "its rule is to be guessed, so that no answer can be checked",
    "maze": "its answers are numbers: see the kit's own maze",
    "sokoban": "its answers are moves",
    "rush_hour": "its answers are moves",
}
"""Data sets that have a grid, and why they are not among those."""


@dataclass(frozen=True)
class GymPuzzle:
    """Puzzles of one data set, on a canvas of one size; a `Puzzle`."""

    kind: str
    size: int

    @cached_property
    def set(self) -> GymSet:
        """What the data set says of itself."""
        return SETS[self.kind]()

    @cached_property
    def layout(self) -> Layout:
        """The canvas."""
        return layout_of(self.set, self.size)

    @property
    def name(self) -> str:
        """As on the command line."""
        return f"{FAMILY}:{self.kind}"

    @property
    def vocab(self) -> int:
        """Padding and the words."""
        return len(self.layout.words) + 1

    @property
    def cells(self) -> int:
        """Tokens of a grid."""
        return self.layout.height * self.layout.width

    def encode(self, text: str) -> Grid:
        """The grid of a text: words with spaces between, in lines or parts between /, or JSON.

        Raises `UserError` for another word, or a grid that is larger than the canvas.
        """
        rows = read(text, self.layout.words)
        if not self.layout.holds(rows):
            wide = max(map(len, rows))
            raise UserError(
                f"a grid of {len(rows)} x {wide} is too large for {self.name} here: at most "
                f"{self.layout.height} x {self.layout.width}"
            )
        return self.layout.placed(rows)

    def decode(self, grid: Grid) -> str:
        """The words on one line, with / between the rows."""
        return written(self.layout.found(grid))

    def show(self, given: Grid, answer: Grid | None = None) -> str:
        """The puzzle, or its answer, in lines."""
        return drawn(self._question(given) if answer is None else self._answer(given, answer))

    def flaw(self, given: Grid) -> str | None:
        """What the data set's rules say."""
        return self._malformed(given) or self.set.flaw(self._question(given))

    def solution(self, given: Grid) -> Grid | None:
        """The one answer, found by rule."""
        if self._malformed(given):
            return None
        found = self.set.solution(self._question(given))
        return None if found is None else self.layout.placed(found)

    def is_valid(self, given: Grid, answer: Grid, solution: Grid | None = None) -> bool:
        """Whether an answer is right by rule; what it says of the padding does not count."""
        return not self._malformed(given) and self.set.is_right(
            self._question(given), self._answer(given, answer)
        )

    def score(self, given: Grid, answer: Grid, solution: Grid) -> float:
        """What the library's own scorer says of an answer, from 0 to 1; needs the library."""
        question = self._question(given)
        entry = self.set.entry(question, self._answer(given, solution))
        return score(self.kind, self.set.text(self._answer(given, answer)), entry)

    def check_score(self) -> None:
        """`UserError` where `score` cannot be asked for."""
        library()

    def difficulty(self, given: Grid) -> float:
        """In the data set's own unit; NaN where the question is malformed."""
        return nan if self._malformed(given) else self.set.difficulty(self._question(given))

    def augment(self, puzzles: PuzzleSet, rng: np.random.Generator) -> tuple[PuzzleSet, Reversible]:
        """Each puzzle under a random symmetry of the data set, if it has any."""
        return self.set.augment(puzzles, self.size, rng)

    def _malformed(self, given: Grid) -> str | None:
        """What is wrong with the shape or the words of a question."""
        question = self._question(given)
        if any(HOLE in row for row in question):
            return f"{HOLE} is in it, which only an answer can have"
        return self.set.malformed(question)

    def _question(self, given: Grid) -> Rows:
        """The rows of a question."""
        return self.layout.found(given)

    def _answer(self, given: Grid, answer: Grid) -> Rows:
        """The rows of an answer, as long as the question's."""
        return self.layout.cut(answer, map(len, self._question(given)))


def layout_of(own: GymSet, size: int) -> Layout:
    """The canvas of a data set for puzzles of a size."""
    return Layout(own.words, *own.shape(size))


def set_of(kind: str) -> GymSet:
    """What the data set called `kind` says of itself; `UserError` if it does not fit."""
    if kind in UNFIT:
        raise UserError(f"{kind} does not fit: {UNFIT[kind]}; choose {', '.join(SETS)}")
    if kind not in SETS:
        raise UserError(
            f"{kind!r} is no data set of reasoning-gym whose question and answer are grids of a "
            f"few signs: choose {', '.join(SETS)}"
        )
    return SETS[kind]()


def size_for(own: GymSet, name: str, rows: Rows) -> int:
    """The size of the smallest canvas that holds these rows; `UserError` where none does."""
    for size in own.sizes:
        if layout_of(own, size).holds(rows):
            return size
    height, width = own.shape(own.sizes[-1])
    raise UserError(
        f"a grid of {len(rows)} x {max(map(len, rows))} of {name} is too large: at most "
        f"{height} x {width} are possible"
    )


def cells_of(own: GymSet, size: int) -> int:
    """The cells of a canvas."""
    height, width = own.shape(size)
    return height * width


def puzzle_of(kind: str, cells: int | None) -> GymPuzzle:
    """The puzzle with grids of so many cells; `UserError` if there is no such canvas."""
    own = set_of(kind)
    if cells is None:
        return GymPuzzle(kind, own.usual)
    for size in own.sizes:
        if cells_of(own, size) == cells:
            return GymPuzzle(kind, size)
    raise UserError(
        f"a grid of {cells} cells is not of {FAMILY}:{kind}: choose "
        f"{', '.join(str(cells_of(own, size)) for size in own.sizes)}"
    )


def canvas_of(kind: str, questions: Sequence[str]) -> int | None:
    """The cells of the smallest canvas that holds every question that can be read."""
    own = set_of(kind)
    sizes: list[int] = []
    for text in questions:
        try:
            rows = read(text, own.words)
        except UserError:
            continue  # the file's own reading says with its line what is wrong
        sizes.append(size_for(own, f"{FAMILY}:{kind}", rows))
    return cells_of(own, max(sizes)) if sizes else None


def board_of(kind: str, vocab: int, cells: int) -> Board | None:
    """A board with a sign in each cell; for sudokus, with boxes."""
    own = set_of(kind)
    size = next((size for size in own.sizes if cells_of(own, size) == cells), None)
    if size is None or vocab != len(own.words) + 1 or cells > MOST_CELLS:
        return None
    height, width = own.shape(size)
    glyphs = ("", *("" if word == own.blank else word for word in own.words))
    names = ("padding", *("blank" if word == own.blank else word for word in own.words))
    blank = own.words.index(own.blank) + 1 if own.blank else -1
    kind_drawn = "sudoku" if own.box else "own"
    return Board(kind_drawn, width, height, cells, glyphs, names, blank, own.box)


def definition_of(kind: str) -> PuzzleDefinition:
    """What the kind `gym:NAME` says of itself; `UserError` for a name that does not fit."""
    own = set_of(kind)
    return PuzzleDefinition(
        make=partial(puzzle_of, kind),
        canvas=partial(canvas_of, kind),
        board=partial(board_of, kind),
        holds_smaller=own.mixed,
    )
