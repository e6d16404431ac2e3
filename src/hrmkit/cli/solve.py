"""The verb that answers puzzles: solve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from hrmkit.cli.app import app
from hrmkit.cli.settings import HELP, Sized, named
from hrmkit.puzzles.registry import definition_of, names

if TYPE_CHECKING:
    from hrmkit.puzzles.puzzle import Grid, Puzzle
    from hrmkit.puzzles.text import Lines
    from hrmkit.recording.thought.schema import Vote
    from hrmkit.solving.answer import Try
    from hrmkit.solving.inference import InferenceSettings
    from hrmkit.solving.loading import LoadedModel
    from hrmkit.solving.thinking import SegmentAnswer

NAMES = names()
LOOK_ON = 4
"""How many times as many views to suggest where no view gave a valid answer."""
EXAMPLES = """
Ends with status 0 if the answer is valid, 1 if it is not, 2 if the puzzle is malformed or has none;
of several puzzles, with the worst.

Examples:

  hrmkit solve sudoku "..3.2.6..9..3.5..1..18.64....81.29..7.......8..67.82....26.95..8..2.3..9..5.1.3.."

  hrmkit solve sudoku

  hrmkit solve sudoku --json < puzzles.txt > answers.jsonl

  hrmkit solve sudoku puzzle.txt --model runs/sudoku-tiny --watch

  hrmkit solve maze maze.txt --model runs/maze-tiny --watch

  hrmkit solve arc bbb1b8b6
