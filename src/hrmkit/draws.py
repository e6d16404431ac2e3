"""Seeded draws that the page can repeat exactly.

Everything about the examples (which starts, what noise, in which order) is drawn through this
class. It is the Mersenne Twister, which NumPy and the page's `pure-rand` both have, so the same
seed gives the same examples in Python and in the browser.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draws:
    """A stream of draws from `seed` (0 to 2**32 - 1)."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.RandomState(seed)  # a frozen algorithm, by NumPy's promise

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return float(self._random.random_sample())

    def below(self, n: int) -> int:
        """A whole number in 0 .. n-1."""
        return int(self.uniform() * n)

    def shuffled(self, items: list[T]) -> list[T]:
        """A new list of the same items in random order (Fisher-Yates)."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return out
