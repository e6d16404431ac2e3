"""How long a puzzle typed in takes to be answered.

Two ways: as a command of its own, from the shell's prompt to the next one, in turns with a process
that does nothing but import torch; and one after the other into a command that stays, from Enter to
the answer.

    python bench/command.py
    python bench/command.py --data puzzles.csv.gz
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.puzzle import as_grids

TURNS = 11
PUZZLE = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"
SOLVE = ["-m", "hrmkit", "solve", "sudoku"]
WAYS = {
    "importing torch": ["-c", "import torch"],
    "hrmkit solve sudoku ...": [*SOLVE, PUZZLE],
}


def seconds(arguments: list[str]) -> float:
    """Of one run of Python with these arguments."""
    began = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="sudokus to type one after the other")
    data = parser.parse_args().data
    puzzles = written(data) if data else TURNS * [PUZZLE]
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(TURNS):
        for way, arguments in WAYS.items():
            taken[way].append(seconds(arguments))
    typed = answered(puzzles)
    taken["one after the other"] = [time for time, _ in typed]
    for way, those in taken.items():
        low, _, high = quantiles(those, n=4) if len(those) > 1 else 3 * those
        print(f"{way:24} {median(those):.2f} s ({low:.2f} to {high:.2f}; {max(those):.2f} at most)")
    print(f"valid {sum(valid for _, valid in typed)} of {len(typed)}")


if __name__ == "__main__":
    main()
