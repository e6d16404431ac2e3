"""Makes a trained model wider without changing its answers, so that it can learn more.

Every channel is repeated, and what reads the copies shares out its old weight among them at random,
so that they are told apart by the next gradient (Chen et al., "Net2Net", arXiv 1511.05641).
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.wiring import Sizes

SPREAD = 0.2
"""How unevenly a weight is shared out: a copy's part is 1/k, give or take this much of it."""


def widened(model: PuzzleHRM, sizes: Sizes, seed: int = 0) -> PuzzleHRM:
    """A model of `sizes` with the same answers as `model`, up to rounding.

    `sizes` has k times the width, the inner width and the heads, and the same blocks; a model
    without attention may have any number of heads. Raises `UserError` for other sizes.
    """
    times = check_times(model, sizes)
    wide = PuzzleHRM(model.wiring, sizes, model.interface).to(model.low_init.dtype)
    draws = torch.Generator().manual_seed(seed)
    mine = model.state_dict()
    with torch.no_grad():
        for name, target in wide.state_dict().items():
            target.copy_(grown(name, mine[name], model, times, draws))
    return wide


def check_times(model: PuzzleHRM, sizes: Sizes) -> int:
    """How many times as wide `sizes` are; `UserError` where they are not the model's, but wider."""
    times = max(1, sizes.width // model.sizes.width)
    wanted = replace(model.sizes, width=times * model.sizes.width, inner=times * model.sizes.inner)
    if model.wiring.mixing == "attention":
        wanted = replace(wanted, heads=times * model.sizes.heads)
    else:
        wanted = replace(wanted, heads=sizes.heads)
    if sizes != wanted:
        raise UserError(
            f"a model of {model.sizes} cannot be widened to {sizes}: give it a whole number of "
            "times the width and the inner width, with attention as many times the heads, and the "
            "same blocks"
        )
    return times


def grown(name: str, old: Tensor, model: PuzzleHRM, times: int, draws: torch.Generator) -> Tensor:
    """The parameter or buffer `name` of the wider model."""
    part = name.rsplit(".", 2)[-2] if name.endswith(".weight") else name
    if "token_mlp" in name or name == "q_head.bias":
        return old  # over the axis of tokens, which stays as long
    if part == "gate_up":
        return shared_out(torch.cat([half.repeat(times, 1) for half in old.chunk(2)]), times, draws)
    if part == "qkv":
        thirds = [third.repeat(times, 1) for third in old.chunk(3)]
        return shared_out(torch.cat(thirds), times, draws)
    if part in ("down", "out"):
        return shared_out(old.repeat(times, 1), times, draws)
    if part in ("token_head", "q_head"):
        return shared_out(old, times, draws)
    if part in ("embedding", "puzzle_embedding", "positions"):
        # What is embedded is multiplied by the square root of the width.
        return old.repeat(1, times) / times**0.5
    if part in ("high_init", "low_init"):
        return old.repeat(times)
    raise AssertionError(f"nothing says how {name} grows")


def shared_out(old: Tensor, times: int, draws: torch.Generator) -> Tensor:
    """`old [rows, columns]` -> `[rows, times * columns]`: every weight in parts that sum to it."""
    parts = torch.rand(times, *old.shape, generator=draws).to(old) * 2 * SPREAD + 1 - SPREAD
    parts = parts / parts.sum(0) * old
    return parts.permute(1, 0, 2).reshape(len(old), -1)
