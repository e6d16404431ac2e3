"""The program `hrmkit`: how it is called and how it ends. Its verbs are in the modules beside."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import hrmkit
from hrmkit.errors import UserError
from hrmkit.renamed import with_new_options

LONGEST = 300
"""Longest word that an error message shows in full, such as a path."""


NUMBERS = {"int_parsing": "integer", "int_from_float": "integer", "float_parsing": "number"}
"""What an option wants, by pydantic's name of the error."""


class Verbs(TyperGroup):
    """The verbs. Ends the program on a `UserError` and on Ctrl-C."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse empty words, which come from unset shell variables; replace renamed options."""
        for before, word in pairwise(["", *args]):
            if not word or (word.startswith("--") and word.endswith("=")):
                what = word.rstrip("=") or (before if before.startswith("--") else "a word")
                raise typer.BadParameter(f"{what} is empty: give a value, or leave it out", ctx)
        return super().parse_args(ctx, with_new_options(args[0] if args else "", args, say_renamed))

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; end with status 2 on a UserError and 130 on Ctrl-C, without a traceback."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            say(error)
            raise typer.Exit(2) from None
        except typer.BadParameter as error:
            raise with_value(error) from None
        except KeyboardInterrupt:
            typer.echo(err=True)
            raise typer.Exit(130) from None


def with_value(error: typer.BadParameter) -> typer.BadParameter:
    """The error of an option, with the value given, which newer versions of typer leave out."""
    from pydantic import ValidationError

    if isinstance(error.__cause__, ValidationError):
        first = error.__cause__.errors()[0]
        wanted = NUMBERS.get(first["type"])
        what = f"is not a valid {wanted}" if wanted else f"is refused: {first['msg']}"
        error.message = f"{first['input']!r} {what}"
    return error


def say(error: Exception) -> None:
    """Print an error on one line, long words shortened."""
    words = re.sub(
        rf"\S{{{LONGEST},}}", lambda word: f"{word[0][:60]}...{word[0][-60:]}", str(error)
    )
    typer.echo(f"error: {' '.join(words.splitlines())}", err=True)


def say_renamed(old: str, new: str) -> None:
    """Tell a person that an option has another name now."""
    typer.echo(f"note: {old} is now called {new}", err=True)


app = typer.Typer(
    cls=Verbs,
    help="Hierarchical Reasoning Models: assemble, train, record, and watch them learn.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def show_version(wanted: bool) -> None:
    """Print the version and end, if `wanted`."""
    if wanted:
        typer.echo(f"hrmkit {hrmkit.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Hierarchical Reasoning Models: assemble, train, record, and watch them learn."""
