"""What is looked at in the states of a thought: how far calls move them, and the way they take.

The page computes the same for thoughts that are made there (web/src/engine/inside.ts).
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor

CLOSE = 0.999
"""Points that are so nearly the farthest are taken for equally far: rounding must not choose."""
NOTHING = 1e-9
"""Variance, in sizes of a state, below which states do not differ."""


class Path(NamedTuple):
    """States in their own first two principal components."""

    points: Tensor
    """float64 [states, 2], seen from the states' mean; 1 is the size of a state."""
    explained: tuple[float, float]
    """Shares of the variance that lie along the two; 0 where the states do not differ."""


def residuals(before: Tensor, after: Tensor) -> Tensor:
    """How far calls moved states: float64 [B], of states [B, tokens, width].

    The forward residual of arXiv 2506.21734, section 2 and figure 3, ||z - z_before||, over ||z||:
    the norms are over all tokens and their width. A block ends in RMSNorm, so that ||z|| is the
    root of tokens x width whatever the input, and an unrelated state is about 1.4 away.
    """
    now = after.double().flatten(1)
    moved = (now - before.double().flatten(1)).square().sum(1)
    return (moved / now.square().sum(1)).sqrt()


def principal_path(states: Tensor) -> Path:
    """The way through states [k, ...] in their own first two principal components.

    Found from the k x k products of the states, seen from their mean, as k is small and states are
    large. Of each component, the farthest point has a positive coordinate, the first one if several
    are as far.
    """
    flat = states.double().flatten(1)
    centred = (flat - flat.mean(0)) / flat.shape[1] ** 0.5
    found = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(centred @ centred.T))
    values, vectors = found
    total = float(values.clamp(min=0).sum())
    points = torch.zeros(len(flat), 2, dtype=torch.float64)
    shares = [0.0, 0.0]
    for place in range(min(2, len(flat)) if total > NOTHING else 0):
        value = max(0.0, float(values[-1 - place]))
        points[:, place] = turned(vectors[:, -1 - place]) * value**0.5
        shares[place] = value / total
    return Path(points, (shares[0], shares[1]))


def turned(line: Tensor) -> Tensor:
    """The coordinates [k] or their negative: see `principal_path`."""
    first = int((line.abs() >= CLOSE * line.abs().max()).nonzero()[0])
    return -line if line[first] < 0 else line


def participation_ratio(covariance: Tensor) -> float:
    """In how many dimensions states vary: (sum of eigenvalues)^2 / sum of their squares.

    `covariance` [d, d] is their covariance, or the products of samples seen from their mean, which
    have the same eigenvalues. From 1 to d; 0 where nothing varies. arXiv 2506.21734, section 4.
    """
    total, squares = float(covariance.trace()), float(covariance.square().sum())
    return total * total / squares if squares > 0 else 0.0
