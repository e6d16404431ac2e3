"""Numbers that a person may choose, and what of them is too large to begin with."""

from __future__ import annotations

import os
from contextlib import suppress
from math import inf
from pathlib import Path

from hrmkit.errors import UserError

MOST_SEED = 2**53 - 1
"""As far as JSON, and with it the page, has whole numbers exactly."""
MOST_THREADS = 1024
"""More than any machine has cores for; with 20,000 the libraries below end the program."""
MOST_SEEDS = 20
MOST_SEGMENTS = 1000
MOST_BATCH = 2**20
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where Linux says how much memory a container may have."""


def check_within(value: int, least: int, most: int, what: str) -> None:
    """Raise `UserError` unless `least <= value <= most`; `what` is said of it: "seed {} is"."""
    if not least <= value <= most:
        raise UserError(f"{what.format(value)} not possible: choose {least} to {most}")


def check_seed(seed: int) -> None:
    """Raise `UserError` for what is no seed."""
    check_within(seed, 0, MOST_SEED, "seed {} is")


def check_seeds(count: int) -> None:
    """Raise `UserError` for more seeds than a study is worth, or none."""
    if not 1 <= count <= MOST_SEEDS:
        raise UserError(f"{count} seeds: choose 1 to {MOST_SEEDS}")


def check_threads(threads: int) -> None:
    """Raise `UserError` for a number of threads that no machine can run."""
    check_within(threads, 1, MOST_THREADS, "{} threads are")


def memory_bytes() -> float:
    """The memory of this machine, or of the container; infinite where nothing says it."""
    found = [inf]
    with suppress(AttributeError, OSError, ValueError):  # not all systems have these
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for limit in LIMITS:
        with suppress(OSError, ValueError):  # "max" is none
            found.append(int(Path(limit).read_text()))
    return min(found)


def check_memory(needed: int, what: str, advice: str, there: float | None = None) -> None:
    """Raise `UserError` where `what` takes more bytes than the machine has, or is `there`."""
    there = memory_bytes() if there is None else there
    if needed > there:
        raise UserError(
            f"{what} takes at least {gibibytes(needed)}, and there are {gibibytes(there)}: {advice}"
        )


def gibibytes(size: float) -> str:
    """A number of bytes for people."""
    return f"{size / 2**30:,.1f} GiB of memory"
