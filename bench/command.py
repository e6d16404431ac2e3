"""How long a puzzle typed in takes to be answered, from the shell's prompt to the next one.

The reference, in turns with it, is a process that does nothing but import torch.

    python bench/command.py
"""

import subprocess
import sys
from statistics import median, quantiles
from time import perf_counter

TURNS = 11
PUZZLE = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"
WAYS = {
    "importing torch": ["-c", "import torch"],
    "hrmkit solve sudoku ...": ["-m", "hrmkit", "solve", "sudoku", PUZZLE],
}


def seconds(arguments: list[str]) -> float:
    """Of one run of Python with these arguments."""
    began = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return perf_counter() - began


def main() -> None:
    """Measure and print."""
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(TURNS):
        for way, arguments in WAYS.items():
            taken[way].append(seconds(arguments))
    for way, those in taken.items():
        low, _, high = quantiles(those, n=4)
        print(f"{way:24} {median(those):.2f} s ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
