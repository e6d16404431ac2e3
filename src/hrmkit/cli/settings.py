"""Settings of a model that are given by their names: --sizes.heads 8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand

from hrmkit.errors import UserError

SECTIONS = ("wiring", "sizes", "interface")
HELP = """
A checkpoint of others that does not say all of its sizes is told them, as --sizes.heads 8
--wiring.cycles 2 --interface.tokens 81; what is missing is asked for.
"""


class Sized(TyperCommand):
    """A verb that also takes settings of the model, anywhere among its options; see `named`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the settings out of the arguments, and read the others."""
        left, found = parted(args)
        ctx.meta[__name__] = found
        return super().parse_args(ctx, left)


def named(context: Any) -> dict[str, str]:
    """The settings that were given, by name."""
    return context.meta.get(__name__, {})


def parted(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The arguments without settings, and those by name: `--sizes.heads 8` or `--sizes.heads=8`."""
    left: list[str] = []
    found: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            return [*left, word, *waiting], found
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or name.partition(".")[0] not in SECTIONS or "." not in name:
            left.append(word)
            continue
        if not equals:
            if not waiting or waiting[0].startswith("--"):
                raise UserError(f"--{name} has no value: give --{name} VALUE")
            value = waiting.pop(0)
        found[name] = value
    return left, found
