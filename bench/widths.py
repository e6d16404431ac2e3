"""What bfloat16 and compiling gain in training small models, by width, on one thread of a CPU.

The wiring of the sudoku model that comes with the package, made wider: two modules of one block,
tokens mixed by an MLP, gradients through all calls. Steps of all ways take turns, in CPU time; the
rate of bfloat16 matrix products of the same shape is measured beside them.

    python bench/widths.py [--widths 64,128,192,256] [--batch 64] [--turns 7]

Where the processor has no bfloat16 instructions only float32 is measured.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial
from itertools import product
from statistics import median

import torch
from training import drawn, seconds_of, spread

from hrmkit.bounds import MOST_BATCH, check_within
from hrmkit.cli.script import run_script
from hrmkit.device import Device, choose_device
from hrmkit.errors import UserError
from hrmkit.model.cost import step_flops
from hrmkit.model.presets import preset
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.runs.fit import compile_modules
from hrmkit.solving.precision import placed
from hrmkit.training.puzzles.trainer import Trainer
from hrmkit.training.recipe import Recipe

TINY = preset("tiny")
WIRING = replace(
    TINY.wiring, hierarchy=True, modules=2, cycles=2, low_calls=3, gradient="full", segments=16
)
INNER = 3
"""Times the width."""
WARM_UP = 3
"""Turns that are not counted: memory is touched, modules are compiled."""


def trainer_of(width: int, batch: int, device: Device, compiled: bool) -> Trainer:
    """A training of the model at that width."""
    sizes = replace(TINY.sizes, width=width, inner=INNER * width, blocks=1)
    assert TINY.interface
    torch.manual_seed(0)
    model = placed(PuzzleHRM(WIRING, sizes, TINY.interface), device)
    if compiled:
        compile_modules(model)
    return Trainer(model, drawn(), Recipe(steps=1000, batch=batch, ema_decay=0.999), seed=0)


def matmul_rate(width: int, batch: int, device: Device) -> float:
    """FLOP/s of the matrix product that a step is mostly made of, in the device's type."""
    assert TINY.interface
    dtype = device.autocast or torch.float32
    a = torch.randn(batch * TINY.interface.tokens, width, dtype=dtype)
    b = torch.randn(width, 2 * INNER * width, dtype=dtype)
    took = [seconds_of(lambda: torch.matmul(a, b), device) for _ in range(5)]
    return 2 * a.numel() * b.shape[1] / min(took)


def measure(width: int, batch: int, turns: int) -> None:
    """Let the ways take turns at one width, and print what each took."""
    torch.compiler.reset()  # only eight graphs are kept, so each width begins with none
    dtypes = ["float32", *(["bfloat16"] if choose_device("cpu").autocast else [])]
    devices = {name: choose_device("cpu", name) for name in dtypes}
    trainers = {
        (dtype, compiled): trainer_of(width, batch, devices[dtype], compiled)
        for dtype, compiled in product(dtypes, (False, True))
    }
    seconds: dict[tuple[str, bool], list[float]] = {way: [] for way in trainers}
    rates: dict[str, list[float]] = {name: [] for name in dtypes}
    for turn in range(WARM_UP + turns):
        for way, trainer in trainers.items():
            took = seconds_of(partial(trainer.step, turn, 1000), devices[way[0]])
            seconds[way] += [took] if turn >= WARM_UP else []
        for name in dtypes:
            rates[name].append(matmul_rate(width, batch, devices[name]))
    sizes = trainers["float32", False].model.sizes
    assert TINY.interface
    cost = batch * step_flops(WIRING, sizes, TINY.interface)
    for (dtype, compiled), those in seconds.items():
        ratios = [a / b for a, b in zip(seconds["float32", False], those, strict=True)]
        share = cost / median(those) / median(rates[dtype])
        way = f"{dtype}{', compiled' if compiled else ''}"
        print(
            f"{width:>5}  {way:<20}{spread([batch / one for one in those])} examples/s; "
            f"{spread(ratios)} times float32; {share:.0%} of {median(rates[dtype]) / 1e9:.0f} "
            "GFLOP/s of matrix products",
            flush=True,
        )


def main() -> None:
    """Measure every width."""
    parser = argparse.ArgumentParser(description="What bfloat16 and compiling gain, by width.")
    parser.add_argument("--widths", default="64,128,192,256", help="with commas between")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--turns", type=int, default=7)
    given = parser.parse_args()
    torch.set_num_threads(1)
    check_within(given.batch, 1, MOST_BATCH, "{} puzzles at a time are")
    if given.turns < 1:
        raise UserError(f"{given.turns} turns measure nothing: give 1 or more")
    if not all(word.isdecimal() for word in given.widths.split(",")):
        raise UserError(f"--widths {given.widths!r} are no widths: give some as 64,128")
    print(f"batch {given.batch}, torch {torch.__version__}, {choose_device('cpu').reason}")
    for width in map(int, given.widths.split(",")):
        measure(width, given.batch, given.turns)


if __name__ == "__main__":
    run_script(main)
