"""An attempt at the record: every setting in one file, one command, in pieces that can be resumed.

    python bench/speedrun/run.py bench/speedrun/sudoku-easy.toml [--minutes 10]
    python bench/speedrun/run.py bench/speedrun/sudoku-extreme.toml --train FILE --test FILE

makes the puzzles that are not there yet, begins the run or goes on with it, and ends when the run
is over, when all marks are reached, or after this piece's minutes. A mark is a share of the test's
puzzles that are exact; it is reached at the first evaluation that says so, and what counts is the
time of training until then (see `Run.seconds`), in all pieces together.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hrmkit.cli.script import run_script
from hrmkit.device import choose_device
from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row, load_puzzles, save_puzzles
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.runs.console import Console
from hrmkit.runs.fit import run_plan
from hrmkit.runs.folder import RunFolder
from hrmkit.runs.plan import plan_of
from hrmkit.runs.run import Run, RunOptions, Status

PARTS = ("train", "test")


@dataclass(frozen=True)
class Published:
    """Training puzzles of a published set: those rated `rating` at most, `times` times each."""

    source: str
    rating: float
    times: int

    def rows(self, puzzle: str) -> list[Row]:
        """Read them; `source` is a file, or a name on the hub."""
        found = load_puzzles(puzzle, self.source)
        parts = as_grids(found.rows.given), as_grids(found.rows.solution), found.ratings.tolist()
        write = found.puzzle.decode
        return self.times * [
            Row(write(given), write(answer), rating, Path(self.source).name)
            for given, answer, rating in zip(*parts, strict=True)
            if rating <= self.rating
        ]


@dataclass(frozen=True)
class Attempt:
    """What a file of settings says."""

    name: str
    puzzle: str
    preset: str
    seed: int
    marks: tuple[float, ...]
    until: str
    """When it ends: at the last mark (marks), or at the end of the run (end)."""
    settings: dict[str, Any]
    options: RunOptions
    threads: int | None
    compiled: bool
    train: str
    test: str
    init_from: str | None
    """A trained model to begin with."""
    canvas: int | None
    """Cells of a side of the canvas, where puzzles are of several sizes."""
    make: tuple[str, ...]
    """Arguments of `hrmkit data PUZZLE`: their puzzles together are the train and test files."""
    take: tuple[int, ...]
    """Of each of these files the first so many puzzles to train on; all, if it is empty."""
    published: Published | None
    """Puzzles to train on beside them."""


def read(path: Path) -> Attempt:
    """The attempt in a TOML file; `UserError` if it says less or more than that."""
    try:
        said = tomllib.loads(path.read_text())
        data, options = said.pop("data"), said.pop("options", {})
        return Attempt(
            name=path.stem,
            marks=tuple(said.pop("marks")),
            options=RunOptions(**options),
            threads=said.pop("threads", None),
            compiled=said.pop("compile", False),
            init_from=said.pop("init_from", None),
            canvas=said.pop("canvas", None),
            train=data["train"],
            test=data["test"],
            make=tuple(data.get("make", ())),
            take=tuple(data.get("take", ())),
            published=Published(**data["published"]) if "published" in data else None,
            **said,
        )
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    except KeyError as error:
        raise UserError(f"{path} is no file of settings for a run: {error} is missing") from None
    except RecursionError:
        raise UserError(f"{path} is no file of settings for a run: it is too deep") from None
    except (ValueError, TypeError) as error:  # no TOML, no text, or other settings
        raise UserError(f"{path} is no file of settings for a run: {error}") from None


def made(attempt: Attempt, folder: Path) -> tuple[str, str]:
    """Where the puzzles to train and to test on are; made if they are to be, and are not there."""
    if not attempt.make:
        return attempt.train, attempt.test
    files = [folder / name for name in (attempt.train, attempt.test)]
    if not all(path.is_file() for path in files):
        folder.mkdir(parents=True, exist_ok=True)
        parts: list[list[Path]] = []
        for number, arguments in enumerate(attempt.make):
            parts.append([folder / f"{which}-{number}.csv.gz" for which in PARTS])
            if all(path.is_file() for path in parts[-1]):
                continue  # made before it was interrupted
            train, test = map(str, parts[-1])
            verb = [sys.executable, "-m", "hrmkit", "data", attempt.puzzle, *arguments.split()]
            subprocess.run([*verb, "--out", train, "--test-out", test], check=True)
        train, test = ([rows_of(path) for path in which] for which in zip(*parts, strict=True))
        for rows, most in zip(train, attempt.take, strict=False):
            del rows[most:]
        if attempt.published:
            train.append(attempt.published.rows(attempt.puzzle))
        for path, together in zip(files, (train, test), strict=True):
            save_puzzles(path, [row for rows in together for row in rows])
    return str(files[0]), str(files[1])


def rows_of(path: Path) -> list[Row]:
    """The rows of a file of puzzles."""
    with gzip.open(path, "rt", newline="") as file:
        return [
            Row(row["question"], row["answer"], float(row["rating"]), row["source"])
            for row in csv.DictReader(file)
        ]


def reached(folder: RunFolder, marks: Iterable[float]) -> dict[float, dict[str, Any]]:
    """The first evaluation of a run at or above each mark, where there is one."""
    found: dict[float, dict[str, Any]] = {}
    for line in folder.lines():
        for mark in marks:
            if line["kind"] == "evaluation" and line["exact"] >= mark:
                found.setdefault(mark, line)
    return found


def attempt_piece(
    attempt: Attempt, out: Path, minutes: float, device: str, measure_with: str | None = None
) -> str:
    """Begin the attempt in `out` or go on with it, for so long; returns why the piece ended.

    `measure_with`: a file of puzzles in place of the settings' own.
    """
    train, test = made(attempt, out / "data")
    plan = plan_of(
        attempt.puzzle,
        train,
        attempt.preset,
        attempt.settings,
        test=measure_with or test,
        seed=attempt.seed,
        init_from=attempt.init_from,
        canvas=attempt.canvas,
    )
    folder = RunFolder(out / "run")
    running: list[Run] = []

    with Console() as console:

        def begun(run: Run) -> None:
            console.begun(run)
            running.append(run)

        def report(status: Status) -> None:
            console.report(status)
            if status.line["kind"] != "evaluation" or attempt.until != "marks":
                return
            if len(reached(folder, attempt.marks)) == len(attempt.marks):
                running[0].asked_to_stop.set()

        _, why = run_plan(
            plan,
            folder,
            resume=folder.exists,
            device=choose_device(device),
            compiled=attempt.compiled,
            threads=attempt.threads,
            options=replace(attempt.options, piece_minutes=minutes),
            report=report,
            begun=begun,
        )
    return why


def main() -> None:
    """Run a piece, and say which marks were reached when."""
    parser = argparse.ArgumentParser(description="Run an attempt at the record, or go on with it.")
    parser.add_argument("settings", type=Path, help="a TOML file with every setting")
    parser.add_argument("--out", type=Path, help="where to; runs/NAME unless said")
    parser.add_argument("--train", help="puzzles to train on, in place of the settings'")
    parser.add_argument("--test", help="puzzles to measure with, in place of the settings'")
    parser.add_argument("--published", help="where the published puzzles are, if not on the hub")
    parser.add_argument("--minutes", type=float, default=10.0, help="of this piece, at most")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    given = parser.parse_args()
    attempt = read(given.settings)
    if given.train:
        attempt = replace(attempt, train=given.train, make=())
    if given.published and attempt.published:
        attempt = replace(attempt, published=replace(attempt.published, source=given.published))
    out = given.out or Path("runs") / attempt.name
    why = attempt_piece(attempt, out, given.minutes, given.device, given.test)
    there = reached(RunFolder(out / "run"), attempt.marks)
    for mark in attempt.marks:
        if mark not in there:
            print(f"{mark:.1%}: not reached")
            continue
        line = there[mark]
        print(
            f"{mark:.1%}: {line['exact']:.4f} of {line['puzzles']} at step {line['step']}, after "
            f"{line['seconds'] / 60:.2f} minutes of training"
        )
    print(f"this piece ended: {why}" + ("; run it again to go on" if why == "interrupted" else ""))


if __name__ == "__main__":
    run_script(main)
