"""Building a model from a wiring, a preset's name, or a step of the manual."""

from __future__ import annotations

from typing import overload

import torch

from hrmkit.bounds import check_memory, check_seed
from hrmkit.errors import UserError
from hrmkit.model.cost import NUMBER, parameters_of
from hrmkit.model.presets import preset
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.steps import LADDER_SUDOKU, ladder_sizes, wiring_of_step
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring, WorldInterface
from hrmkit.model.world_hrm import WorldHRM

SMALLER = "choose smaller sizes: width, inner, blocks"


@overload
def assemble(
    wiring: Wiring | str | None = None,
    sizes: Sizes | None = None,
    interface: PuzzleInterface | None = None,
    seed: int = 0,
    *,
    step: int | None = None,
) -> PuzzleHRM: ...


@overload
def assemble(
    wiring: Wiring | str,
    sizes: Sizes | None,
    interface: WorldInterface,
    seed: int = 0,
) -> WorldHRM: ...


def assemble(
    wiring: Wiring | str | None = None,
    sizes: Sizes | None = None,
    interface: PuzzleInterface | WorldInterface | None = None,
    seed: int = 0,
    *,
    step: int | None = None,
) -> PuzzleHRM | WorldHRM:
    """Build a model, its weights drawn from `seed`; the global random state is left as it was.

    `wiring` is a `Wiring` or a preset's name (`"hrm-27m"`); `step` (0 to 9) stands for a wiring of
    the manual. `sizes` and `interface` are the preset's unless given, and otherwise the ladder's:
    4x4 sudoku, 108,290 parameters. An interface of a world makes a `WorldHRM`.

    Raises `UserError` for an unknown preset or step, for both or neither of wiring and step,
    where a world's preset is given no world, and for a model that this machine has no memory for.
    """
    if (wiring is None) == (step is None):
        raise UserError("say either a wiring or a step: assemble('hrm-27m') or assemble(step=6)")
    if isinstance(wiring, str):
        chosen = preset(wiring)
        wiring, sizes = chosen.wiring, sizes or chosen.sizes
        interface = interface or chosen.interface
        if interface is None:
            raise UserError(f"{chosen.name} is a preset for worlds: name the interface of one")
    elif wiring is None:
        wiring = wiring_of_step(step or 0)
    sizes = sizes or ladder_sizes(wiring)
    check_seed(seed)
    if not isinstance(interface, WorldInterface):
        interface = interface or LADDER_SUDOKU
        count = parameters_of(wiring, sizes, interface)
        check_memory(NUMBER * count, f"a model of {count:,} parameters", SMALLER)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if isinstance(interface, WorldInterface):
            return WorldHRM(wiring, sizes, interface)
        return PuzzleHRM(wiring, sizes, interface)
