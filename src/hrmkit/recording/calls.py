"""Watches the calls of a model's modules from outside: forward hooks that change nothing."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple, cast

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from hrmkit.model.hrm import HRM


class SeenCall(NamedTuple):
    """One call of a module, for a batch."""

    module: Literal["L", "H"]
    before: Tensor
    """`[B, tokens, width]`: the state that it was called with."""
    after: Tensor
    """`[B, tokens, width]`: the state that it returned."""

    def change(self) -> Tensor:
        """`[B, tokens]`: root mean square of the state's change."""
        return (self.after - self.before).square().mean(-1).sqrt()


def floats(values: Tensor) -> tuple[float, ...]:
    """A vector as plain floats."""
    return tuple(cast("list[float]", values.tolist()))


@contextmanager
def calls_of(model: HRM) -> Generator[list[SeenCall]]:
    """While open, every call of L and H is appended to the list that it yields.

    A model of one module makes all its calls with L.
    """
    calls: list[SeenCall] = []

    def watch(name: Literal["L", "H"], module: nn.Module) -> RemovableHandle:
        def on_call(_: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
            calls.append(SeenCall(name, inputs[0], output))

        return module.register_forward_hook(on_call)

    handles = [watch("L", model.low)]
    if model.high is not None:
        handles.append(watch("H", model.high))
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()
