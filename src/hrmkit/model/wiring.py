"""A model's wiring, the sizes of its parts, and its inputs and outputs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import inf
from typing import Any, Literal, NamedTuple, get_args

from pydantic import ConfigDict

from hrmkit.errors import UserError

# What a file may say of them: no other field, and no number that is none.
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)

MOST_CALLS = 1000
"""The most cycles, calls of L in a cycle, and segments: far more than anybody has trained."""
MOST_WIDE, MOST_BLOCKS = 1 << 16, 1000
MOST_TOKENS, MOST_KINDS, MOST_PUZZLES = 1 << 16, 1 << 20, 1 << 27
"""The most cells, token kinds and puzzle embeddings; ARC-AGI-2 in 1000 views has 2^20."""
WORLD_TOKENS = 128
"""The most tokens of a world."""

Gradient = Literal["one-step", "last-cycle", "full"]
Halting = Literal["none", "q-learning", "single-pass"]
Mixing = Literal["attention", "tokens"]
Gate = Literal["swiglu", "stable"]
Positions = Literal["rope", "rope-2d", "learned", "none"]
CHOICES: dict[str, tuple[Any, ...]] = {
    "modules": (1, 2),
    "gradient": get_args(Gradient),
    "halting": get_args(Halting),
    "mixing": get_args(Mixing),
    "gate": get_args(Gate),
    "positions": get_args(Positions),
}
"""What a wire that has a name can be."""


class Call(NamedTuple):
    """One call of a module in a segment."""

    module: Literal["L", "H"]
    gradient: bool
    """Whether gradients flow through it in training."""


def check_whole(part: object, name: str, least: int, most: int) -> None:
    """Raise `UserError` unless a field is a whole number from `least` to `most`."""
    value = getattr(part, name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise UserError(f"{name} is {value!r}: it has to be {least} or more, at most {most}")


@dataclass(frozen=True)
class Wiring:
    """Which wires are plugged in.

    A segment is `cycles` (N) times: L called `low_calls` (T) times, then, with the hierarchy, H
    once. Without the hierarchy there is one state, and `cycles * low_calls` calls of one module.
    Raises `UserError` for what no model can have.
    """

    __pydantic_config__ = STRICT

    loop: bool = True
    """Latent recurrence: a module is called again on its own output. Without: fixed depth."""
    recall: bool = True
    """The input is injected again at every call of L. Without: it is the initial state."""
    hierarchy: bool = True
    """Two states, zH (slow) and zL (fast). Without: one, which serves every head."""
    modules: Literal[1, 2] = 2
    """2: H and L have their own blocks. 1: one module does both (with hierarchy: TRM)."""
    cycles: int = 2
    """N, cycles in a segment."""
    low_calls: int = 2
    """T, calls of L in a cycle."""
    gradient: Gradient = "one-step"
    """The calls that gradients flow through: the last of each module, the last cycle (TRM), all."""
    segments: int = 2
    """The most segments; above 1 the outer loop is plugged in."""
    halting: Halting = "single-pass"
    """How the q head learns to halt: not at all, by the original's Q-learning, which needs a second
    forward pass, or by q_halt alone (TRM)."""
    mixing: Mixing = "attention"
    """How tokens are mixed: by attention, or by an MLP over the token axis (TRM)."""
    gate: Gate = "swiglu"
    """How the MLPs are gated: as in the originals, or so that Muon's high rates stay stable (arXiv
    2601.19085)."""
    positions: Positions = "rope"
    """How positions are encoded: rotary by the token's number (rope, the originals'), rotary by row
    and column of a square grid (rope-2d), learned, or not at all."""
    puzzle_embedding: bool = False
    """Whether every puzzle has its own learned vector, placed before its tokens."""
    prefix: int = 0
    """Tokens before the puzzle's: the first carries the puzzle embedding, the others are empty."""
    subgoal_head: bool = False
    """Worlds only: whether there is a head that predicts a sub-goal."""
    subgoal_channel: bool = False
    """Worlds only: whether the action head receives a sub-goal as input."""

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or value not in choices:  # True equals 1
                known = ", ".join(map(str, choices))
                raise UserError(f"{name} is {value!r}: choose {known}")
        for name in ("cycles", "low_calls", "segments"):
            check_whole(self, name, 1, MOST_CALLS)
        check_whole(self, "prefix", 0, MOST_TOKENS)
        for complaint in self._missing_wires():
            raise UserError(complaint)

    def _missing_wires(self) -> list[str]:
        """Wires that need another wire which is not plugged in."""
        calls = self.cycles * self.low_calls
        rules = (
            (
                not self.loop and (calls > 1 or self.recall or self.hierarchy or self.segments > 1),
                "recall, hierarchy, outer loop and more than one call need the latent recurrence "
                "wire: plug in loop",
            ),
            (
                self.hierarchy and not self.recall,
                "H and L start from states that know nothing of the puzzle: plug in recall, the "
                "wire that brings it to L",
            ),
            (
                self.segments > 1 and not self.recall,
                "the outer loop hands on states without gradient, so the input embedding would "
                "never learn: plug in recall",
            ),
            (
                self.loop and not self.recall and self.gradient != "full" and calls > 1,
                f"with the {self.gradient} gradient no gradient reaches the input: plug in recall, "
                "or set gradient to full",
            ),
            (
                self.modules == 2 and not self.hierarchy,
                "two modules need two states to work on: plug in hierarchy, or set modules to 1",
            ),
            (
                self.gradient == "last-cycle" and not self.hierarchy,
                "there are no cycles without H: plug in hierarchy, or set gradient to one-step or "
                "full",
            ),
            (
                self.halting != "none" and self.segments == 1,
                "halting chooses between stopping and another segment: plug in the outer "
                "loop (segments above 1)",
            ),
            (
                self.puzzle_embedding and self.prefix == 0,
                "the puzzle embedding stands on a token of its own: set prefix to 1 or more",
            ),
            (
                self.mixing == "tokens" and self.positions in ("rope", "rope-2d"),
                "the token-mixing MLP has no queries and keys to rotate: set positions to none or "
                "learned",
            ),
            (
                self.subgoal_channel and not self.subgoal_head,
                "the sub-goal channel is plugged in but nothing feeds it: "
                "plug in the sub-goal head as well",
            ),
        )
        return [sentence for broken, sentence in rules if broken]

    @property
    def any_canvas(self) -> bool:
        """Whether the weights fit any number of tokens, so that a model may go on with others."""
        return self.mixing == "attention" and self.positions != "learned"

    def calls(self) -> tuple[Call, ...]:
        """The calls of one segment, in order."""
        cycle: list[Literal["L", "H"]] = ["L"] * self.low_calls
        if self.hierarchy:
            cycle.append("H")
        order = cycle * self.cycles
        last = {name: i for i, name in enumerate(order)}
        carrying = {
            "one-step": set(last.values()),
            "last-cycle": set(range(len(order) - len(cycle), len(order))),
            "full": set(range(len(order))),
        }[self.gradient]
        return tuple(Call(name, i in carrying) for i, name in enumerate(order))


