"""Learning from preferences: of some episodes from one start, the best against the worst.

The episodes are the base model's own, drawn at temperature 1. The loss is that of direct preference
optimization (DPO; Rafailov et al. 2023, arXiv 2305.18290), on the log-probability of whole episodes
over Planner and Doer with the base as reference, and the mean negative log-likelihood of the best
episode's steps, without which both probabilities sink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from hrmkit.draws import Draws
from hrmkit.errors import UserError
from hrmkit.model.world_hrm import Outputs, WorldHRM
from hrmkit.training.worlds.fine_tune import FineTuning
from hrmkit.training.worlds.lessons import HALT_WEIGHT, Batch, halting_loss, likelihood
from hrmkit.training.worlds.policy import Answers, Episode, Policy, ask, features_of
from hrmkit.worlds.world import Outcome, WorldTable

EPISODES = 8
"""Drawn from each start, to choose the best and the worst from."""
BETA = 1.0
"""How strongly DPO holds the model to the base."""
EQUAL = 1e-6
"""Returns that differ by no more are equal: they were summed in another order."""
RATE_SHARE = 0.3
"""The heads' learning rate, as a share of that from labels."""
MOST_STEPS = 100
"""Gradient steps at the most.

A preference never comes to an end as a label does, and Adam's steps stay as long as they were:
after more of them the order that was found is lost again.
"""


class Choice(NamedTuple):
    """What is liked best and least of a start's episodes, by position."""

    best: int
    worst: int


class Preference(NamedTuple):
    """The episodes from one start, and what to learn of them."""

    episodes: tuple[Episode, ...]
    best: int
    worst: int
    turned: bool
    """Noise has turned the preference round."""

    @property
    def start(self) -> int:
        """The state that all of them begin in."""
        return self.episodes[0].start


def gentler(rates: FineTuning) -> FineTuning:
    """The fine-tuning from preferences of a model that is fine-tuned from labels at `rates`."""
    return replace(rates, rate_heads=RATE_SHARE * rates.rate_heads, most=MOST_STEPS)


def by_return(episodes: Sequence[Episode]) -> Choice:
    """The highest return against the lowest; of equals the first is best and the last worst."""
    returns = [sum(episode.rewards) for episode in episodes]
    most, least = max(returns) - EQUAL, min(returns) + EQUAL
    return Choice(
        best=next(i for i, value in enumerate(returns) if value >= most),
        worst=max(i for i, value in enumerate(returns) if value <= least),
    )


def all_equal(episodes: Sequence[Episode]) -> bool:
    """Whether all of them have the same return: none is better than another."""
    returns = [sum(episode.rewards) for episode in episodes]
    return max(returns) - min(returns) <= EQUAL


def check_choices(choices: Sequence[Choice]) -> None:
    """Raise `UserError` for a choice of an episode that there is not, or one that contradicts."""
    for number, (best, worst) in enumerate(choices, start=1):
        for name, value in (("best", best), ("worst", worst)):
            if not 0 <= value < EPISODES:
                raise UserError(
                    f"choice {number}: episode {value} as the {name}: choose 0 to {EPISODES - 1}"
                )
        if best == worst:
            raise UserError(
                f"choice {number}: episode {best} as the best and the worst: choose two"
            )


def draw_preferences(
    table: WorldTable,
    policy: Policy,
    subgoal_head: bool,
    count: int,
    noise: float,
    draws: Draws,
    choices: Sequence[Choice] | None = None,
) -> tuple[Preference, ...]:
    """Episodes of the base's `policy` from `count` starts, different ones while there are enough.

    A start is passed over where all episodes earn the same, unless that is so everywhere. The best
    and the worst are those of `choices`, or else by return. With probability `noise` a preference
    is turned round. More starts begin with the same ones, and the choices change no draw: a
    visitor may choose one start after the other.
    """
    found: list[Preference] = []
    starts: list[int] = []
    passed = 0
    while len(found) < count:
        starts = starts or draws.shuffled(list(table.starts))
        start = starts.pop(0)
        episodes = tuple(
            draw_episode(table, policy, subgoal_head, start, draws) for _ in range(EPISODES)
        )
        turned = draws.uniform() < noise
        if all_equal(episodes) and passed < len(table.starts):
            passed += 1
            continue
        passed = 0
        best, worst = choices[len(found)] if choices else by_return(episodes)
        best, worst = (worst, best) if turned else (best, worst)
        found.append(Preference(episodes, best, worst, turned))
    return tuple(found)


