"""Which wires of the model are plugged in, and how large its parts are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from hrmkit.errors import UserError


@dataclass(frozen=True)
class Wiring:
    """Which wires are plugged in.

    One module (`modules=1`) is a plain looped network: `cycles * low_calls` calls of one module
    whose state serves every head. Two modules are the hierarchy: L runs `low_calls` times, then H
    once; `cycles` of that make a segment.
    """

    modules: Literal[1, 2] = 2
    """1: one module for everything. 2: H (slow, the Planner) and L (fast, the Doer)."""
    cycles: int = 2
    """N, cycles in a segment."""
    low_calls: int = 2
    """T, calls of L in a cycle."""
    segments: int = 2
    """The most segments the outer loop takes."""
    halting: Literal["none", "single-pass"] = "single-pass"
    """Whether a q head is trained to say when to stop (q_halt > 0, as in TRM)."""
    subgoal_head: bool = True
    """Whether there is a head that names a sub-goal."""
    subgoal_channel: bool = True
    """Whether the action head is told a sub-goal before it answers."""

    def __post_init__(self) -> None:
        for name in ("cycles", "low_calls", "segments"):
            if getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name)}: it has to be 1 or more")
        if self.subgoal_channel and not self.subgoal_head:
            raise UserError(
                "the sub-goal channel is plugged in but nothing feeds it: "
                "plug in the sub-goal head as well"
            )


@dataclass(frozen=True)
class Sizes:
    """How large the parts are."""

    width: int = 48
    """d, the width of a token."""
    heads: int = 4
    """Attention heads; each is width / heads wide."""
    inner: int = 128
    """Inner width of SwiGLU."""
    blocks: int = 1
    """Encoder blocks in a module."""
    rope_base: float = 100.0
    """Base of the rotary position embedding (10000 in the original, for 82 tokens)."""

    def __post_init__(self) -> None:
        if self.width % (2 * self.heads):
            raise UserError(
                f"width {self.width} does not divide into {self.heads} heads of even width"
            )


@dataclass(frozen=True)
class Interface:
    """What the model reads and says; everything it knows about a task."""

    features: int
    """Number of input features; a token is a set of them."""
    subgoals: int
    """Number of sub-goals, G."""
    actions: int
    """Number of actions, A."""
    subgoal_token: int = 0
    """The token at which the sub-goal head reads."""
    action_token: int = 1
    """The token at which the action head reads, and at which it is told a sub-goal."""


def as_json(wiring: Wiring, sizes: Sizes) -> dict[str, int | float | str | bool]:
    """Wiring and sizes as one flat JSON object."""
    return {**asdict(wiring), **asdict(sizes)}
