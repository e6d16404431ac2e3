"""What a puzzle's answer and its halting are trained on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from hrmkit.model.puzzle_hrm import PuzzleOutputs
from hrmkit.puzzles.puzzle import IGNORED
from hrmkit.training.recipe import LossName, Recipe

CellLoss = Callable[[Tensor, Tensor], Tensor]
"""`(logits [B, tokens, V], labels [B, tokens]) -> loss [B, tokens]` in nats; 0 at `IGNORED`."""


def softmax_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Cross-entropy of every cell, with the softmax.

    `smoothing` of each label is shared out evenly among all tokens (label smoothing).
    """
    return F.cross_entropy(
        logits.transpose(1, 2),
        labels,
        reduction="none",
        ignore_index=IGNORED,
        label_smoothing=smoothing,
    )


def stablemax_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of every cell, in float64, with the stablemax.

    Linear where the softmax is exponential (Prieto et al., arXiv 2501.04697); the originals' loss.
    """
    # Apple's GPU has no float64.
    wide = logits.float() if logits.device.type == "mps" else logits.double()
    rising = torch.where(wide < 0, 1 / (1 - wide.clamp(max=0) + 1e-30), wide + 1)
    log_shares = (rising / rising.sum(-1, keepdim=True)).log()
    counted = labels != IGNORED
    picked = log_shares.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return torch.where(counted, -picked, 0.0)


class PuzzleLosses(NamedTuple):
    """The losses of a batch, in nats, and what they were counted on."""

    rows: Tensor
    """`[B]`: the mean over each puzzle's cells that are asked about."""
    q_halt: Tensor
    """Against whether the answer is exactly right; summed over the batch."""
    q_continue: Tensor
    """Against what another segment would bring, summed; 0 without Q-learning."""
    right: Tensor
    """`[B]` booleans: every cell of the answer is right."""

    @property
    def cells(self) -> Tensor:
        """`rows`, summed over the batch."""
        return self.rows.sum()

    def total(self, tilt: float = 0.0) -> Tensor:
        """What is minimised: as in the originals, where nothing is tilted (`tilted`)."""
        return tilted(self.rows, tilt) + 0.5 * (self.q_halt + self.q_continue)


CELL_LOSSES: dict[LossName, CellLoss] = {"softmax": softmax_loss, "stablemax": stablemax_loss}


def cell_loss_of(recipe: Recipe) -> CellLoss:
    """The loss of a cell that a recipe asks for."""
    if recipe.label_smoothing:
        return partial(softmax_loss, smoothing=recipe.label_smoothing)
    return CELL_LOSSES[recipe.loss]


def losses_by_row(logits: Tensor, labels: Tensor, cell_loss: CellLoss) -> Tensor:
    """`[B]`: each puzzle's mean over the cells that are asked about, in nats."""
    counted = (labels != IGNORED).sum(-1).clamp(min=1)
    return cell_loss(logits, labels).sum(-1) / counted


def tilted(rows: Tensor, tilt: float) -> Tensor:
    """The sum of losses `[B]`, each weighted by exp(tilt * itself); the weights' mean is 1.

    Below 0, puzzles whose answer is still far count less: from those out of reach a model learns
    little but to stay undecided. The gradient is that of tilted empirical risk (Li et al., arXiv
    2007.01162, section 2).
    """
    if not tilt:
        return rows.sum()
    return len(rows) * (tilt * rows.detach()).softmax(0) @ rows


def puzzle_losses(
    outputs: PuzzleOutputs, labels: Tensor, target_continue: Tensor | None, cell_loss: CellLoss
) -> PuzzleLosses:
    """The losses of one segment; `labels [B, tokens]`, `target_continue [B]` shares in [0, 1]."""
    counted = labels != IGNORED
    right = ((outputs.logits.argmax(-1) == labels) | ~counted).all(-1)
    q_halt = binary(outputs.q_halt, right.to(outputs.q_halt.dtype))
    q_continue = (
        torch.zeros_like(q_halt)
        if target_continue is None
        else binary(outputs.q_continue, target_continue)
    )
    rows = losses_by_row(outputs.logits, labels, cell_loss)
    return PuzzleLosses(rows, q_halt, q_continue, right)


def binary(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy, summed."""
    return F.binary_cross_entropy_with_logits(logits, target, reduction="sum")
