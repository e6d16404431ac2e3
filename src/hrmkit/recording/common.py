"""What recordings of every kind share: their base, who made them, and how numbers are written.

Numbers are float32 written with as few digits as bring them back exactly.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

import numpy as np
import torch
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

import hrmkit

FORMAT = "hrm-recording"
VERSION = 1

MAX_BYTES = 64 * 2**20
"""A recording larger than this, unpacked, is refused."""


def shortest(value: float) -> float:
    """The number with the fewest digits that is the same float32."""
    return float(str(np.float32(value)))


def shortest_number(value: object) -> object:
    """`shortest` of a number; what is none is left for pydantic to name."""
    return shortest(value) if isinstance(value, int | float) else value


Number = Annotated[float, BeforeValidator(shortest_number)]


class FrozenModel(BaseModel):
    """Base of every part: unknown fields are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Shown(FrozenModel):
    """A recording, which a notebook shows as its playing story."""

    def __repr__(self) -> str:
        # Notebooks keep it beside the story, and all numbers would be megabytes.
        return f"{type(self).__name__}({cast(Any, self).title!r})"

    def _repr_html_(self) -> str:
        return hrmkit.html_of(cast(Any, self))


class MadeBy(FrozenModel):
    """What computed this recording."""

    program: Literal["python", "page"]
    hrmkit: str = Field(description="Version of hrmkit.")
    engine: str = Field(description="What ran the model, e.g. 'torch 2.13.0'.")


def made_here(engine: str | None = None) -> MadeBy:
    """This program with its versions; `engine` if something else than this torch ran the model."""
    return MadeBy(
        program="python", hrmkit=hrmkit.__version__, engine=engine or f"torch {torch.__version__}"
    )
