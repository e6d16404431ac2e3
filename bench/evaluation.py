"""How many puzzles a second are thought about to the last segment, ours beside the original's code.

Its evaluation thinks all segments about every puzzle; so does ours here, and what halting saves is
measured by `bench/solver.py`. Weights are as they were drawn: what thinking costs does not hang on
them. Batches take turns; on a CPU one thread and its CPU time, on a GPU wall time.

    python bench/evaluation.py [--preset hrm-27m] [--batch 16] [--turns 3] [--original CHECKOUT]
    python bench/evaluation.py --device cuda --batch 768 --turns 10 --original CHECKOUT
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import torch
from original import Original
from training import OWN, drawn, seconds_of, spread, trainer_of

from hrmkit.bounds import MOST_BATCH, check_within
from hrmkit.cli.script import run_script
from hrmkit.device import Device, choose_device
from hrmkit.errors import UserError
from hrmkit.model.cost import segment_flops
from hrmkit.solving.solver import solve


def measure(
    name: str, batch: int, turns: int, ways: list[str], checkout: Path | None, device: Device
) -> None:
    """Let the ways take turns, and print what each took."""
    puzzles = drawn().take(batch)
    work: dict[str, Callable[[], object]] = {}
    for way in ways:
        model = trainer_of(name, way, batch, device).model.eval()
        work[way] = partial(solve, model, puzzles, batch=batch, halt=False)
        cost = model.wiring.segments * segment_flops(model.wiring, model.sizes, model.interface)
        print(f"{way}: {cost / 1e9:.3g} GFLOP a puzzle, {model.wiring.segments} segments")
    if checkout:
        work[OWN] = partial(Original(checkout, name, batch, device).answer, puzzles)
    seconds: dict[str, list[float]] = {way: [] for way in work}
    for turn in range(turns + 1):
        for way, one in work.items():
            took = seconds_of(one, device)
            seconds[way] += [took] if turn else []  # the first turn warms up
    base = OWN if checkout else ways[0]
    print(f"{name}, batch {batch}, {device.reason}, torch {torch.__version__}")
    for way, took in seconds.items():
        ratio = [a / b for a, b in zip(seconds[base], took, strict=True)]
        print(f"{way:<13}{batch / median(took):.3g} puzzles/s; {spread(ratio)} times {base}")


def main() -> None:
    """Take turns and print."""
    parser = argparse.ArgumentParser(description="Puzzles a second, all segments of each.")
    parser.add_argument("--preset", default="trm-5m")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--original", type=Path, help="a checkout of the original repository")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps")
    parser.add_argument("--dtype", default="auto", help="auto, bfloat16 or float32")
    given = parser.parse_args()
    torch.set_num_threads(1)
    check_within(given.batch, 1, MOST_BATCH, "{} puzzles at a time are")
    if given.turns < 1:
        raise UserError(f"{given.turns} turns measure nothing: give 1 or more")
    device = choose_device(given.device, given.dtype)
    ways = ["original", "no prefix", *(["bfloat16", "compiled"] if device.autocast else [])]
    measure(given.preset, given.batch, given.turns, ways, given.original, device)


if __name__ == "__main__":
    run_script(main)
