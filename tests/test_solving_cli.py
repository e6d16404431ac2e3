"""The verbs eval and solve, the public `solve`, and what is seen of a thought."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from rich.console import Console
from typer.testing import CliRunner, Result

import hrmkit
from hrmkit.cli import app
from hrmkit.cli.typed import Long, puzzles_in
from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.checkpoint import save
from hrmkit.model.originals import to_original
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring
from hrmkit.puzzles.arc.puzzle import Arc
from hrmkit.puzzles.maze.puzzle import Maze
from hrmkit.puzzles.puzzle import Puzzle, as_grids
from hrmkit.puzzles.text import puzzles
from hrmkit.recording.file import load
from hrmkit.recording.thought.schema import ThoughtRecording
from hrmkit.solving import watch as watching
from hrmkit.solving.answer import read_text, solve_grid
from hrmkit.solving.evaluate import evaluate
from hrmkit.solving.loading import load_model
from hrmkit.solving.thinking import SegmentAnswer
from hrmkit.solving.watch import changes, highlighted, watched
from tiny_solver import FOUR, data, save_run, trained, write_csv

EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run's folder with a file of puzzles beside it; the program starts beside them."""
    save_run(tmp_path / "run")
    write_csv(tmp_path / "four.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "run"


def hrmkit_says(*arguments: str, given: str | None = None) -> Result:
    result = CliRunner().invoke(app, arguments, input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def one(right: bool) -> tuple[str, str]:
    """A puzzle that the model solves at its light, or one that it does not; and its solution."""
    rows = data()[1].rows
    found = [
        (FOUR.decode(given), FOUR.decode(solution))
        for given, solution in zip(as_grids(rows.given), as_grids(rows.solution), strict=True)
        if solve_grid(trained(), FOUR, given).valid == right
    ]
    return found[0]


@pytest.mark.usefixtures("run")
def test_eval_prints_what_was_measured() -> None:
    result = hrmkit_says("eval", "run", "--data", "four.csv", "--limit", "50")
    assert result.exit_code == 0
    said = re.search(r"exact +([\d.]+) +\((\d+) of 50;", result.stdout)
    assert said is not None
    content = json.loads(
        hrmkit_says(
            *("eval", "run", "--data", "four.csv", "--limit", "50", "--json", "--no-by-segment")
        ).stdout
    )
    assert content["exact"]["count"] == int(said[2])
    assert content["by_segment"] is None
    assert content["model"].endswith("step-0000400")
    whole = json.loads(hrmkit_says("eval", "run", "--data", "four.csv", "--json").stdout)
    assert whole["exact"]["count"] == evaluate(trained(), data()[1]).exact.count
    longer = json.loads(
        hrmkit_says(
            *("eval", "run", "--data", "four.csv", "--json", "--no-halt", "--segments", "6"),
            *("--vote", "3", "--starts", "2", "--noise", "0.1", "--choose", "first"),
        ).stdout
    )
    assert longer["mean_segments"] == 36
    assert longer["exact_two"]["of"] == 120


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["eval", "run", "--data", "none.csv"], "there is no file none.csv"),
        (["eval", "nowhere", "--data", "four.csv"], "there is no folder nowhere"),
        (["eval", "run", "--data", "four.csv", "--choose", "best"], "choose q or first"),
        (["eval", "run", "--data", "four.csv", "--limit", "0"], "limit of 0"),
        (["eval", "run", "--data", "four.csv", "--vote", "-1"], "-1 views"),
        (["eval", "run", "--data", "four.csv", "--views", "0"], "0 views"),
        (["eval", "run", "--data", "four.csv", "--views", "2", "--vote", "2"], "one of them"),
        (["solve", "sudoku", 16 * ".", "--model", "run", "--views", "0"], "0 views"),
        (["solve", "arc", "x", "--model", "run", "--views", "2"], "ARC's cannot"),
        (["eval", "run", "--data", "four.csv", "--submission", "x"], "for ARC"),
        (["eval", "run", "--data", "four.csv", "--device", "tpu"], "tpu"),
        (["eval", "run", "--data", "arc-1", "--puzzle", "arc"], "reads 16 cells"),
        (["eval", "run", "--data", "dev.csv", "--embeddings", "none"], "is for ARC"),
        (["solve", "sudoku", "11" + 14 * ".", "--model", "run"], "1 is twice in row 1"),
        (["solve", "sudoku", "12", "--model", "run"], "2 cells are not a sudoku of 4 x 4"),
        (["solve", "sudoku", "q" * 16, "--model", "run"], "'q' in line 1, column 1"),
        (["solve", "chess", "x", "--model", "run"], "'chess' is no kind of puzzle"),
        # Before the puzzle is read, and so before it is thought about.
        (
            [
                *("solve", "sudoku", "q", "--model", "run"),
                *("--segments", "65", "--record", "t.json"),
            ],
            "65 segments are more than a recording shows: 64 at most",
        ),
        (["solve", "arc", "x", "--model", "run"], "reads 16 cells"),
        (["solve", "sudoku", "1" * 16, "--model", "run", "--record", "run"], "cannot write run"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(arguments: list[str], sentence: str) -> None:
    result = hrmkit_says(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [("missing.txt", "there is no file missing.txt"), ("53..7", "5 cells are not a sudoku")],
)
def test_what_is_no_puzzle_is_all_that_is_said(given: str, sentence: str) -> None:
    result = hrmkit_says("solve", "sudoku", given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("run")
def test_solve_draws_the_answer_and_ends_with_what_it_is_worth() -> None:
    text, solution = one(right=True)
    result = hrmkit_says("solve", "sudoku", text, "--model", "run")
    assert result.exit_code == 0
    assert f"\n{solution}\nvalid; " in result.stdout
    drawn = FOUR.show(FOUR.encode(text), FOUR.encode(solution))
    assert result.stdout.startswith(drawn)
    text, solution = one(right=False)
    wrong = hrmkit_says("solve", "sudoku", text, "--model", "run", "--json")
    assert wrong.exit_code == 1
    content = json.loads(wrong.stdout)
    assert (content["valid"], content["exact"], content["flaw"]) == (False, False, None)
    assert content["wrong"] == FOUR.fault(FOUR.encode(text), FOUR.encode(content["text"]))
    assert content["wrong"]
    text, _ = one(right=True)
    right = hrmkit_says("solve", "sudoku", text, "--model", "run", "--json")
    assert json.loads(right.stdout)["wrong"] is None
    text, solution = one(right=False)
    assert content["text"] != solution


@pytest.mark.usefixtures("run")
def test_a_puzzle_is_read_from_words_a_file_or_the_standard_input() -> None:
    text, solution = one(right=True)
    lines = [text[at : at + 4] for at in range(0, 16, 4)]
    Path("puzzle.txt").write_text("\n".join(lines) + "\n")
    for words, given in ((lines, None), (["puzzle.txt"], None), (["-"], text)):
        result = hrmkit_says("solve", "sudoku", *words, "--model", "run", "--json", given=given)
        assert json.loads(result.stdout)["text"] == solution
    for content in (b"\xff\xfe\xfa", b"1234\x00\x004321", text.encode("utf-16-le")):
        Path("picture").write_bytes(content)
        for kind in (FOUR, Maze()):
            with pytest.raises(UserError, match=r"^picture is no text: give a text file"):
                read_text(["picture"], kind)
    assert read_text(["x" * 5000], FOUR) == "x" * 5000  # longer than any file's name


@pytest.mark.usefixtures("run")
def test_puzzles_are_answered_one_after_the_other() -> None:
    (text, solution), (hard, _) = one(right=True), one(right=False)
    lines = "\n".join(text[at : at + 4] for at in range(0, 16, 4))
    several = solution.replace("1", ".").replace("2", ".")
    clash = "11" + 14 * "."
    given = f"\n{text}\n{lines}\n \n12\n34\n{several}\n{clash}\n{clash}\nq{text}\n{lines}"
    result = hrmkit_says("solve", "sudoku", "--model", "run", "--json", given=given)
    assert result.exit_code == 2
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["puzzle"] for one in said] == [
        *(text, text, "12\n34", several, clash, clash, f"q{text}", text),
    ]
    assert [one.get("text") for one in said if one["puzzle"] == text] == 3 * [solution]
    assert "4 cells are not a sudoku of 4 x 4" in said[2]["error"]
    assert said[3]["flaw"] == "it has several solutions"
    assert all("1 is twice in row 1" in said[row]["error"] for row in (4, 5))
    assert "'q' in line 1" in said[6]["error"]
    drawn = hrmkit_says("solve", "sudoku", "--model", "run", given=f"12\n{text}")
    assert (drawn.exit_code, drawn.stdout.count("valid; ")) == (2, 1)
    assert drawn.stderr.startswith("error: 2 cells are not a sudoku")
    for typed, status in ((f"{text}\n{text}", 0), (f"{hard}\n{text}", 1)):
        assert hrmkit_says("solve", "sudoku", "--model", "run", given=typed).exit_code == status
    for nothing in ("", "\n \n"):
        empty = hrmkit_says("solve", "sudoku", "--model", "run", given=nothing)
        assert (empty.exit_code, empty.stderr.splitlines()[-1]) == (
            2,
            "error: no puzzle came in (sudoku): the standard input is empty",
        )
    refused = hrmkit_says("solve", "sudoku", "--model", "run", "--record", "x", given=text)
    assert (refused.exit_code, "name the puzzle" in refused.stderr) == (2, True)


@pytest.mark.usefixtures("run")
def test_a_person_is_asked_for_puzzles_and_answered_at_once() -> None:
    text, solution = one(right=True)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "hrmkit", "solve", "sudoku", "--model", "run"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "Type a sudoku" in process.stderr.readline()
        for _ in range(2):  # the second is typed when the first has been answered
            os.write(ours, f"{text}\n".encode())
            answered = ""
            while "valid; " not in answered:
                line = process.stdout.readline()
                assert line, answered
                answered += line
            assert f"\n{solution}\n" in answered
        os.write(ours, b"12\n\n\x04")
        assert process.wait(60) == 2
        asked = r"> > > \.\.\. error: 2 cells are not [^\n]*\n> \n"
        assert re.fullmatch(asked, process.stderr.read())
    os.close(ours)
    os.close(theirs)


@pytest.mark.usefixtures("run")
def test_what_is_not_text_costs_its_line_and_no_other() -> None:
    text, solution = one(right=True)
    lines = f"{text}\n".encode(), b"\xff" + text[1:].encode() + b"\n", f"{text}\r\n".encode()
    result = CliRunner().invoke(
        app, ["solve", "sudoku", "--model", "run", "--json"], input=b"".join(lines)
    )
    first, bad, last = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["text"], last["text"]) == (solution, solution)
    assert "in line 1, column 1 is not of a sudoku" in bad["error"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    command = [sys.executable, "-m", "hrmkit", "solve", "sudoku", "-", "--model", "run"]
    alone = subprocess.run(command, input=lines[1], capture_output=True, env=environment)
    assert alone.returncode == 2
    said = "the standard input is no text: give a text file, in UTF-8, with puzzles as text"
    assert alone.stderr.decode() == f"error: {said}\n"
    picture = text.encode() + b"\n\x89PNG\x00\x00\n\x00\x01\n"
    typed = CliRunner().invoke(app, ["solve", "sudoku", "--model", "run", "--json"], input=picture)
    assert (typed.exit_code, typed.stderr) == (2, f"error: {said}\n")
    assert json.loads(typed.stdout)["text"] == solution  # what came before is answered


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["#########", "S       G", "#########"], ["#########\nS       G\n#########"]),
        (["S G", "", "", "S", "G"], ["S G", "S\nG"]),
        (["S ", "  ", " G", " ", "S", "G"], ["S \n  \n G", "S\nG"]),
        (["S G", 9 * "S G", "#"], ["S G", 9 * "S G", "#"]),
        ([], []),
    ],
)
def test_a_short_line_is_no_puzzle_of_its_own(lines: list[str], expected: list[str]) -> None:
    typed = iter([f"{line}\n" for line in lines])
    assert list(puzzles(lambda _: next(typed, ""), Long(25))) == expected


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("given", ["bad\n", "bad\n\nxyz\n"])
@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_headings_alone_are_no_puzzle(given: str, as_json: tuple[str, ...]) -> None:
    result = hrmkit_says("solve", "sudoku", *as_json, given=given)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "error: no sudoku was typed: 'bad' is read as a heading" in result.stderr


