"""What each change to a training step gains over the original algorithm, in one run on one device.

The original's HRM thinks a second forward pass for Q-learning's target and draws a whole batch of
puzzles for every segment, of which it uses those that a halted row has room for. Each way below has
one change more than the one before; all have the same sizes, batch and optimizer, and their steps
take turns. On a CPU that is one thread and its CPU time, in float32; on a GPU wall time, with
bfloat16 products. What a change should gain is said beside what it gains: by counting FLOPs, or
where it saves bytes or launches, as `PREDICTED` has it.

    python bench/training.py [--batch 32] [--turns 5] [--preset hrm-27m] [--ways original,compiled]
    python bench/training.py --original CHECKOUT      # of the original repository: its own code too
    python bench/training.py --device cuda --batch 768 --turns 20 --original CHECKOUT
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
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any, Protocol

import numpy as np
import torch
from original import Original

from hrmkit.bounds import MOST_BATCH, check_within
from hrmkit.cli.script import run_script
from hrmkit.device import Device, choose_device, synchronise
from hrmkit.errors import UserError
from hrmkit.model.cost import step_flops
from hrmkit.model.hrm import Carry
from hrmkit.model.presets import preset
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM, PuzzleOutputs
from hrmkit.model.wiring import Wiring
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.puzzles.registry import puzzle_of
from hrmkit.puzzles.sudoku.small import solve
from hrmkit.runs.fit import compile_modules
from hrmkit.solving.precision import placed
from hrmkit.training.puzzles.queues import Epochs, Queue
from hrmkit.training.puzzles.trainer import Step, Trainer
from hrmkit.training.recipe import recipe_of

PUZZLES = 256
BLANKS = 55
CHANGES = {
    "original": "the original's algorithm: a second forward pass, draws that are dropped",
    "one pass": "halting learned in a single pass, what is drawn is used",
    "no prefix": "no tokens before the puzzle's, as there is one puzzle only",
    "bfloat16": "states in bfloat16 between products, too",
    "compiled": "modules compiled",
    "graphs": "and replayed as CUDA graphs",
}
PREDICTED = {"bfloat16": 1.2, "compiled": 1.2, "graphs": 1.0}
"""On a GPU. A step of HRM at batch 768 moves as long as it multiplies, and a third of the bytes are
the halves of float32 that bfloat16 has not; compiling joins what lies between two products; some
thousand launches of 5 us hide behind 40 ms and more of products."""
OWN = "its own code"


class Steps(Protocol):
    """Something that can take a gradient step."""

    def step(self, done: float, of: float) -> object:
        """One gradient step, when `done` of `of` are over."""
        ...


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


class WideBetween(PuzzleHRM):
    """A model whose states stay in float32 between products in bfloat16."""

    def segment(self, carry: Carry, batch: PuzzleBatch) -> tuple[Carry, PuzzleOutputs]:
        """One segment of thinking."""
        thought = self.think(carry, self.embed(batch))
        return thought.detached(), self.read(thought)


class Graphed(Trainer):
    """A training whose compiled modules are CUDA graphs, which write where they wrote before."""

    def step(self, done: float, of: float) -> Step:
        """One gradient step; what the next one reads is taken out of the graphs' reach."""
        torch.compiler.cudagraph_mark_step_begin()
        found = super().step(done, of)
        carry = Carry(*(state.clone() for state in self.rows.carry))
        self.rows = self.rows._replace(carry=carry)
        return found


class Own:
    """The original's own code, on puzzles that are made as its loader has them: beforehand."""

    def __init__(self, original: Original, batch: int) -> None:
        queue = drawn()
        self.original, self.batches = original, [queue.take(batch) for _ in range(8)]

    def step(self, done: float, of: float) -> None:
        """One gradient step on a whole batch."""
        self.original.step(self.batches[int(done) % len(self.batches)])


