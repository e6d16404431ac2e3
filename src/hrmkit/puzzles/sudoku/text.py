"""Sudoku as people write and exchange it: one line, rows, frames, heads, lists of numbers.

A grid here is its digits row by row, 0 for a blank. `read` takes what SadMan's `.sdk`, SudoCue,
HoDoKu, Project Euler, the sudoku exchange bank (hash, digits, rating) and spreadsheets write:

- blanks as `.`, `0`, `_`, `?`, `x`, `*` or `-`; digits above 9 as A to G, or as numbers with
  spaces or commas between;
- bars and frames of `|`, `+`, `-`, `*`, `=` or of Unicode's box drawing;
- lines that are no part of a grid: `# ...`, `// ...`, `[Puzzle]`, and lines with words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from math import isnan
from typing import Any, cast

from hrmkit.errors import UserError
from hrmkit.puzzles.text import COMMENTS

BLANKS = ".0_?xX*"
"""What a blank may be written as; `-` is one too, where it is not part of a frame."""
DASH = "-"
LETTERS = "ABCDEFG"
"""The digits above 9, of 16x16."""
BOX_DRAWING = "".join(map(chr, range(0x2500, 0x2580)))
BARS = f"|\N{BROKEN BAR}+{BOX_DRAWING}"
"""What stands between the boxes of a row, and is no cell."""
UPRIGHT = "│┃║┆┇┊┋╎╏"
FRAME = frozenset(f"-=*.':{BARS}")
"""What a line of a frame is made of."""
LYING = re.compile(f"--|==|[{''.join(one for one in BOX_DRAWING if one not in UPRIGHT)}]")
"""What it has, and a row of blanks between bars has not."""
DASHES = re.compile(r"[-\s|+]*")
"""A line that may be of a frame, or a row of blanks."""
HEAD = re.compile(r"\[[^\[\],\d]*\]")
"""The head of a section, as [Puzzle]."""
WORD = re.compile(r"[^\W\d_]{2,}")
Numbered = tuple[int, str]
"""A line and its number, from 1."""


def alphabet(side: int) -> str:
    """How the digits 1 to `side` are written."""
    return "123456789"[:side] + LETTERS[: max(0, side - 9)]


def read(text: str, side: int) -> list[int]:
    """The grid that `text` says: `side` x `side` digits, row by row, 0 for a blank.

    Raises `UserError` for a character that is not of a sudoku, with its place, for another number
    of cells, and for several puzzles.
    """
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    listed = _from_json(text, side)
    if listed is not None:
        return listed
    lines = list(_parts(text.splitlines(), side))
    alone = [found for _, line in lines if (found := _alone(line, side))]
    if not alone:
        _check_length(lines, side)
        return _from_rows(lines, side)
    beside = cells_said([line for _, line in lines if not _alone(line, side)], side)
    several = len(alone) + beside // side**2
    if several > 1:
        raise UserError(f"{several} sudokus of {side} x {side} are too many at once: give one")
    return [_digit(character, side) for character in alone[0]]


def cells_said(lines: Sequence[str], side: int) -> int:
    """How many cells of a grid some lines hold, malformed ones counted."""
    parts = [line for _, line in _parts(lines, side)]
    if any(_alone(line, side) for line in parts):
        return side * side
    rows = [line for line in parts if not _is_rule(line)]
    return sum(len(_fields(row, side) or [one for one in row if _may_be_cell(one)]) for row in rows)


def is_whole(lines: Sequence[str], side: int) -> bool:
    """Whether some lines are a whole puzzle, be it a malformed one, so that the next is another."""
    if len(lines) > 1 and any(DASH in row for _, row in _parts(lines, side) if not _is_rule(row)):
        return False  # where a dash is a blank, a line of dashes may be a row: only the end tells
    return cells_said(lines, side) >= side * side


def _may_be_cell(character: str) -> bool:
    """Whether a character is none that stands between cells."""
    return not character.isspace() and character not in BARS


def from_numbers(rows: object, side: int) -> list[int]:
    """The grid that lists say: `side` rows of numbers, or all in one; null and "" are blanks."""
    cells = list(_flat(rows))
    if len(cells) != side * side:
        raise UserError(_count(len(cells), side))
    return [_number(cell, at, side) for at, cell in enumerate(cells)]


def _from_json(text: str, side: int) -> list[int] | None:
    """The grid of a text that is a list in JSON; None for another text."""
    rows = _json_list(text)
    return None if rows is None else from_numbers(rows, side)


def _json_list(text: str) -> object:
    """What a text says that is a list in JSON; None for another text."""
    if not text.lstrip().startswith("["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _flat(rows: object) -> Iterable[object]:
    """The cells of a list, or of a list of rows; a row may be a text."""
    if not isinstance(rows, list):
        raise UserError("a sudoku's list is a list of rows, or of cells")
    for row in cast("list[Any]", rows):
        if isinstance(row, list):
            yield from cast("list[object]", row)
        elif isinstance(row, str) and len(row) > 2:
            yield from row
        else:
            yield row


def _number(cell: object, at: int, side: int) -> int:
    """A cell of a list."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    missing = cell is None or (isinstance(cell, float) and isnan(cell))
    text = "" if missing else str(cell).strip()
    if len(text) < 2:
        digit = _digit(text, side) if text else 0
    else:
        digit = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1
    if not 0 <= digit <= side:
        row, column = divmod(at, side)
        raise UserError(
            f"{cell!r} in row {row + 1}, column {column + 1} is not of a sudoku: give 1 to {side}, "
            "and 0 or null for a blank"
        )
    return digit


