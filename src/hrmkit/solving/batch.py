"""The default batch size for solving."""

from __future__ import annotations

from hrmkit.model.block import swiglu_inner
from hrmkit.model.puzzle_hrm import PuzzleHRM

MOST_ON_A_CPU, MOST = 64, 1024
ROOM = 512 * 2**20
"""The largest size, in bytes, of the widest activation on a GPU."""
NUMBER = 4
"""Bytes of one float32."""


def rows_for(model: PuzzleHRM) -> int:
    """The batch size that is fastest for a model on its device.

    On a CPU as many puzzles as make the widest activation as large as the weights: with fewer,
    weights are read more often than activations, with more, what lies between two products no
    longer stays in the cache. On a GPU as many as have room.
    """
    widest = NUMBER * widest_activation(model)
    if model.low_init.device.type != "cpu":
        return max(1, min(MOST, ROOM // widest))
    modules = (module for module in (model.low, model.high) if module is not None)
    weights = NUMBER * sum(p.numel() for module in modules for p in module.parameters())
    return max(1, min(MOST_ON_A_CPU, weights // widest))


def widest_activation(model: PuzzleHRM) -> int:
    """Numbers in the largest tensor of a block, for one puzzle."""
    sizes, tokens = model.sizes, model.wiring.prefix + model.interface.tokens
    if model.wiring.mixing == "tokens":
        mixed = sizes.width * 2 * swiglu_inner(tokens)
    else:
        mixed = tokens * 3 * sizes.width
    return max(tokens * 2 * sizes.inner, mixed)
