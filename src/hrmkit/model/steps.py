"""The kit's manual: steps 0 to 9, each a wiring one wire richer than the one before."""

from __future__ import annotations

from dataclasses import replace

from hrmkit.errors import UserError
from hrmkit.model.presets import ENCODER
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

FIXED_DEPTH = replace(ENCODER, positions="learned")
LOOP = replace(FIXED_DEPTH, loop=True, low_calls=4, gradient="full")
RECALL = replace(LOOP, recall=True)
HIERARCHY = replace(RECALL, hierarchy=True, modules=2, cycles=2, low_calls=2, gradient="one-step")
OUTER_LOOP = replace(HIERARCHY, segments=8)
ROAD_LIGHTS = replace(OUTER_LOOP, halting="q-learning")
NAME_TAG = replace(ROAD_LIGHTS, puzzle_embedding=True, prefix=1)

STEPS: tuple[Wiring, ...] = (
    FIXED_DEPTH,  # 0: the bare block
    FIXED_DEPTH,  # 1: between input and output
    LOOP,  # 2: the latent recurrence wire
    RECALL,  # 3: the recall wire
    HIERARCHY,  # 4: the rats, who show what step 5 does
    HIERARCHY,  # 5: fast L, slow H
    OUTER_LOOP,  # 6: the outer loop wire
    ROAD_LIGHTS,  # 7: the road lights
    ROAD_LIGHTS,  # 8: the same model in the case of augmentation and voting
    NAME_TAG,  # 9: the puzzle embedding
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