def _parts(lines: Sequence[str], side: int) -> Iterable[Numbered]:
    """The lines that are part of a grid, or of its frame; of several sections that of the puzzle.

    What follows a head that is not [Puzzle] belongs to another: pencil marks, another state.
    """
    heads = [line.strip().lower() for line in lines if HEAD.fullmatch(line.strip())]
    inside = "[puzzle]" not in heads
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        comment = stripped.startswith(COMMENTS)
        if HEAD.fullmatch(stripped):
            inside = "[puzzle]" not in heads or stripped.lower() == "[puzzle]"
        elif inside and (stripped or line.count("\t") >= side - 1) and not comment:
            is_part = _alone(line, side) or not _is_comment(stripped, side)
            yield from [(number, line)] if is_part else []


def _is_comment(line: str, side: int) -> bool:
    """Whether a line says something in words; as long as a grid and without a space, it is one."""
    known = f"xX{alphabet(side)}{alphabet(side).lower()}"
    words = [word for word in WORD.findall(line) if not set(word) <= set(known)]
    said = bool(words) and (" " in line or "\t" in line or len(line) < side * side)
    return said and _json_list(line) is None  # null is a word, and a blank


def _alone(line: str, side: int) -> str | None:
    """The whole grid that stands in a line, maybe beside a hash, a rating, or its own solution."""
    known = _cells(side)
    grids = [
        field
        for field in re.split(r"[\s,;:\"]+", line)
        if len(field) == side * side and set(field) <= known
    ]
    solved = len(grids) == 2 and _continues(grids[0], grids[1], side)
    return grids[0] if len(grids) == 1 or solved else None


def _cells(side: int) -> frozenset[str]:
    """All that a cell may be written as."""
    return frozenset(f"{BLANKS}{DASH}{alphabet(side)}{alphabet(side).lower()}")


def _check_length(lines: Sequence[Numbered], side: int) -> None:
    """Raise `UserError` for most of a grid beside a rating, which is no cell that it lacks."""
    for _, line in lines:
        fields = line.split()
        longest = max(fields, key=len, default="")
        if len(fields) > 1 and 2 * len(longest) > side * side and set(longest) <= _cells(side):
            raise UserError(_count(len(longest), side))


