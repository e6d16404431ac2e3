"""What a long measuring keeps of its finished jobs, and the tables that it ends in."""

from pathlib import Path
from typing import Any

import pytest

from hrmkit.experiments.journal import Journal
from hrmkit.experiments.ladder.run import run_from
from hrmkit.experiments.markdown import table
from hrmkit.experiments.study import Result, result_from


def as_is(found: Any) -> Any:
    return found


def test_what_was_found_is_read_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "finished.jsonl")
    assert journal.read(as_is) == {}
    journal.add("one", [0.5, 3])
    journal.add("two", {"exact": None})
    journal.add("one", [1.0, 3])
    assert journal.read(as_is) == {"one": [1.0, 3], "two": {"exact": None}}


@pytest.mark.parametrize(
    "torn", ['{"job": "three", "fou', "[1, 2]", '{"job": 3, "found": 1}', "\n"]
)
def test_a_line_that_was_cut_short_costs_itself_alone(tmp_path: Path, torn: str) -> None:
    journal = Journal(tmp_path / "finished.jsonl")
    journal.add("one", 1)
    with journal.path.open("a") as file:
        file.write(torn)
    journal.add("two", 2)
    assert journal.read(as_is) == {"one": 1, "two": 2}


def test_what_is_damaged_is_measured_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "finished.jsonl")
    journal.add("one", [1, 2, 3, 4, 5, 6])
    journal.path.write_bytes(journal.path.read_bytes() + b"\xe1\x00\xff\n")
    for name, found in (("a number", 3), ("words", ["x"] * 6), ("too few", [1]), ("no list", {})):
        journal.add(name, found)
    assert journal.read(result_from) == {"one": Result(1, 2, 3, 4, 5, 6)}
    for found in (3, [], {}, {"answers": 1}, {"variant": "step-1"}, "text", None):
        journal.add("a rung", found)
    assert journal.read(run_from) == {}


def test_a_table_has_a_line_for_each_row() -> None:
    rows = (row for row in [("sudoku", "0.9"), ("maze", "")])
    assert table(("puzzle", "exact"), rows) == (
        "| puzzle | exact |\n| --- | --- |\n| sudoku | 0.9 |\n| maze |  |\n"
    )
