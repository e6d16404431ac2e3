"""What the rules of all worlds have in common: rewards, what may come of an action, enumeration."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from hrmkit.errors import UserError
from hrmkit.worlds.world import Outcome

S = TypeVar("S", bound=Hashable)

REWARD_GOAL, REWARD_STEP, REWARD_BLOCKED, REWARD_LOST = 1.0, -0.02, -0.1, -0.5
"""Reaching the goal; every step; on top of it, an action that cannot be done, or one that ends the
episode without the goal."""


def done(after: S) -> tuple[S, float, Outcome]:
    """The action is done, and `after` is how things are then."""
    return after, REWARD_STEP, Outcome.OK


def reached(after: S) -> tuple[S, float, Outcome]:
    """The action reaches the goal: `after` is an end."""
    return after, REWARD_STEP + REWARD_GOAL, Outcome.SUCCESS


def lost(after: S) -> tuple[S, float, Outcome]:
    """The action is done and ends the episode without the goal: `after` is an end."""
    return after, REWARD_STEP + REWARD_LOST, Outcome.OK


def blocked(state: S) -> tuple[S, float, Outcome]:
    """The action cannot be done: all stays as in `state`."""
    return state, REWARD_STEP + REWARD_BLOCKED, Outcome.BLOCKED


def too_early(state: S) -> tuple[S, float, Outcome]:
    """The action could be done had another sub-goal been reached before: all stays as it is."""
    return state, REWARD_STEP + REWARD_BLOCKED, Outcome.WRONG_ORDER


class Moves(NamedTuple):
    """A table's lists of live state x action."""

    next_state: tuple[tuple[int, ...], ...]
    reward: tuple[tuple[float, ...], ...]
    outcome: tuple[tuple[Outcome, ...], ...]


def moves_of(
    live: Sequence[S],
    ends: Sequence[S],
    step: Callable[[S, int], tuple[S, float, Outcome]],
    actions: int,
) -> Moves:
    """Take every action in every live state; states are numbered, the live ones first."""
    index = {state: i for i, state in enumerate((*live, *ends))}
    taken = [[step(state, action) for action in range(actions)] for state in live]
    return Moves(
        next_state=tuple(tuple(index[after] for after, _, _ in row) for row in taken),
        reward=tuple(tuple(round(reward, 2) for _, reward, _ in row) for row in taken),
        outcome=tuple(tuple(outcome for _, _, outcome in row) for row in taken),
    )


def reachable(
    starts: Iterable[S],
    step: Callable[[S, int], tuple[S, float, Outcome]],
    actions: int,
    over: Callable[[S], bool],
) -> list[S]:
    """Every state that some actions lead to from some start, the starts first."""
    found = dict.fromkeys(starts)
    waiting = list(found)
    for state in waiting:  # grows meanwhile
        for action in () if over(state) else range(actions):
            after, _, _ = step(state, action)
            if after not in found:
                found[after] = None
                waiting.append(after)
    return waiting


def check_count(value: int, minimum: int, maximum: int, what: str) -> None:
    """Raise `UserError` unless `value` of `what`, in the plural, is `minimum` to `maximum`."""
    if not minimum <= value <= maximum:
        raise UserError(f"{value} {what} are not possible: choose {minimum} to {maximum} {what}")
