"""Has a model think about one puzzle, and records every segment of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.halting import segments_until_halt
from hrmkit.model.hrm import count_parameters
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import IGNORED, Grid, Puzzle, PuzzleSet, Reversible, as_grids
from hrmkit.recording.board import MOST_SEGMENTS, PuzzleModel, board_of, check_grid, short_name
from hrmkit.recording.calls import SeenCall, calls_of
from hrmkit.recording.common import FORMAT, VERSION, made_here
from hrmkit.recording.file import with_hash
from hrmkit.recording.thought.inside import cells_put_back, certainty_of, inside_of
from hrmkit.recording.thought.schema import (
    AnsweredSegment,
    Inside,
    ThoughtRecording,
    TriedView,
    Vote,
)
from hrmkit.solving.answer import Try, one_puzzle
from hrmkit.solving.thinking import thinking
from hrmkit.solving.views import view_of_one


def record_thought(
    model: PuzzleHRM,
    puzzle: Puzzle,
    given: Grid,
    *,
    solution: Grid | None = None,
    segments: int | None = None,
    halt_threshold: float | None = None,
    puzzle_id: int = 0,
    view: int = 1,
    tried: Sequence[Try] | None = None,
    vote: Vote | None = None,
    title: str | None = None,
    name: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> ThoughtRecording:
    """What `model` makes of the puzzle `given`, after each of `segments` (its own unless said).

    No segment is left out: after the light is red it thinks on, and `segments_used` says where it
    was; for `halt_threshold` see `wants_to_halt`. It is thought about in the view `view`, see
    `view_of_one`, and what is recorded is undone; `tried` are the views that were tried before this
    one was chosen, and `vote` is what the views of a task voted for. The model is called `name`,
    and its `metadata`, as a saved model carries it, says what it was trained on; `solution` may
    hold `IGNORED`. Raises `UserError` if the grids do not fit puzzle and model.
    """
    most = segments or model.wiring.segments
    check_length(most)
    board = board_of(puzzle.name, puzzle.vocab, puzzle.cells)
    check_grid(given, board, "the puzzle")
    if solution is not None:
        check_grid(solution, board, "the solution", IGNORED)
    seen, change = view_of_one(puzzle, one_puzzle(given, puzzle_id), view)
    thought, inside = segments_of(model, seen, change, segments, halt_threshold)
    segments_used = segments_until_halt([one.red for one in thought])
    answer = thought[segments_used - 1].answer
    recording = ThoughtRecording(
        format=FORMAT,
        version=VERSION,
        kind="thought",
        title=title or title_of(puzzle, name, metadata, vote and vote.task),
        made_by=made_here(),
        puzzle=puzzle.name,
        board=board,
        model=card_of(model, name, metadata),
        trained_on=trained_on(metadata),
        step=step_of(metadata),
        given=given,
        solution=solution,
        halt_threshold=halt_threshold,
        view=view if view > 1 else None,
        tried=None if tried is None else tuple(tried_view(model, one) for one in tried),
        segments=thought,
        segments_used=segments_used,
        valid=judged(puzzle, given, answer, solution),
        exact=None if solution is None else same(answer, solution),
        inside=inside,
        vote=vote,
        hash="",
    )
    return with_hash(recording)


def check_length(segments: int) -> None:
    """Raise `UserError` for a thought that is longer than a recording shows."""
    if segments > MOST_SEGMENTS:
        raise UserError(
            f"{segments} segments are more than a recording shows: {MOST_SEGMENTS} at most"
        )


def segments_of(
    model: PuzzleHRM,
    asked: PuzzleSet,
    change: Reversible,
    segments: int | None,
    halt_threshold: float | None,
) -> tuple[tuple[AnsweredSegment, ...], Inside | None]:
    """Every segment of the thought about one puzzle, the change to it undone, and its states."""
    lights = model.wiring.halting != "none"
    out: list[AnsweredSegment] = []
    seen: list[SeenCall] = []
    certainty: list[Tensor] | None = []
    with calls_of(model) as calls:
        for thought in thinking(model, asked, segments=segments, halt_threshold=halt_threshold):
            tokens = thought.tokens.cpu()
            (answer,) = as_grids(change.undo(tokens))
            cells = cells_put_back(change, tokens, model.interface.vocab)
            if certainty is not None:
                sure = certainty_of(model, calls)[0]
                certainty = None if cells is None else [*certainty, sure[cells]]
            before = out[-1].answer if out else answer
            out.append(
                AnsweredSegment(
                    answer=answer,
                    changed=tuple(
                        i for i, (a, b) in enumerate(zip(before, answer, strict=True)) if a != b
                    ),
                    q_halt=float(thought.q_halt[0]) if lights else None,
                    red=bool(thought.halts[0]),
                )
            )
            seen += calls
            calls.clear()
    return tuple(out), inside_of(model.wiring, seen, certainty)


def tried_view(model: PuzzleHRM, one: Try) -> TriedView:
    """A view that was tried."""
    return TriedView(
        view=one.view,
        answer=one.answer,
        valid=one.valid,
        segments=one.segments,
        halted=one.halted,
        q_halt=one.q_halt if model.wiring.halting != "none" else None,
    )


def title_of(
    puzzle: Puzzle, name: str | None, metadata: Mapping[str, Any] | None, task: str | None = None
) -> str:
    """What a recording is called unless somebody says otherwise."""
    what = f"task {task}" if task else short_name(puzzle.name)
    return f"{name or preset_of(metadata) or 'A model'} thinks about {what}"


def judged(puzzle: Puzzle, given: Grid, answer: Grid, solution: Grid | None) -> bool | None:
    """Whether the answer is correct; None where nothing but a solution, not known, could tell."""
    try:
        return puzzle.is_valid(given, answer, solution)
    except UserError:
        if solution is None:
            return None
        raise


def same(answer: Grid, solution: Grid) -> bool:
    """Whether every cell that is asked about is as in the solution."""
    return all(b in (a, IGNORED) for a, b in zip(answer, solution, strict=True))


def card_of(model: PuzzleHRM, name: str | None, metadata: Mapping[str, Any] | None) -> PuzzleModel:
    """The model's card."""
    wiring = model.wiring
    return PuzzleModel(
        name=name,
        preset=preset_of(metadata),
        parameters=count_parameters(model),
        hierarchy=wiring.hierarchy,
        modules=wiring.modules,
        cycles=wiring.cycles,
        low_calls=wiring.low_calls,
        segments=wiring.segments,
        halting=wiring.halting,
    )


