"""Looks inside a model while it runs, from outside: forward hooks that change nothing."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from hrmkit.model.block import Attention, ReasoningModule, Rotary
from hrmkit.model.world_hrm import WorldHRM


class CallTrace(NamedTuple):
    """One call of a module, for a batch."""

    module: Literal["L", "H"]
    """Which module was called."""
    change: Tensor
    """`[B, tokens]`: root mean square of the state's change."""
    attention: Tensor
    """`[B, tokens]`: what the reading token attends to in the last block, mean over heads."""


def attention_of(attention: Attention, x: Tensor, rotary: Rotary, reader: int) -> Tensor:
    """The attention weights `[B, tokens]` of token `reader`, mean over heads."""
    query, key, _ = attention.query_key_value(x, rotary)
    scores = query[:, :, reader : reader + 1] @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
    return scores.softmax(-1).mean(1).squeeze(1)


@contextmanager
def probe(model: WorldHRM) -> Generator[list[CallTrace]]:
    """While open, every call of L and H is appended to the list that it yields."""
    traces: list[CallTrace] = []
    handles: list[torch.utils.hooks.RemovableHandle] = []

    def watch(name: Literal["L", "H"], module: ReasoningModule, reader: int) -> None:
        seen: list[Tensor] = []

        def on_attention(_: nn.Module, inputs: tuple[Any, ...]) -> None:
            seen[:] = [attention_of(last_attention, inputs[0], inputs[1], reader)]

        def on_call(_: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
            change = (output - inputs[0]).square().mean(-1).sqrt()
            traces.append(CallTrace(name, change, seen[0]))

        last_block: Any = module.blocks[-1]
        last_attention: Attention = last_block.attention
        handles.append(last_attention.register_forward_pre_hook(on_attention))
        handles.append(module.register_forward_hook(on_call))

    watch("L", model.low, model.interface.action_token)
    if model.high is not None:
        watch("H", model.high, model.interface.subgoal_token)
    try:
        yield traces
    finally:
        for handle in handles:
            handle.remove()
