"""The originals' optimizers: Adam-atan2, and sign-SGD for puzzle embeddings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import Optimizer


class AdamAtan2(Optimizer):
    """Adam with `atan2(m, sqrt(v))` in place of `m / (sqrt(v) + eps)`, and decoupled weight decay.

    Scale-invariant, no eps to choose (Everett et al., arXiv 2407.05872).
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.95),
        weight_decay: float = 0.1,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take one step on every parameter that has a gradient."""
        for group in self.param_groups:
            lr, (beta1, beta2) = group["lr"], group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state: dict[str, Any] = self.state[p]
                if not state:
                    state["step"] = 0
                    state["m"], state["v"] = torch.zeros_like(p), torch.zeros_like(p)
                state["step"] += 1
                m, v = state["m"], state["v"]
                p.mul_(1 - lr * group["weight_decay"])
                m.lerp_(p.grad, 1 - beta1)
                v.mul_(beta2).addcmul_(p.grad, p.grad, value=1 - beta2)
                root = v.sqrt().div_((1 - beta2 ** state["step"]) ** 0.5)
                p.add_(torch.atan2(m, root), alpha=-lr / (1 - beta1 ** state["step"]))


class SignSGD(Optimizer):
    """Sign descent with decoupled weight decay on the rows of a sparse gradient, and no others.

    For puzzle embeddings: a row moves, and decays, only when its puzzle is in the batch; a puzzle
    that is in it twice has its gradients added first.
    """

    def __init__(self, params: Iterable[Tensor], lr: float, weight_decay: float) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take one step; the gradients have to be sparse (`nn.Embedding(sparse=True)`)."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                gradient = p.grad.coalesce()
                ids, rows = gradient.indices()[0], gradient.values()
                kept = p[ids] * (1 - group["lr"] * group["weight_decay"])
                p[ids] = kept - group["lr"] * rows.sign()