def test_a_kind_that_is_unknown_is_what_is_wrong() -> None:
    result = hrmkit_says("solve", "foo", "53..7")
    assert result.exit_code == 2
    assert "'foo' is no kind of puzzle" in result.stderr


@pytest.mark.usefixtures("run")
def test_puzzles_in_frames_and_under_heads_are_answered_as_they_come() -> None:
    text, solution = one(right=True)
    rows = [text[at : at + 4] for at in range(0, 16, 4)]
    wide = [f"|  {a}  {b}  |  {c}  {d}  |" for a, b, c, d in rows]
    rule = "+--------+--------+"
    framed = [rule, *wide[:2], rule, *wide[2:], rule]
    given = "\n".join(["Grid 01", *rows, "Grid 02", *rows, *framed, *framed, "# the end", text])
    result = hrmkit_says("solve", "sudoku", "--model", "run", "--json", given=given)
    assert result.exit_code == 0, result.output
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["puzzle"], one["text"]) for one in said] == 5 * [(text, solution)]
    # The same in a file, which then holds several; one alone is drawn.
    Path("many.txt").write_text("\ufeff" + given)
    many = hrmkit_says("solve", "sudoku", "many.txt", "--model", "run", "--json")
    texts = [(one["puzzle"], one["text"]) for one in map(json.loads, many.stdout.splitlines())]
    assert texts == 5 * [(text, solution)]
    Path("one.txt").write_text("\ufeff" + "\n".join(framed))
    alone = hrmkit_says("solve", "sudoku", "one.txt", "--model", "run")
    assert f"\n{solution}\nvalid; " in alone.stdout
    record = hrmkit_says("solve", "sudoku", "many.txt", "--model", "run", "--record", "x.hrm.json")
    assert (record.exit_code, "give one" in record.stderr) == (2, True)


