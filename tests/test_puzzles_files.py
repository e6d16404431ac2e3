"""Puzzles in files and from the hub: what is read, what is refused, what is left out."""

import gzip
import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles import files
from hrmkit.puzzles.files import Row, load_puzzles, save_puzzles
from hrmkit.puzzles.puzzle import IGNORED, as_grids

EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SOLUTION = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
HEADER = "source,question,answer,rating"
GOOD = f"web,{EASY},{SOLUTION},7"
OTHER = f"web,{SOLUTION[:80]}.,{SOLUTION},"


def written(folder: Path, *lines: str, name: str = "puzzles.csv") -> str:
    file = folder / name
    file.write_text("\n".join(lines) + "\n")
    return str(file)


def test_rows_are_read_in_their_order_with_ratings_where_there_are(tmp_path: Path) -> None:
    source = written(tmp_path, HEADER, GOOD, OTHER)
    found = load_puzzles("sudoku", source)
    assert (found.source, found.skipped, found.puzzle.name) == (source, 0, "sudoku")
    assert [found.puzzle.decode(grid) for grid in as_grids(found.rows.given)] == [
        EASY,
        SOLUTION[:80] + ".",
    ]
    assert [found.puzzle.decode(grid) for grid in as_grids(found.rows.solution)] == [SOLUTION] * 2
    assert found.ratings.dtype == torch.float64
    assert found.ratings[0] == 7
    assert math.isnan(found.ratings[1])
    assert not found.rows.puzzle_ids.any()


def test_columns_may_be_in_any_order_and_only_two_are_needed(tmp_path: Path) -> None:
    source = written(tmp_path, "answer,note,Question", f"{SOLUTION},hard,{EASY}", "")
    found = load_puzzles("sudoku", source)
    assert len(found.rows) == 1
    assert found.ratings.isnan().all()


def test_a_row_may_be_written_as_people_write_and_small_sudokus_are_read_too(
    tmp_path: Path,
) -> None:
    lines = "\n".join(EASY[at : at + 9] for at in range(0, 81, 9))
    found = load_puzzles("sudoku", written(tmp_path, HEADER, GOOD, f'x,"{lines}",{SOLUTION},'))
    assert torch.equal(found.rows.given[0], found.rows.given[1])
    small = written(tmp_path, "question,answer", "1...............,1234341221434321")
    assert load_puzzles("sudoku", small).puzzle.cells == 16


@pytest.mark.parametrize(
    "header", ["puzzle,solution", "quizzes,solutions", "Question,Answer", "\ufeffpuzzles,solutions"]
)
def test_columns_are_called_as_people_call_them(tmp_path: Path, header: str) -> None:
    row = f"{EASY.replace('.', '0')},{SOLUTION}"
    found = load_puzzles("sudoku", written(tmp_path, header, row))
    assert found.puzzle.decode(as_grids(found.rows.given)[0]) == EASY


FOUR = "1...", "..4.", ".2..", "...4"
FOUR_SOLVED = "1432", "2341", "4213", "3124"
SIZES = {
    "one line": ("".join(FOUR), "".join(FOUR_SOLVED)),
    "lines": ("\n".join(FOUR), "\n".join(FOUR_SOLVED)),
    "bars": ("1.|..\n..|4.\n--+--\n.2|..\n..|.4", "14|32\n23|41\n--+--\n42|13\n31|24"),
    "spaces": (" ".join("".join(FOUR)), " ".join("".join(FOUR_SOLVED))),
    "6x6": (
        "123456456123231564564231312645.453.2",
        "123456456123231564564231312645645312",
    ),
}


@pytest.mark.parametrize("how", SIZES)
def test_sizes_are_found_however_a_cell_is_written(tmp_path: Path, how: str) -> None:
    question, answer = SIZES[how]
    for lines in ((f'x,"{question}","{answer}",',), ("x,bad,row,", f'x,"{question}","{answer}",')):
        found = load_puzzles("sudoku", written(tmp_path, HEADER, *lines), skip_bad=True)
        assert found.puzzle.cells == (36 if how == "6x6" else 16)
        assert found.puzzle.is_valid(*as_grids(torch.cat((found.rows.given, found.rows.solution))))


