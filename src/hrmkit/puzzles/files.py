"""Puzzles in files: CSV with the columns source, question, answer, rating, as the hub's are.

Only question and answer have to be there, which may also be called puzzle and solution, or quizzes
and solutions; for what needs no answers, only the question. A file that ends in .sdm or .txt has a
puzzle on each line, and no answers: these are found by rule. Files that end in .gz are compressed.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from itertools import islice
from math import isinf, isnan, nan
from pathlib import Path
from typing import IO, Protocol, cast, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import IGNORED, SEVERAL, Grid, Labelled, Puzzle, PuzzleSet
from hrmkit.puzzles.registry import definition_of
from hrmkit.puzzles.text import check_text, no_text
from hrmkit.writing import check_own, check_target, deliver

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

COLUMNS = ("source", "question", "answer", "rating")
NEEDED = ("question", "answer")
CALLED = {
    **dict.fromkeys(("puzzle", "puzzles", "quiz", "quizzes", "questions"), "question"),
    **dict.fromkeys(("solution", "solutions", "answers"), "answer"),
    "difficulty": "rating",
}
"""What else columns are called."""
PLAIN = (".sdm", ".txt", ".sdm.gz", ".txt.gz")
"""How names of files end that have a puzzle on each line, and no answers."""
SPLITS = ("train", "test")
MOST_CELLS = 400_000_000
"""Of the puzzles of one file: 3.2 GB of tokens, and as much again of answers. All of
Sudoku-Extreme's training set is 310 million."""
LONGEST_LINE = 100_000
"""Characters; a row of the largest puzzle has 2000."""
ROW_BYTES = 100
"""About what a made puzzle takes, compressed."""
CHUNK = 20_000
"""Rows that are read and checked at a time."""


@dataclass(frozen=True)
class Row:
    """A puzzle as a file holds it."""

    question: str
    answer: str
    rating: float = nan
    source: str = ""


@runtime_checkable
class InBulk(Protocol):
    """A puzzle that reads and checks many rows at once; others are asked row by row."""

    def encode_many(self, texts: list[str]) -> tuple[Ints, Bools]:
        """Grids int64 [n, cells], and which texts could be read: `encode` says of the others."""
        ...

    def are_valid(self, given: Ints, answer: Ints) -> Bools:
        """`Puzzle.is_valid` for each row of int64 [n, cells] arrays."""
        ...


@dataclass(frozen=True)
class _Line:
    """A row as it was read."""

    number: int
    """The file's line, from 1."""
    question: str
    answer: str | None
    """None where the file says none, and the rule of the puzzle has to."""
    rating: str
    flaw: str = ""
    """What is wrong with the row, before its puzzle is looked at."""


@dataclass
class _Read:
    """Rows that have been read so far."""

    given: list[Ints] = field(default_factory=list[Ints])
    answer: list[Ints] = field(default_factory=list[Ints])
    ratings: list[NDArray[np.float64]] = field(default_factory=list[NDArray[np.float64]])
    skipped: int = 0


