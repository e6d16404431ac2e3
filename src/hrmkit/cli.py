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
    from hrmkit.studio.ladder_bench import ladder_bench
    from hrmkit.studio.stories import stories

    data = data_folder()
    offered = [*files, *stories(data)]
    serve(offered, data, port=port, show=show, bench=ladder_bench(data))


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


@app.command()
def record(
    world: Annotated[str, typer.Argument(help="The world: key-door.")],
    out: Annotated[Path, typer.Option(help="Where to write the recording.")] = Path(
        "story.hrm.json.gz"
    ),
    examples: Annotated[int, typer.Option(help="Examples to learn from, 1 to 50.")] = 10,
    noise: Annotated[float, typer.Option(help="Chance of a wrong label, 0 to 0.5.")] = 0.0,
    distractors: Annotated[
        float, typer.Option(help="Chance that an example's step shows a mistake, 0 to 0.5.")
    ] = 0.1,
    passes: Annotated[int, typer.Option(help="Passes over the examples, 1 to 10.")] = 10,
    batch: Annotated[int, typer.Option(help="Examples in a batch, 1 to 4.")] = 2,
    seed: Annotated[int, typer.Option(help="Seed of the examples and of their order.")] = 0,
    base_seed: Annotated[int, typer.Option(help="Seed of the base model.")] = 1,
    tiles: Annotated[int, typer.Option(help="Length of the line, 3 to 9.")] = 5,
    freeze: Annotated[
        str, typer.Option(help="The half that must not learn: none, planner or doer.")
    ] = "none",
    flat: Annotated[bool, typer.Option("--flat", help="Train without hierarchy.")] = False,
    ablations: Annotated[
        bool, typer.Option(help="Also train what the story compares with.")
    ] = True,
    seeds: Annotated[int, typer.Option(help="Seeds to train on, 1 to 20.")] = 5,
) -> None:
    """Fine-tune, for real, and record the whole story.

    The same settings give the same bytes. Base models are kept for the next time.

    Example: hrmkit record key-door --examples 5 --noise 0.1 --out five.hrm.json.gz
    """
    from hrmkit.folders import BASES, data_folder
    from hrmkit.progress import shown
    from hrmkit.recording.file import check_target, save
    from hrmkit.recording.record import record as record_story
    from hrmkit.recording.record import settings_of
    from hrmkit.studio.stories import processes

    settings = settings_of(
        world=world,
        tiles=tiles,
        examples=examples,
        noise=noise,
        distractors=distractors,
        passes=passes,
        batch=batch,
        seed=seed,
        base_seed=base_seed,
        freeze=freeze,
        flat=flat,
    )
    check_target(out)
    with shown() as progress:
        recording = record_story(
            settings,
            ablations=ablations,
            seeds=seeds,
            cache=data_folder() / BASES,
            processes=processes(),
            progress=progress,
        )
    save(recording, out)
    end = recording.curve[-1].score
    typer.echo(
        f"{out}: {recording.curve[-1].step} gradient steps, success "
        f"{recording.curve[0].score.success:.2f} -> {end.success:.2f} over all starts\n"
        f"Watch it: hrmkit play {out}"
    )


@app.command()
def site(
    out: Annotated[Path, typer.Option(help="The folder to write, new or empty.")] = Path("site"),
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings to put in besides the default story.")
    ] = None,
) -> None:
    """Write the page and its stories as plain files, for any static host.

    Example: hrmkit site --out site five.hrm.json.gz
    """
    from hrmkit.folders import data_folder
    from hrmkit.studio.shelf import check
    from hrmkit.studio.site import check_site, write_site
    from hrmkit.studio.stories import stories

    check_site(out)
    for file in files or []:
        check(file)
    data = data_folder()
    write_site(out, [*(files or []), *stories(data)], data)
    typer.echo(f"{out}: put this folder on any web server, e.g. python -m http.server -d {out}")


@app.command()
def study(
    world: Annotated[str, typer.Argument(help="The world: key-door.")],
    out: Annotated[Path, typer.Option(help="Where to write the tables.")] = Path("study.md"),
    seeds: Annotated[int, typer.Option(help="Seeds, 1 to 20.")] = 10,
) -> None:
    """Measure the world's claims over many seeds and write them as tables.

    A study that was interrupted goes on where it stopped. Example:
    hrmkit study key-door --seeds 10 --out docs/key-door-measured.md
    """
    from hrmkit.folders import data_folder
    from hrmkit.progress import shown
    from hrmkit.recording.study import write_study
    from hrmkit.studio.stories import processes

    with shown() as progress:
        write_study(world, out, seeds, data_folder(), processes(), progress)
    typer.echo(str(out))


@app.command()
def describe(
    name: Annotated[
        str, typer.Argument(help="hrm-27m, trm-5m, trm-7m, encoder-27m, or step-0 to step-9.")
    ],
) -> None:
    """Say what a preset is made of: parameters of every part, FLOPs, effective depth.

    Example: hrmkit describe hrm-27m
    """
    from hrmkit.model.describe import describe as description_of

    typer.echo(description_of(name))


@app.command()
def ladder(
    seeds: Annotated[int, typer.Option(help="Seeds, 1 to 20.")] = 3,
    steps: Annotated[
        str, typer.Option(help="Steps of the manual to measure, with commas between.")
    ] = "1,2,3,5,6,7,8,9",
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("ladder"),
    bench: Annotated[bool, typer.Option(help="Also measure wirings beside the manual's.")] = True,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what the folder holds.")
    ] = False,
) -> None:
    """Train every step of the manual with the same compute, measure it, and record it.

    Writes a recording for the page, a plot and a table. Ctrl-C loses at most the trainings that
    are under way: --resume goes on. Example: hrmkit ladder --seeds 1 --out ladder
    """
    from hrmkit.progress import shown
    from hrmkit.recording.ladder import climb, steps_of
    from hrmkit.recording.ladder_report import write_report
    from hrmkit.studio.stories import processes

    chosen = steps_of(steps)
    with shown() as progress:
        recording = climb(
            out,
            steps=chosen,
            seeds=seeds,
            bench=bench,
            resume=resume,
            processes=processes(),
            progress=progress,
        )
    typer.echo(write_report(recording, out))
    typer.echo(f"Watch it: hrmkit play {out / 'ladder.hrm.json.gz'}")


def main() -> None:
    """Run the program ``hrmkit``."""
    app(prog_name="hrmkit")
