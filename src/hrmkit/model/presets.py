"""Named wirings with sizes."""

from __future__ import annotations

from dataclasses import dataclass

from hrmkit.errors import UserError
from hrmkit.model.wiring import Sizes, Wiring


@dataclass(frozen=True)
class Preset:
    """A wiring and sizes under one name."""

    name: str
    title: str
    wiring: Wiring
    sizes: Sizes


TWO_MODULES = Sizes(width=48, heads=4, inner=128, blocks=1)
ONE_MODULE = Sizes(width=48, heads=4, inner=128, blocks=2)
"""One module of two blocks has the parameters of two modules of one block each."""

# A decision of the two modules takes 2 x (2 L + 1 H) + 1 = 7 block calls a segment; one module of
# two blocks called 3 + 1 times takes 8, so that what is left out never costs the rival compute.
FLAT = Wiring(modules=1, cycles=1, low_calls=3, subgoal_head=False, subgoal_channel=False)

PRESETS = {
    preset.name: preset
    for preset in (
        Preset("keydoor", "Planner and Doer", Wiring(), TWO_MODULES),
        Preset("keydoor-flat", "no hierarchy: one module, actions only", FLAT, ONE_MODULE),
        Preset(
            "keydoor-flat-labelled",
            "one module that also learns the sub-goals",
            Wiring(modules=1, cycles=1, low_calls=3, subgoal_channel=False),
            ONE_MODULE,
        ),
        Preset(
            "keydoor-no-channel",
            "two modules, but the Doer is not told the sub-goal",
            Wiring(subgoal_channel=False),
            TWO_MODULES,
        ),
        Preset(
            "keydoor-one-module",
            "one module that is told its own sub-goal",
            Wiring(modules=1, cycles=1, low_calls=3),
            ONE_MODULE,
        ),
    )
}


def preset(name: str) -> Preset:
    """The preset of that name; raises `UserError` for an unknown one."""
    try:
        return PRESETS[name]
    except KeyError:
        raise UserError(f"no preset is called {name!r}: choose {', '.join(PRESETS)}") from None
