"""What is wrong with a file is said without words that only who wrote its schema knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from hrmkit.flaws import first_flaw


@dataclass
class Part:
    size: int


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    part: Part | None = None
    parts: tuple[Part, ...] = ()
    two: tuple[int, int] = (1, 2)
    names: dict[str, int] = {}
    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0
    on: bool = True
    word: str = ""
    kind: Literal["H", "L"] = "H"
    nothing: None = None

    @field_validator("word")
    @classmethod
    def check(cls, word: str) -> str:
        if word == "bad":
            raise ValueError("Bad is no word")
        return word


@pytest.mark.parametrize(
    ("given", "where", "what"),
    [
        (5, "", "it should be an object, {...}"),
        ({"part": 5}, "part", "it should be an object, {...}"),
        ({"\n": 5}, "'\\n'", "no such field is known"),
        ({"parts": 5}, "parts", "it should be a list, [...]"),
        ({"parts": [{"size": 1}, {}]}, "parts.1.size", "it is missing"),
        ({"part": {"size": 1, "x": 1}}, "part.x", "no such field is known"),
        ({"part": {"size": 1.5}}, "part.size", "it should be a whole number"),
        ({"part": {"size": "x"}}, "part.size", "it should be a whole number"),
        ({"part": {"size": []}}, "part.size", "it should be a whole number"),
        ({"names": 5}, "names", "it should be an object, {...}"),
        ({"share": "x"}, "share", "it should be a number"),
        ({"share": float("nan")}, "share", "it should be a finite number"),
        ({"share": 2}, "share", "it should be less than or equal to 1"),
        ({"on": "x"}, "on", "it should be true or false"),
        ({"on": []}, "on", "it should be true or false"),
        ({"word": 5}, "word", "it should be text"),
        ({"word": "bad"}, "word", "bad is no word"),
        ({"kind": "M"}, "kind", "it should be 'H' or 'L'"),
        ({"nothing": 5}, "nothing", "it should be null"),
        ({"two": [1, 2, 3]}, "two", "the list should have at most 2 items, not 3"),
        ({"more": 5}, "more", "no such field is known"),
    ],
)
def test_flaws_are_said_in_plain_words(given: object, where: str, what: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(Whole).validate_python(given)
    assert first_flaw(raised.value)[::2] == (where, what)
