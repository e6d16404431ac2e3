"""Verbs that make puzzles: data sudoku, data maze, data gym."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrmkit.cli.app import app

if TYPE_CHECKING:
    from hrmkit.puzzles.files import Row
    from hrmkit.puzzles.making import WorkShare

data = typer.Typer(
    help="Make puzzles to train and to test on, easy ones and hard ones.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(data, name="data")

Out = Annotated[Path, typer.Option(help="Where to write them: a .csv or .csv.gz file.")]
Count = Annotated[int, typer.Option(help="Puzzles to train on.")]
Seed = Annotated[int, typer.Option(help="Seed: the same gives the same puzzles.")]
TestCount = Annotated[int, typer.Option(help="Puzzles to test on.")]
TestOut = Annotated[Path | None, typer.Option(help="Where to write those to test on.")]


@data.command()
def sudoku(
    out: Out = Path("sudoku.csv.gz"),
    count: Count = 1000,
    seed: Seed = 0,
    test_count: TestCount = 200,
    test_out: TestOut = None,
    difficulty: Annotated[
        str | None, typer.Option(help="hard (108 guesses on average, the default) or easy.")
    ] = None,
    rating: Annotated[
        float | None, typer.Option(help="Guesses that they need on average, instead: 0 to 200.")
    ] = None,
    orders: Annotated[
        int,
        typer.Option(
            help="Guesses are the fewest in so many orders of the search, 1 to 16: in one they are "
            "mostly bad luck, in 4 they are hard for any search, and take longer to breed."
        ),
    ] = 1,
    blanks: Annotated[
        str | None,
        typer.Option(help="Blank cells, instead: as 30, or 10-45; the fewer, the easier."),
    ] = None,
    near: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Neighbours of the puzzles of this file, a clue less and others put in, that need "
            "--rating guesses or more: hard ones, fast, from a file of hard ones.",
        ),
    ] = None,
    easier: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="The puzzles of this file with clues put in, until --blanks are left.",
        ),
    ] = None,
) -> None:
    """Make 9x9 sudokus with one solution; those to test on have no ancestor with the others.

    Ctrl-C writes what was made. Example:
    hrmkit data sudoku --count 1000 --out train.csv.gz --test-count 200 --test-out test.csv.gz
    """
    import os
    from functools import partial

    from hrmkit.errors import UserError
    from hrmkit.puzzles.sudoku import easier as made_easier
    from hrmkit.puzzles.sudoku.generator import (
        MOST_BLANKS,
        POOL,
        blanks_range,
        check_orders,
        guesses_for,
        make_sudokus,
        make_sudokus_with_blanks,
    )
    from hrmkit.puzzles.sudoku.near import AT_A_TIME, make_sudokus_near, pool_of, seeds_of

    others = (near, difficulty, rating)
    if easier is not None and (blanks is None or others != (None, None, None)):
        raise UserError(
            "--easier goes with --blanks, as in --blanks 1-50, and not with --near, --difficulty "
            "or --rating"
        )
    if sum(number is not None for number in (difficulty, rating, blanks)) > 1:
        raise UserError("--difficulty, --rating and --blanks say the same thing: give one of them")
    if near is not None and (difficulty, blanks) != (None, None):
        raise UserError("--near goes with --rating and --orders, not with --difficulty or --blanks")
    check_orders(orders)
    if orders > 1 and (blanks, difficulty) != (None, None):
        raise UserError("--orders goes with --rating, not with --blanks or --difficulty")
    if orders > 1 and rating is None:
        raise UserError(
            f"--orders {orders} needs a --rating: 10 takes seconds to breed, 15 minutes"
        )
    source = near or easier
    for target in (out, test_out):
        if source and target and os.path.realpath(target) == os.path.realpath(source):
            raise UserError(f"{source} cannot be read and written: name another file for --out")
    if near is not None:
        least = guesses_for("easy", rating)
        work = partial(make_sudokus_near, seeds=seeds_of(near), least=least, orders=orders)
        _make(work, AT_A_TIME, "guesses", out, count, seed, test_count, test_out)
        return
    if blanks is None:
        guesses = guesses_for(difficulty or "hard", rating)
        work = partial(make_sudokus, guesses=guesses, orders=orders)
    elif easier is not None:
        fewest, most = blanks_range(blanks, made_easier.MOST_BLANKS)
        # Where there is no test nothing has to be held back for it.
        all_of_it = pool_of(easier) if test_out is None else None
        seeds = (all_of_it, all_of_it) if all_of_it else seeds_of(easier)
        work = partial(made_easier.make_easier_sudokus, seeds=seeds, fewest=fewest, most=most)
    else:
        fewest, most = blanks_range(blanks, MOST_BLANKS)
        work = partial(make_sudokus_with_blanks, fewest=fewest, most=most)
    _make(work, POOL, "guesses", out, count, seed, test_count, test_out)


@data.command()
def maze(
    out: Out = Path("maze.csv.gz"),
    count: Count = 1000,
    seed: Seed = 0,
    test_count: TestCount = 200,
    test_out: TestOut = None,
    side: Annotated[
        int, typer.Option(help="Cells of a side: 8 to 30, of newspaper mazes 5 to 30.")
    ] = 30,
    style: Annotated[
        str,
        typer.Option(help="hard: random walls and a long way; newspaper: one way between any two."),
    ] = "hard",
    shortest: Annotated[
        int | None,
        typer.Option(
            help="Cells of the shortest path, at least; unless said 110 at side 30, of newspaper "
            "mazes as many as the side."
        ),
    ] = None,
) -> None:
    """Make mazes: as hard as Maze-Hard's and labelled as they are, or as newspapers print them.

    Ctrl-C writes what was made. Example:
    hrmkit data maze --side 15 --style newspaper --count 1000 --out train.csv
    """
    from functools import partial

    from hrmkit.errors import UserError
    from hrmkit.puzzles.maze import hard, newspaper

    styles = {"hard": hard, "newspaper": newspaper}
    if style not in styles:
        raise UserError(f"no mazes are called {style!r}: choose hard or newspaper")
    kind = styles[style]
    work = partial(kind.make_mazes, side=side, shortest=kind.shortest_for(side, shortest))
    _make(work, kind.AT_A_TIME, "cells of path", out, count, seed, test_count, test_out)


@data.command()
def gym(
    name: Annotated[str, typer.Argument(help="A data set of reasoning-gym, as n_queens.")],
    out: Out = Path("gym.csv.gz"),
    count: Count = 1000,
    seed: Seed = 0,
    test_count: TestCount = 200,
    test_out: TestOut = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the data set; as n=6."),
    ] = None,
) -> None:
    """Let reasoning-gym make puzzles of one of its data sets, as gym:NAME reads them.

    Needs pip install 'hrmkit[gym]'. Ctrl-C writes what was made. Example:
    hrmkit data gym n_queens --set n=6 --set max_remove=6 --out queens.csv --test-out test.csv
    """
    from functools import partial

    from hrmkit.puzzles.gym.making import AT_A_TIME, WORTH, make_puzzles, settings_of
    from hrmkit.puzzles.gym.puzzle import set_of
    from hrmkit.puzzles.gym.reasoning_gym import data_set

    given, own = settings_of(settings or []), set_of(name)
    data_set(name, given)
    work = partial(make_puzzles, kind=name, settings=given)
    most = max(1, (count + test_count) // WORTH)
    _make(work, AT_A_TIME, own.unit, out, count, seed, test_count, test_out, most)


def _make(
    work: Callable[[WorkShare], list[Row]],
    at_a_time: int,
    unit: str,
    out: Path,
    count: int,
    seed: int,
    test_count: int,
    test_out: Path | None,
    most_processes: int | None = None,
) -> None:
    """Make the puzzles of one or two files, and say what was written."""
    from hrmkit.processes import processes
    from hrmkit.progress import shown
    from hrmkit.puzzles.making import check_count, make

    check_count(test_count)
    targets = [(out, count)] + ([(test_out, test_count)] if test_out else [])
    side_by_side = min(processes(), most_processes or processes())
    with shown() as progress:
        made, stopped = make(work, targets, seed, at_a_time, side_by_side, progress)
    for part in made:
        mean = sum(part.ratings) / len(part.ratings)
        fewer = len(part.ratings) < part.wanted and not stopped
        typer.echo(
            f"{part.path}: {len(part.ratings)} of {part.wanted} puzzles, "
            + (f"{mean:.1f} {unit} on average" if any(part.ratings) else f"without {unit}")
            + ("; the others were made before: there are few different ones" if fewer else "")
        )
    if not stopped:
        for path, wanted in targets[len(made) :]:
            typer.echo(f"{path}: not written, as all {wanted} puzzles for it were made before")
    if stopped:
        typer.echo("stopped before the end" + ("" if made else ": nothing was finished"), err=True)
        raise typer.Exit(130)
