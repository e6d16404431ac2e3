"""Boards whose clues stand beside their cells: kakurasu and futoshiki."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice, product

from hrmkit.puzzles.gym.boards import BLANK
from hrmkit.puzzles.gym.layout import HOLE, Rows, square_rows
from hrmkit.puzzles.gym.sets import Entry, GymSet, lines_of

PATIENCE = 20_000
"""Places where the search for answers tries something before it gives up."""
NOTHING = "."
LESS, MORE, ABOVE_LESS, ABOVE_MORE = "<", ">", "\N{LOGICAL AND}", "\N{LOGICAL OR}"
SIGNS = {"<": (LESS, ABOVE_LESS), ">": (MORE, ABOVE_MORE)}
"""The library's sign of two neighbours, as it stands between columns and between rows."""


class Searched(GymSet):
    """A board whose answers a search finds, in the order in which `answers` yields them."""

    blank = BLANK

    @abstractmethod
    def answers(self, question: Rows) -> Iterator[Rows | None]:
        """The answers to a well-formed question; None wherever the search tries something."""

    def found(self, question: Rows) -> tuple[list[Rows], bool]:
        """At most two answers, and whether there was patience enough to know that."""
        answers: list[Rows] = []
        left = PATIENCE
        for answer in islice(self.answers(question), PATIENCE):
            left -= 1
            answers += [answer] if answer else []
            if len(answers) == 2:
                break
        return answers, left > 0

    def flaw(self, question: Rows) -> str | None:
        """A wrong shape; no answer, several, or too hard to tell."""
        wrong = self.malformed(question)
        if wrong:
            return wrong
        answers, known = self.found(question)
        if len(answers) == 2:
            return "it has several answers"
        if not known:
            return f"after {PATIENCE} tries it is not known how many answers it has"
        return None if answers else "it has no answer"

    def solution(self, question: Rows) -> Rows | None:
        """Found by search."""
        answers, known = self.found(question)
        return answers[0] if known and len(answers) == 1 else None

    def difficulty(self, question: Rows) -> float:
        """Blank cells."""
        return float(sum(row.count(BLANK) for row in question))


class Kakurasu(Searched):
    """kakurasu: each row ends with its sum, and the sums of the columns are a row below."""

    words = (BLANK, *map(str, range(46)))
    sizes = range(3, 10)
    usual = 5
    unit = "cells"

    def shape(self, size: int) -> tuple[int, int]:
        """A row and a column more, for the sums."""
        return size + 1, size + 1

    def question(self, entry: Entry) -> Rows:
        """Blanks and sums."""
        about = entry["metadata"]
        return _with_sums([[BLANK] * about["n_cols"]] * about["n_rows"], about)

    def answer(self, entry: Entry) -> Rows:
        """Zeros, ones and sums."""
        return _with_sums(entry["metadata"]["solution"], entry["metadata"])

    def malformed(self, question: Rows) -> str | None:
        """Cells that are not blank, or sums that are missing."""
        *rows, below = question
        if len(rows) < self.sizes.start or any(len(row) != len(below) + 1 for row in rows):
            return "it needs three rows or more that end with a sum, and sums below the columns"
        if {word for row in rows for word in row[:-1]} != {BLANK}:
            return f"its cells are not blank: write {BLANK}"
        if any(word == BLANK for word in (*below, *(row[-1] for row in rows))):
            return "a sum is missing"
        return None

    def answers(self, question: Rows) -> Iterator[Rows | None]:
        """Row by row, each way to make its sum that no column has too little left for."""
        *rows, below = question
        ways = {
            total: [
                bits
                for bits in product((0, 1), repeat=len(below))
                if sum(place * bit for place, bit in enumerate(bits, 1)) == total
            ]
            for total in {int(row[-1]) for row in rows}
        }

        def place(done: list[tuple[int, ...]], left: list[int]) -> Iterator[Rows | None]:
            if len(done) == len(rows):
                yield (
                    None
                    if any(left)
                    else (
                        *((*map(str, bits), row[-1]) for bits, row in zip(done, rows, strict=True)),
                        below,
                    )
                )
                return
            for bits in ways[int(rows[len(done)][-1])]:
                yield None
                rest = [one - bit * (len(done) + 1) for one, bit in zip(left, bits, strict=True)]
                if min(rest) >= 0:
                    yield from place([*done, bits], rest)

        yield from place([], [int(word) for word in below])

    def is_right(self, question: Rows, answer: Rows) -> bool:
        """Whether the sums are kept, and are those of the cells."""
        *rows, below = answer
        cells = [row[:-1] for row in rows]
        if {word for row in cells for word in row} - {"0", "1"} or below != question[-1]:
            return False
        if [row[-1] for row in rows] != [row[-1] for row in question[:-1]]:
            return False
        lines = (*cells, *zip(*cells, strict=True))
        sums = (*(row[-1] for row in rows), *below)
        return all(
            sum(place for place, word in enumerate(line, 1) if word == "1") == int(total)
            for line, total in zip(lines, sums, strict=True)
        )

    def text(self, answer: Rows) -> str:
        """The cells; what is neither 0 nor 1, of which the scorer would read a part, is a hole."""
        cells = (tuple(w if w in ("0", "1") else HOLE for w in row[:-1]) for row in answer[:-1])
        return lines_of(tuple(cells))

    def entry(self, question: Rows, solution: Rows) -> Entry:
        """The scorer adds up."""
        *rows, below = question
        about = {
            "row_sums": [int(row[-1]) for row in rows],
            "col_sums": [int(word) for word in below],
            "n_rows": len(rows),
            "n_cols": len(below),
        }
        return {"answer": self.text(solution), "metadata": about}


