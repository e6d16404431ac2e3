"""Making many puzzles in several processes, the same ones whatever their number."""

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
"""Puzzles of one file."""


@dataclass(frozen=True)
class Share:
    """Some of the puzzles that are to be made: what one process makes at a time."""

    seed: int
    part: int
    """Training is 0, test 1: no share of the one has anything in common with one of the other."""
    number: int
    count: int

    def rng(self) -> np.random.Generator:
        """The share's own random numbers."""
        return np.random.default_rng([self.seed, self.part, self.number])

    @property
    def source(self) -> str:
        """What the made puzzles' column `source` says."""
        return f"hrmkit-{self.seed}-{PARTS[self.part]}-{self.number}"


@dataclass(frozen=True)
class Made:
    """What was written."""

    path: Path
    wanted: int
    ratings: tuple[float, ...]
    """Of each puzzle that was made."""


def shares_of(seed: int, counts: list[int], at_a_time: int) -> list[Share]:
    """The work for `counts` puzzles of each part; `UserError` for a wrong count or seed."""
    check_seed(seed)
    for count in counts:
        if not 1 <= count <= MOST:
            raise UserError(f"{count} puzzles cannot be made: choose 1 to {MOST}")
    return [
        Share(seed, part, number, min(at_a_time, count - number * at_a_time))
        for part, count in enumerate(counts)
        for number in range(-(-count // at_a_time))
    ]


def make(
    work: Callable[[Share], list[Row]],
    targets: list[tuple[Path, int]],
    seed: int,
    at_a_time: int,
    processes: int,
    progress: Progress,
) -> tuple[list[Made], bool]:
    """Make puzzles and write them: `targets` are files and counts, of training, then of the test.

    A question that is there already is left out. Ctrl-C ends the making, but what was made is
    written: the second of the results says whether it was pressed.
    """
    shares = shares_of(seed, [count for _, count in targets], at_a_time)
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
    return _written(targets, [list(part.values()) for part in rows]), stopped


def _written(targets: list[tuple[Path, int]], rows: list[list[Row]]) -> list[Made]:
    """Write every part that there is something of, also when another cannot be written."""
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