def test_answers_may_lack_where_it_is_said_that_they_may(tmp_path: Path) -> None:
    several, asked = "." * 81, EASY
    for lines in (
        ("question", asked, several),
        (HEADER, f"x,{asked},{SOLUTION},3", f"x,{several},,"),
        (HEADER, f"x,{asked},,3", f"x,{several},,"),
    ):
        source = written(tmp_path, *lines)
        with pytest.raises(UserError):
            load_puzzles("sudoku", source)
        found = load_puzzles("sudoku", source, unanswered=True)
        rows = found.rows
        assert found.puzzle.decode(as_grids(rows.solution)[0]) == SOLUTION
        assert (rows.solution[1] == IGNORED).all()
    # What is there is checked all the same.
    wrong = written(tmp_path, HEADER, f"x,{asked},{SOLUTION[::-1]},3", f"x,{several},,")
    with pytest.raises(UserError, match="not a correct one"):
        load_puzzles("sudoku", wrong, unanswered=True)


@pytest.mark.parametrize("name", ["many.sdm", "many.txt", "MANY.SDM"])
def test_a_puzzle_on_each_line_has_the_answer_that_the_rule_finds(
    tmp_path: Path, name: str
) -> None:
    rated = f"0000183b305c {EASY.replace('.', '0')}  1.2"
    found = load_puzzles("sudoku", written(tmp_path, "# easy ones", EASY, rated, name=name))
    assert [found.puzzle.decode(grid) for grid in as_grids(found.rows.given)] == [EASY] * 2
    assert [found.puzzle.decode(grid) for grid in as_grids(found.rows.solution)] == [SOLUTION] * 2
    several = written(tmp_path, EASY, "." * 81, name="several.sdm")
    with pytest.raises(UserError, match=r"several\.sdm, line 2: .*has several solutions"):
        load_puzzles("sudoku", several)
    assert load_puzzles("sudoku", several, skip_bad=True).skipped == 1
    with pytest.raises(UserError, match=r"holds no puzzles$"):
        load_puzzles("sudoku", written(tmp_path, "# nothing", name="none.sdm"))
    with pytest.raises(UserError, match="no one answer"):
        load_puzzles("maze", written(tmp_path, "S#G######", name="maze.txt"))


def test_the_same_text_has_the_same_fingerprint_compressed_or_not(tmp_path: Path) -> None:
    plain = written(tmp_path, HEADER, GOOD)
    packed = tmp_path / "same.csv.gz"
    packed.write_bytes(gzip.compress(Path(plain).read_bytes()))
    marked = tmp_path / "other.csv"
    marked.write_text("\n".join((HEADER, GOOD, GOOD)))
    prints = [load_puzzles("sudoku", str(file)).fingerprint for file in (plain, packed, marked)]
    assert prints[0] == prints[1] != prints[2]
    assert len(prints[0]) == 64


def test_mazes_get_a_canvas_that_fits_or_the_one_that_is_asked_for(tmp_path: Path) -> None:
    source = written(tmp_path, "question,answer", "S#G   #  ,S#Gooo#  ", "S# G,S#oG")
    found = load_puzzles("maze", source)
    assert found.puzzle.cells == 9
    assert found.rows.given[1].tolist() == [3, 1, 0, 2, 4, 0, 0, 0, 0]
    assert found.rows.solution[1].tolist() == [3, 1, -100, 5, 4, -100, -100, -100, -100]
    wide = load_puzzles("maze", source, cells=36)
    assert wide.puzzle.cells == 36
    assert int((wide.rows.solution[0] == IGNORED).sum()) == 27
    with pytest.raises(UserError, match=r"line 2.*too large"):
        load_puzzles("maze", source, cells=4)
    longer = written(tmp_path, "question,answer", "SG  ,SGoo")
    with pytest.raises(UserError, match="not a correct one"):
        load_puzzles("maze", longer)
    cut = written(tmp_path, "question,answer", "S##G,S##G")
    with pytest.raises(UserError, match="no way leads from S to G"):
        load_puzzles("maze", cut)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"web,q{EASY[1:]},{SOLUTION},7", "line 3.*'q' in line 1, column 1"),
        (f"web,{EASY[1:]},{SOLUTION},7", "line 3.*80 cells are not a sudoku"),
        (f"web,{EASY},{SOLUTION[1:]},7", "line 3.*80 cells are not a sudoku"),
        (f"web,{EASY},{SOLUTION[::-1]},7", "line 3: the answer '9716.* is not a correct one"),
        (f"web,{EASY},{EASY},7", "line 3: the answer .* is not a correct one"),
        (f"web,55{EASY[2:]},{SOLUTION},7", "line 3: the question .* 5 is twice in row 1"),
        (f"web,{EASY},{SOLUTION}", "line 3: 3 values do not fit 4 columns"),
        (f"web,{EASY},{SOLUTION},7,8", "line 3: 5 values do not fit 4 columns"),
        (f"web,{EASY},{SOLUTION},hard", "line 3: rating 'hard' is not a number"),
        (f"web,{EASY},{SOLUTION},-inf", "line 3: rating '-inf' is not a number"),
        (f"web,{EASY},{SOLUTION},1e400", "line 3: rating '1e400' is not a number"),
        (f"web,{EASY},{SOLUTION},1_0", "line 3: rating '1_0' is not a number"),
        (f"web,{EASY},{SOLUTION[:-1]}\N{SUPERSCRIPT NINE},7", "line 3.*column 81"),
    ],
)
def test_a_bad_row_is_said_with_its_line_or_left_out_alone(
    tmp_path: Path, row: str, said: str
) -> None:
    source = written(tmp_path, HEADER, GOOD, row, OTHER)
    with pytest.raises(UserError, match=said) as error:
        load_puzzles("sudoku", source)
    assert source in str(error.value)
    found = load_puzzles("sudoku", source, skip_bad=True)
    assert (len(found.rows), found.skipped) == (2, 1)
    assert found.ratings[0] == 7
    assert math.isnan(found.ratings[1])
    with pytest.raises(UserError, match="no good row: all 1 were left out"):
        load_puzzles("sudoku", written(tmp_path, HEADER, row), skip_bad=True)


