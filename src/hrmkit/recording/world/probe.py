"""What the tokens that are read attend to, beside the calls of a world's model."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from hrmkit.model.block import Attention, ReasoningModule, Rotary
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.recording.calls import SeenCall, calls_of


class Probe(NamedTuple):
    """Both lists grow by one entry a call."""

    calls: list[SeenCall]
    attention: list[Tensor]
    """`[B, tokens]` each: what the reading token attends to in the last block, mean over heads."""


def attention_of(attention: Attention, x: Tensor, rotary: Rotary, reader: int) -> Tensor:
    """The attention weights `[B, tokens]` of token `reader`, mean over heads."""
    query, key, _ = attention.query_key_value(x, rotary)
    scores = query[:, :, reader : reader + 1] @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
    return scores.softmax(-1).mean(1).squeeze(1)


@contextmanager
def probe(model: WorldHRM) -> Generator[Probe]:
    """While open, every call of L and H is appended to what it yields; see `calls_of`."""
    seen: list[Tensor] = []

    def watch(module: ReasoningModule, reader: int) -> RemovableHandle:
        last_block: Any = module.blocks[-1]
        last: Attention = last_block.attention

        def on_attention(_: nn.Module, inputs: tuple[Any, ...]) -> None:
            seen.append(attention_of(last, inputs[0], inputs[1], reader))

        return last.register_forward_pre_hook(on_attention)

    handles = [watch(model.low, model.interface.action_token)]
    if model.high is not None:
        handles.append(watch(model.high, model.interface.subgoal_token))
    try:
        with calls_of(model) as calls:
            yield Probe(calls, seen)
    finally:
        for handle in handles:
            handle.remove()