@dataclass(frozen=True)
class Sizes:
    """The sizes of the parts; raises `UserError` for a value out of range."""

    __pydantic_config__ = STRICT

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
        for name in ("width", "heads", "inner"):
            check_whole(self, name, 1, MOST_WIDE)
        check_whole(self, "blocks", 1, MOST_BLOCKS)
        if not 0 < self.rope_base < inf:
            raise UserError(f"rope_base is {self.rope_base}: it has to be a number above 0")
        if self.width % (2 * self.heads):
            raise UserError(
                f"width {self.width} does not divide into {self.heads} heads of even width"
            )


@dataclass(frozen=True)
class WorldInterface:
    """A model's inputs and outputs in a world; raises `UserError` for a value out of range."""

    __pydantic_config__ = STRICT

    features: int
    """Number of input features; a token is a set of them."""
    subgoals: int
    """Number of sub-goals, G."""
    actions: int
    """Number of actions, A."""
    subgoal_token: int = 0
    """The token at which the sub-goal head reads."""
    action_token: int = 1
    """The token at which the action head reads, and to which the sub-goal is added."""

    def __post_init__(self) -> None:
        for name in ("features", "subgoals", "actions"):
            check_whole(self, name, 1, MOST_KINDS)
        for name in ("subgoal_token", "action_token"):
            check_whole(self, name, 0, WORLD_TOKENS - 1)


@dataclass(frozen=True)
class PuzzleInterface:
    """A model's inputs and outputs for puzzles; raises `UserError` for a value out of range."""

    __pydantic_config__ = STRICT

    vocab: int
    """Number of different tokens, V."""
    tokens: int
    """Cells of a puzzle."""
    puzzles: int = 1
    """Number of puzzle ids, each with its own embedding if that wire is plugged in."""

    def __post_init__(self) -> None:
        check_whole(self, "vocab", 1, MOST_KINDS)
        check_whole(self, "tokens", 1, MOST_TOKENS)
        check_whole(self, "puzzles", 1, MOST_PUZZLES)


def as_json(
    *parts: Wiring | Sizes | WorldInterface | PuzzleInterface,
) -> dict[str, int | float | str | bool]:
    """Wiring, sizes and interface as one flat JSON object."""
    return {name: value for part in parts for name, value in asdict(part).items()}
