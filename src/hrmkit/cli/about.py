"""Verbs that say what there is: doctor, describe."""

from __future__ import annotations

from typing import Annotated

import typer

from hrmkit.cli.app import app


@app.command()
def doctor() -> None:
    """Say what is installed, what would be computed on, what is missing and what to do."""
    from hrmkit.cli.installation import examine

    lacking = False
    for finding in examine():
        typer.echo(f"{finding.state:<9}{finding.subject:<16}{finding.found}")
        if finding.remedy:
            typer.echo(f"{'':<9}{'':<16}-> {finding.remedy}")
        lacking = lacking or finding.state == "missing"
    if lacking:
        raise typer.Exit(1)


@app.command()
def describe(
    name: Annotated[
        str, typer.Argument(help="tiny, hrm-27m, trm-5m, trm-7m, ..., or step-0 to step-9.")
    ],
) -> None:
    """Say what a preset is made of: parameters of every part, FLOPs, effective depth.

    Example: hrmkit describe hrm-27m
    """
    from hrmkit.model.describe import describe as description_of

    typer.echo(description_of(name))
