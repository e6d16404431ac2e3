"""How long a puzzle typed in takes to be answered.

Two ways: as a command of its own, from the shell's prompt to the next one, in turns with a process
that does nothing but import torch; and one after the other into a command that stays, from Enter to
the answer.

    python bench/command.py
    python bench/command.py --data puzzles.csv.gz [--limit 100] [--turns 100]
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from hrmkit.cli.script import run_script
from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.puzzle import as_grids

TURNS = 11
BOUND = 2.0
"""Seconds within which a puzzle is to be answered."""
PUZZLE = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"
SOLVE = ["-m", "hrmkit", "solve", "sudoku"]


def seconds(arguments: list[str]) -> float:
    """Of one run of Python with these arguments; its status may say that an answer is wrong."""
    began = perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True)
    assert done.returncode < 2, done.stderr
    return perf_counter() - began


def answered(puzzles: list[str]) -> list[tuple[float, bool]]:
    """Seconds from Enter to the answer of each puzzle, and whether it was valid; one process."""
    said: list[tuple[float, bool]] = []
    with subprocess.Popen(
        [sys.executable, *SOLVE, "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for puzzle in [PUZZLE, *puzzles]:  # the first waits for torch, too
            began = perf_counter()
            print(puzzle, file=process.stdin, flush=True)
            answer = json.loads(process.stdout.readline())
            said.append((perf_counter() - began, answer["valid"]))
    return said[1:]


def written(data: Path) -> list[str]:
    """The puzzles of a file, as they are typed."""
    read = load_puzzles("sudoku", str(data))
    return [read.puzzle.decode(given) for given in as_grids(read.rows.given)]


def told(way: str, taken: list[float]) -> str:
    """A line on what some runs took."""
    if not taken:
        return f"{way:32} none"
    low, _, high = quantiles(taken, n=4) if len(taken) > 1 else 3 * taken
    late = sum(one > BOUND for one in taken)
    return (
        f"{way:32} {len(taken):4}: {median(taken):.2f} s ({low:.2f} to {high:.2f}), "
        f"{min(taken):.2f} to {max(taken):.2f}; {late} took more than {BOUND} s"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long a puzzle typed in takes to be answered.")
    parser.add_argument("--data", type=Path, help="sudokus to type; one, unless said")
    parser.add_argument(
        "--turns", type=int, default=TURNS, help="puzzles as a command of their own"
    )
    parser.add_argument("--limit", type=int, help="of the puzzles in the data, only the first")
    given = parser.parse_args()
    puzzles = written(given.data)[: given.limit] if given.data else TURNS * [PUZZLE]
    alone: list[float] = []
    importing: list[float] = []
    for turn in range(given.turns):
        importing.append(seconds(["-c", "import torch"]))
        alone.append(seconds([*SOLVE, puzzles[turn % len(puzzles)]]))
    typed = answered(puzzles)
    print(told("importing torch", importing))
    print(told("hrmkit solve sudoku PUZZLE", alone))
    print(told("typed one after the other, valid", [time for time, valid in typed if valid]))
    print(told("and not valid", [time for time, valid in typed if not valid]))


if __name__ == "__main__":
    run_script(main)
