"""Verbs that train and record what the page tells: record, study, ladder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hrmkit.cli.app import app
from hrmkit.errors import UserError

# Nothing here may import a world: the help would then wait for numpy.
WorldArgument = Annotated[
    str, typer.Argument(help="The world, e.g. key-door; an unknown name lists all that there are.")
]
USUAL = "the world's own"
LEARN = "What to learn from: labels or preferences."


@app.command()
def record(
    world: WorldArgument,
    out: Annotated[Path, typer.Option(help="Where to write the recording.")] = Path(
        "story.hrm.json.gz"
    ),
    examples: Annotated[
        int | None,
        typer.Option(
            help="Examples to learn from, or starts to prefer episodes of, 1 to 50.",
            show_default=USUAL,
        ),
    ] = None,
    learn: Annotated[str, typer.Option(help=LEARN)] = "labels",
    choices: Annotated[
        str | None,
        typer.Option(help="Your own preferences, as BEST-WORST of 0 to 7 a start: 3-5,0-7."),
    ] = None,
    noise: Annotated[
        float | None,
        typer.Option(
            help="Chance of a wrong label, or of a preference turned round, 0 to 0.5.",
            show_default=USUAL,
        ),
    ] = None,
    distractors: Annotated[
        float | None,
        typer.Option(
            help="Chance that an example's step shows a mistake, 0 to 0.5.", show_default=USUAL
        ),
    ] = None,
    passes: Annotated[
        int | None, typer.Option(help="Passes over the examples, 1 to 10.", show_default=USUAL)
    ] = None,
    batch: Annotated[
        int | None, typer.Option(help="Examples in a batch, 1 to 4.", show_default=USUAL)
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of the examples and of their order.", show_default=USUAL),
    ] = None,
    base_seed: Annotated[
        int | None, typer.Option(help="Seed of the base model.", show_default=USUAL)
    ] = None,
    tiles: Annotated[
        int | None,
        typer.Option(help="How many places the world has: tiles, cups.", show_default=USUAL),
    ] = None,
    size: Annotated[
        list[str] | None, typer.Option(help="Another size of the world, as NAME=NUMBER.")
    ] = None,
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

    From preferences, which is slower to learn: hrmkit record key-door --learn preferences
    """
    from hrmkit.experiments.record import record as record_story
    from hrmkit.folders import BASES, data_folder
    from hrmkit.processes import processes
    from hrmkit.progress import shown
    from hrmkit.recording.file import ROOM, check_recording, save
    from hrmkit.recording.world.settings import choices_in, settings_of
    from hrmkit.writing import check_folder

    settings = settings_of(
        world,
        tiles=tiles,
        examples=examples,
        noise=noise,
        distractors=distractors,
        passes=passes,
        batch=batch,
        seed=seed,
        base_seed=base_seed,
        sizes=_sizes(size or []),
        freeze=freeze,
        flat=flat,
        learn=learn,
        choices=None if choices is None else choices_in(choices),
    )
    check_recording(out)
    bases = data_folder() / BASES
    check_folder(bases, ROOM)
    with shown() as progress:
        recording = record_story(
            settings,
            ablations=ablations,
            seeds=seeds,
            cache=bases,
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


def _sizes(given: list[str]) -> dict[str, int]:
    """NAME=NUMBER texts as a world's sizes."""
    sizes: dict[str, int] = {}
    for text in given:
        name, equals, number = text.partition("=")
        if not (equals and number.isdecimal()):
            raise UserError(f"--size {text}: write NAME=NUMBER, e.g. tiles=5")
        sizes[name] = int(number)
    return sizes


@app.command()
def study(
    world: WorldArgument,
    out: Annotated[Path, typer.Option(help="Where to write the tables.")] = Path("study.md"),
    seeds: Annotated[int, typer.Option(help="Seeds, 1 to 20.")] = 10,
    learn: Annotated[str, typer.Option(help=LEARN)] = "labels",
) -> None:
    """Measure the world's claims over many seeds and write them as tables.

    Of labels, what the page shows is written beside them, with the ending .json. A study that was
    interrupted goes on where it stopped. Examples:

    hrmkit study key-door --seeds 10 --out measured.md

    hrmkit study key-door --learn preferences --out preferences.md
    """
    from hrmkit.experiments.preference_study import PREFERENCES
    from hrmkit.experiments.study import LABELS, write_study
    from hrmkit.folders import data_folder
    from hrmkit.processes import processes
    from hrmkit.progress import shown
    from hrmkit.recording.world.settings import way_named

    plan = LABELS if way_named(learn) == "labels" else PREFERENCES
    with shown() as progress:
        write_study(world, out, seeds, data_folder(), processes(), progress, plan)
    typer.echo(str(out))


@app.command()
def ladder(
    seeds: Annotated[int, typer.Option(help="Seeds, 1 to 20.")] = 3,
    steps: Annotated[
        str, typer.Option(help="Steps of the manual to measure, with commas between.")
    ] = "1,2,3,5,6,7,8,9",
    units: Annotated[
        int | None,
        typer.Option(
            help="Compute of a rung: block forwards on a batch; 12000 takes a sixth of the time.",
            show_default="72000",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("ladder"),
    bench: Annotated[bool, typer.Option(help="Also measure wirings beside the manual's.")] = True,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what the folder holds.")
    ] = False,
) -> None:
    """Train every step of the manual with the same compute, measure it, and record it.

    Writes a recording for the page, a plot and a table. Ctrl-C loses at most the trainings that
    are under way: --resume goes on. Example: hrmkit ladder --seeds 1 --units 12000 --out ladder
    """
    from hrmkit.experiments.ladder.report import check_own_report, write_report
    from hrmkit.experiments.ladder.run import run_ladder, steps_of
    from hrmkit.experiments.ladder.variants import UNITS
    from hrmkit.processes import processes
    from hrmkit.progress import shown

    chosen = steps_of(steps)
    check_own_report(out)
    try:
        with shown() as progress:
            recording = run_ladder(
                out,
                steps=chosen,
                seeds=seeds,
                units=UNITS if units is None else units,
                bench=bench,
                resume=resume,
                processes=processes(),
                progress=progress,
            )
    except KeyboardInterrupt:
        typer.echo(f"Stopped: {out} keeps what is finished; --resume goes on.", err=True)
        raise
    typer.echo(write_report(recording, out))
    typer.echo(f"Watch it: hrmkit play {out / 'ladder.hrm.json.gz'}")