@pytest.mark.usefixtures("run")
def test_a_heading_ends_the_puzzle_before_it_be_it_too_short() -> None:
    text, solution = one(right=True)
    rows = [text[at : at + 4] for at in range(0, 16, 4)]
    given = "\n".join(["Grid 01", *rows[:3], "Grid 02", *rows, "# a remark", "Grid 03", *rows])
    result = hrmkit_says("solve", "sudoku", "--model", "run", "--json", given=given)
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert "12 cells are not a sudoku" in said[0]["error"]
    assert [one["text"] for one in said[1:]] == [solution, solution]


NEWSPAPER = "#######\n#S    #\n##### #\n#   # #\n# # # #\n# #  G#\n#######"


@pytest.mark.parametrize("between", ["\n\n", "\n\n\n"])
@pytest.mark.parametrize("free", [" ", "."])
def test_several_mazes_in_a_file_are_answered_one_after_the_other(
    tmp_path: Path, between: str, free: str
) -> None:
    upended = "\n".join(reversed(NEWSPAPER.splitlines()))
    bad = NEWSPAPER.replace("G", " ")
    file = tmp_path / "mazes.txt"
    file.write_text(between.join((NEWSPAPER, bad, upended)).replace(" ", free) + "\n")
    result = hrmkit_says("solve", "maze", str(file))
    assert result.exit_code == 2
    assert result.stdout.count("\nvalid; ") == 2
    assert result.stderr.count("error: ") == 1
    assert "error: this maze is refused: it has no G: mark one cell with G" in result.stderr
    assert hrmkit_says("solve", "maze", given=file.read_text()).stdout.count("\nvalid; ") == 2
    record = hrmkit_says("solve", "maze", str(file), "--record", str(tmp_path / "x.hrm.json"))
    assert (record.exit_code, record.stdout) == (2, "")
    assert record.stderr == (
        "error: --record writes one thought, and these are 3 puzzles: give one\n"
    )