def load_puzzles(
    name: str,
    source: str,
    skip_bad: bool = False,
    cells: int | None = None,
    larger: bool = False,
    unanswered: bool = False,
) -> Labelled:
    """The puzzles of kind `name` (see `puzzle_of`) in `source`, in the order of the file.

    `source` is a CSV file (.csv or .csv.gz), a file with a puzzle on each line (.sdm, .txt), or a
    data set on the hub. Of a data set, owner/name means the training rows and owner/name:test the
    others. `cells` is the size of the canvas; the file's first rows say it where it is not given,
    and where they need a `larger` one, if that may be. Raises `UserError` if the source cannot be
    read, and, with its line, for a row that is malformed or has a wrong answer. `skip_bad` leaves
    such rows out instead. With `unanswered`, a CSV file may lack answers, all or some: the rule of
    the puzzle finds them, and where it finds none, nothing of the answer is known (`IGNORED`).
    """
    path, said = _located(source)
    kind = definition_of(name)
    digest = hashlib.sha256()
    read = _Read()
    puzzle: Puzzle | None = None
    with _opened(path, said) as text:
        lines = _lines(text, said, digest.update)
        plain = path.name.lower().endswith(PLAIN)
        rows = _puzzles(lines) if plain else _rows(lines, said, unanswered)
        while chunk := list(islice(rows, CHUNK)):
            if puzzle is None:
                canvas = cells
                if canvas is None or larger:
                    needed = kind.canvas([row.question for row in chunk])
                    canvas = max(canvas or 0, needed or 0) or None
                puzzle = kind.make(canvas)
            _take(read, puzzle, chunk, said, skip_bad, unanswered)
    if puzzle is None:
        raise UserError(f"{said} holds no puzzles" + ("" if plain else ", only its columns"))
    if not any(map(len, read.given)):
        raise UserError(f"{said} holds no good row: all {read.skipped} were left out")
    answers = torch.from_numpy(np.concatenate(read.answer))
    answers[answers == 0] = IGNORED
    given = torch.from_numpy(np.concatenate(read.given))
    return Labelled(
        puzzle,
        PuzzleSet(given, answers, torch.zeros(len(given), dtype=torch.int64)),
        torch.from_numpy(np.concatenate(read.ratings)),
        said,
        digest.hexdigest(),
        read.skipped,
    )


def save_puzzles(path: Path, rows: Iterable[Row]) -> None:
    """Write `rows` to `path`, compressed if it ends in .gz; `UserError` if it cannot be.

    The same rows give the same bytes. See `writing.deliver` for what is where when that fails.
    """
    raw = BytesIO()
    if path.suffix == ".gz":
        with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
            _write(cast("IO[bytes]", packed), rows)
    else:
        _write(raw, rows)
    deliver(path, raw.getvalue())


def check_writable(path: Path, count: int) -> None:
    """Refuse, with a `UserError`, where `count` puzzles could not be written, before the work."""
    if not path.name.endswith((".csv", ".csv.gz")):
        raise UserError(f"{path} is no name for puzzles: let it end in .csv or .csv.gz")
    check_target(path, count * ROW_BYTES)
    check_own(path, "a file of puzzles", lambda text: text.startswith(",".join(COLUMNS) + "\n"))


def _write(out: IO[bytes], rows: Iterable[Row]) -> None:
    """The header and the rows."""

    text = TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        rating = "" if isnan(row.rating) else f"{row.rating:g}"
        writer.writerow((row.source, row.question, row.answer, rating))
    text.flush()
    text.detach()  # or it would close the file below it


def _located(source: str) -> tuple[Path, str]:
    """The file that `source` says, and what to call it."""
    path = Path(source)
    if os.path.isfile(path):
        return path, source
    named = re.fullmatch(r"([\w.-]+/[\w.-]+?)(?::(\w+))?", source)
    if os.path.exists(path):
        raise UserError(f"{source} is not a file: give a .csv or .csv.gz file")
    here = source.partition("/")[0]
    if named is None or source.endswith((".csv", ".gz", *PLAIN)) or os.path.isdir(here):
        raise UserError(
            f"there is no file {source}: give a .csv or .csv.gz file, "
            "or a data set on the hub as owner/name or owner/name:test"
        )
    owner, split = named[1], named[2] or SPLITS[0]
    if split not in SPLITS:
        raise UserError(f"{source!r} has no part {split!r}: choose {' or '.join(SPLITS)}")
    return _downloaded(owner, f"{split}.csv"), f"{owner}:{split}"


def _downloaded(name: str, file: str) -> Path:
    """A file of a data set on the hub, fetched or from the hub's own cache."""
    from huggingface_hub import (  # its types leave tqdm open
        hf_hub_download,  # pyright: ignore[reportUnknownVariableType]
    )
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(name, file, repo_type="dataset"))
    except HFValidationError as error:
        raise UserError(f"{name!r} is no name of a data set on the hub: {error}") from None
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UserError(
            f"cannot fetch {file} of the data set {name} from the hub (there is no file {name}"
            f" either): {first}"
        ) from None