# What is in a saved model's metadata was written by whoever saved it: nothing is taken on trust.


def preset_of(metadata: Mapping[str, Any] | None) -> str | None:
    """The preset that the model was made from, if it says so."""
    found = (metadata or {}).get("preset")
    return found if isinstance(found, str) else None


def step_of(metadata: Mapping[str, Any] | None) -> int | None:
    """Gradient steps that the model has learned for, if it says so."""
    found = (metadata or {}).get("step")
    return found if isinstance(found, int) and found >= 0 else None


def trained_on(metadata: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The sources that the model learned from, if it says so, without a machine's folders.

    With their numbers of puzzles, where they are known: a run and the one that it began with may
    have learned from files of one name.
    """
    found = (metadata or {}).get("data")
    if not isinstance(found, list):
        return ()
    rows: dict[str, list[int]] = {}
    for one in cast(list[object], found):
        if not isinstance(one, Mapping):
            continue
        part = cast(Mapping[str, Any], one)
        source, number = part.get("source"), part.get("rows")
        if isinstance(source, str):
            numbers = rows.setdefault(source.rsplit("/", 1)[-1], [])
            numbers += [number] if isinstance(number, int) else []
    return tuple(f"{counted(numbers)}{source}" for source, numbers in rows.items())


def counted(numbers: Sequence[int]) -> str:
    """How many puzzles the files of one name have; nothing where that is not known."""
    return f"{' + '.join(f'{number:,}' for number in numbers)} puzzles of " if numbers else ""
