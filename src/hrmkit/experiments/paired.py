"""Differences between two ways that were tried from the same seeds."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from statistics import fmean, stdev
from typing import NamedTuple

T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160)
"""Student's t for 95%, two-sided, by degrees of freedom from 1 on; the last for more."""
SAME = 0.005
"""Shares that are nearer to each other are the same in percent."""


class Difference(NamedTuple):
    """A mean difference and the ends of its 95% interval, infinite where one seed tells nothing."""

    mean: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """ "more", "fewer" or "too close to tell"."""
        if self.low <= 0 <= self.high or abs(self.mean) <= SAME:
            return "too close to tell"
        return "more" if self.mean > 0 else "fewer"


def paired_difference(before: Sequence[float], after: Sequence[float]) -> Difference:
    """`after - before`, seed by seed (Student 1908, "The probable error of a mean").

    Seeds that only one of them has are left out. Raises `ValueError` where there is none.
    """
    each = [later - sooner for sooner, later in zip(before, after, strict=False)]
    mean = fmean(each)
    if len(each) < 2:
        return Difference(mean, -inf, inf)
    reach = T95[min(len(each) - 2, len(T95) - 1)] * stdev(each) / sqrt(len(each))
    return Difference(mean, mean - reach, mean + reach)