def draw_episode(
    table: WorldTable, policy: Policy, subgoal_head: bool, start: int, draws: Draws
) -> Episode:
    """An episode at temperature 1: a sub-goal of the Planner's, then an action of the Doer's.

    Without a sub-goal head the sub-goals are -1, and nothing is drawn for them.
    """
    state, states, rewards = start, list[int](), list[float]()
    subgoals, actions = list[int](), list[int]()
    while state < table.live_states and len(states) < table.max_steps:
        subgoal = drawn(policy.subgoal_logits[state], draws) if subgoal_head else -1
        rows = policy.action_logits[state]
        action = drawn(rows[min(max(subgoal, 0), len(rows) - 1)], draws)
        states.append(state)
        subgoals.append(subgoal)
        actions.append(action)
        rewards.append(table.reward[state][action])
        state = table.next_state[state][action]
    return Episode(
        start=start,
        states=tuple(states),
        subgoals=tuple(subgoals),
        actions=tuple(actions),
        rewards=tuple(rewards),
        success=table.outcome[states[-1]][actions[-1]] is Outcome.SUCCESS,
    )


def drawn(logits: NDArray[np.float32], draws: Draws) -> int:
    """A choice with the probabilities that `logits [C]` say."""
    powers = np.exp(logits.astype(np.float64) - float(logits.max()))
    left = draws.uniform()
    for choice, share in enumerate(powers / powers.sum()):
        left -= float(share)
        if left < 0:
            return choice
    return len(powers) - 1


class PreferenceLosses(NamedTuple):
    """Losses over a batch of pairs, P of them, in nats."""

    planner: Tensor
    """Mean negative log-likelihood of the sub-goals in the best episodes."""
    doer: Tensor
    """The same of the actions."""
    halting: Tensor
    """Mean over the steps of the best episodes."""
    dpo: Tensor
    """Mean over pairs."""
    best: Tensor
    """`[P]`: the log-probability of each best episode, less the base's."""
    worst: Tensor
    """`[P]`: the same of each worst episode."""

    def total(self) -> Tensor:
        """What is minimised."""
        return self.dpo + self.planner + self.doer + HALT_WEIGHT * self.halting


class Pairs(NamedTuple):
    """The steps of P pairs of episodes, R of them, in one batch."""

    batch: Batch
    best: Tensor
    """`[R, P]`: 1 where a step is of the pair's best episode."""
    worst: Tensor
    """`[R, P]`: 1 where a step is of the pair's worst episode."""


def preference_losses(
    outputs: Outputs, pairs: Pairs, reference: Tensor, with_planner: bool
) -> PreferenceLosses:
    """DPO against the base's log-probabilities `reference [R]`, and the likelihood of the best.

    Without a sub-goal head only the actions count, and the Planner's loss is 0.
    """
    batch, best, worst = pairs
    action = likelihood(outputs.action, batch.action)
    planner = likelihood(outputs.subgoal, batch.subgoal)
    planner = planner if with_planner else torch.zeros_like(planner)
    ratio = (planner + action - reference).unsqueeze(0)
    risen, sunk = (ratio @ best).squeeze(0), (ratio @ worst).squeeze(0)
    liked = best.sum(1)
    share = liked / liked.sum()
    return PreferenceLosses(
        planner=-(share * planner).sum(),
        doer=-(share * action).sum(),
        halting=(share * halting_loss(outputs, batch, with_planner)).sum(),
        dpo=F.softplus(-BETA * (risen - sunk)).mean(),
        best=risen,
        worst=sunk,
    )


