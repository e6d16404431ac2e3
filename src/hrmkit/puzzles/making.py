"""Makes many puzzles in several processes; the puzzles do not depend on their number."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hrmkit.bounds import check_seed
from hrmkit.errors import UserError
from hrmkit.processes import in_processes
from hrmkit.progress import Progress
from hrmkit.puzzles.files import Row, check_writable, save_puzzles

PARTS = ("train", "test")
MOST = 1_000_000
"""The most puzzles of one file."""


@dataclass(frozen=True)
class WorkShare:
    """A share of the puzzles to make: what one process makes at a time."""

    seed: int
    part: int
    """0 for training, 1 for test: they never share random numbers."""
    number: int
    count: int

    def rng(self) -> np.random.Generator:
        """The share's own random numbers."""
        return np.random.default_rng([self.seed, self.part, self.number])

    @property
    def source(self) -> str:
        """The value of the made puzzles' column `source`."""
        return f"hrmkit-{self.seed}-{PARTS[self.part]}-{self.number}"


@dataclass(frozen=True)
class Made:
    """A file that was written."""

    path: Path
    wanted: int
    ratings: tuple[float, ...]
    """The rating of each puzzle in it."""


def check_count(count: int) -> None:
    """Raise `UserError` where so many puzzles cannot be made."""
    if not 1 <= count <= MOST:
        raise UserError(f"{count} puzzles cannot be made: choose 1 to {MOST}")


def work_shares(seed: int, counts: list[int], at_a_time: int) -> list[WorkShare]:
    """The shares of `counts` puzzles for each part; `UserError` for a wrong count or seed."""
    check_seed(seed)
    for count in counts:
        check_count(count)
    return [
        WorkShare(seed, part, number, min(at_a_time, count - number * at_a_time))
        for part, count in enumerate(counts)
        for number in range(-(-count // at_a_time))
    ]


def make(
    work: Callable[[WorkShare], list[Row]],
    targets: list[tuple[Path, int]],
    seed: int,
    at_a_time: int,
    processes: int,
    progress: Progress,
) -> tuple[list[Made], bool]:
    """Make puzzles and write them: `targets` are files and counts, of training, then of the test.

    Duplicate questions are left out. After Ctrl-C the puzzles made so far are written; the second
    result says whether it was pressed. They are written, too, where a share cannot be made: the
    `UserError` says so.
    """
    shares = work_shares(seed, [count for _, count in targets], at_a_time)
    if len({os.path.realpath(path) for path, _ in targets}) < len(targets):
        raise UserError(f"{targets[0][0]} cannot hold both: name another file for the test")
    for path, count in targets:
        check_writable(path, count)
    rows: list[dict[str, Row]] = [{} for _ in targets]
    stopped = False
    try:
        done, wanted = 0, sum(count for _, count in targets)
        progress("puzzles", done, wanted)
        for share, made in zip(shares, in_processes(work, shares, processes), strict=True):
            for row in made:
                if not any(row.question in part for part in rows):
                    rows[share.part][row.question] = row
            done += share.count
            progress("puzzles", done, wanted)
    except KeyboardInterrupt:
        stopped = True
    except UserError as error:
        kept = _written(targets, [list(part.values()) for part in rows])
        if not kept:
            raise
        files = ", ".join(f"{part.path} ({len(part.ratings)})" for part in kept)
        raise UserError(f"{error}; what was made until then is in {files}") from error
    return _written(targets, [list(part.values()) for part in rows]), stopped


def _written(targets: list[tuple[Path, int]], rows: list[list[Row]]) -> list[Made]:
    """Write every part that has puzzles, even if another part cannot be written."""
    made: list[Made] = []
    failed: list[str] = []
    for (path, wanted), part in zip(targets, rows, strict=True):
        try:
            if part:
                save_puzzles(path, part)
                made.append(Made(path, wanted, tuple(row.rating for row in part)))
        except UserError as error:
            failed.append(str(error))
    if failed:
        raise UserError("; and ".join(failed))
    return made
