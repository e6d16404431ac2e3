"""What attention takes in training in bfloat16 on one thread of a CPU: torch's kernel, and ours.

Ours is the same kernel in float32, with its casts (`hrmkit.model.block.attended`). Forward
and backward of both take turns, in CPU time, at the sizes of some models' batches.

    python bench/attention.py [--turns 15]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from training import seconds_of, spread

from hrmkit.bounds import check_within
from hrmkit.cli.script import run_script
from hrmkit.device import Device, choose_device
from hrmkit.model.block import attended

SIZES = {
    "HRM 27M, 9x9 sudoku, batch 16": (16, 8, 82, 64),
    "tiny-attention, 9x9 sudoku, batch 32": (32, 2, 81, 32),
    "arc-pocket, batch 32": (32, 4, 101, 16),
    "maze-both-15, batch 64": (64, 2, 225, 32),
    "a canvas of 30 x 30, batch 2": (2, 2, 900, 32),
}
"""Batch, heads, tokens, width of a head."""
WARM_UP = 2
"""Turns that are not counted."""


def there_and_back(attention: Callable[..., Tensor], parts: list[Tensor]) -> None:
    """One forward pass, and the gradient of its sum."""
    attention(*parts).sum().backward()


def measure(said: str, sizes: tuple[int, ...], turns: int, device: Device) -> None:
    """Let both take turns at one size, and print what they took."""
    parts = [torch.randn(sizes, dtype=torch.bfloat16, requires_grad=True) for _ in range(3)]
    ways = {"torch's": scaled_dot_product_attention, "ours": attended}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(WARM_UP + turns):
        for way, attention in ways.items():
            took = seconds_of(partial(there_and_back, attention, parts), device)
            seconds[way] += [took] if turn >= WARM_UP else []
    ratios = [a / b for a, b in zip(seconds["torch's"], seconds["ours"], strict=True)]
    theirs, ours = (spread([1000 * one for one in those]) for those in seconds.values())
    print(f"{said:<38}torch's {theirs} ms; ours {ours} ms, {spread(ratios)} times as fast")


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--turns", type=int, default=15)
    given = parser.parse_args()
    torch.set_num_threads(1)
    check_within(given.turns, 1, 10**4, "{} turns are")
    device = choose_device("cpu", "bfloat16")
    print(f"torch {torch.__version__}, {device.reason}")
    for said, sizes in SIZES.items():
        measure(said, sizes, given.turns, device)


if __name__ == "__main__":
    run_script(main)