@pytest.mark.usefixtures("run")
def test_a_recording_replaces_no_file_that_holds_something_else() -> None:
    text, _ = one(right=True)
    call = ("solve", "sudoku", text, "--model", "run", "--record")
    notes = Path("notes.txt")
    notes.write_text("mine")
    refused = hrmkit_says(*call, "notes.txt")
    assert (refused.exit_code, notes.read_text()) == (2, "mine")
    assert "notes.txt is there and is not a recording, which would replace it" in refused.stderr
    notes.write_text("")
    for _ in range(2):  # an empty file, and then the recording before
        assert hrmkit_says(*call, "notes.txt").exit_code == 0


def test_of_many_lines_that_are_no_puzzle_one_sentence_is_said(tmp_path: Path) -> None:
    file = tmp_path / "novel.txt"
    file.write_text("It was a dark\nand stormy night\n\nwhen all of\n\na sudden\n")
    result = hrmkit_says("solve", "maze", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("error: ") == 1
    said = f"error: {file}: none of these 3 is a maze; of the first: 'I' in row 1"
    assert result.stderr.startswith(said)


def test_mazes_on_a_line_each_are_answered_one_by_one(tmp_path: Path) -> None:
    line = NEWSPAPER.replace("\n", "")
    file = tmp_path / "mazes.txt"
    file.write_text(f"{line}\n{NEWSPAPER.replace(chr(10), '/')}\n{line}\n")
    for words, given in (((str(file),), None), ((), file.read_text())):
        result = hrmkit_says("solve", "maze", *words, given=given)
        assert result.exit_code == 0
        assert result.stdout.count("\nvalid; ") == 3


class Plain:
    """A kind that does not know where its puzzles end."""

    cells = 4

    def encode(self, text: str) -> tuple[int, ...]:
        if len(text.replace("\n", "")) != 4:
            raise UserError("no")
        return (1, 2, 3, 4)


def test_a_kind_that_knows_no_ends_is_split_where_all_parts_are_puzzles() -> None:
    kind = cast("Puzzle", Plain())
    assert puzzles_in("12\n34\n\n43\n21\n", kind) == ["12\n34", "43\n21"]
    assert puzzles_in("1234\n4321", kind) == ["1234", "4321"]
    for whole in ("12\n\n34", "12\n34\n\n43\n2"):
        assert puzzles_in(whole, kind) == [whole]


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["sudoku", "missing.txt", "--model", "run"], "there is no file missing.txt: give a file"),
        (["sudoku", "no/puzzle", "--model", "run"], "there is no file no/puzzle: give a file"),
        (["sudoku", "run", "--model", "run"], "run is not a file: give a file with one sudoku"),
        (["sudoku", 16 * ".", "--model", "run/nope"], "there is no folder run/nope, nor"),
        (["sudoku", 16 * ".", "--model", "nope"], "there is no folder nope, nor"),
    ],
)
def test_what_is_mistyped_is_told_as_what_is_not_there(
    arguments: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda name: asked.append(name))
    result = hrmkit_says("solve", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {sentence}")
    assert asked == []


def test_a_list_and_an_array_are_puzzles_too() -> None:
    text, solution = one(right=True)
    rows = [text[at : at + 4] for at in range(0, 16, 4)]
    numbers = [[int(cell.replace(".", "0")) for cell in row] for row in rows]
    array = np.array(numbers)
    ways = rows, numbers, array, torch.tensor(numbers).float(), array.ravel(), array.astype(float)
    nothing = [[None if cell == 0 else cell for cell in row] for row in numbers]
    for way in (*ways, nothing, [list(row) for row in rows], list(text), "\n".join(rows)):
        assert hrmkit.solve(way, model=trained(), puzzle="sudoku").text == solution
    for wrong in (7, None, {"a": 1}, [object()], [[0.5] * 4] * 4):
        with pytest.raises(UserError):
            hrmkit.solve(wrong, model=trained(), puzzle="sudoku")


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("option", ["--segments", "--views", "--halt-threshold"])
def test_what_is_asked_wrongly_is_said_before_a_puzzle_is_typed(option: str) -> None:
    result = hrmkit_says("solve", "sudoku", "--model", "run", "--json", option, "0", given="x")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.usefixtures("run")
def test_several_answers_are_said_and_any_of_them_counts() -> None:
    rows = data()[1].rows
    solution = FOUR.decode(as_grids(rows.solution)[0])
    # Two digits exchanged in all their places leave a sudoku: without them there are two answers.
    text = solution.replace("1", ".").replace("2", ".")
    result = hrmkit_says("solve", "sudoku", text, "--model", "run", "--json")
    assert "warning: this sudoku is not a proper one: it has several solutions" in result.stderr
    content = json.loads(result.stdout)
    assert content["flaw"] == "it has several solutions"
    assert content["exact"] is None
    assert content["valid"] == FOUR.is_valid(FOUR.encode(text), FOUR.encode(content["text"]))
    assert result.exit_code == (0 if content["valid"] else 1)


@pytest.mark.usefixtures("run")
def test_every_segment_is_seen_until_the_model_halts() -> None:
    text, _ = one(right=True)
    result = hrmkit_says("solve", "sudoku", text, "--model", "run", "--watch")
    seen = re.findall(r"segment (\d): (\d+) cells changed, q_halt \S+, (\w+)\n", result.stdout)
    assert seen[-1][2] == "halts"
    assert all(then == "continues" for _, _, then in seen[:-1])
    assert int(seen[0][1]) >= text.count(".")
    thought = "1 segment" if len(seen) == 1 else f"{len(seen)} segments"
    assert f"valid; {thought} (until the model halted)" in result.stdout


@pytest.mark.usefixtures("run")
def test_a_thought_is_recorded() -> None:
    text, solution = one(right=True)
    out = "thought.hrm.json.gz"
    result = hrmkit_says("solve", "sudoku", text, "--model", "run", "--record", out)
    assert f"hrmkit play {out}" in result.stdout
    recording = load(Path(out))
    assert isinstance(recording, ThoughtRecording)
    assert recording.given == FOUR.encode(text)
    assert recording.solution == FOUR.encode(solution)
    assert recording.segments[recording.segments_used - 1].answer == FOUR.encode(solution)
    assert len(recording.segments) == 4


@pytest.mark.usefixtures("run")
def test_a_puzzle_is_looked_at_in_other_views_until_the_answer_is_valid() -> None:
    rows = data()[1].rows
    alone = [solve_grid(trained(), FOUR, given) for given in as_grids(rows.given)]
    looked = [solve_grid(trained(), FOUR, one.given, views=8) for one in alone if not one.valid]
    assert all(one.view == one.views == 1 for one in alone)
    late = [one for one in looked if one.valid]
    assert len(late) > len(looked) / 4
    assert all(one.view == one.views > 1 for one in late)
    assert all(one.all_segments > one.segments for one in late)
    for one in looked:
        if not one.valid:
            assert (one.view, one.views) == (1, 8)
    found = late[0]
    text = FOUR.decode(found.given)
    out = "thought.hrm.json.gz"
    arguments = ("solve", "sudoku", text, "--model", "run", "--views", "8")
    result = hrmkit_says(*arguments, "--watch", "--record", out)
    assert result.exit_code == 0
    thought = "1 segment (" if found.segments == 1 else f"{found.segments} segments ("
    assert f"{found.text}\nvalid in view {found.view}; {thought}" in result.stdout
    assert f", {found.all_segments} in {found.views} views, " in result.stdout
    seen = re.findall(r"^(?:view (\d+), )?segment (\d+):", result.stdout, re.MULTILINE)
    assert len(seen) == found.all_segments
    assert {view for view, _ in seen} == {"", *map(str, range(2, found.view + 1))}
    recording = load(Path(out))
    assert isinstance(recording, ThoughtRecording)
    assert (recording.view, recording.valid, recording.given) == (found.view, True, found.given)
    assert recording.segments[found.segments - 1].answer == found.answer
    one = next(one for one in looked if not one.valid)
    never = hrmkit_says(*arguments[:2], FOUR.decode(one.given), *arguments[3:])
    assert never.exit_code == 1
    assert "not valid in any of 8 views; " in never.stdout
    assert "add --views 32" in never.stderr


def test_a_model_keeps_what_it_was_saved_with_when_it_is_loaded_and_saved(
    run: Path, tmp_path: Path
) -> None:
    model = hrmkit.load("sudoku-wide")
    assert (model.metadata["puzzle"], model.metadata["views"]) == ("sudoku", 32)
    hrmkit.save(model, tmp_path / "copy")
    answers = [hrmkit.solve(EASY, one) for one in ("sudoku-wide", model, tmp_path / "copy")]
    assert {(one.text, one.view, one.segments, one.valid) for one in answers} == {
        (answers[0].text, answers[0].view, answers[0].segments, True)
    }
    hrmkit.save(model, tmp_path / "other", {"seed": 3})
    assert hrmkit.load(tmp_path / "other").metadata == {"seed": 3}
    newest = load_model(run)
    assert hrmkit.load(run).metadata == newest.metadata == hrmkit.load(newest.source).metadata


def test_the_public_function_takes_a_model_or_where_one_is(run: Path) -> None:
    text, solution = one(right=True)
    answer = hrmkit.solve(text, model=run)
    assert (answer.text, answer.valid, answer.exact) == (solution, True, True)
    again = hrmkit.solve(text, model=trained(), puzzle="sudoku")
    assert (again.text, again.segments) == (solution, answer.segments)
    with pytest.raises(UserError, match="4 cells"):
        hrmkit.solve("1234", model=trained())
    with pytest.raises(UserError, match="if it is no sudoku, say puzzle= and its kind"):
        hrmkit.solve("S.\n.G")


def test_a_small_maze_is_answered_without_its_padding(tmp_path: Path) -> None:
    model = assemble(Wiring(segments=1, halting="none"), Sizes(), PuzzleInterface(6, 25), 0)
    save(model, tmp_path / "maze", {"puzzle": "maze"})
    maze = tmp_path / "maze.txt"
    maze.write_text("S  \n  G\n")
    arguments = ("solve", "maze", str(maze), "--model", str(tmp_path / "maze"), "--json")
    for views in ("1", "3"):
        said = json.loads(hrmkit_says(*arguments, "--views", views).stdout)
        assert [len(line) for line in said["text"].split("/")] == [3, 3]
        assert said["views"] == int(views)


def test_an_arc_task_is_answered_test_by_test(tmp_path: Path) -> None:
    pair = {"input": [[1, 2], [3, 4]], "output": [[1, 2], [3, 4]]}
    task = tmp_path / "task.json"
    task.write_text(json.dumps({"train": [pair], "test": [pair, {"input": [[5]]}]}))
    sizes = Sizes(width=16, heads=2, inner=16)
    model = assemble(Wiring(segments=2), sizes, PuzzleInterface(12, 900), 0)
    save(model, tmp_path / "arc", {"puzzle": "arc", "trained_on": ["mine"]})
    arguments = ("solve", "arc", str(task), "--model", str(tmp_path / "arc"))
    result = hrmkit_says(*arguments, "--json")
    said = json.loads(result.stdout)
    assert [(test["test"], test["solved"]) for test in said] == [(1, False), (2, None)]
    known, unknown = (test["wrong"] for test in said)
    assert all(re.match(r"it has \d+ x \d+ cells, not 2 x 2|\d of 4 cells", why) for why in known)
    assert set(unknown) == {None}
    assert result.exit_code == 1
    typed = hrmkit_says(*arguments[:2], *arguments[3:], "--json", given=f"{task}\nnone\n{task}\n")
    first, unknown, again = (json.loads(line) for line in typed.stdout.splitlines())
    assert (typed.exit_code, first, again) == (2, said, said)
    assert unknown["puzzle"] == "none"
    named = (*arguments[:2], "-", *arguments[3:])
    assert json.loads(hrmkit_says(*named, "--json", given=f"\ufeff{task}\n\n").stdout) == said
    two = hrmkit_says(*named, "--json", given=f"{task}\n{task}\n")
    assert [json.loads(line) for line in two.stdout.splitlines()] == [said, said]
    none = hrmkit_says(*named, given="\n")
    assert (none.exit_code, "no task came in" in none.stderr) == (2, True)
    record = tmp_path / "thought.hrm.json"
    drawn = hrmkit_says(*arguments, "--watch", "--record", str(record))
    assert drawn.stdout.index("segment 2:") < drawn.stdout.index("task, test 1")
    assert "the answer is not known" in drawn.stdout
    recording = load(record)
    assert isinstance(recording, ThoughtRecording)
    assert recording.puzzle == "arc"
    vote = recording.vote
    assert vote is not None
    assert (vote.task, vote.test, vote.tests) == ("task", 1, 2)
    assert recording.title == "arc thinks about task task"
    assert sum(one.count for one in vote.candidates) == len(vote.views)
    assert vote.views[0].candidate < len(vote.candidates)
    shown = [json.loads(Arc().decode(one.answer)) for one in vote.candidates[:2]]
    assert shown == said[0]["tries"]
    assert [one.given for one in vote.examples] == [recording.given] * len(vote.examples)
    assert hrmkit_says(*arguments, "twice").exit_code == 2


def test_arc_is_scored_and_handed_in(tmp_path: Path) -> None:
    pair = {"input": [[1, 2], [3, 4]], "output": [[1, 2], [3, 4]]}
    (tmp_path / "task.json").write_text(json.dumps({"train": [pair], "test": [pair]}))
    sizes = Sizes(width=16, heads=2, inner=16)
    model = assemble(Wiring(segments=2), sizes, PuzzleInterface(12, 900), 0)
    save(model, tmp_path / "arc", {"puzzle": "arc", "trained_on": ["mine"]})
    source = str(tmp_path / "task.json")
    out = tmp_path / "submission.json"
    arguments = ("eval", str(tmp_path / "arc"), "--data", source, "--vote", "2")
    result = hrmkit_says(*arguments, "--submission", str(out))
    assert "pass@2    0.0000  (0 of 1;" in result.stdout
    assert set(json.loads(out.read_text())["task"][0]) == {"attempt_1", "attempt_2"}
    assert json.loads(hrmkit_says(*arguments, "--json").stdout)["asked"] == 2
    nowhere = hrmkit_says(*arguments, "--submission", str(out / "x.json"))
    assert (nowhere.exit_code, "cannot write" in nowhere.stderr) == (2, True)


def test_a_pocket_model_answers_tasks_that_fit_its_canvas(tmp_path: Path) -> None:
    for name, wide in (("small", 2), ("large", 11)):
        grid = [[1] * wide]
        pair = {"input": grid, "output": grid}
        (tmp_path / f"{name}.json").write_text(json.dumps({"train": [pair], "test": [pair]}))
    sizes = Sizes(width=16, heads=2, inner=16)
    model = assemble(Wiring(segments=2), sizes, PuzzleInterface(12, 100), 0)
    save(model, tmp_path / "arc", {"puzzle": "arc", "trained_on": ["mine"]})
    on = ("--model", str(tmp_path / "arc"))
    recorded = tmp_path / "thought.hrm.json"
    said = hrmkit_says("solve", "arc", str(tmp_path / "small.json"), *on, "--record", str(recorded))
    assert "small, test 1" in said.stdout
    thought = load(recorded)
    assert isinstance(thought, ThoughtRecording)
    assert (thought.board.width, thought.board.cells) == (10, 100)
    large = hrmkit_says("solve", "arc", str(tmp_path / "large.json"), *on)
    assert (large.exit_code, "11 cells wide or high and does not fit" in large.stderr) == (2, True)


def test_a_terminal_shows_the_answer_growing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PAUSE", 0)
    given = FOUR.encode(one(right=True)[0])
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=60)
    with watched(FOUR, given, console) as show:
        for number in (1, 2):
            answer = torch.tensor([[2, 3, 4, 5] * 4]) if number == 1 else torch.tensor([[2] * 16])
            q = torch.zeros(1)
            show(SegmentAnswer(number, answer, q, q, torch.tensor([number == 2])))
    assert "1 1 | 1 1" in re.sub(r"\x1b\[[^m]*m", "", screen.getvalue())
    assert "segment 2: 12 cells changed, q_halt 0.00, halts" in screen.getvalue()
    assert "\x1b[7m" in screen.getvalue()  # reversed: changed


