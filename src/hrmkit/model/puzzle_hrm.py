"""The model of puzzles: it reads a whole grid and writes the whole answer, without a decoder."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from hrmkit.model.block import Linear, truncated_normal
from hrmkit.model.hrm import HRM, Carry
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring


class PuzzleBatch(NamedTuple):
    """A batch of puzzles."""

    given: Tensor
    """`[batch, tokens]`, integers: the given grids."""
    puzzle_ids: Tensor
    """`[batch]`, integers: the index of each puzzle embedding; unused without that wire."""


class PuzzleOutputs(NamedTuple):
    """The heads' outputs after a segment, as logits."""

    logits: Tensor
    """`[batch, tokens, V]`."""
    q_halt: Tensor
    """`[batch]`: whether the answer is exactly right."""
    q_continue: Tensor
    """`[batch]`: whether another segment is worth it. Trained by Q-learning only."""


class PuzzleHRM(HRM):
    """A model of a puzzle (arXiv 2506.21734; with TRM's wires, arXiv 2510.04871).

    Its own parts: `positions` (learned ones), `puzzle_embedding`, `token_head`, `q_head`.
    """

    def __init__(self, wiring: Wiring, sizes: Sizes, interface: PuzzleInterface) -> None:
        width = sizes.width
        tokens = wiring.prefix + interface.tokens
        embedding = nn.Embedding(interface.vocab, width, _weight=normal(interface.vocab, width))
        super().__init__(wiring, sizes, tokens, embedding)
        self.interface = interface
        learned = wiring.positions == "learned"
        self.positions = nn.Parameter(normal(tokens, width)) if learned else None
        self.puzzle_embedding = (
            # Only the rows of the batch have a gradient: there may be a million of them.
            nn.Embedding(interface.puzzles, width, sparse=True) if wiring.puzzle_embedding else None
        )
        if self.puzzle_embedding:
            nn.init.zeros_(self.puzzle_embedding.weight)
        self.token_head = Linear(width, interface.vocab)
        self.q_head = nn.Linear(width, 2)
        nn.init.zeros_(self.q_head.weight)
        nn.init.constant_(self.q_head.bias, -5.0)
        self.draw_start()

    def initial_carry(self, batch: PuzzleBatch, which: int = 0) -> Carry:
        """The carry before the first segment; `which` as in `start`."""
        rows, tokens = batch.given.shape
        return self.start(rows, self.wiring.prefix + tokens, which)

    def embed(self, batch: PuzzleBatch) -> Tensor:
        """The input `[batch, prefix + tokens, width]`, scaled to components of about 1."""
        x = self.embedding(batch.given)
        if self.wiring.prefix:
            before = x.new_zeros(x.shape[0], self.wiring.prefix, x.shape[2])
            if self.puzzle_embedding:
                tag = self.puzzle_embedding(batch.puzzle_ids).unsqueeze(1)
                before = torch.cat((tag, before[:, 1:]), dim=1)
            x = torch.cat((before, x), dim=1)
        if self.positions is not None:
            x = 0.5**0.5 * (x + self.positions)
        return self.sizes.width**0.5 * x

    def read(self, carry: Carry) -> PuzzleOutputs:
        """The heads' outputs for a state; the q head reads its first token."""
        state = self.answering(carry)
        q = self.q_head(state[:, 0])
        return PuzzleOutputs(self.token_head(state[:, self.wiring.prefix :]), q[:, 0], q[:, 1])

    def segment(self, carry: Carry, batch: PuzzleBatch) -> tuple[Carry, PuzzleOutputs]:
        """One segment. The new carry has no gradient.

        Under autocast states are in the type of the products, as in the originals: what happens
        between two products is bound by memory, and so moves half the bytes.
        """
        high, low = carry
        thought = self.think(
            Carry(as_products(high), as_products(low)), as_products(self.embed(batch))
        )
        return thought.detached(), self.read(thought)


def as_products(state: Tensor) -> Tensor:
    """`state` in the type that matrix products have here: autocast's, or its own without."""
    kind = state.device.type
    if not torch.is_autocast_enabled(kind):
        return state
    return state.to(torch.get_autocast_dtype(kind))


def normal(rows: int, width: int) -> Tensor:
    """A table of vectors of about unit length, so that times sqrt(width) components are about 1."""
    return truncated_normal(rows, width, std=width**-0.5)
