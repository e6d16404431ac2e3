"""Where thinking begins: where the model was taught to, or at another point, for another try."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import torch

from hrmkit.errors import UserError
from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM


@dataclass(frozen=True)
class Start:
    """One of several points to begin thinking at.

    It is the same for every puzzle, so that an answer does not depend on the puzzles beside it.
    Raises `UserError` for a negative number or noise.
    """

    number: int = 0
    """0 is where the model was taught to begin."""
    noise: float = 0.0
    """Above 0, the others are start 0 with normal noise of this standard deviation on every
    component, whose own is 1; at 0 they are unrelated points."""

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
"""Where the model was taught to begin."""
