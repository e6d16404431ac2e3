"""Files that people name: what is written where, what is refused before the work, what is kept."""

from __future__ import annotations

import os
import resource
import shutil
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import hrmkit
from hrmkit import writing
from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row, load_puzzles
from hrmkit.puzzles.making import WorkShare, make
from hrmkit.writing import append, check_folder, check_target, deliver, whole, write

EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SOLUTION = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"


def hrmkit_in_this_process(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@contextmanager
def no_file_larger_than(size: int) -> Generator[None]:
    """As near to a full disk as a test can come without one of its own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "file"
    write(path, "first")
    path.chmod(0o640)
    write(path, b"second")
    assert path.read_bytes() == b"second"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(path.parent) == ["file"]


def test_a_model_may_be_read_by_whoever_may_read_other_files(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    hrmkit.save(hrmkit.assemble(step=1), tmp_path / "model")
    modes = {path.stat().st_mode for path in (tmp_path / "model").iterdir()}
    assert modes == {(tmp_path / "other").stat().st_mode}


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed(tmp_path: Path, there: bool) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "file", tmp_path / "link"
    link.symlink_to(Path("far") / "file")
    if there:
        target.write_text("old")
    write(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    append(link, ", and more")
    assert target.read_text() == "new, and more"
    assert os.listdir(tmp_path / "far") == ["file"]


def folder(path: Path) -> None:
    path.mkdir()


def device(path: Path) -> None:
    path.symlink_to("/dev/null")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def listening(path: Path) -> None:
    here = Path.cwd()
    try:
        os.chdir(path.parent)  # a socket's name may not be long
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


@pytest.mark.parametrize(
    ("put", "reason"),
    [
        (folder, "it is a folder"),
        (os.mkfifo, "it is a pipe"),
        (listening, "it is a socket"),
        (device, "it is a device"),
        (loop, "Too many levels of symbolic links"),
    ],
)
def test_only_files_are_written_to(
    tmp_path: Path, put: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "out"
    put(path)
    before = path.lstat()
    for attempt in (check_target, lambda path: write(path, "x"), lambda path: append(path, "x")):
        with pytest.raises(UserError, match=rf"cannot write {path} \({reason}"):
            attempt(path)
    after = path.lstat()
    assert (after.st_mode, after.st_ino) == (before.st_mode, before.st_ino)
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x" * 256, "File name too long"),
        ("x" * 5000, "File name too long"),
        ("file/in/a/file", "Not a directory"),
        ("with\0zero", "zero byte"),
        ("", "it is a folder"),
    ],
)
def test_places_that_cannot_be_are_said_at_once(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    for attempt in (check_target, lambda path: write(path, "x"), lambda path: append(path, "x")):
        with pytest.raises(UserError, match=reason):
            attempt(tmp_path / name)
    assert os.listdir(tmp_path) == ["file"]


def test_the_longest_name_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".csv")
    check_target(path)
    write(path, "content")
    assert path.read_text() == "content"


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests may run as root, whom nothing is protected from.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    path = tmp_path / "kept"
    path.write_text("precious")
    with pytest.raises(UserError, match="it is write-protected"):
        check_target(path)
    with pytest.raises(UserError, match="it is write-protected"):
        write(path, "other")
    assert path.read_text() == "precious"


def test_a_full_disk_is_seen_before_the_work(tmp_path: Path) -> None:
    with no_file_larger_than(writing.PROBE - 1):
        for check in (check_target, lambda path: check_folder(path.parent)):
            with pytest.raises(UserError, match="File too large"):
                check(tmp_path / "new" / "file")
        with pytest.raises(UserError, match="File too large"):
            write(tmp_path / "new" / "file", bytes(writing.PROBE))
    assert os.listdir(tmp_path) == []
    with pytest.raises(UserError, match=r" are free, and about 4\.6 EB are needed"):
        check_target(tmp_path / "file", 2**62)


def test_little_room_is_said_in_units_that_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: (2**20, 2**20, 0))
    with pytest.raises(UserError, match=r"0 bytes are free, and about 4\.1 kB are needed"):
        check_target(tmp_path / "new" / "file")
    assert os.listdir(tmp_path) == []


def test_a_disk_that_fills_up_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with no_file_larger_than(100), pytest.raises(UserError, match="File too large"):
        write(path, "x" * 1000)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_what_is_raised_meanwhile_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def half() -> None:
        with whole(path) as partial:
            partial.write_text("half")
            raise ValueError("a defect")

    with pytest.raises(ValueError, match="a defect"):
        half()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_work_that_cannot_be_written_to_its_place_is_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    path.mkdir()
    with pytest.raises(UserError) as said:
        deliver(path, "much work")
    (kept,) = (tmp_path / "data" / "rescued").iterdir()
    assert kept.read_text() == "much work"
    assert kept.name.endswith("-out.csv")
    assert f"it is a folder): what was made is in {kept}" in str(said.value)
    monkeypatch.setattr(writing, "refuges", lambda: [Path("/dev/null/x"), Path("/proc")])
    with pytest.raises(
        UserError, match=r"it could not be kept elsewhere either \(/dev/null/x, /proc\)"
    ):
        deliver(path, "much work")


def test_puzzles_that_cannot_be_written_are_not_lost(tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"

    def work(share: WorkShare) -> list[Row]:
        train.mkdir(exist_ok=True)  # somebody else is faster
        given = EASY if share.part else SOLUTION[:80] + "."
        return [Row(given, SOLUTION)]

    with pytest.raises(UserError, match="what was made is in") as said:
        make(work, [(train, 1), (test, 1)], 0, 1, 1, lambda *_: None)
    (kept,) = (tmp_path / "data" / "rescued").iterdir()
    assert str(kept) in str(said.value)
    for path, given in ((kept, SOLUTION[:80] + "."), (test, EASY)):
        found = load_puzzles("sudoku", str(path))
        assert found.puzzle.decode(tuple(found.rows.given[0].tolist())) == given


# If the place were looked at last, each of these would take hours.
LONG = {
    "sudoku": ("data", "sudoku", "--count", "1000000", "--out"),
    "test": ("data", "maze", "--count", "1000000", "--out", "train.csv", "--test-out"),
    "story": ("record", "key-door", "--seeds", "20", "--out"),
    "tables": ("study", "key-door", "--seeds", "20", "--out"),
    "ladder": ("ladder", "--seeds", "20", "--out"),
    "site": ("site", "--out"),
    "thought": ("solve", "sudoku", EASY, "--record"),
}


@pytest.mark.parametrize("verb", LONG)
@pytest.mark.parametrize("place", ["/proc/x.csv", "pipe.csv", "file/x.csv"])
def test_every_verb_looks_at_the_place_first(
    verb: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.csv")
    Path("file").touch()
    said = hrmkit_in_this_process(*LONG[verb], place)
    assert said.exit_code == 2, said.output
    assert said.stderr.startswith("error: ")
    assert place in said.stderr
    assert len(said.stderr.splitlines()) == 1
    assert Path("pipe.csv").is_fifo()


# What each would replace: its own kind of file may go, a file of somebody's own may not.
REPLACED = {
    "sudoku": "own.csv",
    "test": "own.csv.gz",
    "story": "own.hrm.json.gz",
    "tables": "own.md",
    "thought": "own.txt",
    "page": "own.html",
}


@pytest.mark.parametrize("verb", REPLACED)
@pytest.mark.parametrize("content", [b"name,wage\nanna,3\n", b"\x1f\x8bnot packed"])
def test_no_verb_replaces_what_it_did_not_write(
    verb: str, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = Path(REPLACED[verb])
    own.write_bytes(content)
    said = hrmkit_in_this_process(*(LONG | {"page": ("site", "--single")})[verb], own)
    assert said.exit_code == 2, said.output
    assert f"{own} is there and is not " in said.stderr
    assert own.read_bytes() == content


def test_a_study_does_not_replace_what_lies_beside_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("package.json").write_text('{"name": "mine"}')
    said = hrmkit_in_this_process("study", "key-door", "--seeds", "1", "--out", "package.md")
    assert (said.exit_code, "package.json is there and is not" in said.stderr) == (2, True)
    assert Path("package.json").read_text() == '{"name": "mine"}'


def test_a_ladder_does_not_replace_what_it_did_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ladder.md").write_text("my notes")
    said = hrmkit_in_this_process("ladder", "--seeds", "1", "--out", ".")
    assert (said.exit_code, "ladder.md is not by hrmkit ladder" in said.stderr) == (2, True)
    assert Path("ladder.md").read_text() == "my notes"


def test_a_page_ends_in_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = hrmkit_in_this_process("site", "--single", "mine.hrm.json.gz")
    assert (said.exit_code, "let it end in .html" in said.stderr) == (2, True)


def test_what_was_written_before_may_be_replaced(tmp_path: Path) -> None:
    out, test = tmp_path / "x.csv.gz", tmp_path / "y.csv"
    for _ in range(2):
        said = hrmkit_in_this_process(
            *("data", "sudoku", "--blanks", "1-2", "--count", "2", "--out", out, "--test-out", test)
        )
        assert said.exit_code == 0, said.output


@pytest.mark.parametrize(
    "verb",
    [
        ("record", "key-door", "--out", "x.hrm.json.gz"),
        ("studio",),
        ("site",),
        ("study", "key-door"),
    ],
)
def test_a_data_folder_that_takes_nothing_is_said_before_the_training(
    verb: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HRMKIT_DATA", "/proc")
    said = hrmkit_in_this_process(*verb)
    assert said.exit_code == 2, said.output
    assert "cannot write /proc" in said.stderr


@pytest.mark.parametrize("call", [("site", "--out", "out/site"), ("studio",)])
def test_what_has_no_room_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    with no_file_larger_than(writing.PROBE - 1):
        said = hrmkit_in_this_process(*call)
    assert (said.exit_code, "File too large" in said.stderr) == (2, True)
    assert {path.name for path in tmp_path.rglob("*")} <= {"data"}


def test_a_recording_goes_where_the_link_says(tmp_path: Path) -> None:
    target, link = tmp_path / "far.hrm.json.gz", tmp_path / "link"
    link.symlink_to(target)
    said = hrmkit_in_this_process("solve", "sudoku", EASY, "--record", link)
    assert said.exit_code == 0, said.output
    assert link.is_symlink()
    assert hrmkit.load_recording(target).kind == "thought"