@contextmanager
def _opened(path: Path, said: str) -> Generator[IO[str]]:
    """A file's text; whatever turns out wrong with the file is a `UserError`."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
                yield cast("IO[str]", text)
        else:
            with path.open(encoding="utf-8-sig", newline="") as text:
                yield text
    except UnicodeDecodeError:
        raise no_text(said) from None
    except EOFError:
        raise UserError(f"{said} is cut off: copy or fetch it again") from None
    except (OSError, zlib.error) as error:
        raise UserError(f"cannot read {said}: {error}") from None


def _lines(text: IO[str], said: str, seen: Callable[[bytes], None]) -> Iterator[str]:
    """The file's lines, none of them endless; `seen` is called with the bytes of each."""
    number = 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UserError(
                f"{said}, line {number}: more than {LONGEST_LINE} characters are no puzzle"
            )
        check_text(line, said)
        seen(line.encode())
        yield line


def _rows(lines: Iterator[str], said: str, unanswered: bool) -> Iterator[_Line]:
    """The rows of the file, good or bad; empty lines are left out."""
    reader = csv.reader(lines, strict=True)
    nothing: list[str] = []
    try:
        header = [name.strip().lower() for name in next(reader, nothing)]
        header = [CALLED.get(name, name) for name in header]
        needed = NEEDED[:1] if unanswered else NEEDED
        lacking = [name for name in needed if name not in header]
        if lacking:
            raise UserError(
                f"{said}, line 1: there is no column {' or '.join(lacking)}: "
                f"the first line names the columns, {','.join(COLUMNS)}"
            )
        question = header.index("question")
        answer, rating = (
            header.index(name) if name in header else None for name in ("answer", "rating")
        )
        for row in reader:
            if len(row) == len(header):
                rated = "" if rating is None else row[rating]
                said_answer = None if answer is None else row[answer]
                if unanswered and not said_answer:
                    said_answer = None
                yield _Line(reader.line_num, row[question], said_answer, rated)
            elif row:
                reason = f"{len(row)} values do not fit {len(header)} columns"
                yield _Line(reader.line_num, "", "", "", reason)
    except csv.Error as error:
        raise UserError(f"{said}, line {reader.line_num}: {error}") from None


