"""What thinking costs: in units, and in floating-point operations (FLOPs)."""

from __future__ import annotations

from hrmkit.model.block import swiglu_inner
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

NUMBER = 4
"""Bytes of a float32."""
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


def parameters_of(wiring: Wiring, sizes: Sizes, interface: PuzzleInterface) -> int:
    """How many numbers a model of puzzles learns, told before there is memory for one."""
    width, tokens = sizes.width, wiring.prefix + interface.tokens
    across = 3 * tokens * swiglu_inner(tokens) if wiring.mixing == "tokens" else 4 * width**2
    modules = wiring.modules * sizes.blocks * (across + 3 * width * sizes.inner)
    named = interface.puzzles if wiring.puzzle_embedding else 0
    placed = tokens if wiring.positions == "learned" else 0
    return modules + (2 * interface.vocab + named + placed + 2) * width + 2


def thinking_bytes(wiring: Wiring, sizes: Sizes, interface: PuzzleInterface) -> int:
    """At least so many bytes are in memory while one puzzle is thought about: float32."""
    tokens = wiring.prefix + interface.tokens
    states = 2 * sizes.width  # one state, and the input
    return NUMBER * tokens * (states + max(2 * sizes.inner, 2 * sizes.width))


def training_bytes(wiring: Wiring, sizes: Sizes, interface: PuzzleInterface) -> int:
    """At least so many bytes one puzzle of a batch takes in training: what backward needs."""
    tokens = wiring.prefix + interface.tokens
    cycle = wiring.low_calls + wiring.hierarchy
    calls = {
        "one-step": 1 + wiring.hierarchy,
        "last-cycle": cycle,
        "full": wiring.cycles * cycle,
    }[wiring.gradient]
    kept = calls * sizes.blocks * 2 * sizes.inner
    return thinking_bytes(wiring, sizes, interface) + NUMBER * tokens * kept


def effective_depth(wiring: Wiring, sizes: Sizes) -> int:
    """Blocks that a puzzle passes through when all segments are thought."""
    return segment_blocks(wiring, sizes) * wiring.segments
