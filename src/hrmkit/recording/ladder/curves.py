"""What is true of a ladder's measurements, and no type says: the page refuses what is not.

Each raises a `ValueError` with a sentence, which pydantic places.
"""

from __future__ import annotations

from collections.abc import Sequence

Curve = Sequence[tuple[int, float]]
"""(gradient step, share of puzzles solved)."""


def check_curves(curves: Sequence[Curve], last: int) -> None:
    """Along each training: shares at rising steps, the same ones for every seed, up to `last`."""
    steps = [[step for step, _ in curve] for curve in curves]
    for at, curve in zip(steps, curves, strict=True):
        for before, step in zip([0, *at], at, strict=False):
            if not before < step <= last:
                raise ValueError(
                    f"by_step has the step {step} where one from {before + 1} to {last} belongs"
                )
        check_shares([share for _, share in curve], "by_step")
        if at != steps[0]:
            raise ValueError("by_step of the seeds is not measured at the same steps")


def check_shares(values: Sequence[float], name: str) -> None:
    """Each is from 0 to 1."""
    for value in values:
        if not 0 <= value <= 1:
            raise ValueError(f"{name} has {value:g}, which is not from 0 to 1")


def check_position(position: int, among: Sequence[object], name: str) -> None:
    """It points at one of them."""
    if not 0 <= position < len(among):
        raise ValueError(f"{name} is {position}, and there are {len(among)}")