@dataclass(frozen=True)
class PreferenceLesson:
    """Some pairs as one batch."""

    pairs: Pairs
    reference: Tensor
    """`[segments, R]`: the base's log-probability of each step after each segment."""
    with_planner: bool

    @property
    def batch(self) -> Batch:
        """The steps of all episodes; the Doer is told the sub-goal that it was told in them."""
        return self.pairs.batch

    def losses(self, outputs: Outputs, segment: int) -> PreferenceLosses:
        """Each segment is held to what the base said after the same one."""
        return preference_losses(outputs, self.pairs, self.reference[segment], self.with_planner)

    def judged(self, outputs: Outputs) -> tuple[Outputs, Batch]:
        """Right is what was done in the best episodes; nobody says what is right in the worst."""
        rows = self.pairs.best.sum(1) > 0
        return Outputs(*(v[rows] for v in outputs)), Batch(*(v[rows] for v in self.batch))


class Preferences:
    """Preferences to learn from, with what the base says of their steps."""

    def __init__(
        self, base: WorldHRM, table: WorldTable, preferences: Sequence[Preference]
    ) -> None:
        """`base` is the model before it learns: it is asked now."""
        self.table, self.preferences = table, preferences
        self.with_planner = base.wiring.subgoal_head
        with torch.no_grad():
            self.base = ask(base, features_of(table))

    def __len__(self) -> int:
        return len(self.preferences)

    def lesson(self, chosen: Sequence[int]) -> PreferenceLesson:
        """The best and the worst episodes of the chosen starts."""
        steps: list[tuple[int, int, int]] = []
        rows = [
            (column, kind, episode)
            for column, i in enumerate(chosen)
            for kind, episode in (
                (0, self.preferences[i].episodes[self.preferences[i].best]),
                (1, self.preferences[i].episodes[self.preferences[i].worst]),
            )
        ]
        lengths = [len(episode.states) for _, _, episode in rows]
        sides = torch.zeros(2, sum(lengths), len(chosen))
        for (column, kind, episode), length in zip(rows, lengths, strict=True):
            sides[kind, len(steps) : len(steps) + length, column] = 1.0
            steps += zip(episode.states, episode.subgoals, episode.actions, strict=True)
        states, subgoals, actions = (list(column) for column in zip(*steps, strict=True))
        # Without a sub-goal head the sub-goals are -1, and nobody is told them.
        told = torch.tensor(subgoals).clamp(min=0)
        batch = Batch(
            features_of(self.table, states),
            F.one_hot(told, len(self.table.subgoals)).float(),
            F.one_hot(torch.tensor(actions), len(self.table.actions)).float(),
        )
        reference = log_probabilities(
            self.base, torch.tensor(states), told, torch.tensor(actions), self.with_planner
        )
        return PreferenceLesson(Pairs(batch, sides[0], sides[1]), reference, self.with_planner)


def log_probabilities(
    answers: Answers, states: Tensor, subgoals: Tensor, actions: Tensor, with_planner: bool
) -> Tensor:
    """`[segments, R]`: what R steps are worth to a model that was asked in every live state."""
    told = subgoals.clamp(max=answers.action.shape[2] - 1)
    doer = answers.action.log_softmax(-1)[:, states, told, actions]
    if not with_planner:
        return doer
    return doer + answers.subgoal.log_softmax(-1)[:, states, subgoals]


def standing(policy: Policy, episode: Episode) -> float:
    """The log-probability of an episode under a policy."""
    total = 0.0
    for state, subgoal, action in zip(
        episode.states, episode.subgoals, episode.actions, strict=True
    ):
        rows = policy.action_logits[state]
        total += _log_softmax(rows[min(max(subgoal, 0), len(rows) - 1)])[action]
        if subgoal >= 0:
            total += _log_softmax(policy.subgoal_logits[state])[subgoal]
    return float(total)


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    wide = logits.astype(np.float64)
    highest = wide.max()
    return wide - highest - np.log(np.exp(wide - highest).sum())