def _puzzles(lines: Iterator[str]) -> Iterator[_Line]:
    """The puzzles of a file without answers, one on each line; comments are left out."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            yield _Line(number, line.strip("\r\n"), None, "")


def _take(
    read: _Read,
    puzzle: Puzzle,
    rows: list[_Line],
    said: str,
    skip_bad: bool,
    unanswered: bool,
) -> None:
    """Read and check a chunk of rows; the first bad one is a `UserError`, or all are counted."""
    flaws = {at: row.flaw for at, row in enumerate(rows) if row.flaw}
    given = _grids(puzzle, [row.question for row in rows], flaws)
    answer = _answers(puzzle, rows, given, flaws, unanswered)
    ratings = np.array([_rating(row.rating, at, flaws) for at, row in enumerate(rows)])
    good = np.array([at not in flaws for at in range(len(rows))])
    # What no answer is known of is good; of the others the answer is checked.
    (read_well,) = np.nonzero(good & answer.any(1)) if unanswered else np.nonzero(good)
    good[read_well] = _valid(puzzle, given[read_well], answer[read_well])
    if not skip_bad and not good.all():
        at = int(good.argmin())
        reason = flaws.get(at) or _why(puzzle, tuple(given[at].tolist()), rows[at])
        raise UserError(f"{said}, line {rows[at].number}: {reason}")
    read.skipped += int((~good).sum())
    read.given.append(given[good])
    read.answer.append(answer[good])
    read.ratings.append(ratings[good])
    if sum(map(len, read.given)) * puzzle.cells > MOST_CELLS:
        raise UserError(
            f"{said} holds more than {MOST_CELLS // puzzle.cells} puzzles: "
            "split it into files that fit in memory"
        )


def _grids(puzzle: Puzzle, texts: list[str], flaws: dict[int, str]) -> Ints:
    """The grids of `texts`, int64 [n, cells]; what is wrong with others is noted in `flaws`."""
    if isinstance(puzzle, InBulk):
        grids, read = puzzle.encode_many(texts)
    else:
        grids = np.zeros((len(texts), puzzle.cells), np.int64)
        read = np.zeros(len(texts), np.bool_)
    for at in np.flatnonzero(~read).tolist():
        if at in flaws:
            continue
        try:
            grids[at] = _checked(puzzle, puzzle.encode(texts[at]))
        except UserError as error:
            flaws[at] = f"{shortened(texts[at])} cannot be read: {error}"
    return grids


def _answers(
    puzzle: Puzzle, rows: list[_Line], given: Ints, flaws: dict[int, str], unanswered: bool
) -> Ints:
    """The answers of `rows`, int64 [n, cells]; found by rule where the file says none.

    With `unanswered`, all 0 where no rule finds the one answer of a question that may have some.
    """
    asked = [at for at, row in enumerate(rows) if row.answer is None]
    texts = [row.question if row.answer is None else row.answer for row in rows]
    found = _grids(puzzle, texts, flaws)
    for at in asked:
        if at in flaws:
            continue
        grid: Grid = tuple(given[at].tolist())
        solution = puzzle.solution(grid)
        if solution is not None:
            found[at] = solution
            continue
        found[at] = 0
        flaw = puzzle.flaw(grid)
        if not unanswered or (flaw and SEVERAL not in flaw):
            why = flaw or "no rule finds one"
            flaws[at] = f"the question {shortened(rows[at].question)} has no one answer: {why}"
    return found


def _checked(puzzle: Puzzle, grid: Grid) -> Grid:
    """`grid`, if it is one of the puzzle's."""
    if len(grid) != puzzle.cells or not all(0 <= token < puzzle.vocab for token in grid):
        raise UserError(
            f"{puzzle.name}'s encode gave {len(grid)} tokens from {min(grid, default=0)} to "
            f"{max(grid, default=0)}: let it give {puzzle.cells} from 0 to {puzzle.vocab - 1}"
        )
    return grid


def _rating(text: str, at: int, flaws: dict[int, str]) -> float:
    """A row's rating, NaN where it has none; what is no number is noted in `flaws`."""
    try:
        rating = float(text or nan)
        if isinf(rating) or "_" in text:  # which Python takes for a number
            raise ValueError
    except ValueError:
        flaws.setdefault(at, f"rating {shortened(text)} is not a number")
        return nan
    return rating


def _valid(puzzle: Puzzle, given: Ints, answer: Ints) -> Bools:
    """Whether each answer is correct: bool [n]."""
    if isinstance(puzzle, InBulk):
        return puzzle.are_valid(given, answer)
    pairs = zip(given.tolist(), answer.tolist(), strict=True)
    return np.array(
        [puzzle.is_valid(tuple(grid), tuple(right), tuple(right)) for grid, right in pairs],
        np.bool_,
    )


def _why(puzzle: Puzzle, given: Grid, row: _Line) -> str:
    """Why an answer is not correct."""
    flaw = puzzle.flaw(given)
    if flaw:
        return f"the question {shortened(row.question)} has no answer: {flaw}"
    return (
        f"the answer {shortened(row.answer or '')} is not a correct one of the question "
        f"{shortened(row.question)}"
    )


def shortened(text: str, most: int = 90) -> str:
    """`text` in quotes, its middle left out where it is long."""
    return repr(text if len(text) <= most else f"{text[: most - 23]}...{text[-20:]}")