"""  # noqa: E501 - a command that can be copied


@app.command(cls=Sized, epilog=EXAMPLES + HELP)
def solve(
    context: typer.Context,
    puzzle: Annotated[str, typer.Argument(help=f"{NAMES}, or FILE.py:Class of your own.")],
    text: Annotated[
        list[str] | None,
        typer.Argument(
            help="The puzzle, on one line or in several; a file, of several puzzles with empty "
            "lines between; - reads it. Of ARC: a task's id or file; - reads them, a line each. "
            "Without one, puzzles are read one after the other, and each is answered at once."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A model's folder or file, a run's folder (its newest), or a name on the hub; for "
            "sudoku, maze and arc, by default, the model that comes with hrmkit."
        ),
    ] = None,
    segments: Annotated[
        int | None, typer.Option(help="The most segments; by default the model's own.")
    ] = None,
    halt_threshold: Annotated[
        float | None,
        typer.Option(help="Halt only where q_halt says so much: 0.5 or more, below 1."),
    ] = None,
    views: Annotated[
        int | None,
        typer.Option(
            help="Try the puzzle again under its symmetries until an answer is valid, in so many "
            "views at most; by default the model's own number, or 1."
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show every segment.")] = False,
    record: Annotated[
        Path | None, typer.Option(help="Also write a recording of the thought, for the page.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write the answer as JSON.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    dtype: Annotated[
        str, typer.Option(help="Of matrix products: bfloat16, float32; auto: what is fast here.")
    ] = "auto",
) -> None:
    """Answer a puzzle with a trained model, and check the answer; or one after the other."""
    from hrmkit.cli.typed import answer_all, answer_typed, check_some
    from hrmkit.device import choose_device
    from hrmkit.errors import UserError
    from hrmkit.solving.answer import file_of
    from hrmkit.solving.inference import InferenceSettings
    from hrmkit.solving.loading import ABILITIES, load_model, usual_model
    from hrmkit.solving.precision import placed, use_threads

    if definition_of(puzzle).by_task and views is not None:
        raise UserError("--views needs answers that can be checked, and ARC's cannot: leave it out")
    if record and not text:
        raise UserError("--record writes one thought: name the puzzle, or - to read it")
    source = model or usual_model(puzzle)
    if record:
        from hrmkit.recording.file import check_recording

        check_recording(record)
    loaded = load_model(source, named(context))
    if record:
        from hrmkit.recording.thought.recorder import check_length

        check_length(segments or loaded.model.wiring.segments)
    placed(loaded.model, choose_device(device, dtype))
    use_threads(loaded.model)
    settings = InferenceSettings(
        segments=segments,
        halt_threshold=loaded.halt_threshold if halt_threshold is None else halt_threshold,
        views=loaded.views if views is None else views,
    )
    how = answering(puzzle, Request(loaded, settings, watch, record, json))
    texts = asked_for(text, how.kind) if text else []
    several = len(texts) > 1
    if record and several:
        raise UserError(
            f"--record writes one thought, and these are {len(texts)} puzzles: give one"
        )
    if text and how.kind:
        check_some(texts, how.kind, file_of(text))
    if model is None:
        typer.echo(f"model: {source}, {loaded.metadata[ABILITIES]}", err=True)
    if text is None:
        raise typer.Exit(answer_typed(puzzle, how.lines, how.answer, json))
    if several:
        raise typer.Exit(answer_all(texts, how.answer, json))
    right = how.answer(texts[0])
    if record and not json:
        typer.echo(f"Watch it: hrmkit play {record}")
    if not right:
        raise typer.Exit(1)


class Request(NamedTuple):
    """What the command line asks for, for any kind of puzzle."""

    loaded: LoadedModel
    settings: InferenceSettings
    watch: bool
    record: Path | None
    json: bool


class Answering(NamedTuple):
    """How puzzles of one kind are read from text and answered."""

    kind: Puzzle | None
    """None for ARC, whose tasks are named."""
    lines: Lines
    """How typed lines are split into puzzles."""
    answer: Callable[[str], bool]
    """Answers one; returns whether the answer is right. `UserError` for a malformed puzzle."""


def answering(puzzle: str, request: Request) -> Answering:
    """How this kind of puzzle is answered; `UserError` if the model does not read it."""
    from hrmkit.cli.typed import Long, lines_of
    from hrmkit.solving.loading import kind_of

    if definition_of(puzzle).by_task:
        return Answering(None, Long(1), partial(solve_task, request))
    kind = kind_of(request.loaded, puzzle)
    return Answering(kind, lines_of(kind), partial(solve_grid, request, kind))


def solve_grid(request: Request, kind: Puzzle, text: str) -> bool:
    """Answer a puzzle that is one grid; returns whether the answer is valid."""
    from hrmkit.solving.answer import answer_as_json, answer_as_text, has_views, label_of
    from hrmkit.solving.answer import solve_grid as solved

    given = kind.encode(text)
    with looking(request, kind, given) as look:
        answer = solved(
            request.loaded.model,
            kind,
            given,
            segments=request.settings.segments,
            halt_threshold=request.settings.halt_threshold,
            views=request.settings.views,
            watch=look,
        )
    if answer.flaw:
        typer.echo(f"warning: this {kind.name} is not a proper one: {answer.flaw}", err=True)
    keep(request, kind, given, label_of(kind, given), view=answer.view, tried=answer.tries)
    typer.echo(answer_as_json(answer, kind) if request.json else answer_as_text(answer, kind))
    if not answer.valid and not request.json and has_views(kind, given):
        typer.echo(
            f"More views may find it: add --views {LOOK_ON * request.settings.views}", err=True
        )
    return answer.valid


def asked_for(words: list[str], kind: Puzzle | None) -> list[str]:
    """The puzzles that the command line gives, or the names of ARC's tasks: one or more.

    Raises `UserError` for several words that are to name a task, and where no name came in.
    """
    from hrmkit.cli.typed import puzzles_in
    from hrmkit.errors import UserError
    from hrmkit.solving.answer import STANDARD_INPUT, read_text, standard_input

    if kind:
        return puzzles_in(read_text(words, kind), kind)
    if len(words) != 1:
        raise UserError(f"{' '.join(words)!r} are several words: name one task, or a file of tasks")
    if words != [STANDARD_INPUT]:
        return words
    names = [line.strip() for line in standard_input().splitlines() if line.strip()]
    if not names:
        raise UserError("no task came in: the standard input is empty")
    return names


def solve_task(request: Request, task: str) -> bool:
    """Answer an ARC task; returns False if an answer is known to be wrong."""
    from hrmkit.progress import shown
    from hrmkit.puzzles.puzzle import as_grids
    from hrmkit.recording.thought.vote import first_vote
    from hrmkit.solving.answer_arc import (
        answer_task,
        plain_test,
        task_as_json,
        task_as_text,
        task_of,
    )
    from hrmkit.solving.thinking import until_halt

    model, (data, tests) = request.loaded.model, task_of(request.loaded, task.strip())
    first = plain_test(tests)
    (given,), (label,) = as_grids(first.given), as_grids(first.solution)
    with looking(request, data.kind, given) as look:
        if look:
            for thought in until_halt(
                model, first, request.settings.segments, request.settings.halt_threshold
            ):
                look(thought)
    with shown() as progress:
        answers = answer_task(request.loaded, data, tests, request.settings, progress)
    label = None if answers[0].counted.label is None else label  # all of it would be padding
    vote = first_vote(tests, answers[0].counted) if request.record else None
    keep(request, data.kind, given, label, int(first.puzzle_ids[0]), vote=vote)
    typer.echo(task_as_json(answers) if request.json else task_as_text(answers))
    return all(one.solved is not False for one in answers)


def looking(
    request: Request, kind: Puzzle, given: Grid
) -> AbstractContextManager[Callable[[SegmentAnswer], None] | None]:
    """What to call with the answer after each segment, if the segments are to be shown."""
    if not request.watch:
        return nullcontext()
    from rich.console import Console

    from hrmkit.solving.watch import watched

    halting = request.loaded.model.wiring.halting != "none"
    return watched(kind, given, Console(stderr=request.json), halting)


def keep(
    request: Request,
    kind: Puzzle,
    given: Grid,
    label: Grid | None,
    puzzle_id: int = 0,
    view: int = 1,
    tried: Sequence[Try] | None = None,
    vote: Vote | None = None,
) -> None:
    """Write the recording, if one is wanted: the same puzzle, with all segments."""
    if not request.record:
        return
    from hrmkit.recording.file import save
    from hrmkit.recording.thought.recorder import record_thought

    recording = record_thought(
        request.loaded.model,
        kind,
        given,
        solution=label,
        segments=request.settings.segments,
        halt_threshold=request.settings.halt_threshold,
        puzzle_id=puzzle_id,
        view=view,
        tried=tried,
        vote=vote,
        name=request.loaded.name,
        metadata=request.loaded.metadata,
    )
    save(recording, request.record)
