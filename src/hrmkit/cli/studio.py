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
    """Open the studio in the browser; on first start, train its models in the background.

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

    named = any(os.path.isfile(file / name) for name in (WIRING, CONFIG))
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
    from hrmkit.studio.stories import stories_at_once, world_stories
    from hrmkit.studio.thinkers import Thinkers
    from hrmkit.worlds.registry import DEFAULT_WORLD

    live = Runs(runs or [])
    thinkers = Thinkers(models or [], runs or [])
    for reason in thinkers.left_out:
        typer.echo(f"Not to think with in the page: {reason}.", err=True)
    data = data_folder()
    offered = [*files, *stories_at_once(data)]
    worlds = world_stories(data)
    bench = ladder_bench(data)
    # Whoever comes with something wants the machine for that.
    if not (runs or models or show) and worlds.train(DEFAULT_WORLD):
        typer.echo("The first start trains Key -> Door in the background, some minutes long.")
    serve(
        offered,
        data,
        port=port,
        show=show,
        bench=bench,
        runs=live,
        worlds=worlds,
        thinkers=thinkers,
    )


@app.command()
def site(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings to put in besides the default story.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write, new or empty.", show_default="site")
    ] = None,
    single: Annotated[
        Path | None,
        typer.Option(help="Write one HTML file instead, which a double click opens."),
    ] = None,
    world: Annotated[
        list[str] | None,
        typer.Option(help="A world whose story is to be in it, trained first if need be; repeat."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="A model's folder to think with in the page besides; with --single also one of "
            "the package's that are not in it anyway; repeat."
        ),
    ] = None,
) -> None:
    """Write the page and its stories as plain files, for any static host, or as one file.

    The site offers the worlds whose stories are there: the default one, those that were trained in
    the studio, and those named with --world. One file has the default world and those named.

    Example: hrmkit site --out site --world two-cup five.hrm.json.gz

    Example: hrmkit site --single story.html
    """
    from hrmkit.errors import UserError
    from hrmkit.folders import data_folder
    from hrmkit.recording.file import load
    from hrmkit.studio.shelf import check
    from hrmkit.studio.stories import ensure_story, stories
    from hrmkit.worlds.registry import world_named

    if out and single:
        raise UserError("--out writes a folder and --single a file: give one of them")
    wanted = [world_named(name) for name in world or []]
    for file in files or []:
        check(file)
        load(file)  # a site is for others, who cannot mend what it does not show
    if single:
        _write_single(single, files or [], [one.name for one in wanted], model or [])
        return
    from hrmkit.model.shipped import shipped
    from hrmkit.studio.site import check_site, write_site
    from hrmkit.studio.thinkers import Thinkers

    folder = out or Path("site")
    check_site(folder)
    thinkers = Thinkers([Path(name) for name in model or [] if name not in shipped()])
    data = data_folder()
    for one in wanted:
        ensure_story(one, data)
    write_site(folder, [*(files or []), *stories(data)], data, thinkers.files)
    typer.echo(
        f"{folder}: put this folder on any web server; index.html by itself stays empty.\n"
        f"To see it here: python -m http.server -d {quote(str(folder))} -b 127.0.0.1, "
        "then open http://127.0.0.1:8000/"
    )


def _write_single(out: Path, files: list[Path], worlds: list[str], models: list[str]) -> None:
    from rich.filesize import decimal

    from hrmkit.errors import UserError
    from hrmkit.folders import data_folder
    from hrmkit.one_file import NAMED, PAGE_ENDS
    from hrmkit.studio.single import ROOM, single_page, thinking_with
    from hrmkit.studio.stories import ensure_story, stories
    from hrmkit.worlds.registry import world_named
    from hrmkit.writing import check_own, check_target, deliver

    # What is wrong with the call is said now, and not after the first training.
    if out.suffix not in PAGE_ENDS:
        raise UserError(f"{out} is no name for a page: let it end in .html")
    check_target(out, ROOM)
    check_own(out, "a page of HRM Kit", lambda text: NAMED in text)
    thinkers = thinking_with(models)
    data = data_folder()
    named = [ensure_story(world_named(name), data) for name in worlds]
    page = single_page([*files, *stories(data), *named], data, worlds, thinkers)
    deliver(out, page)
    typer.echo(
        f"{out}: {decimal(len(page))}, and all that it needs is in it: a double click opens it in "
        "a browser, with no server and no network."
    )
