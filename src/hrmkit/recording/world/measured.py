"""What a study found in a world, as the page shows it: success by number of examples.

`hrmkit study` writes it beside its tables; those that come with the package are in
`hrmkit/worlds/measured/`, a file a world.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

import hrmkit.worlds
from hrmkit.recording.common import FrozenModel, Number

FOLDER = Path(hrmkit.worlds.__file__).parent / "measured"


class MeasuredWiring(FrozenModel):
    """One wiring, fine-tuned on every number of examples from every seed."""

    wiring: str = Field(description="'hierarchy' for the main one, else the rival's, e.g. 'flat'.")
    success: tuple[tuple[Number, ...], ...] = Field(
        description="Of each number of examples: the share of starts that succeed, a seed each."
    )


class Measured(FrozenModel):
    """Success by number of examples, with the usual settings of a world."""

    world: str
    examples: tuple[int, ...]
    wirings: tuple[MeasuredWiring, ...] = Field(description="The main one first.")


def measured_in(world: str, folder: Path = FOLDER) -> Measured | None:
    """What was measured in a world; None where nothing comes with the package."""
    path = folder / f"{world}.json"
    return Measured.model_validate_json(path.read_text()) if path.exists() else None
