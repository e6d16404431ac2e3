"""The kit's manual: the wirings of steps 0 to 9, each with one more wire."""

from __future__ import annotations

from dataclasses import replace

from hrmkit.errors import UserError
from hrmkit.model.presets import ENCODER
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

FIXED_DEPTH = replace(ENCODER, positions="learned")
LOOP = replace(FIXED_DEPTH, loop=True, low_calls=4, gradient="full")
RECALL = replace(LOOP, recall=True)
TWO_LEVELS = replace(RECALL, hierarchy=True, modules=2, cycles=2, low_calls=2, gradient="one-step")
OUTER_LOOP = replace(TWO_LEVELS, segments=8)
HALTING = replace(OUTER_LOOP, halting="q-learning")
PUZZLE_EMBEDDING = replace(HALTING, puzzle_embedding=True, prefix=1)

STEPS: tuple[Wiring, ...] = (
    FIXED_DEPTH,  # 0: the bare block
    FIXED_DEPTH,  # 1: between input and output
    LOOP,  # 2: the latent recurrence wire
    RECALL,  # 3: the recall wire
    TWO_LEVELS,  # 4: the rats, who show what step 5 does
    TWO_LEVELS,  # 5: fast L, slow H
    OUTER_LOOP,  # 6: the outer loop wire
    HALTING,  # 7: halting
    HALTING,  # 8: the same model in the case of augmentation and voting
    PUZZLE_EMBEDDING,  # 9: the puzzle embedding
)

TITLES = (
    "the encoder block",
    "input and output",
    "latent recurrence",
    "recall",
    "rats: fast and slow",
    "H and L",
    "the outer loop",
    "road lights",
    "augmentation and votes",
    "the puzzle embedding",
)

LADDER_SUDOKU = PuzzleInterface(vocab=5, tokens=16)
"""4x4 sudoku: 0 is a blank, 1 to 4 are the digits."""


def wiring_of_step(step: int) -> Wiring:
    """The wiring of a step of the manual; raises `UserError` outside 0 to 9."""
    if not 0 <= step < len(STEPS):
        raise UserError(f"there is no step {step}: the manual has steps 0 to {len(STEPS) - 1}")
    return STEPS[step]


def ladder_sizes(wiring: Wiring) -> Sizes:
    """The ladder's sizes: two blocks in all, in one module or one in each of two."""
    return Sizes(width=64, heads=2, inner=192, blocks=2 // wiring.modules, rope_base=10_000.0)
