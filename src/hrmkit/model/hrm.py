"""The assembled model: modules, wires between them, heads."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from hrmkit.model.block import Linear, ReasoningModule, Rotary, truncated_normal
from hrmkit.model.wiring import Interface, Sizes, Wiring

MAX_TOKENS = 128


class Carry(NamedTuple):
    """The end states of a segment, handed on without gradient. One module keeps only `low`."""

    high: Tensor
    """zH `[batch, tokens, width]`."""
    low: Tensor
    """zL `[batch, tokens, width]`."""


class Outputs(NamedTuple):
    """What the heads say after a segment, as logits."""

    subgoal: Tensor
    """`[batch, G]`."""
    action: Tensor
    """`[batch, A]`, under the sub-goal that the Doer was told."""
    q_halt: Tensor
    """`[batch]`; above 0 the model wants to stop thinking."""


class HRM(nn.Module):
    """A Hierarchical Reasoning Model as `wiring` says.

    The parts, by name: `embedding` (features -> tokens), `low` (L), `high` (H; absent in one
    module), `subgoal_head`, `guide` (the sub-goal channel: sub-goal -> a vector added to the
    action token), `action_head`, `q_head`.
    """

    high_init: Tensor
    low_init: Tensor

    def __init__(self, wiring: Wiring, sizes: Sizes, interface: Interface) -> None:
        super().__init__()
        self.wiring, self.sizes, self.interface = wiring, sizes, interface
        width, face = sizes.width, interface
        part = (sizes.blocks, width, sizes.heads, sizes.inner)
        self.rotary = Rotary(width // sizes.heads, MAX_TOKENS, sizes.rope_base)
        self.embedding = Linear(face.features, width)
        nn.init.trunc_normal_(self.embedding.weight)
        self.low = ReasoningModule(*part)
        self.high = ReasoningModule(*part) if wiring.modules == 2 else None
        self.subgoal_head = Linear(width, face.subgoals) if wiring.subgoal_head else None
        self.guide = nn.Embedding(face.subgoals, width) if wiring.subgoal_channel else None
        self.action_head = Linear(width, face.actions)
        self.q_head = nn.Linear(width, 1)
        nn.init.zeros_(self.q_head.weight)
        nn.init.constant_(self.q_head.bias, -5.0)
        # Where thinking starts; never learned, as in the original.
        self.register_buffer("high_init", truncated_normal(width, std=1.0))
        self.register_buffer("low_init", truncated_normal(width, std=1.0))

    def initial_carry(self, features: Tensor) -> Carry:
        """The carry before the first segment, for `features [batch, tokens, F]`."""
        like = (*features.shape[:2], self.sizes.width)
        return Carry(self.high_init.expand(like), self.low_init.expand(like))

    def embed(self, features: Tensor) -> Tensor:
        """Multi-hot `features [batch, tokens, F]` -> the input `[batch, tokens, width]`."""
        return self.embedding(features)

    def think(self, carry: Carry, x: Tensor) -> Carry:
        """Run one segment's cycles on the embedded input `x`.

        Every call but the last of each module runs without gradient (the one-step gradient,
        arXiv 2506.21734, section 2.2).
        """
        high, low = carry
        calls = self.wiring.cycles * self.wiring.low_calls
        for call in range(1, calls + 1):
            last = call == calls
            with gradient_only_if(last):
                low = self.low(low, high + x if self.high else x, self.rotary)
            if self.high and call % self.wiring.low_calls == 0:
                with gradient_only_if(last):
                    high = self.high(high, low, self.rotary)
        return Carry(high, low)

    def act(self, carry: Carry, x: Tensor, told: Tensor) -> Tensor:
        """Action logits `[batch, A]` under the sub-goals `told [batch, G]`, one-hot.

        One more call of L, with the sub-goal's vector added to the action token. Without the
        sub-goal channel the call is made all the same and nothing is added.
        """
        high, low = carry
        injection = high + x if self.high else x
        if self.guide:
            # A product and a choice, no lookup and no indexed write: both export as they are.
            here = torch.arange(x.shape[1], device=x.device) == self.interface.action_token
            vector = (told.to(x.dtype) @ self.guide.weight).unsqueeze(1)
            injection = torch.where(here.unsqueeze(-1), injection + vector, injection)
        guided = self.low(low, injection, self.rotary)
        return self.action_head(guided[:, self.interface.action_token])

    def subgoal_and_halt(self, carry: Carry) -> tuple[Tensor, Tensor]:
        """Sub-goal logits `[batch, G]` and q_halt `[batch]`, read from zH (one module: z)."""
        state = carry.high if self.high else carry.low
        goal = state[:, self.interface.subgoal_token]
        q_halt = self.q_head(goal).squeeze(-1)
        if self.subgoal_head is None:
            return goal.new_zeros(goal.shape[0], self.interface.subgoals), q_halt
        return self.subgoal_head(goal), q_halt

    def segment(
        self, carry: Carry, features: Tensor, told: Tensor | None = None
    ) -> tuple[Carry, Outputs]:
        """One segment: think, name a sub-goal, act on it.

        `features [batch, tokens, F]`; `told [batch, G]` one-hot is the sub-goal that the Doer is
        told, its own Planner's first choice when absent. The new carry has no gradient.
        """
        x = self.embed(features)
        thought = self.think(carry, x)
        subgoal, q_halt = self.subgoal_and_halt(thought)
        if told is None:
            told = nn.functional.one_hot(subgoal.argmax(-1), subgoal.shape[-1])
        action = self.act(thought, x, told)
        return Carry(thought.high.detach(), thought.low.detach()), Outputs(subgoal, action, q_halt)


@contextmanager
def gradient_only_if(wanted: bool) -> Generator[None]:
    """Run without gradient unless `wanted`; never switches it on where it is off."""
    with torch.set_grad_enabled(wanted and torch.is_grad_enabled()):
        yield


def assemble(wiring: Wiring, sizes: Sizes, interface: Interface, seed: int = 0) -> HRM:
    """Build a model, its weights drawn from `seed`; the global random state is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return HRM(wiring, sizes, interface)
