"""What attention takes in training on one thread of a CPU: torch's fused kernel, and products.

Forward and backward of both take turns, in CPU time, at the sizes of some models' batches. In
bfloat16 the model takes the products (`hrmkit.model.block.attended`), in float32 the kernel.

    python bench/attention.py [--dtype bfloat16] [--turns 15]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from training import seconds_of, spread

from hrmkit.bounds import check_within
from hrmkit.device import choose_device
from hrmkit.errors import UserError
from hrmkit.model.block import by_products

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


def measure(said: str, sizes: tuple[int, ...], turns: int, dtype: str) -> None:
    """Let both take turns at one size, and print what they took."""
    device = choose_device("cpu", dtype)
    like = device.autocast or torch.float32
    parts = [torch.randn(sizes, dtype=like, requires_grad=True) for _ in range(3)]
    ways = {"fused": scaled_dot_product_attention, "products": by_products}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(WARM_UP + turns):
        for way, attention in ways.items():
            took = seconds_of(partial(there_and_back, attention, parts), device)
            seconds[way] += [took] if turn >= WARM_UP else []
    ratios = [a / b for a, b in zip(seconds["fused"], seconds["products"], strict=True)]
    fused, products = (spread([1000 * one for one in those]) for those in seconds.values())
    print(f"{said:<38}fused {fused} ms; products {products} ms, {spread(ratios)} times as fast")


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--dtype", default="auto", help="auto, bfloat16 or float32")
    parser.add_argument("--turns", type=int, default=15)
    given = parser.parse_args()
    torch.set_num_threads(1)
    try:
        check_within(given.turns, 1, 10**4, "{} turns are")
        print(f"torch {torch.__version__}, {choose_device('cpu', given.dtype).reason}")
        for said, sizes in SIZES.items():
            measure(said, sizes, given.turns, given.dtype)
    except UserError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
