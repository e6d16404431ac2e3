"""The verb that trains models of puzzles: train."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hrmkit.cli.app import app
from hrmkit.errors import UserError
from hrmkit.puzzles.registry import names

if TYPE_CHECKING:
    from hrmkit.runs.folder import RunFolder
    from hrmkit.runs.plan import Plan

NAMES = names()
EXAMPLES = """
Any setting of the wiring, the sizes or the recipe can be given by its name, such as
--wiring.cycles 3, --sizes.width 256, --recipe.lr 3e-4, --recipe.optimizer muon.

Ctrl-C saves; --resume goes on. Several processes: torchrun --nproc-per-node 2 -m hrmkit train ...

Examples:

  hrmkit train sudoku --data train.csv.gz --minutes 3

  hrmkit train sudoku --out runs/sudoku-tiny --resume --minutes 10

  hrmkit train maze --data maze.csv.gz --test dev.csv.gz --preset trm-7m --steps 5000

  hrmkit train sudoku --data hard.csv.gz --from sudoku-hrm --minutes 10
"""


@app.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True}, epilog=EXAMPLES
)
def train(
    context: typer.Context,
    puzzle: Annotated[
        str, typer.Argument(help=f"{NAMES}, or FILE.py:Class for a puzzle of your own.")
    ],
    data: Annotated[
        str | None,
        typer.Option(
            help="Puzzles to train on: CSV, CSV.gz, a name on the hub, or arc-1, arc-1:pocket, "
            "arc-2."
        ),
    ] = None,
    test: Annotated[
        str | None, typer.Option(help="Puzzles to measure with; else those of the training.")
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="Wires, sizes and recipe: tiny (the usual), tiny-attention, trm-5m, ...; with "
            "--from, by default that model's wiring and sizes."
        ),
    ] = None,
    init_from: Annotated[
        str | None,
        typer.Option(
            "--from", help="A trained model to start from: its name, its folder, or a run's."
        ),
    ] = None,
    canvas: Annotated[
        int | None,
        typer.Option(
            help="Cells of a side of the canvas, of mazes; else the model's of --from, or the "
            "largest puzzle's. Small mazes on a small canvas learn first and fast."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The run's folder; by default runs/PUZZLE-PRESET or -from-MODEL."),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Gradient steps to train for.")] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Minutes to train for; of a resumed run, in all.")
    ] = None,
    batch: Annotated[int | None, typer.Option(help="Puzzles in a batch.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of weights and order; 0 at first.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder.")
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Skip bad rows of the data, and count them.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    dtype: Annotated[
        str, typer.Option(help="Of matrix products: bfloat16, float32; auto: what is fast here.")
    ] = "auto",
    compiled: Annotated[
        bool, typer.Option("--compile", help="Compile the modules (torch.compile).")
    ] = False,
    threads: Annotated[
        int | None,
        typer.Option(help="CPU threads; 1 gives equal bits, and is what small models have."),
    ] = None,
    evaluate_steps: Annotated[
        int | None, typer.Option(help="Measure every so many steps; else a tenth of the time.")
    ] = None,
    save_steps: Annotated[
        int | None, typer.Option(help="Save every so many steps; else every two minutes.")
    ] = None,
    keep: Annotated[int, typer.Option(help="Checkpoints that are kept.")] = 3,
    test_puzzles: Annotated[int, typer.Option(help="Puzzles to measure with on the way.")] = 256,
    track: Annotated[
        str, typer.Option(help="auto, none, or tensorboard,wandb: where metrics go as well.")
    ] = "auto",
) -> None:
    """Train a model of puzzles, resumably, and measure it on the way."""
    from hrmkit.device import choose_device
    from hrmkit.runs.console import Console
    from hrmkit.runs.fit import run_plan
    from hrmkit.runs.folder import RunFolder
    from hrmkit.runs.run import RunOptions
    from hrmkit.training.process_group import joined

    folder = RunFolder(out or usual_folder(puzzle, preset, init_from))
    settings = {"steps": steps, "minutes": minutes, "batch": batch}
    given = {f"recipe.{name}": value for name, value in settings.items() if value is not None}
    named = {**given, **settings_of(context.args)}
    given = {
        "puzzle": puzzle,
        "data": data,
        "test": test,
        "preset": preset,
        "seed": seed,
        "init_from": init_from,
        "canvas": canvas,
    }
    plan = new_or_resumed(folder, resume, given, named)
    options = RunOptions(
        evaluate_steps=evaluate_steps,
        save_steps=save_steps,
        keep=keep,
        test_puzzles=test_puzzles,
    )
    chosen = choose_device(device, dtype)
    with joined() as group, Console(group.leads) as console:
        _, why = run_plan(
            plan,
            folder,
            resume=resume,
            skip_bad=skip_bad,
            device=chosen,
            threads=threads,
            compiled=compiled,
            options=options,
            group=group,
            track=track,
            report=console.report,
            begun=console.begun,
        )
    if why == "interrupted":
        typer.echo(f"saved {folder.newest()}; go on with --resume", err=True)
        raise typer.Exit(130)
    if group.leads:
        typer.echo(
            f"{folder.newest()}\nMeasure it: hrmkit eval {folder.path} --data FILE\n"
            f"Watch it:   hrmkit studio {folder.path}"
        )


def new_or_resumed(
    folder: RunFolder, resume: bool, given: dict[str, Any], settings: dict[str, Any]
) -> Plan:
    """The plan of a new run, or the folder's plan with the settings that are given now."""
    from dataclasses import replace

    from hrmkit.runs.fit import planned
    from hrmkit.runs.plan import plan_of, with_settings

    given = {name: value for name, value in given.items() if value is not None}
    if resume:
        folder.check_there()
        return replace(with_settings(planned(folder), settings), **given)
    if "data" not in given:
        raise UserError("--data is missing: name a file of puzzles to train on")
    return plan_of(preset_name=given.pop("preset", None), settings=settings, **given)


def usual_folder(puzzle: str, preset: str | None, init_from: str | None) -> Path:
    """The folder of a run where none is named."""
    from hrmkit.runs.plan import USUAL

    kind = f"from-{Path(init_from).name}" if init_from and preset is None else preset or USUAL
    # Not every system has a colon in names of folders, as gym:NAME has one.
    return Path("runs") / f"{Path(puzzle).stem.replace(':', '-')}-{kind}"


def settings_of(arguments: Sequence[str]) -> dict[str, Any]:
    """`--section.name value` or `--section.name=value`, by name."""
    found: dict[str, Any] = {}
    left = list(arguments)
    while left:
        word = left.pop(0)
        if not word.startswith("--"):
            raise UserError(f"{word!r} is one word too many: settings are given as --name value")
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not left or left[0].startswith("--"):
                raise UserError(f"--{name} has no value: give --{name} VALUE")
            value = left.pop(0)
        if "." not in name:
            raise UserError(f"there is no option --{name}: see hrmkit train --help")
        found[name] = value
    return found