def _continues(question: str, answer: str, side: int) -> bool:
    """Whether one grid is full and has all that another has."""
    given, full = ([_digit(one, side) for one in grid] for grid in (question, answer))
    return 0 not in full and all(a in (0, b) for a, b in zip(given, full, strict=True))


def _digit(character: str, side: int) -> int:
    """The digit that a character is; -1 if it is none."""
    if character in BLANKS or character == DASH:
        return 0
    return alphabet(side).find(character.upper()) + 1 or -1


def _is_rule(line: str) -> bool:
    """Whether a line is of a frame, if it is no row of blanks."""
    return set(line) - {" ", "\t"} <= FRAME and LYING.search(line) is not None


def _from_rows(lines: Sequence[Numbered], side: int) -> list[int]:
    """The grid of lines that are rows, or parts of one.

    A dash may separate digits, be a blank, or belong to a frame. A line of as many dashes as a row
    has cells may be a rule or a row. The first reading that has all cells of a grid counts.
    """
    whole = side * side

    def cells(dashes: bool, rules: bool, crossed: bool) -> list[int]:
        found: list[int] = []
        for number, line in lines:
            as_row = rules and line.count(DASH) == side and (crossed or "+" not in line)
            if not _is_rule(line) or (as_row and DASHES.fullmatch(line)):
                found += _row(line, number, side, dashes)
        return found

    plain = cells(False, False, False)
    if len(plain) == whole:
        return plain
    for reading in ((True, False, False), (True, True, False), (True, True, True)):
        found = cells(*reading)
        if len(found) == whole:
            return found
    raise UserError(_count(len(plain), side))


def _count(cells: int, side: int) -> str:
    """The sentence for a wrong number of cells."""
    if not cells:
        return (
            f"no sudoku of {side} x {side} was found in it: give {side * side} digits, with . for "
            "a blank, on one line or in rows"
        )
    several = f" (that many are {cells // side**2} of them: give one)"
    return (
        f"{cells} cells are not a sudoku of {side} x {side}: give {side * side}, with . for a blank"
        + (several if cells % side**2 == 0 else "")
    )


def _fields(line: str, side: int) -> list[str] | None:
    """The cells of a row that is written as numbers with commas or spaces between."""
    by_comma = [part.strip() for part in re.split(r"[,;\t]", line.strip(" \r\n|"))]
    for fields in (by_comma, by_comma[:-1]):
        if len(fields) in (side, side * side) and all(len(one) < 3 for one in fields):
            return fields
    bare = line.translate({ord(bar): " " for bar in BARS}).split()
    return bare if side > 9 and len(bare) == side and all(len(one) < 3 for one in bare) else None


def _row(line: str, number: int, side: int, dashes: bool) -> list[int]:
    """The cells of one line; `dashes` says whether a dash is a blank."""
    fields = _fields(line, side)
    if fields is not None:
        return [_field(field, number, at, side) for at, field in enumerate(fields)]
    found: list[int] = []
    for column, character in enumerate(line, 1):
        between = not _may_be_cell(character) or character in ",;"
        if between or (character == DASH and not dashes):
            continue
        digit = _digit(character, side)
        if digit < 0:
            raise UserError(_place(character, number, column, side))
        found.append(digit)
    return found


def _field(field: str, number: int, at: int, side: int) -> int:
    """The digit of a cell that stands between commas or spaces."""
    if len(field) < 2:
        digit = _digit(field, side) if field else 0
    else:
        digit = int(field) if field.isascii() and field.isdigit() else -1
    if not 0 <= digit <= side:
        raise UserError(_place(field, number, at + 1, side))
    return digit


def _place(said: str, line: int, column: int, side: int) -> str:
    """The sentence for what is no cell."""
    last = str(side) if side <= 9 else f"9 and A to {LETTERS[side - 10]}"
    return (
        f"{said!r} in line {line}, column {column} is not of a sudoku: write 1 to {last}, and "
        ". or 0, _, ?, x, *, - for a blank"
    )
