"""What thinking costs: in units, and in floating-point operations (FLOPs)."""

from __future__ import annotations

from hrmkit.model.block import swiglu_inner
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

BACKWARD = 2
"""A backward pass costs as much as two forward passes."""


def segment_blocks(wiring: Wiring, sizes: Sizes) -> int:
    """Block calls of one segment's forward pass."""
    return len(wiring.calls()) * sizes.blocks


def units_a_step(wiring: Wiring, sizes: Sizes) -> int:
    """Compute of one gradient step (one segment) in units of one block's forward pass on a batch.

    Calls that carry gradient cost a backward pass too; Q-learning's target is a forward pass more.
    """
    forward = segment_blocks(wiring, sizes)
    backward = BACKWARD * sizes.blocks * sum(call.gradient for call in wiring.calls())
    again = forward if wiring.halting == "q-learning" else 0
    return forward + backward + again


def block_flops(wiring: Wiring, sizes: Sizes, interface: PuzzleInterface) -> int:
    """FLOPs of one block's forward pass on one puzzle; matrix products, 2 a multiply-add."""
    tokens, width = wiring.prefix + interface.tokens, sizes.width
    mlp = 2 * tokens * 3 * width * sizes.inner
    if wiring.mixing == "tokens":
        return mlp + 2 * width * 3 * tokens * swiglu_inner(tokens)
    return mlp + 2 * tokens * 4 * width**2 + 4 * tokens**2 * width


def segment_flops(wiring: Wiring, sizes: Sizes, interface: PuzzleInterface) -> int:
    """FLOPs of one segment's forward pass on one puzzle, heads left out."""
    return segment_blocks(wiring, sizes) * block_flops(wiring, sizes, interface)


def step_flops(wiring: Wiring, sizes: Sizes, interface: PuzzleInterface) -> int:
    """FLOPs of one training step on one puzzle: forward, backward, Q-learning's second pass."""
    return units_a_step(wiring, sizes) * block_flops(wiring, sizes, interface)


def effective_depth(wiring: Wiring, sizes: Sizes) -> int:
    """Blocks that a puzzle passes through when all segments are thought."""
    return segment_blocks(wiring, sizes) * wiring.segments
