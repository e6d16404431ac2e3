"""What a second core brings in training: another thread, or another process.

Whole trainings take turns: one process with one thread, one with two, and two processes with a
thread each (torchrun), the same steps of the same batch. Wall-clock time, without what comes before
the first third of the steps; so nothing else should be running.

    python bench/processes.py --data train.csv.gz [--batch 64] [--steps 300] [--turns 3]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from training import spread

from hrmkit.bounds import check_within
from hrmkit.cli.script import run_script
from hrmkit.errors import UserError

ONE = ("-m", "hrmkit")
TWO = ("-m", "torch.distributed.run", "--nproc-per-node", "2", "-m", "hrmkit")
WAYS = {
    "one process, one thread": (ONE, 1),
    "one process, two threads": (ONE, 2),
    "two processes, a thread each": (TWO, 1),
}


def examples_a_second(start: tuple[str, ...], threads: int, given: list[str]) -> float:
    """Train as `given` says, and return the examples a second after the first third."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        words = ["train", "sudoku", *given, "--out", str(out), "--threads", str(threads)]
        ran = subprocess.run([sys.executable, *start, *words], capture_output=True, text=True)
        if ran.returncode:
            raise UserError(ran.stderr.strip().removeprefix("error: "))
        text = (out / "metrics.jsonl").read_text()
    lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    trained = [line for line in lines if line["kind"] == "train"]
    last = trained[-1]
    first = next(line for line in trained if 3 * line["step"] >= last["step"])
    return (last["examples"] - first["examples"]) / (last["seconds"] - first["seconds"])


def main() -> int:
    """Let the ways take turns, and print what each took."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--preset", default="tiny")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args()
    check_within(chosen.steps, 100, 10**6, "{} steps are")
    check_within(chosen.turns, 1, 100, "{} turns are")
    given = ["--data", chosen.data, "--preset", chosen.preset, "--batch", str(chosen.batch)]
    given += ["--steps", str(chosen.steps), "--test-puzzles", "2", "--track", "none"]
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(chosen.turns):
        for name, (start, threads) in WAYS.items():
            found[name].append(examples_a_second(start, threads, given))
            print(f"{name}: {found[name][-1]:.1f} examples/s", file=sys.stderr, flush=True)
    alone = next(iter(found.values()))
    for name, rates in found.items():
        ratios = [rate / one for rate, one in zip(rates, alone, strict=True)]
        print(f"{name:<30} {median(rates):7.1f} examples/s, times one: {spread(ratios)}")
    return 0


if __name__ == "__main__":
    run_script(main)