def _with_sums(cells: list[list[object]], about: Entry) -> Rows:
    """Cells with the sums of the rows behind them and those of the columns below."""
    rows = [[*row, total] for row, total in zip(cells, about["row_sums"], strict=True)]
    return square_rows([*rows, about["col_sums"]])


class Futoshiki(Searched):
    """futoshiki: a sign or nothing stands between any two neighbours, and nothing between four."""

    words = (BLANK, *map(str, range(1, 10)), LESS, MORE, ABOVE_LESS, ABOVE_MORE, NOTHING)
    sizes = range(4, 10)
    usual = 9
    unit = "blank cells"

    def shape(self, size: int) -> tuple[int, int]:
        """Cells and what stands between."""
        return 2 * size - 1, 2 * size - 1

    def question(self, entry: Entry) -> Rows:
        """The board with blanks."""
        return _with_signs(entry["metadata"]["puzzle"], entry)

    def answer(self, entry: Entry) -> Rows:
        """The board without."""
        return _with_signs(entry["metadata"]["solution"], entry)

    def malformed(self, question: Rows) -> str | None:
        """No square, or a word where it does not belong."""
        side = len(question)
        if side % 2 == 0 or any(len(row) != side for row in question):
            return "it is no square of cells with signs between"
        digits = {BLANK, *map(str, range(1, side // 2 + 2))}
        belongs = {
            (0, 0): digits,
            (0, 1): {LESS, MORE, NOTHING},
            (1, 0): {ABOVE_LESS, ABOVE_MORE, NOTHING},
            (1, 1): {NOTHING},
        }
        for row, words in enumerate(question):
            for column, word in enumerate(words):
                if word not in belongs[row % 2, column % 2]:
                    return f"{word} does not belong in row {row + 1}, column {column + 1}"
        return None

    def answers(self, question: Rows) -> Iterator[Rows | None]:
        """Cell by cell, that with the fewest digits left first."""
        cells = tuple(row[::2] for row in question[::2])
        board = [[0 if word == BLANK else int(word) for word in row] for row in cells]
        side, pairs = len(board), _pairs(question)
        every = [(row, column) for row in range(side) for column in range(side)]

        def fits(row: int, column: int, digit: int) -> bool:
            board[row][column], before = 0, board[row][column]
            taken = digit in board[row] or any(line[column] == digit for line in board)
            board[row][column] = digit
            wrong = any(
                (row, column) in two
                and 0 not in (small := [board[r][c] for r, c in two])
                and small[0] >= small[1]
                for two in pairs
            )
            board[row][column] = before
            return not taken and not wrong

        def place() -> Iterator[Rows | None]:
            left = {
                (row, column): [digit for digit in range(1, side + 1) if fits(row, column, digit)]
                for row, column in every
                if not board[row][column]
            }
            if not left:
                yield _filled(question, board)
                return
            (row, column), digits = min(left.items(), key=lambda item: len(item[1]))
            for digit in digits:
                yield None
                board[row][column] = digit
                yield from place()
                board[row][column] = 0

        if all(board[r][c] == 0 or fits(r, c, board[r][c]) for r, c in every):
            yield from place()

    def is_right(self, question: Rows, answer: Rows) -> bool:
        """Whether all is kept but the blanks, and these are filled in by the rules."""
        pairs = [
            two for rows in zip(question, answer, strict=True) for two in zip(*rows, strict=True)
        ]
        kept = all(before in (BLANK, after) for before, after in pairs)
        if not kept or self.malformed(answer) or any(BLANK in row for row in answer):
            return False
        return next(self.answers(answer), None) == answer

    def text(self, answer: Rows) -> str:
        """Lines, with spaces where nothing stands."""
        return lines_of(
            tuple(tuple(" " if word == NOTHING else word for word in row) for row in answer)
        )

    def entry(self, question: Rows, solution: Rows) -> Entry:
        """The scorer counts the right cells of a wrong answer."""
        numbers = [[int(word) for word in row[::2]] for row in solution[::2]]
        return {"answer": self.text(solution), "metadata": {"solution": numbers}}


Cell = tuple[int, int]


def _pairs(question: Rows) -> list[tuple[Cell, Cell]]:
    """The cells that have a sign between them, the smaller one first."""
    found: list[tuple[Cell, Cell]] = []
    for row, words in enumerate(question):
        for column, word in enumerate(words):
            if word in (LESS, MORE):
                two = (row // 2, column // 2), (row // 2, column // 2 + 1)
            elif word in (ABOVE_LESS, ABOVE_MORE):
                two = (row // 2, column // 2), (row // 2 + 1, column // 2)
            else:
                continue
            first, second = two
            found.append(two if word in (LESS, ABOVE_LESS) else (second, first))
    return found


def _filled(question: Rows, board: list[list[int]]) -> Rows:
    """The question with the digits of a board."""
    return tuple(
        tuple(
            word if row % 2 or column % 2 else str(board[row // 2][column // 2])
            for column, word in enumerate(words)
        )
        for row, words in enumerate(question)
    )


def _with_signs(board: list[list[int]], entry: Entry) -> Rows:
    """The library's board with its signs between; 0 is a blank."""
    side = 2 * len(board) - 1
    words = [[NOTHING] * side for _ in range(side)]
    for row, digits in enumerate(board):
        for column, digit in enumerate(digits):
            words[2 * row][2 * column] = str(digit) if digit else BLANK
    for row, column, below, right, sign in entry["metadata"]["constraints"]:
        words[row + below][column + right] = SIGNS[sign][below != row]
    return square_rows(words)
