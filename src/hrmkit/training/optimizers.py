"""Optimizers: the originals' Adam-atan2 and sign-SGD, and which weights each one trains."""

# torch has no public names for what its own optimizers do to many tensors at once.
# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import Optimizer

from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.training.recipe import Recipe

PUZZLE_EMBEDDING = "puzzle_embedding"


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
            having = [p for p in group["params"] if p.grad is not None]
            for p in having:
                state: dict[str, Any] = self.state[p]
                if not state:
                    state["step"] = 0
                    state["m"], state["v"] = torch.zeros_like(p), torch.zeros_like(p)
                state["step"] += 1
            # A GPU is faster when told of all tensors at once, a CPU when it ends with one first.
            together = bool(having) and having[0].is_cuda
            for some in [having] if together else [[p] for p in having]:
                self.move(some, group)

    def move(self, params: list[Tensor], group: dict[str, Any]) -> None:
        """Update parameters that have all taken the same number of steps."""
        if not params:
            return
        lr, (beta1, beta2) = group["lr"], group["betas"]
        steps: int = self.state[params[0]]["step"]
        gradients = [p.grad for p in params if p.grad is not None]
        ms: list[Tensor] = [self.state[p]["m"] for p in params]
        vs: list[Tensor] = [self.state[p]["v"] for p in params]
        torch._foreach_mul_(params, 1 - lr * group["weight_decay"])
        torch._foreach_lerp_(ms, gradients, 1 - beta1)
        torch._foreach_mul_(vs, beta2)
        torch._foreach_addcmul_(vs, gradients, gradients, 1 - beta2)
        roots = torch._foreach_sqrt(vs)
        torch._foreach_div_(roots, (1 - beta2**steps) ** 0.5)
        for p, m, root in zip(params, ms, roots, strict=True):
            p.add_(torch.atan2(m, root), alpha=-lr / (1 - beta1**steps))


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


def optimizers_for(model: PuzzleHRM, recipe: Recipe) -> list[Optimizer]:
    """The recipe's optimizers. Each parameter group keeps its full learning rate as `full_lr`."""
    optimizers = body_optimizers(model, recipe)
    if model.puzzle_embedding:
        optimizers.append(
            SignSGD(
                model.puzzle_embedding.parameters(), recipe.puzzle_lr, recipe.puzzle_weight_decay
            )
        )
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["full_lr"] = group["lr"]
    return optimizers


def body_optimizers(model: PuzzleHRM, recipe: Recipe) -> list[Optimizer]:
    """The optimizers of all weights but puzzle embeddings."""
    body, rate, decay = body_of(model), recipe.lr, recipe.weight_decay
    fused = body[0].is_cuda or None  # one launch for all tensors; None leaves it to torch
    if recipe.optimizer == "adam-atan2":
        return [AdamAtan2(body, rate, recipe.betas, decay)]
    if recipe.optimizer == "adamw":
        return [torch.optim.AdamW(body, rate, recipe.betas, weight_decay=decay, fused=fused)]
    # Muon is for matrices between layers; its steps are scaled so that AdamW's rate suits both.
    matrices = {
        name
        for name, p in model.named_parameters()
        if name.startswith(("low.", "high.")) and p.ndim == 2
    }
    inner = [p for name, p in model.named_parameters() if name in matrices]
    rest = [
        p
        for name, p in model.named_parameters()
        if name not in matrices and not name.startswith(PUZZLE_EMBEDDING)
    ]
    return [
        torch.optim.Muon(inner, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, rate, recipe.betas, weight_decay=decay, fused=fused),
    ]


def body_of(model: PuzzleHRM) -> list[Tensor]:
    """All trained weights but puzzle embeddings."""
    return [p for name, p in model.named_parameters() if not name.startswith(PUZZLE_EMBEDDING)]
