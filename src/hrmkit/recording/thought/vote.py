"""A task that is answered by vote: what its views answered; `Vote` of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from hrmkit.puzzles.arc.canvas import ArcChanges, Board, placed, side_of
from hrmkit.puzzles.arc.files import ArcTask
from hrmkit.puzzles.arc.tasks import ArcViews
from hrmkit.puzzles.puzzle import Grid, as_grids
from hrmkit.recording.thought.schema import Counted, Demonstration, Vote, VotedView
from hrmkit.solving.arc import Answered


def vote_on(task: ArcTask, one: Answered, changes: ArcChanges, side: int) -> Vote:
    """What is recorded of the vote on one test of `task`; `changes` made the views that voted."""
    return Vote(
        task=task.id,
        test=one.test + 1,
        tests=len(task.tests),
        examples=demonstrations(task, side),
        views=tuple(
            VotedView(turn=turn, colours=colours, candidate=candidate, chance=chance)
            for (turn, colours), candidate, chance in zip(
                drawn(changes), one.votes, one.chances, strict=True
            )
        ),
        candidates=tuple(
            Counted(answer=each.answer, count=each.count, chance=each.mean_q or 0.0)
            for each in one.candidates
        ),
    )


def first_vote(tests: ArcViews, one: Answered) -> Vote:
    """The vote on the first of some tests."""
    side = side_of(tests.examples.given.shape[1])
    return vote_on(tests.tasks[0], one, tests.changes(0, len(one.votes)), side)


def demonstrations(task: ArcTask, side: int) -> tuple[Demonstration, ...]:
    """The examples of a task, on canvases of `side` x `side`."""
    return tuple(
        Demonstration(given=canvas_of(pair.given, side), answer=canvas_of(pair.answer, side))
        for pair in task.examples
        if pair.answer is not None
    )


def canvas_of(board: Board, side: int) -> Grid:
    """A canvas with the grid at its top left."""
    (canvas,) = as_grids(placed(board, side=side)[None])
    return canvas


def drawn(changes: ArcChanges) -> Sequence[tuple[int, tuple[int, ...]]]:
    """Of each change the turn, as in `TURNS`, and what becomes of each colour."""
    turns = cast("list[int]", changes.turns.tolist())
    return list(zip(turns, as_grids(changes.colours), strict=True))