def test_the_first_bad_row_is_the_one_that_is_said(tmp_path: Path) -> None:
    rows = [GOOD, f"web,{EASY},{EASY},1", GOOD, "web,x,y,z", "web"]
    with pytest.raises(UserError, match="line 3:"):
        load_puzzles("sudoku", written(tmp_path, HEADER, *rows))
    assert load_puzzles("sudoku", written(tmp_path, HEADER, *rows), skip_bad=True).skipped == 3


def test_bad_rows_of_a_later_chunk_keep_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK", 3)
    rows = [GOOD] * 7 + [OTHER.replace("web", "net"), "web", GOOD]
    with pytest.raises(UserError, match="line 10: 1 values"):
        load_puzzles("sudoku", written(tmp_path, HEADER, *rows))
    found = load_puzzles("sudoku", written(tmp_path, HEADER, *rows), skip_bad=True)
    assert (len(found.rows), found.skipped) == (9, 1)
    assert found.ratings.isnan().nonzero().tolist() == [[7]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "there is no column question or answer"),
        (b"question,answer\n", "holds no puzzles"),
        (b"question,reply\n", "line 1: there is no column answer"),
        (b"question,answer\n\xff\xfe", "puzzles.csv is no text: give a text file"),
        (b"question,answer\n\x00\x01", "puzzles.csv is no text: give a text file"),
        ("question,answer\n".encode("utf-16-le"), "puzzles.csv is no text: give a text file"),
        (b'question,answer\n"' + EASY.encode(), "line"),
        (b"question,answer\n" + b"." * 200_000, "line 2: more than 100000 characters"),
    ],
)
def test_what_is_no_file_of_puzzles_is_refused_whether_rows_may_be_skipped_or_not(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "puzzles.csv"
    file.write_bytes(content)
    for skip in (False, True):
        with pytest.raises(UserError, match=said):
            load_puzzles("sudoku", str(file), skip_bad=skip)


def test_damaged_archives_are_said(tmp_path: Path) -> None:
    packed = gzip.compress("\n".join((HEADER, *[GOOD] * 50)).encode())
    file = tmp_path / "puzzles.csv.gz"
    for content, said in (
        (packed[:-30], "is cut off"),
        (packed[:20] + b"\xff\xff\xff" + packed[23:], "cannot read"),
        (b"no archive", "cannot read.*[Nn]ot a gzip"),
        (b"", "no column question"),
    ):
        file.write_bytes(content)
        with pytest.raises(UserError, match=said):
            load_puzzles("sudoku", str(file), skip_bad=True)


def test_more_than_fits_in_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_CELLS", 2 * 81)
    assert len(load_puzzles("sudoku", written(tmp_path, HEADER, GOOD, GOOD)).rows) == 2
    with pytest.raises(UserError, match="more than 2 puzzles"):
        load_puzzles("sudoku", written(tmp_path, HEADER, GOOD, GOOD, GOOD))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.binary() | st.lists(st.sampled_from([GOOD, EASY, ",", '"', "\n"])))
