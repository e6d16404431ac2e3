"""A model's policy over a whole world, and the episodes it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hrmkit.model.world_hrm import WorldHRM
from hrmkit.worlds.world import Outcome, WorldTable

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Policy:
    """What a model says in every live state, S of them."""

    subgoal_logits: Floats
    """`[S, G]`."""
    action_logits: Floats
    """`[S, told, A]`: the Doer's logits under each sub-goal it might be told."""
    q_halt: Floats
    """`[S, segments]`: logits; a segment after the one that halted is what it would have said."""
    segments_used: Ints
    """`[S]`: the other fields but `q_halt` are from that segment."""

    def subgoal(self) -> Ints:
        """`[S]`: the sub-goal the Planner likes best."""
        return self.subgoal_logits.argmax(-1)

    def action(self) -> Ints:
        """`[S]`: the action the Doer likes best under the Planner's choice."""
        return self.action_told(self.subgoal())

    def action_told(self, subgoal: Ints) -> Ints:
        """`[S]`: the action the Doer likes best when told `subgoal [S]`."""
        told = np.minimum(subgoal, self.action_logits.shape[1] - 1)
        return self.action_logits[np.arange(len(told)), told].argmax(-1)


@dataclass(frozen=True)
class Score:
    """How a policy does over every start of its world."""

    success: float
    """Share of starts from which the goal is reached in time."""
    success_unseen: float | None
    """The same over starts not among the examples; None when there are no such starts."""
    steps: float
    """Mean actions of the successful episodes; 0 when there are none."""
    order_mistakes: float
    """Share of starts whose episode has at least one action in the wrong order."""
    reward: float
    """Mean return of an episode."""
    planner_accuracy: float
    """Share of live states in which the sub-goal is the teacher's."""
    doer_accuracy: float
    """Share of live states in which the action, told the teacher's sub-goal, is the teacher's."""


def features_of(table: WorldTable, states: list[int] | None = None) -> Tensor:
    """Multi-hot features `[states, tokens, F]` of the given states; of all live ones if None."""
    chosen = range(table.live_states) if states is None else states
    features = torch.zeros(len(chosen), len(table.token_names), len(table.features))
    for row, state in enumerate(chosen):
        for token, active in enumerate(table.tokens[state]):
            features[row, token, list(active)] = 1.0
    return features


class Answers(NamedTuple):
    """What the heads say after each segment, under every sub-goal the Doer might be told."""

    subgoal: Tensor
    """`[segment, B, G]`."""
    action: Tensor
    """`[segment, B, told, A]`: told is G, or 1 when the model cannot be told anything."""
    q_halt: Tensor
    """`[segment, B]`."""


def ask(model: WorldHRM, features: Tensor) -> Answers:
    """Think about `features [B, tokens, F]` for all segments."""
    groups = model.interface.subgoals
    every = torch.eye(groups, dtype=features.dtype)[: groups if model.guide else 1]
    x = model.embed(features)
    carry = model.initial_carry(features)
    subgoals: list[Tensor] = []
    actions: list[Tensor] = []
    q_halts: list[Tensor] = []
    for _ in range(model.wiring.segments):
        carry = model.think(carry, x)
        subgoal, q_halt = model.subgoal_and_halt(carry)
        told = [model.act(carry, x, one.expand(x.shape[0], groups)) for one in every]
        subgoals.append(subgoal)
        q_halts.append(q_halt)
        actions.append(torch.stack(told, dim=1))
    return Answers(torch.stack(subgoals), torch.stack(actions), torch.stack(q_halts))


@torch.no_grad()
def policy_of(model: WorldHRM, table: WorldTable, halt: bool = False) -> Policy:
    """Ask the model in every live state.

    The answer is the last segment's, as in the original's evaluation; with `halt`, that of the
    first segment with q_halt above 0.
    """
    answers = ask(model, features_of(table))
    stop = answers.q_halt > 0 if halt else torch.zeros_like(answers.q_halt, dtype=torch.bool)
    stop[-1] = True
    last = stop.int().argmax(0)
    rows = torch.arange(len(last))
    return Policy(
        subgoal_logits=answers.subgoal[last, rows].numpy(),
        action_logits=answers.action[last, rows].numpy(),
        q_halt=answers.q_halt.T.contiguous().numpy(),
        segments_used=(last + 1).numpy(),
    )


@dataclass(frozen=True)
class Episode:
    """What a policy did from one start: parallel lists, one entry a step."""

    start: int
    states: tuple[int, ...]
    subgoals: tuple[int, ...]
    actions: tuple[int, ...]
    rewards: tuple[float, ...]
    success: bool


def roll_out(table: WorldTable, subgoals: Ints, actions: Ints, start: int) -> Episode:
    """Follow the choices `subgoals [S]` and `actions [S]` from `start` until the end."""
    state, states, rewards = start, list[int](), list[float]()
    while state < table.live_states and len(states) < table.max_steps:
        action = int(actions[state])
        states.append(state)
        rewards.append(table.reward[state][action])
        state = table.next_state[state][action]
    return Episode(
        start=start,
        states=tuple(states),
        subgoals=tuple(int(subgoals[s]) for s in states),
        actions=tuple(int(actions[s]) for s in states),
        rewards=tuple(rewards),
        success=bool(states)
        and table.outcome[states[-1]][int(actions[states[-1]])] is Outcome.SUCCESS,
    )


def score(table: WorldTable, policy: Policy, seen: frozenset[int] = frozenset()) -> Score:
    """Roll the policy out from every start and compare its choices with the teacher's.

    `seen` are the starts of the examples that it learned from.
    """
    subgoals, actions = policy.subgoal(), policy.action()
    episodes = [roll_out(table, subgoals, actions, start) for start in table.starts]
    wins = [e for e in episodes if e.success]
    wrong_order = [
        any(
            table.outcome[s][a] is Outcome.WRONG_ORDER
            for s, a in zip(e.states, e.actions, strict=True)
        )
        for e in episodes
    ]
    unseen = [e.success for e in episodes if e.start not in seen]
    right_subgoal = np.array(table.teacher_subgoal)
    told_right = policy.action_told(right_subgoal)
    return Score(
        success=len(wins) / len(episodes),
        success_unseen=float(np.mean(unseen)) if unseen else None,
        steps=float(np.mean([len(e.states) for e in wins])) if wins else 0.0,
        order_mistakes=float(np.mean(wrong_order)),
        reward=float(np.mean([sum(e.rewards) for e in episodes])),
        planner_accuracy=float((subgoals == right_subgoal).mean()),
        doer_accuracy=float((told_right == np.array(table.teacher_action)).mean()),
    )
