"""What every assembled model is made of: modules, the wires between them, and a segment's cycles.

What a model reads and what it says is the subject of its two kinds: `WorldHRM`, `PuzzleHRM`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from copy import copy
from math import isqrt
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn

import hrmkit
from hrmkit.errors import UserError
from hrmkit.model.block import (
    Block,
    MixingBlock,
    ReasoningModule,
    Rotary,
    StableGate,
    SwiGLU,
    rotary_exponents,
    truncated_normal,
)
from hrmkit.model.wiring import Sizes, Wiring

PARTS = ("modules", "mixing", "gate", "positions", "prefix", "puzzle_embedding")
"""The wires that decide which parts a model has; the others decide how parts are used."""


class Carry(NamedTuple):
    """The states after a segment, without gradient; without hierarchy, only `low`."""

    high: Tensor
    """zH `[batch, tokens, width]`."""
    low: Tensor
    """zL `[batch, tokens, width]`."""

    def detached(self) -> Carry:
        """The same states, detached from the graph."""
        return Carry(self.high.detach(), self.low.detach())


class HRM(nn.Module):
    """A Hierarchical Reasoning Model as `wiring` says (arXiv 2506.21734).

    The parts, by name: `embedding` (makes tokens of the input), `low` (L), `high` (H; absent where
    one module plays both parts), and the heads of its kind.
    """

    high_init: Tensor
    low_init: Tensor
    compute_dtype: torch.dtype | None = None
    """The type of matrix products (autocast); None until one is chosen."""

    def __init__(self, wiring: Wiring, sizes: Sizes, tokens: int, embedding: nn.Module) -> None:
        super().__init__()
        self.wiring, self.sizes = wiring, sizes
        self.metadata: Mapping[str, Any] = {}
        """What was saved beside it: puzzle, data, seed, ...; empty for a model that was not
        loaded."""
        self.rotary = self.rotary_of(wiring, sizes, tokens)
        self.embedding = embedding
        self.low = build_module(wiring, sizes, tokens)
        self.high = build_module(wiring, sizes, tokens) if wiring.modules == 2 else None
        # Where thinking starts; never learned, as in the original. Drawn last, after the heads.
        self.register_buffer("high_init", torch.zeros(sizes.width))
        self.register_buffer("low_init", torch.zeros(sizes.width))

    @classmethod
    def rotary_of(cls, wiring: Wiring, sizes: Sizes, tokens: int) -> Rotary | None:
        """The rotary embedding that the wiring asks for; `tokens` has the prefix among them.

        Raises `UserError` where rows and columns are needed and the tokens make no square, or the
        width of a head does not divide by both.
        """
        head = sizes.width // sizes.heads
        if wiring.positions == "rope":
            return Rotary(cls.rotary_rates(head, sizes.rope_base), torch.arange(tokens)[:, None])
        if wiring.positions != "rope-2d":
            return None
        if head % 4:
            raise UserError(
                f"a head {head} wide cannot turn with rows and columns: choose sizes.width and "
                "sizes.heads so that it is a multiple of 4"
            )
        places = rows_and_columns(wiring.prefix, tokens)
        return Rotary(cls.rotary_rates(head // 2, sizes.rope_base), places)

    @staticmethod
    def rotary_rates(width: int, base: float) -> Tensor:
        """Radians a position, float32 `[width / 2]`; the originals' in every bit
        (tests/parity.py)."""
        return 1 / base ** rotary_exponents(width)

    def draw_start(self) -> None:
        """Draw the initial states."""
        for start in (self.high_init, self.low_init):
            start.copy_(truncated_normal(self.sizes.width, std=1.0))

    def start(self, rows: int, tokens: int, which: int = 0) -> Carry:
        """The carry before the first segment, each state `[rows, tokens, width]`.

        0 is where the model was taught to begin. Others, drawn from their number, are other points
        to begin at, for several tries at one puzzle.
        """
        like = (rows, tokens, self.sizes.width)
        high, low = self.high_init, self.low_init
        if which:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(which)
                drawn = truncated_normal(2, self.sizes.width, std=1.0)
            high, low = drawn.to(high)
        return Carry(high.expand(like), low.expand(like))

    @classmethod
    def from_pretrained(cls, source: str) -> Self:
        """A model of this kind from a folder or from the hub; see `hrmkit.load`."""
        model = hrmkit.load(source)
        if not isinstance(model, cls):
            raise UserError(f"{source} holds a {type(model).__name__}, not a {cls.__name__}")
        return model

    def save_pretrained(self, folder: str) -> None:
        """Write the model to a folder; see `hrmkit.save`."""
        hrmkit.save(self, folder)

    def push_to_hub(self, name: str) -> str:
        """Upload the model to the hub as `owner/name`; returns its address. See `hrmkit.push`."""
        return hrmkit.push(self, name)

    def rewired(self, wiring: Wiring) -> Self:
        """The same parts, weights shared, with other wires: to think longer than in training.

        Raises `UserError` where a wire needs other parts.
        """
        for name in PARTS:
            if getattr(wiring, name) != getattr(self.wiring, name):
                raise UserError(
                    f"a model with {name} {getattr(self.wiring, name)} cannot be rewired to "
                    f"{getattr(wiring, name)}: assemble another one"
                )
        other = copy(self)
        other.wiring = wiring
        return other

    def injection(self, high: Tensor, x: Tensor) -> Tensor | None:
        """What L is given besides its own state: guidance from H and, recalled, the input."""
        if not self.wiring.recall:
            return None
        return high + x if self.wiring.hierarchy else x

    def think(self, carry: Carry, x: Tensor) -> Carry:
        """Run one segment's cycles on the embedded input `x [batch, tokens, width]`.

        Which calls carry gradient is the wiring's choice; "one-step" is the original's (arXiv
        2506.21734, section 2.2).
        """
        high, low = carry
        if not self.wiring.recall:
            low = x
        for module, gradient in self.wiring.calls():
            with gradient_only_if(gradient):
                if module == "L":
                    low = self.low(low, self.injection(high, x), self.rotary)
                else:
                    high = (self.high or self.low)(high, low, self.rotary)
        return Carry(high, low)

    def answering(self, carry: Carry) -> Tensor:
        """The state that the heads read: zH, or the only state."""
        return carry.high if self.wiring.hierarchy else carry.low


def rows_and_columns(prefix: int, tokens: int) -> Tensor:
    """Row and column of every token, int64 `[tokens, 2]`; the prefix is a row above the grid."""
    cells = tokens - prefix
    side = isqrt(cells)
    if side * side != cells:
        raise UserError(
            f"{cells} cells are no square grid: rope-2d needs rows and columns; set "
            "wiring.positions to rope, learned or none"
        )
    above = torch.stack((torch.zeros(prefix, dtype=torch.int64), torch.arange(prefix)), dim=1)
    grid = torch.cartesian_prod(torch.arange(1, side + 1), torch.arange(side))
    return torch.cat((above, grid))


def count_parameters(model: nn.Module) -> int:
    """The number of a model's parameters."""
    return sum(p.numel() for p in model.parameters())


def build_module(wiring: Wiring, sizes: Sizes, tokens: int) -> ReasoningModule:
    """One module's blocks, for up to `tokens` tokens (exactly so many with token mixing)."""
    gate = StableGate if wiring.gate == "stable" else SwiGLU
    if wiring.mixing == "tokens":
        return ReasoningModule(
            MixingBlock(sizes.width, tokens, sizes.inner, gate) for _ in range(sizes.blocks)
        )
    return ReasoningModule(
        Block(sizes.width, sizes.heads, sizes.inner, gate) for _ in range(sizes.blocks)
    )


@contextmanager
def gradient_only_if(wanted: bool) -> Generator[None]:
    """Disable gradients unless `wanted`; never enables them where they are off."""
    with torch.set_grad_enabled(wanted and torch.is_grad_enabled()):
        yield