def some_puzzles() -> PuzzleSet:
    """Sudokus of one solution: what a step costs does not hang on how hard they are."""
    puzzle, rng = puzzle_of("sudoku"), np.random.default_rng(0)
    solved = torch.tensor(solve([0] * 81, limit=1).solutions[0]).repeat(PUZZLES, 1) + 1
    blank = torch.from_numpy(rng.random((PUZZLES, 81)).argsort(1) < BLANKS)
    plain = PuzzleSet(torch.where(blank, 1, solved), solved, torch.zeros(PUZZLES).long())
    return puzzle.augment(plain, rng)[0]


def drawn() -> Queue:
    """These puzzles, each under a new symmetry every time."""
    puzzle = puzzle_of("sudoku")
    return Epochs(
        some_puzzles(), np.random.default_rng(0), lambda rows, rng: puzzle.augment(rows, rng)[0]
    )


def has(way: str, change: str) -> bool:
    """Whether a way has a change: every way has those before it."""
    order = list(CHANGES)
    return order.index(way) >= order.index(change)


def wiring_of(name: str, way: str) -> Wiring:
    """The preset's wiring as a way has it."""
    wiring = preset(name).wiring
    if has(way, "one pass"):
        wiring = replace(wiring, halting="single-pass")
    if has(way, "no prefix"):
        wiring = replace(wiring, prefix=0, puzzle_embedding=False)
    return wiring


def trainer_of(name: str, way: str, batch: int, device: Device) -> Trainer:
    """A training of the preset, in one of the ways."""
    chosen, wiring = preset(name), wiring_of(name, way)
    kind = PuzzleHRM if has(way, "bfloat16") else WideBetween
    torch.manual_seed(0)
    model = placed(kind(wiring, chosen.sizes, chosen.interface), device)
    if has(way, "compiled"):
        compile_modules(model, "reduce-overhead" if has(way, "graphs") else "default")
    queue = drawn()
    source = queue if has(way, "one pass") else DroppedDraws(queue, batch)
    recipe = replace(recipe_of(name), batch=batch)
    training = Graphed if has(way, "graphs") else Trainer
    return training(model, source, recipe, seed=0)


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


def flops(name: str, way: str, batch: int) -> float:
    """FLOPs of one step."""
    chosen = preset(name)
    wiring = wiring_of(name, "original" if way == OWN else way)
    return float(batch * step_flops(wiring, chosen.sizes, chosen.interface))


def matmul_rate(name: str, batch: int, device: Device) -> float:
    """FLOP/s of the matrix product that a step is mostly made of, and of nothing else."""
    sizes, face = preset(name).sizes, preset(name).interface
    like = {"device": device.device, "dtype": device.autocast or torch.float32}
    a = torch.randn(batch * face.tokens, sizes.width, **like)
    b = torch.randn(sizes.width, sizes.inner, **like)
    torch.matmul(a, b)
    took = seconds_of(lambda: [torch.matmul(a, b) for _ in range(4)], device)
    return 4 * 2 * a.numel() * b.shape[1] / took


def spread(values: list[float]) -> str:
    """Median and quartiles; of one value itself."""
    low, _, high = quantiles(values, n=4) if len(values) > 1 else 3 * values
    return f"{median(values):.3g} ({low:.3g} to {high:.3g})"


def peak_memory(name: str, way: str, batch: int, device: Device) -> str:
    """What a process of its own takes at most for two steps, on the device, in words."""
    arguments = [name, "--batch", str(batch), "--only", way]
    arguments += ["--device", device.device.type, "--dtype", device.dtype]
    said = subprocess.run(
        [sys.executable, __file__, "--preset", *arguments], capture_output=True, text=True
    )
    if said.returncode:
        last = (said.stderr.strip() or "no reason").splitlines()[-1]
        return f"not measured: {last}"
    return f"{float(said.stdout):.2f} GB at most"


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


def ways_of(said: str | None, device: Device) -> list[str]:
    """The ways to measure: those named, or those that this device can tell apart."""
    if said is None:
        left_out = {"graphs"} if device.autocast else {"bfloat16", "compiled", "graphs"}
        return [way for way in CHANGES if way not in left_out]
    ways = said.split(",")
    for way in ways:
        if way not in CHANGES:
            raise UserError(f"no way is called {way!r}: choose {', '.join(CHANGES)}")
    return ways


