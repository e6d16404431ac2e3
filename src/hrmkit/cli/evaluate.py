"""The verb that measures a trained model: eval."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from hrmkit.cli.app import app
from hrmkit.cli.settings import HELP, Sized, named
from hrmkit.puzzles.registry import definition_of

if TYPE_CHECKING:
    from hrmkit.device import Device
    from hrmkit.solving.evaluate_arc import Embeddings
    from hrmkit.solving.inference import Choice, InferenceSettings
    from hrmkit.solving.loading import LoadedModel

ModelArgument = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A model's folder or file, a run's (its newest), or a name on the hub.",
    ),
]
PuzzleOption = Annotated[
    str | None, typer.Option(help="The kind of puzzle, where the model does not say it.")
]


@app.command("eval", cls=Sized, epilog=HELP)
def evaluate(
    context: typer.Context,
    model: ModelArgument,
    data: Annotated[
        str,
        typer.Option(
            help="Puzzles with answers: CSV, CSV.gz, a name on the hub; arc-1, arc-1:pocket, arc-2."
        ),
    ],
    puzzle: PuzzleOption = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many puzzles.")] = None,
    batch: Annotated[
        int | None,
        typer.Option(help="Puzzles computed at once; by default as many as are fastest."),
    ] = None,
    segments: Annotated[
        int | None, typer.Option(help="The most segments; by default the model's own.")
    ] = None,
    halt: Annotated[
        bool,
        typer.Option(help="Whether the model may halt early; originals measure --no-halt."),
    ] = True,
    halt_threshold: Annotated[
        float | None,
        typer.Option(help="Halt only where q_halt says so much: 0.5 or more, below 1."),
    ] = None,
    vote: Annotated[
        int | None,
        typer.Option(help="Views of each puzzle that vote; by default 1, for ARC all learned."),
    ] = None,
    views: Annotated[
        int | None,
        typer.Option(
            help="Instead of a vote: try view after view of each puzzle, so many at most, until an "
            "answer is valid. Labels are not used for that."
        ),
    ] = None,
    starts: Annotated[int, typer.Option(help="Initial states to answer each puzzle from.")] = 1,
    choose: Annotated[
        str,
        typer.Option(help="Which start answers: the highest q (q), or the first to halt (first)."),
    ] = "q",
    noise: Annotated[
        float, typer.Option(help="Noise added to the trained initial state; 0: unrelated states.")
    ] = 0.0,
    by_segment: Annotated[
        bool,
        typer.Option(help="Also measure after every segment, in another pass without halting."),
    ] = True,
    seed: Annotated[int, typer.Option(help="Seed of the symmetries.")] = 0,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Skip bad rows, and count them.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write everything as JSON.")] = False,
    submission: Annotated[
        Path | None, typer.Option(help="Of ARC: where to write the two attempts at every test.")
    ] = None,
    embeddings: Annotated[
        str,
        typer.Option(
            help="Of ARC: the puzzle embedding that goes with a test: its own, none, or swapped "
            "for the next task's, to see what it is for."
        ),
    ] = "own",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    dtype: Annotated[
        str, typer.Option(help="Of matrix products: bfloat16, float32; auto: what is fast here.")
    ] = "auto",
    threads: Annotated[
        int | None, typer.Option(help="CPU threads; what the model's size is worth unless given.")
    ] = None,
) -> None:
    """Measure a model on puzzles: exact, valid, by difficulty, by segment, and how fast.

    Example: hrmkit eval runs/sudoku-tiny --data dev.csv.gz --limit 500 --vote 8
    """
    from hrmkit.device import choose_device
    from hrmkit.errors import UserError
    from hrmkit.progress import shown
    from hrmkit.solving.evaluate import evaluate as measured
    from hrmkit.solving.evaluate import first
    from hrmkit.solving.inference import InferenceSettings
    from hrmkit.solving.loading import load_for, load_model, name_of, was_learned
    from hrmkit.solving.precision import placed, use_threads
    from hrmkit.solving.report import as_json, as_text

    chosen = choose_device(device, dtype)
    if vote is not None and views is not None:
        raise UserError("--vote and --views are two ways to use views: give one of them")
    loaded = load_model(model, named(context))
    use_threads(loaded.model, threads)
    settings = InferenceSettings(
        batch,
        segments,
        halt,
        loaded.halt_threshold if halt_threshold is None else halt_threshold,
        starts,
        noise,
        cast("Choice", choose),
        next((count for count in (vote, views) if count is not None), 1),
        views is not None,
        seed,
    )
    if definition_of(name_of(loaded, puzzle)).by_task:
        if views is not None:
            raise UserError("--views needs answers that can be checked, and ARC's cannot: --vote")
        evaluate_arc(loaded, data, settings, vote, limit, chosen, submission, json, embeddings)
        return
    if submission:
        raise UserError("--submission is for ARC: leave it out")
    if embeddings != "own":
        raise UserError("--embeddings is for ARC: leave it out")
    labelled = first(load_for(loaded, data, puzzle, skip_bad), limit)
    placed(loaded.model, chosen)
    with shown() as progress:
        result = measured(
            loaded.model, labelled, settings, by_segment=by_segment, progress=progress
        )
    where = loaded.source, chosen.reason, was_learned(loaded, labelled.fingerprint)
    typer.echo(as_json(result, *where) if json else as_text(result, *where))


def evaluate_arc(
    loaded: LoadedModel,
    data: str,
    settings: InferenceSettings,
    vote: int | None,
    limit: int | None,
    device: Device,
    submission: Path | None,
    json: bool,
    embeddings: str,
) -> None:
    """The verb's part for ARC."""
    from hrmkit.progress import shown
    from hrmkit.solving.evaluate_arc import check_embeddings, known_tests
    from hrmkit.solving.evaluate_arc import evaluate_arc as measured
    from hrmkit.solving.precision import placed
    from hrmkit.solving.report import arc_as_json, arc_as_text
    from hrmkit.writing import check_own, check_target

    if submission:
        check_target(submission)
        check_own(submission, "a submission", lambda text: '"attempt_1"' in text)
    check_embeddings(loaded, embeddings)
    tasks, tests = known_tests(loaded, data, vote, limit)
    placed(loaded.model, device)
    with shown() as progress:
        evaluation, result = measured(
            loaded, tasks, tests, settings, progress, cast("Embeddings", embeddings)
        )
    if submission:
        result.save(submission)
    where = loaded.source, device.reason
    typer.echo(arc_as_json(evaluation, *where) if json else arc_as_text(evaluation, *where))
