"""Verbs that show: studio, play, site."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from hrmkit.cli.app import app

DEFAULT_PORT = 8477

PortOption = Annotated[
    int, typer.Option(help="The port to serve at; when it is taken, the next free one.")
]


@app.command()
def studio(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Recordings, folders of runs, or folders of models to think with in the page, to "
            "offer besides what comes along."
        ),
    ] = None,
    port: PortOption = DEFAULT_PORT,
) -> None:
    """Open the studio in the browser; on first start, train the default story.

    The folder of a run is shown while it trains, and the page opens there; with its newest model
    the page can think about puzzles, as with a model's folder.

    Example: hrmkit studio runs/sudoku
    """
    models = [file for file in files or [] if _holds_model(file)]
    runs = [file for file in files or [] if os.path.isdir(file) and file not in models]
    recordings = [file for file in files or [] if file not in models + runs]
    _open_studio(recordings, port, show=None, runs=runs, models=models)


def _holds_model(file: Path) -> bool:
    """Whether a folder is a model's, and not a run's; what is in it is looked at later."""
    from hrmkit.model.checkpoints import holds_run
    from hrmkit.model.described import WIRING
    from hrmkit.model.originals import CONFIG

    named = any((file / name).is_file() for name in (WIRING, CONFIG))
    return named and not holds_run(file)


@app.command()
def play(
    file: Annotated[Path, typer.Argument(help="The recording to show.")],
    port: PortOption = DEFAULT_PORT,
) -> None:
    """Open the studio at one recording."""
    _open_studio([file], port, show=file)


def _open_studio(
    files: list[Path],
    port: int,
    show: Path | None,
    runs: list[Path] | None = None,
    models: list[Path] | None = None,
) -> None:
    from hrmkit.folders import data_folder
    from hrmkit.studio.server import check_port, serve
    from hrmkit.studio.shelf import check

    # What is wrong with the call is said now, and not after the first training.
    check_port(port)
    for file in files:
        check(file)
    if show:
        from hrmkit.recording.file import load

        load(show)
    from hrmkit.studio.ladder_bench import ladder_bench
    from hrmkit.studio.run import Runs
    from hrmkit.studio.stories import (
        shipped_stories,
        stories,
        world_stories,
        write_definitions,
    )
    from hrmkit.studio.thinkers import Thinkers

    live = Runs(runs or [])
    thinkers = Thinkers(models or [], runs or [])
    for reason in thinkers.left_out:
        typer.echo(f"Not to think with in the page: {reason}.", err=True)
    data = data_folder()
    known = bool(runs or models)
    if known:  # whoever comes with one does not wait for the default story to be trained
        write_definitions(data)
    offered = [*files, *(shipped_stories() if known else stories(data))]
    serve(
        offered,
        data,
        port=port,
        show=show,
        bench=ladder_bench(data),
        runs=live,
        worlds=world_stories(data),
        thinkers=thinkers,
    )


@app.command()
def site(
    out: Annotated[Path, typer.Option(help="The folder to write, new or empty.")] = Path("site"),
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings to put in besides the default story.")
    ] = None,
    world: Annotated[
        list[str] | None,
        typer.Option(help="A world whose story is to be in it, trained first if need be; repeat."),
    ] = None,
) -> None:
    """Write the page and its stories as plain files, for any static host.

    The site offers the worlds whose stories are there: the default one, those that were trained in
    the studio, and those named with --world.

    Example: hrmkit site --out site --world two-cup five.hrm.json.gz
    """
    from hrmkit.folders import data_folder
    from hrmkit.studio.shelf import check
    from hrmkit.studio.site import check_site, write_site
    from hrmkit.studio.stories import ensure_story, stories
    from hrmkit.studio.thinkers import Thinkers
    from hrmkit.worlds.registry import world_named

    wanted = [world_named(name) for name in world or []]
    check_site(out)
    for file in files or []:
        check(file)
    data = data_folder()
    for one in wanted:
        ensure_story(one, data)
    write_site(out, [*(files or []), *stories(data)], data, Thinkers().files)
    typer.echo(
        f"{out}: put this folder on any web server; index.html by itself stays empty.\n"
        f"To see it here: python -m http.server -d {quote(str(out))} -b 127.0.0.1, "
        "then open http://127.0.0.1:8000/"
    )