def test_what_is_new_stands_out() -> None:
    text = highlighted("1 2\n34", "1 .\n3.", ". .\n3.")
    styles = {(span.start, str(span.style)) for span in text.spans if span.style}
    assert text.plain == "1 2\n34"
    assert styles == {(0, "bold"), (2, "reverse"), (5, "reverse")}
    assert changes("1 2\n34", "1 .\n3.") == 2
    assert changes("12", "1") == 1


def test_a_bare_checkpoint_is_told_what_it_does_not_say(tmp_path: Path) -> None:
    """A model of the originals' layout, of 4x4 sudoku: 6 kinds of token might be a maze's."""
    wiring = replace(trained().wiring, hierarchy=True, gradient="last-cycle", mixing="tokens")
    wiring = replace(wiring, positions="none")
    model = assemble(wiring, Sizes(inner=256), PuzzleInterface(6, 16), 0)
    torch.save(to_original(model), tmp_path / "bare.pth")
    arguments = ("solve", "sudoku", "." * 15 + "1", "--model", str(tmp_path / "bare.pth"), "--json")
    asked = hrmkit_says(*arguments)
    assert asked.exit_code == 2
    assert "give --wiring.cycles N --wiring.low_calls N --wiring.segments N, or" in asked.stderr
    known = ("--wiring.cycles", "1", "--wiring.low_calls=3", "--wiring.segments", "4")
    told = hrmkit_says(*arguments[:2], *known, *arguments[2:])
    assert told.exit_code in (0, 1)
    same = solve_grid(model.eval(), FOUR, FOUR.encode("." * 15 + "1"))
    assert json.loads(told.stdout)["text"] == same.text
    wrong = hrmkit_says(*arguments, *known, "--wiring.hats", "3")
    assert (wrong.exit_code, "no setting 'wiring.hats'" in wrong.stderr) == (2, True)
    nothing = hrmkit_says(*arguments, "--wiring.cycles")
    assert (nothing.exit_code, "--wiring.cycles has no value" in nothing.stderr) == (2, True)
    write_csv(tmp_path / "four.csv")
    measured = (
        "eval",
        arguments[4],
        "--data",
        str(tmp_path / "four.csv"),
        "--limit",
        "4",
        "--json",
    )
    assert hrmkit_says(*measured).exit_code == 2
    assert hrmkit_says(*measured, *known).exit_code == 0