def predicted(name: str, way: str, before: str, batch: int, device: Device) -> float:
    """What a way should gain over the one before it."""
    counted = flops(name, before, batch) / flops(name, way, batch)
    passed = [change for change in CHANGES if has(way, change) and not has(before, change)]
    if device.autocast:
        counted *= float(np.prod([PREDICTED.get(change, 1.0) for change in passed]))
    return counted


def main() -> None:
    """Take turns and print."""
    parser = argparse.ArgumentParser(description="What each change to a training step gains.")
    parser.add_argument("--preset", default="hrm-27m")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--ways", help=f"some of {', '.join(CHANGES)}, with commas between")
    parser.add_argument("--original", type=Path, help="a checkout of the original repository")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps")
    parser.add_argument("--dtype", default="auto", help="auto, bfloat16 or float32")
    parser.add_argument("--profile", action="store_true", help="where the last way takes time")
    parser.add_argument("--only", help="two steps of one way, and the memory that they took")
    given = parser.parse_args()
    torch.set_num_threads(1)
    check_within(given.batch, 1, MOST_BATCH, "{} puzzles at a time are")
    if given.turns < 1:
        raise UserError(f"{given.turns} turns measure nothing: give 1 or more")
    device = choose_device(given.device, given.dtype)
    ways = ways_of(given.only or given.ways, device)
    if given.only:
        print_memory(trainer_of(given.preset, given.only, given.batch, device), device)
    elif given.profile:
        print_profile(trainer_of(given.preset, ways[-1], given.batch, device), device)
    else:
        measure(given.preset, given.batch, given.turns, ways, given.original, device)


def take_turns(
    name: str, batch: int, turns: int, ways: list[str], checkout: Path | None, device: Device
) -> tuple[dict[str, list[float]], list[float]]:
    """Seconds of every step of each way, and FLOP/s of matrix products beside, turn by turn."""
    trainers: dict[str, Steps] = {way: trainer_of(name, way, batch, device) for way in ways}
    if checkout:
        trainers[OWN] = Own(Original(checkout, name, batch, device), batch)
    seconds: dict[str, list[float]] = {way: [] for way in trainers}
    rates: list[float] = []
    for turn in range(turns + 1):
        for way, trainer in trainers.items():
            took = seconds_of(partial(trainer.step, turn, 1000), device)
            # The first turn warms up: memory is touched, modules are compiled.
            seconds[way] += [took] if turn else []
        rates += [matmul_rate(name, batch, device)] if turn else []
    return seconds, rates


def measure(
    name: str, batch: int, turns: int, ways: list[str], checkout: Path | None, device: Device
) -> None:
    """Let the ways take turns, and print what each took."""
    seconds, rates = take_turns(name, batch, turns, ways, checkout, device)
    peak = median(rates)
    print(f"{name}, batch {batch}, {device.reason}, torch {torch.__version__}")
    print(f"matrix products alone: {peak / 1e9:.1f} GFLOP/s")
    base = OWN if checkout else ways[0]
    before = ways[0]
    for way, those in seconds.items():
        cost = flops(name, way, batch)
        ratio = [a / b for a, b in zip(seconds[base], those, strict=True)]
        line = f"{way:<13}{cost / 1e12:.3g} TFLOP a step; "
        line += f"{spread([batch / one for one in those])} examples/s; "
        line += f"{spread(ratio)} times {base}; {cost / median(those) / peak:.0%} of the rate"
        if way != OWN:
            gained = [a / b for a, b in zip(seconds[before], those, strict=True)]
            line += f"; {predicted(name, way, before, batch, device):.2f} predicted"
            line += f" and {median(gained):.2f} measured over {before}"
            before = way
        print(line, flush=True)
    if device.device.type == "cuda":
        torch.cuda.empty_cache()  # the processes that measure memory want it
    for way in ways:
        print(f"  {way}: {CHANGES[way]}; {peak_memory(name, way, batch, device)}", flush=True)


if __name__ == "__main__":
    run_script(main)