def test_nothing_in_a_file_raises_anything_but_a_user_error(
    tmp_path: Path, content: str | bytes | list[str]
) -> None:
    file = tmp_path / "any.csv"
    text = "".join(content) if isinstance(content, list) else content
    body = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    for header in (b"", HEADER.encode() + b"\n"):
        file.write_bytes(header + body)
        for kind in ("sudoku", "maze"):
            with suppress(UserError):
                assert len(load_puzzles(kind, str(file), skip_bad=True).rows)


def test_what_is_written_is_read_back_and_the_same_rows_give_the_same_bytes(
    tmp_path: Path,
) -> None:
    rows = [Row(EASY, SOLUTION, 7.5, 'a, "b"'), Row(SOLUTION, SOLUTION)]
    for name in ("a.csv", "a.csv.gz"):
        save_puzzles(tmp_path / name, rows)
        found = load_puzzles("sudoku", str(tmp_path / name))
        assert found.ratings[0] == 7.5
        assert found.ratings[1].isnan()
        assert found.puzzle.decode(as_grids(found.rows.given)[0]) == EASY
    save_puzzles(tmp_path / "b.csv.gz", rows)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.csv", "a.csv.gz", "b.csv.gz"]
    save_puzzles(tmp_path / "new" / "a.csv", rows)
    assert (tmp_path / "new" / "a.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    save_puzzles(file, [Row(EASY, SOLUTION)])
    before = file.read_bytes()

    def failing() -> Iterator[Row]:
        yield Row(EASY, SOLUTION)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_puzzles(file, failing())
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """A hub that holds one data set, and what it was asked for."""
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    asked: list[tuple[str, str, str]] = []

    def fetched(name: str, file: str, *, repo_type: str) -> str:
        asked.append((name, file, repo_type))
        if name.startswith("-"):
            raise HFValidationError("Repo id must use alphanumeric chars")
        if name != "sapientinc/sudoku-extreme":
            raise LocalEntryNotFoundError("Please check your connection\nand so on")
        return written(tmp_path, HEADER, GOOD, name=file)

    monkeypatch.setattr("huggingface_hub.hf_hub_download", fetched)
    return asked


def test_the_hubs_data_sets_are_read_by_name(hub: list[tuple[str, str, str]]) -> None:
    train = load_puzzles("sudoku", "sapientinc/sudoku-extreme")
    test = load_puzzles("sudoku", "sapientinc/sudoku-extreme:test")
    assert [found.source for found in (train, test)] == [
        "sapientinc/sudoku-extreme:train",
        "sapientinc/sudoku-extreme:test",
    ]
    assert hub == [
        ("sapientinc/sudoku-extreme", "train.csv", "dataset"),
        ("sapientinc/sudoku-extreme", "test.csv", "dataset"),
    ]
    assert len(train.rows) == 1


def test_an_unreachable_hub_is_said_in_one_sentence(hub: list[tuple[str, str, str]]) -> None:
    with pytest.raises(UserError, match=r"Please check your connection$"):
        load_puzzles("sudoku", "nobody/nothing")
    with pytest.raises(UserError, match="is no name of a data set"):
        load_puzzles("sudoku", "-no/name")
    with pytest.raises(UserError, match="no part 'dev': choose train or test"):
        load_puzzles("sudoku", "sapientinc/sudoku-extreme:dev")
    assert len(hub) == 2


@pytest.mark.parametrize("source", ["nowhere.csv", "", ".", "a/b.csv", "nowhere", "a/b/c"])
def test_a_file_that_is_not_there_is_said(source: str) -> None:
    with pytest.raises(UserError, match=r"there is no file|is not a file"):
        load_puzzles("sudoku", source)


@pytest.mark.skipif("HRMKIT_PUZZLES" not in os.environ, reason="HRMKIT_PUZZLES names no folder")
def test_the_benchmarks_are_read() -> None:
    folder = Path(os.environ["HRMKIT_PUZZLES"])
    for kind, name, rows in (
        ("sudoku", "train", 1000),
        ("sudoku", "dev", 2000),
        ("maze", "dev", 200),
    ):
        found = load_puzzles(kind, str(folder / kind / f"{name}.csv.gz"))
        assert len(found.rows) == rows
        assert np.isfinite(found.ratings.numpy()).all()
        assert not (found.rows.solution == IGNORED).any()
