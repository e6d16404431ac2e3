"""Named wirings with sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hrmkit.errors import UserError
from hrmkit.model.block import swiglu_inner
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring


@dataclass(frozen=True)
class Preset:
    """A wiring and sizes under one name."""

    name: str
    title: str
    wiring: Wiring
    sizes: Sizes
    interface: PuzzleInterface | None = None
    """The default interface; None for worlds, which have their own."""


TWO_MODULES = Sizes(width=48, heads=4, inner=128, blocks=1)
ONE_MODULE = Sizes(width=48, heads=4, inner=128, blocks=2)
"""One module of two blocks has the parameters of two modules of one block each."""

SUBGOALS = Wiring(subgoal_head=True, subgoal_channel=True)
# A decision of the two modules takes 2 x (2 L + 1 H) + 1 = 7 block calls a segment; one module of
# two blocks called 3 + 1 times takes 8, so that what is left out never costs the rival compute.
ONE = replace(SUBGOALS, hierarchy=False, modules=1, cycles=1, low_calls=3)

# The same in every world; each world says which of them it trains, and at what rates.
WORLD_PRESETS = (
    Preset("hierarchy", "Planner and Doer", SUBGOALS, TWO_MODULES),
    Preset(
        "flat",
        "no hierarchy: one module, actions only",
        replace(ONE, subgoal_head=False, subgoal_channel=False),
        ONE_MODULE,
    ),
    Preset(
        "flat-labelled",
        "one module that also learns the sub-goals",
        replace(ONE, subgoal_channel=False),
        ONE_MODULE,
    ),
    Preset(
        "no-channel",
        "two modules, but the Doer is not told the sub-goal",
        replace(SUBGOALS, subgoal_channel=False),
        TWO_MODULES,
    ),
    Preset("one-module", "one module that is told its own sub-goal", ONE, ONE_MODULE),
)

SUDOKU = PuzzleInterface(vocab=11, tokens=81)
"""9x9 sudoku in the originals' tokens: 0 pads, 1 is a blank, 2 to 10 are the digits."""

FULL = Sizes(width=512, heads=8, inner=swiglu_inner(512), blocks=4, rope_base=10_000.0)

HRM_27M = Wiring(segments=16, halting="q-learning", puzzle_embedding=True, prefix=1)
TRM = Wiring(
    modules=1,
    cycles=3,
    low_calls=6,
    gradient="last-cycle",
    segments=16,
    puzzle_embedding=True,
    prefix=16,
)
ENCODER = Wiring(
    loop=False,
    recall=False,
    hierarchy=False,
    modules=1,
    cycles=1,
    low_calls=1,
    segments=1,
    halting="none",
)
# One state in place of H and L, because it learns faster at this size (docs/training.md).
TINY = Wiring(
    hierarchy=False,
    modules=1,
    cycles=1,
    low_calls=4,
    segments=8,
    mixing="tokens",
    positions="none",
)
TINY_SIZES = Sizes(width=64, heads=2, inner=192, blocks=2, rope_base=10_000.0)

PUZZLE_PRESETS = (
    Preset("tiny", "learns small grids on a CPU in minutes", TINY, TINY_SIZES, SUDOKU),
    Preset(
        "tiny-attention",
        "the same with attention, for mazes and ARC, whose grids are large",
        replace(TINY, mixing="attention", positions="rope"),
        TINY_SIZES,
        SUDOKU,
    ),
    Preset("hrm-27m", "the original HRM (arXiv 2506.21734)", HRM_27M, FULL, SUDOKU),
    Preset(
        "trm-5m",
        "TRM with the token-mixing MLP, for sudoku (arXiv 2510.04871)",
        replace(TRM, mixing="tokens", positions="none"),
        replace(FULL, blocks=2),
        SUDOKU,
    ),
    Preset("trm-7m", "TRM with attention (arXiv 2510.04871)", TRM, replace(FULL, blocks=2), SUDOKU),
    Preset(
        "encoder-27m",
        "the manual's fixed-depth encoder block, at full size",
        ENCODER,
        replace(FULL, blocks=8),
        SUDOKU,
    ),
)

PRESETS = {preset.name: preset for preset in (*WORLD_PRESETS, *PUZZLE_PRESETS)}

OLD_NAMES = {
    "keydoor": "hierarchy",
    **{f"keydoor-{preset.name}": preset.name for preset in WORLD_PRESETS[1:]},
}
"""Old names of the worlds' wirings, from when there was one world."""


def preset(name: str) -> Preset:
    """The preset of that name, or of that old name; raises `UserError` for an unknown one."""
    try:
        return PRESETS[OLD_NAMES.get(name, name)]
    except KeyError:
        raise UserError(f"no preset is called {name!r}: choose {', '.join(PRESETS)}") from None
