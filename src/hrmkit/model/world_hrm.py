"""The model of a small world: a Planner predicts a sub-goal, a Doer predicts an action for it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from hrmkit.model.block import Linear, rotary_exponents
from hrmkit.model.hrm import HRM, Carry
from hrmkit.model.wiring import WORLD_TOKENS, Sizes, Wiring, WorldInterface


class Outputs(NamedTuple):
    """The heads' outputs after a segment, as logits."""

    subgoal: Tensor
    """`[batch, G]`."""
    action: Tensor
    """`[batch, A]`, for the sub-goal that the Doer was given."""
    q_halt: Tensor
    """`[batch]`; above 0 the model wants to halt."""


class WorldHRM(HRM):
    """A model of a world.

    Its heads: `subgoal_head`, `guide` (the sub-goal channel: sub-goal -> a vector added to the
    action token), `action_head`, `q_head`.
    """

    def __init__(self, wiring: Wiring, sizes: Sizes, interface: WorldInterface) -> None:
        width, face = sizes.width, interface
        embedding = Linear(face.features, width)
        nn.init.trunc_normal_(embedding.weight)
        super().__init__(wiring, sizes, WORLD_TOKENS, embedding)
        self.interface = interface
        self.subgoal_head = Linear(width, face.subgoals) if wiring.subgoal_head else None
        self.guide = nn.Embedding(face.subgoals, width) if wiring.subgoal_channel else None
        self.action_head = Linear(width, face.actions)
        self.q_head = nn.Linear(width, 1)
        nn.init.zeros_(self.q_head.weight)
        nn.init.constant_(self.q_head.bias, -5.0)
        self.draw_start()

    @staticmethod
    def rotary_rates(width: int, base: float) -> Tensor:
        """The same rates, rounded as the measured base models have them.

        They differ from the originals' by a last bit, which pre-training enlarges until the same
        seed gives another base; all that is told of worlds was measured with these.
        """
        return base ** -rotary_exponents(width)

    def initial_carry(self, features: Tensor) -> Carry:
        """The carry before the first segment, for `features [batch, tokens, F]`."""
        return self.start(*features.shape[:2])

    def embed(self, features: Tensor) -> Tensor:
        """Multi-hot `features [batch, tokens, F]` -> the input `[batch, tokens, width]`."""
        return self.embedding(features)

    def act(self, carry: Carry, x: Tensor, told: Tensor) -> Tensor:
        """Action logits `[batch, A]` under the sub-goals `told [batch, G]`, one-hot.

        One more call of L, with the sub-goal's vector added to the action token. Without the
        sub-goal channel the call is made all the same and nothing is added.
        """
        injection = self.injection(carry.high, x)
        if self.guide and injection is not None:
            # A product and a choice, no lookup and no indexed write: both export as they are.
            here = torch.arange(x.shape[1], device=x.device) == self.interface.action_token
            vector = (told.to(x.dtype) @ self.guide.weight).unsqueeze(1)
            injection = torch.where(here.unsqueeze(-1), injection + vector, injection)
        guided = self.low(carry.low, injection, self.rotary)
        return self.action_head(guided[:, self.interface.action_token])

    def subgoal_and_halt(self, carry: Carry) -> tuple[Tensor, Tensor]:
        """Sub-goal logits `[batch, G]` and q_halt `[batch]`."""
        goal = self.answering(carry)[:, self.interface.subgoal_token]
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
        return thought.detached(), Outputs(subgoal, action, q_halt)
