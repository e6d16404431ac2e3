"""What pydantic finds wrong with a file or a setting, in words for people who wrote no schema."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import ValidationError

OBJECT, LIST = "it should be an object, {...}", "it should be a list, [...]"
WHOLE, NUMBER, TRUTH = (
    "it should be a whole number",
    "it should be a number",
    "it should be true or false",
)
WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "no such field is known",
    "unexpected_keyword_argument": "no such field is known",
    "model_type": OBJECT,
    "dataclass_type": OBJECT,
    "dict_type": OBJECT,
    "list_type": LIST,
    "tuple_type": LIST,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": "it should be a finite number",
    "bool_type": TRUTH,
    "bool_parsing": TRUTH,
    "string_type": "it should be text",
    "none_required": "it should be null",
}
"""Of pydantic's kinds of errors, those whose own words name types of Python."""


class Flaw(NamedTuple):
    """The first thing that is wrong."""

    where: str
    """The names on the way to it, with dots between; empty for the whole."""
    value: object
    what: str
    """What it should be, with a small letter first."""
    kind: str
    """Pydantic's name of it, as 'missing'."""


def first_flaw(error: ValidationError) -> Flaw:
    """The first of the flaws that `error` lists."""
    first = error.errors(include_url=False)[0]
    where = ".".join(shown(str(part)) for part in first["loc"])
    return Flaw(
        where, first["input"], WORDS.get(first["type"]) or plain(first["msg"]), first["type"]
    )


def shown(name: str) -> str:
    """A name as it is, or as a string of Python where it would break or garble the sentence."""
    return name if name.isprintable() and name else repr(name)


def plain(message: str) -> str:
    """Pydantic's sentence without the words that are about pydantic."""
    message = message.removeprefix("Value error, ").replace(" after validation", "")
    message = message.replace("Input should be", "it should be")
    message = message.replace("Tuple should", "the list should")
    return message[:1].lower() + message[1:]


def first_of(error: ValidationError) -> str:
    """Where the first thing is wrong, and what."""
    flaw = first_flaw(error)
    return f"{flaw.where or 'its top level'}: {flaw.what}"
