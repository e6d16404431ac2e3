"""How much faster a training step is than the original algorithm's, in one run on one device.

The original's HRM thinks a second forward pass for Q-learning's target and draws a whole batch of
puzzles for every segment, of which it uses those that a halted row has room for. Ours learns to
halt in a single pass and draws what there is room for. Both have the same 27 million parameters,
batch and optimizer; their steps take turns. On a CPU that is one thread and its CPU time, in
float32; on a GPU wall time, with bfloat16 products. The last column is the share of the rate of
matrix products alone, measured beside.

    python bench/training.py [--batch 32] [--turns 5] [--preset hrm-27m] [--compile]
    python bench/training.py --device cuda --batch 768 --turns 20 --compile
    python bench/training.py --device cuda --batch 768 --profile
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import numpy as np
import torch

from hrmkit.device import Device, choose_device, synchronise
from hrmkit.model.assemble import assemble
from hrmkit.model.cost import step_flops
from hrmkit.model.presets import preset
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.kinds import puzzle_of
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.puzzles.sudoku import solve
from hrmkit.training.fit import compile_modules
from hrmkit.training.queues import Epochs, Queue
from hrmkit.training.recipe import recipe_of
from hrmkit.training.trainer import Trainer

PUZZLES = 256
BLANKS = 55


class DroppedDraws:
    """The original's way: a whole batch is drawn, and what no row has room for is thrown away."""

    def __init__(self, queue: Queue, batch: int) -> None:
        self.queue, self.batch = queue, batch

    def take(self, count: int) -> PuzzleSet:
        """The next `count` puzzles of a whole batch."""
        return self.queue.take(self.batch)[:count]

    def state(self) -> dict[str, Any]:
        """Where it stands, as JSON."""
        return self.queue.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self.queue.restore(state)


def some_puzzles() -> PuzzleSet:
    """Sudokus of one solution: what a step costs does not hang on how hard they are."""
    puzzle, rng = puzzle_of("sudoku"), np.random.default_rng(0)
    solved = torch.tensor(solve([0] * 81, limit=1).solutions[0]).repeat(PUZZLES, 1) + 1
    blank = torch.from_numpy(rng.random((PUZZLES, 81)).argsort(1) < BLANKS)
    plain = PuzzleSet(torch.where(blank, 1, solved), solved, torch.zeros(PUZZLES).long())
    return puzzle.augment(plain, rng)[0]


def trainer_of(name: str, way: str, batch: int, device: Device) -> Trainer:
    """A training of the preset, in the original's way or in ours."""
    chosen = preset(name)
    wiring = chosen.wiring if way == "original" else replace(chosen.wiring, halting="single-pass")
    model = assemble(wiring, chosen.sizes, chosen.interface).to(device.device)
    if way == "compiled":
        compile_modules(model)
    puzzle = puzzle_of("sudoku")
    queue = Epochs(
        some_puzzles(), np.random.default_rng(0), lambda rows, rng: puzzle.augment(rows, rng)[0]
    )
    source = DroppedDraws(queue, batch) if way == "original" else queue
    recipe = replace(recipe_of(name), batch=batch)
    return Trainer(model, source, recipe, seed=0, autocast=device.autocast)


def seconds_of(work: Callable[[], object], device: Device) -> float:
    """What `work` takes: CPU time of this process, or on a GPU the time until it is done."""
    if device.device.type == "cpu":
        began = process_time()
        work()
        return process_time() - began
    synchronise(device)
    began = perf_counter()
    work()
    synchronise(device)
    return perf_counter() - began


def flops(model: PuzzleHRM, batch: int) -> float:
    """FLOPs of one step."""
    return float(batch * step_flops(model.wiring, model.sizes, model.interface))


def matmul_rate(model: PuzzleHRM, batch: int, device: Device) -> float:
    """FLOP/s of the matrix product that a step is mostly made of, and of nothing else."""
    rows = batch * (model.interface.tokens + model.wiring.prefix)
    like = {"device": device.device, "dtype": device.autocast or torch.float32}
    a = torch.randn(rows, model.sizes.width, **like)
    b = torch.randn(model.sizes.width, model.sizes.inner, **like)
    torch.matmul(a, b)
    took = seconds_of(lambda: [torch.matmul(a, b) for _ in range(4)], device)
    return 4 * 2 * a.numel() * b.shape[1] / took


def spread(values: list[float]) -> str:
    """Median and quartiles."""
    low, _, high = quantiles(values, n=4)
    return f"{median(values):.3g} ({low:.3g} to {high:.3g})"


def peak_memory(name: str, way: str, batch: int, device: Device) -> float:
    """GB that a process of its own takes at most for two steps, on the device."""
    arguments = [name, "--batch", str(batch), "--only", way, "--device", device.device.type]
    said = subprocess.run(
        [sys.executable, __file__, "--preset", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(said.stdout)


def print_memory(trainer: Trainer, device: Device) -> None:
    """Print what `peak_memory` reads."""
    for step in range(2):
        trainer.step(step, 100)
    if device.device.type == "cuda":
        print(torch.cuda.max_memory_allocated() / 1e9)
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def print_profile(trainer: Trainer, device: Device) -> None:
    """Where a step's time goes, by operator."""
    for step in range(3):
        trainer.step(step, 100)
    with torch.profiler.profile() as profile:
        trainer.step(3, 100)
        synchronise(device)
    key = f"self_{device.device.type}_time_total"
    print(profile.key_averages().table(sort_by=key, row_limit=20))


def main() -> None:
    """Take turns and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", default="hrm-27m")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps")
    parser.add_argument("--profile", action="store_true", help="where a step of ours takes time")
    parser.add_argument("--only", help="two steps of one way, and the memory that they took")
    given = parser.parse_args()
    torch.set_num_threads(1)
    device = choose_device(given.device)
    if given.only:
        print_memory(trainer_of(given.preset, given.only, given.batch, device), device)
        return
    ways = ["original", "ours", *(["compiled"] if given.compile else [])]
    if given.profile:
        print_profile(trainer_of(given.preset, ways[-1], given.batch, device), device)
        return
    trainers = {way: trainer_of(given.preset, way, given.batch, device) for way in ways}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    rates: list[float] = []
    for turn in range(given.turns + 1):
        for way, trainer in trainers.items():
            took = seconds_of(partial(trainer.step, turn, 1000), device)
            # The first turn warms up: memory is touched, modules are compiled.
            seconds[way] += [took] if turn else []
        rates += [matmul_rate(trainers["ours"].model, given.batch, device)] if turn else []
    peak = median(rates)
    print(f"{given.preset}, batch {given.batch}, {device.reason}, torch {torch.__version__}")
    print(f"matrix products alone: {peak / 1e9:.1f} GFLOP/s")
    for way, trainer in trainers.items():
        cost = flops(trainer.model, given.batch)
        speed = [given.batch / one for one in seconds[way]]
        ratio = [a / b for a, b in zip(seconds["original"], seconds[way], strict=True)]
        share = cost / median(seconds[way]) / peak
        memory = peak_memory(given.preset, way, given.batch, device)
        print(
            f"{way:<9} {cost / 1e12:.3g} TFLOP a step; {spread(speed)} examples/s; "
            f"{spread(ratio)} times the original; {share:.0%} of the matrix products' rate; "
            f"{memory:.2f} GB at most"
        )


if __name__ == "__main__":
    main()
