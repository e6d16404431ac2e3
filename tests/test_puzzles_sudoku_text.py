"""Sudoku text, as people exchange it: every way of writing one, and the grid that it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import isqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles.sudoku.text import alphabet, cells_said, from_numbers, is_whole, read

NINE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SOLVED = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
BLANK_ROW = "........." + NINE[9:]
FOUR = "12....3....2.4.1"[:16].ljust(16, ".")
SIX = "1....6.5...3....2.4.1..5...2...6...3"
SIXTEEN = ("1.3.5.7.9.B.D.F." + "................" + ".A.C.E.G........").ljust(256, ".")
GRIDS = {4: FOUR, 6: SIX, 9: NINE, 16: SIXTEEN}


def digits(text: str) -> list[int]:
    return [".123456789ABCDEFG".index(one) for one in text]


def rows_of(text: str) -> list[str]:
    side = isqrt(len(text))
    return [text[at : at + side] for at in range(0, len(text), side)]


def number_rows(text: str) -> list[list[int]]:
    return [digits(row) for row in rows_of(text)]


def barred(text: str, bar: str = "|", rule: str = "---+---+---", edge: str = "") -> str:
    rows = [bar.join((row[:3], row[3:6], row[6:])) for row in rows_of(text)]
    lines = [*rows[:3], rule, *rows[3:6], rule, *rows[6:]]
    if not edge:
        return "\n".join(lines)
    framed = [line if line == rule else f"{bar}{line}{bar}" for line in lines]
    return "\n".join([edge, *framed, edge])


def spaced(text: str) -> str:
    lines = [
        "| " + " | ".join(" ".join(row[at : at + 3]) for at in (0, 3, 6)) + " |"
        for row in rows_of(text)
    ]
    rule = "+-------+-------+-------+"
    return "\n".join([rule, *lines[:3], rule, *lines[3:6], rule, *lines[6:], rule])


BOX = {"-": "\u2500", "+": "\u253c", "|": "\u2502"}
DOUBLE = {"-": "\u2550", "+": "\u256c", "|": "\u2551"}
WRITTEN: dict[str, Callable[[str], str]] = {
    "one line": str,
    "a line end": lambda t: t + "\r\n",
    "a byte order mark": lambda t: "\ufeff" + t,
    **{f"blanks as {blank!r}": lambda t, blank=blank: t.replace(".", blank) for blank in "0_?xX*-"},
    **{
        f"rows, blanks as {blank!r}": lambda t, blank=blank: "\n".join(rows_of(t)).replace(
            ".", blank
        )
        for blank in "0_?xX*-"
    },
    **{
        f"frames, blanks as {blank!r}": lambda t, blank=blank: spaced(t.replace(".", blank))
        for blank in "0_?xX*-"
    },
    "bars": barred,
    "bars and dashes as blanks": lambda t: barred(t.replace(".", "-")),
    "dashes between bands": lambda t: barred(t, rule="---------"),
    "a frame of Simple Sudoku": lambda t: barred(t, rule="|---+---+---|", edge="*-----------*"),
    "a frame with stars": lambda t: barred(t, rule="*---*---*---*", edge="*---*---*---*"),
    "a frame of HoDoKu": lambda t: barred(t, rule=":---+---+---:", edge=".---.---.---.").replace(
        "\n.---", "\n'---"
    ),
    "box drawing": lambda t: "".join(BOX.get(one, one) for one in spaced(t)),
    "double box drawing": lambda t: "".join(DOUBLE.get(one, one) for one in spaced(t)),
    "equals between bands": lambda t: barred(t, rule="==========="),
    "comments": lambda t: f"# easy, of 2026\n# 12345\n{t}\n# the end",
    "slashes": lambda t: f"// no 7\n{t}",
    "a head of words": lambda t: "Daily sudoku 17, by Anna\n" + "\n".join(rows_of(t)),
    "a head of Project Euler": lambda t: "Grid 01\n" + "\n".join(rows_of(t)).replace(".", "0"),
    "a head underlined": lambda t: "Grid 01\n=======\n" + "\n".join(rows_of(t)),
    "a section": lambda t: "[Puzzle]\n" + "\n".join(rows_of(t)),
    "sections": lambda t: "\n".join(
        ["#ASomebody", "#D12", "[Puzzle]", *rows_of(t), "[State]", *rows_of(t)]
    ),
    "hash, digits, rating": lambda t: f"0000183b305c {t.replace('.', '0')}  1.2",
    "digits, comma, solution": lambda t: f"{t},{SOLVED}",
    "a name before it": lambda t: f"Puzzle 3: {t}",
    "commas": lambda t: "\n".join(",".join(row) for row in rows_of(t)),
    "commas, nothing for a blank": lambda t: "\n".join(
        ",".join(row).replace(".", "") for row in rows_of(t)
    ),
    "commas at the end": lambda t: "\n".join(
        ",".join(row).replace(".", "") + "," for row in rows_of(t)
    ),
    "semicolons": lambda t: "\n".join(";".join(row).replace(".", "") for row in rows_of(t)),
    "tabs": lambda t: "\n".join("\t".join(row).replace(".", "") for row in rows_of(t)),
    "commas on one line": lambda t: ",".join(t).replace(".", ""),
    "lists": lambda t: json.dumps([[int(one.replace(".", "0")) for one in r] for r in rows_of(t)]),
    "a list": lambda t: json.dumps([None if one == "." else int(one) for one in t]),
    "a list of texts": lambda t: json.dumps(rows_of(t)),
}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("text", [NINE, BLANK_ROW], ids=["puzzle", "with a blank row"])
def test_every_way_of_writing_a_sudoku_is_read(how: str, text: str) -> None:
    if how == "digits, comma, solution" and text == BLANK_ROW:
        text = NINE
    assert read(WRITTEN[how](text), 9) == digits(text)


OTHERS: dict[str, Callable[[str], str]] = {
    "one line": str,
    "rows": lambda t: "\n".join(rows_of(t)),
    "small letters": str.lower,
    "spaces": lambda t: "\n".join(" ".join(row) for row in rows_of(t)),
    "numbers": lambda t: "\n".join(" ".join(map(str, row)) for row in number_rows(t)),
    "commas": lambda t: "\n".join(
        ",".join(str(one or "") for one in row) for row in number_rows(t)
    ),
    "lists": lambda t: json.dumps(number_rows(t)),
}


@pytest.mark.parametrize("how", OTHERS)
@pytest.mark.parametrize("side", GRIDS)
def test_other_sizes_are_written_likewise(side: int, how: str) -> None:
    assert read(OTHERS[how](GRIDS[side]), side) == digits(GRIDS[side])


def test_a_small_one_is_read_with_bars() -> None:
    drawn = (
        "+-----+-----+\n| 1 2 | . . |\n| . . | 3 . |\n+-----+-----+\n| . . | . 2 |\n| . 4 | . 1 |"
    )
    assert read(drawn, 4) == digits("12....3....2.4.1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no sudoku of 9 x 9 was found in it: give 81 digits"),
        ("It was a bright day.\n\nThe clocks struck.\n", "no sudoku of 9 x 9 was found in it"),
        (NINE[:-1], "80 cells"),
        (f"{NINE[:-1]} 5", "80 cells"),  # a rating, and no cell
        (f"{NINE}\n{NINE}", "2 sudokus of 9 x 9 are too many at once"),
        ("\n".join(rows_of(NINE) * 2), "162 cells .* give one"),
        ("q" + NINE[1:], "'q' in line 1, column 1 is not of a sudoku: write 1 to 9"),
        ("5\u0663" + NINE[2:], "in line 1, column 2"),
        ("10," + ",".join(NINE[1:]), "'10' in line 1, column 1"),
        ("[[1, 2], 3]", "3 cells"),
        (json.dumps([12] * 81), "12 in row 1, column 1"),
        (json.dumps([0.5] * 81), "0.5 in row 1"),
        (json.dumps([True] * 81), "True in row 1"),
        (json.dumps([[[1]] * 9] * 9), "is not of a sudoku"),
    ],
)
def test_what_is_no_sudoku_gets_a_sentence(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        read(text, 9)
    assert "\n" not in str(caught.value)


CELLS = st.sampled_from("123456789.0_?xX*-")
FRAMES = ("|", "+", "-", "---", "---+---+---", "*---*", "=", "\u2502", "\u2500", " ", "\n", "\t")
SAID = (
    "# x",
    "// y",
    "[Puzzle]",
    "[State]",
    "Grid 01",
    "[",
    "]",
    "{",
    ",",
    ";",
    '"',
    "null",
    "NaN",
)
PIECES = st.sampled_from((*FRAMES, *SAID, NINE, SOLVED, "9", "G", "\ufeff"))


def sentence(call: Callable[[], list[int]]) -> list[int] | None:
    """What a call gives; None where it raised a `UserError` of one line."""
    try:
        return call()
    except UserError as error:
        return None if len(str(error).splitlines()) == 1 else [-1]


@settings(deadline=None, max_examples=400)
@given(
    st.text() | st.lists(PIECES | CELLS, max_size=120).map("".join),
    st.sampled_from([4, 6, 9, 16]),
)
def test_no_text_raises_anything_but_a_user_error(text: str, side: int) -> None:
    is_whole(text.splitlines(), side)
    grid = sentence(lambda: read(text, side))
    assert grid is None or len(grid) == side * side
    assert grid is None or all(0 <= digit <= side for digit in grid)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.integers(0, 9), min_size=81, max_size=81),
    st.sampled_from(sorted(set(WRITTEN) - {"digits, comma, solution"})),
)
def test_whatever_grid_is_written_is_the_one_that_is_read(grid: list[int], how: str) -> None:
    """But for grids of nearly nothing but dashes, which look like frames."""
    text = "".join("."[digit:] or str(digit) for digit in grid)
    assert read(WRITTEN[how](text), 9) == grid


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=90,
)


@given(JSON)
def test_no_list_raises_anything_but_a_user_error(rows: object) -> None:
    grid = sentence(lambda: from_numbers(rows, 4))
    assert grid is None or (len(grid) == 16 and set(grid) <= {0, 1, 2, 3, 4})


def test_a_stream_knows_where_a_puzzle_ends() -> None:
    rows = rows_of(NINE)
    assert is_whole([NINE], 9)
    assert is_whole([f"0000183b305c {NINE}  1.2"], 9)
    assert not is_whole(["Grid 01", *rows[:8]], 9)
    assert is_whole(["Grid 01", *rows], 9)
    assert is_whole(["q" * 90], 9)
    assert is_whole([json.dumps([None] * 81)], 9)
    assert not is_whole(["|  1  2  |  .  .  |"], 4)
    assert cells_said(["Grid 01", "*---*", "# 12"], 9) == 0
    # Only the end tells whether dashes are rows: here nine of them stand between bands.
    dashes = barred(NINE.replace(".", "-"), bar="", rule="---------").splitlines()
    assert not any(is_whole(dashes[:end], 9) for end in range(len(dashes) + 1))
    assert read("\n".join(dashes), 9) == digits(NINE)


def test_digits_above_nine_are_letters() -> None:
    assert (alphabet(4), alphabet(9), alphabet(16)) == ("1234", "123456789", "123456789ABCDEFG")
