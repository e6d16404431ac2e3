"""Initial states: the trained one, and others for further tries."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import torch

from hrmkit.errors import UserError
from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM


@dataclass(frozen=True)
class Start:
    """One of several initial states.

    It is the same for every puzzle, so that an answer does not depend on the rest of the batch.
    Raises `UserError` for a negative number or noise.
    """

    number: int = 0
    """0 is the initial state of the training."""
    noise: float = 0.0
    """Above 0: the other starts are start 0 plus normal noise of this standard deviation, where
    the components' own is 1. At 0: the other starts are unrelated."""

    def __post_init__(self) -> None:
        for name, value in (("number", self.number), ("noise", self.noise)):
            if not 0 <= value < inf:
                raise UserError(
                    f"a start's {name} of {value} is not possible: give 0 or more, not infinite"
                )

    def carry(self, model: PuzzleHRM, batch: PuzzleBatch) -> Carry:
        """The states before the first segment, one pair for every row of `batch`."""
        if not self.number or not self.noise:
            return model.initial_carry(batch, which=self.number)
        carry = model.initial_carry(batch)
        # Drawn on the CPU in float32: the same on every device and in every type.
        draws = torch.Generator().manual_seed(self.number)
        return Carry(
            *(
                state + self.noise * torch.randn(state.shape[1:], generator=draws).to(state)
                for state in carry
            )
        )


TAUGHT = Start()
"""The initial state of the training."""
