"""The command line: verbs only. What a verb does is elsewhere, and imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import hrmkit
from hrmkit.errors import UserError

DEFAULT_PORT = 8477


class Verbs(TyperGroup):
    """The one place where an error meant for a person, or a Ctrl-C, ends the program."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; end with status 2 on a UserError and 130 on Ctrl-C, without a traceback."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo(err=True)
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Verbs,
    help="Hierarchical Reasoning Models: assemble, train, record, and watch them learn.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

PortOption = Annotated[
    int, typer.Option(help="The port to serve at; when it is taken, the next free one.")
]


def show_version(wanted: bool) -> None:
    """Print the version and end, when asked to."""
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


@app.command()
def studio(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings to offer besides the default story.")
    ] = None,
    port: PortOption = DEFAULT_PORT,
) -> None:
    """Open the studio in the browser; on first start, train the default story."""
    _open_studio(files or [], port, show=None)


@app.command()
def play(
    file: Annotated[Path, typer.Argument(help="The recording to show.")],
    port: PortOption = DEFAULT_PORT,
) -> None:
    """Open the studio at one recording."""
    _open_studio([file], port, show=file)


def _open_studio(files: list[Path], port: int, show: Path | None) -> None:
    from hrmkit.folders import data_folder
    from hrmkit.studio.server import check_port, serve
    from hrmkit.studio.shelf import check

    # What is wrong with the call is said now, and not after the first training.
    check_port(port)
    for file in files:
        check(file)
    from hrmkit.studio.stories import ensure_default_story

    data = data_folder()
    serve([*files, ensure_default_story(data)], data, port=port, show=show)


@app.command()
def doctor() -> None:
    """Say what is installed, what would be computed on, what is missing and what to do."""
    from hrmkit.doctor import examine

    lacking = False
    for finding in examine():
        typer.echo(f"{finding.state:<9}{finding.subject:<13}{finding.found}")
        if finding.remedy:
            typer.echo(f"{'':<9}{'':<13}-> {finding.remedy}")
        lacking = lacking or finding.state == "missing"
    if lacking:
        raise typer.Exit(1)


# The verbs record, site and study go here.


def main() -> None:
    """Run the program ``hrmkit``."""
    app(prog_name="hrmkit")
