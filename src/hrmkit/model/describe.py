"""What a preset or a step is made of, and what it costs, as text."""

from __future__ import annotations

import torch

from hrmkit.errors import UserError
from hrmkit.model.cost import effective_depth, segment_flops, step_flops, units_a_step
from hrmkit.model.presets import OLD_NAMES, PUZZLE_PRESETS
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.steps import LADDER_SUDOKU, STEPS, TITLES, ladder_sizes
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

PARTS = {
    "embedding": "input embedding",
    "positions": "learned positions",
    "puzzle_embedding": "puzzle embedding",
    "low": "L",
    "high": "H",
    "token_head": "token head",
    "q_head": "q head",
}


def named(name: str) -> tuple[str, Wiring, Sizes, PuzzleInterface]:
    """Title, wiring, sizes and interface of a puzzle preset, or of `step-0` to `step-9`."""
    for preset in PUZZLE_PRESETS:
        if preset.name == name and preset.interface:
            return preset.title, preset.wiring, preset.sizes, preset.interface
    steps = {f"step-{step}": step for step in range(len(STEPS))}
    if name in steps:
        wiring = STEPS[steps[name]]
        return TITLES[steps[name]], wiring, ladder_sizes(wiring), LADDER_SUDOKU
    known = ", ".join([preset.name for preset in PUZZLE_PRESETS] + ["step-0 to step-9"])
    of_worlds = {*OLD_NAMES, *OLD_NAMES.values()}
    worlds = " (a preset for worlds)" if name in of_worlds else ""
    raise UserError(f"nothing to describe is called {name!r}{worlds}: choose {known}")


def parameters_of(wiring: Wiring, sizes: Sizes, face: PuzzleInterface) -> dict[str, int]:
    """Learned parameters of every part, by name."""
    with torch.device("meta"):
        model = SizesOnly(wiring, sizes, face)
    counts: dict[str, int] = {}
    for name, p in model.named_parameters():
        part = PARTS[name.split(".")[0]]
        counts[part] = counts.get(part, 0) + p.numel()
    return counts


class SizesOnly(PuzzleHRM):
    """A model on the meta device: it has shapes and no numbers."""

    def draw_start(self) -> None:
        """Nothing to draw."""


def describe(name: str) -> str:
    """The description of a preset or step."""
    title, wiring, sizes, face = named(name)
    counts = parameters_of(wiring, sizes, face)
    lines = [f"{name}: {title}", ""]
    lines += [f"  {part:<20}{count:>14,} parameters" for part, count in counts.items()]
    lines += [f"  {'in all':<20}{sum(counts.values()):>14,} parameters", ""]
    calls = " ".join(c.module + ("*" if c.gradient else "") for c in wiring.calls())
    shown = calls if len(calls) <= 60 else f"{calls[:57]}..."
    facts = {
        "calls of a segment": f"{shown}   (* with gradient)",
        "segments": f"up to {wiring.segments}",
        "halting": wiring.halting,
        "effective depth": f"{effective_depth(wiring, sizes)} blocks",
        "FLOPs of a segment": flops(segment_flops(wiring, sizes, face)) + " a puzzle",
        "FLOPs of a step": flops(step_flops(wiring, sizes, face)) + " a puzzle, backward included",
        "units of a step": f"{units_a_step(wiring, sizes)} block forwards",
    }
    return "\n".join([*lines, *(f"  {what:<20}{value}" for what, value in facts.items())])


def flops(count: int) -> str:
    """A number of FLOPs in words."""
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6)):
        if count >= size:
            return f"{count / size:.3g} {unit}FLOP"
    return f"{count} FLOP"
