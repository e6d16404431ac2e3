"""The verb that looks inside a trained model: inspect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrmkit.cli.app import app
from hrmkit.cli.evaluate import ModelArgument, PuzzleOption
from hrmkit.cli.settings import HELP, Sized, named
from hrmkit.puzzles.registry import definition_of

if TYPE_CHECKING:
    from hrmkit.experiments.inspect.run import Inspection
    from hrmkit.puzzles.puzzle import Labelled
    from hrmkit.solving.loading import LoadedModel

EXAMPLES = """
Examples:

  hrmkit data sudoku --blanks 46-50 --count 300 --out dev.csv.gz

  hrmkit inspect sudoku-wide --data dev.csv.gz --out inside --limit 20

  hrmkit inspect runs/maze-tiny --data maze.csv.gz --out inside-maze --twins 3 --seed 1
"""
ROOM = 2**22


@app.command(cls=Sized, epilog=EXAMPLES + HELP)
def inspect(
    context: typer.Context,
    model: ModelArgument,
    data: Annotated[
        str,
        typer.Option(
            help="Puzzles, with answers or without (CSV, CSV.gz, a name on the hub; one a line: "
            ".sdm, .txt); arc-1, arc-1:pocket."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder to write data and pictures to.")],
    puzzle: PuzzleOption = None,
    limit: Annotated[
        int, typer.Option(help="So many puzzles, drawn with the seed; more than there are: all.")
    ] = 100,
    segments: Annotated[
        int | None,
        typer.Option(help="Segments to think; by default the model's own. Nothing halts."),
    ] = None,
    twins: Annotated[
        int, typer.Option(help="Untrained twins to compare with: same wiring, fresh weights.")
    ] = 1,
    ways: Annotated[
        int, typer.Option(help="Puzzles whose way through the states is written and drawn.")
    ] = 6,
    seed: Annotated[
        int, typer.Option(help="Draws the puzzles; twins have the seeds from it on.")
    ] = 0,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Skip bad rows, and count them.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Also print the summary, inside.json.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    dtype: Annotated[
        str,
        typer.Option(
            help="Of matrix products: float32, or bfloat16, in which small residuals are noise."
        ),
    ] = "float32",
    threads: Annotated[
        int | None, typer.Option(help="CPU threads; what the model's size is worth unless given.")
    ] = None,
) -> None:
    """Look inside a model while it thinks: how its states move, converge, and how they vary.

    Writes, as data and pictures: how far every call moves zH and zL; their paths in their first
    two principal components; in how many dimensions they vary (participation ratio), beside
    untrained twins; the answer read after every call; exact by segment and difficulty. After
    Ctrl-C, what was seen by then is written.
    """
    from hrmkit.device import choose_device
    from hrmkit.experiments.inspect.report import (
        as_json,
        as_text,
        check_own_inspection,
        write_inspection,
    )
    from hrmkit.experiments.inspect.run import InspectSettings
    from hrmkit.experiments.inspect.run import inspect as inspected
    from hrmkit.progress import shown
    from hrmkit.solving.loading import load_model
    from hrmkit.solving.precision import placed, use_threads
    from hrmkit.writing import check_folder

    settings = InspectSettings(limit, segments, twins, ways, seed)
    chosen = choose_device(device, dtype)
    loaded = load_model(model, named(context))
    use_threads(loaded.model, threads)
    labelled = labelled_for(loaded, data, puzzle, skip_bad)
    check_folder(out, ROOM)
    check_own_inspection(out)
    placed(loaded.model, chosen)

    def written(found: Inspection) -> None:
        write_inspection(found, loaded.model.wiring, loaded.source, out)

    with shown() as progress:
        found = inspected(loaded.model, labelled, settings, written, progress)
    typer.echo(
        as_json(found, loaded.source) if json else as_text(found, loaded.source, chosen.reason, out)
    )


def labelled_for(loaded: LoadedModel, data: str, puzzle: str | None, skip_bad: bool) -> Labelled:
    """The puzzles to think about; of ARC, every test as it is."""
    import torch

    from hrmkit.puzzles.puzzle import Labelled
    from hrmkit.solving.evaluate_arc import known_tests
    from hrmkit.solving.loading import load_for, name_of

    if not definition_of(name_of(loaded, puzzle)).by_task:
        return load_for(loaded, data, puzzle, skip_bad, unanswered=True)
    tasks, tests = known_tests(loaded, data, views=1)
    rows = tests.rows()
    ratings = torch.full((len(rows),), torch.nan, dtype=torch.float64)
    return Labelled(tasks.kind, rows, ratings, tasks.source, tasks.fingerprint)
