"""Records a fine-tuning from outside: a callback that watches and never changes a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hrmkit.model.halting import segments_until_halt
from hrmkit.model.world_hrm import Outputs, WorldHRM
from hrmkit.recording.calls import floats
from hrmkit.recording.common import shortest
from hrmkit.recording.world import schema
from hrmkit.recording.world.probe import probe
from hrmkit.training.worlds import policy as policies
from hrmkit.training.worlds.examples import Example
from hrmkit.training.worlds.fine_tune import GradientStep, module_of
from hrmkit.training.worlds.labels import losses_of
from hrmkit.training.worlds.lessons import Batch, Losses, right_rows
from hrmkit.training.worlds.preferences import Preference, PreferenceLosses, standing
from hrmkit.worlds.world import WorldTable

EVALUATIONS = 20
"""The curve has about so many points after the base's."""
WATCHED = 6
"""So many weights of each head are followed: those that moved most."""
WATCHED_PARAMETERS = ("subgoal_head.weight", "action_head.weight")
SHARES_OF_CYCLES = (0.1, 0.3)
"""Beside the first two batches and the last: steps looked at closely, as shares of the plan."""
SHARES_OF_ROLLOUTS = (0.1, 0.3)
"""Beside the first and the last: evaluations whose episode is kept, as shares of them."""
CallName = Literal["L", "H", "told"]
Rows = TypeVar("Rows", Outputs, Batch)

OWNERS = ("planner", "doer", "halting")


def recorded_score(score: policies.Score) -> schema.Score:
    """A score as the recording holds it."""
    return schema.Score(**vars(score))


def recorded_policy(policy: policies.Policy) -> schema.Policy:
    """A policy as the recording holds it."""
    return schema.Policy(
        subgoal_logits=policy.subgoal_logits.tolist(),
        action_logits=policy.action_logits.tolist(),
        q_halt=policy.q_halt.tolist(),
        segments=policy.segments_used.tolist(),
    )


def recorded_episode(
    table: WorldTable, episode: policies.Episode, subgoals: bool
) -> schema.Episode:
    """An episode as the recording holds it; without a sub-goal head its sub-goals are -1."""
    steps = zip(episode.states, episode.subgoals, episode.actions, episode.rewards, strict=True)
    return schema.Episode(
        start=episode.start,
        steps=tuple(
            schema.EpisodeStep(
                state=state,
                subgoal=subgoal if subgoals else -1,
                action=action,
                reward=reward,
                outcome=table.outcome[state][action],
            )
            for state, subgoal, action, reward in steps
        ),
        success=episode.success,
        total_reward=sum(episode.rewards),
    )


@torch.no_grad()
def think_aloud(
    model: WorldHRM, table: WorldTable, state: int, told: int | None = None
) -> schema.Thought:
    """One forward pass in `state`, with every call recorded.

    The Doer is told `told`, or else the Planner's first choice.
    """
    with probe(model) as seen:
        answers = policies.ask(model, policies.features_of(table, [state]))
    traces: list[tuple[CallName, Tensor, Tensor]] = [
        (call.module, call.change()[0], attention[0])
        for call, attention in zip(seen.calls, seen.attention, strict=True)
    ]
    channel, groups = model.wiring.subgoal_channel, answers.action.shape[2]
    per_segment = len(traces) // model.wiring.segments
    segments: list[schema.ThoughtSegment] = []
    for i in range(model.wiring.segments):
        heard = int(answers.subgoal[i, 0].argmax()) if told is None else told
        heard = heard if channel else -1
        calls = traces[i * per_segment : (i + 1) * per_segment]
        # The last calls are the Doer's, one for each sub-goal; keep the one that was heard.
        first_told = len(calls) - groups
        _, change, attention = calls[first_told + max(heard, 0)]
        told_last: tuple[CallName, Tensor, Tensor] = ("told", change, attention)
        segments.append(
            schema.ThoughtSegment(
                calls=tuple(
                    schema.Call(module=name, change=floats(change), attention=floats(attention))
                    for name, change, attention in (*calls[:first_told], told_last)
                ),
                subgoal_logits=floats(answers.subgoal[i, 0]),
                told=heard,
                action_logits=floats(answers.action[i, 0, max(heard, 0)]),
                q_halt=float(answers.q_halt[i, 0]),
            )
        )
    return schema.Thought(
        state=state,
        segments=tuple(segments),
        segments_used=segments_until_halt([segment.q_halt > 0 for segment in segments]),
    )


def roll_out(model: WorldHRM, table: WorldTable, step: int, start: int) -> schema.Rollout:
    """An episode from `start` with the thought behind each visited state."""
    policy = policies.policy_of(model, table)
    episode = policies.roll_out(table, policy.subgoal(), policy.action(), start)
    return schema.Rollout(
        step=step,
        episode=recorded_episode(table, episode, model.wiring.subgoal_head),
        thoughts=tuple(think_aloud(model, table, s) for s in dict.fromkeys(episode.states)),
    )


def steps_of_cycles(planned: int, segments: int) -> list[int]:
    """Which gradient steps to look at closely: first segments of some batches."""
    batches = planned // segments
    chosen = {0, 1, batches - 1, *(int(share * batches) for share in SHARES_OF_CYCLES)}
    return [batch * segments for batch in sorted(chosen) if batch < batches]


def steps_of_evaluations(planned: int, segments: int) -> list[int]:
    """After how many gradient steps to evaluate: about `EVALUATIONS` times, and at the end."""
    batches = planned // segments
    every = max(1, round(batches / EVALUATIONS))
    return [batch * segments for batch in range(every, batches, every)] + [planned]


class Recorder:
    """A callback of `fine_tune` that collects what the story shows of it, however it learns."""

    def __init__(
        self, model: WorldHRM, table: WorldTable, seen: frozenset[int], planned: int
    ) -> None:
        self.model, self.table = model, table
        self.seen = seen
        segments = model.wiring.segments
        self.cycle_steps = steps_of_cycles(planned, segments)
        self.evaluation_steps = steps_of_evaluations(planned, segments)
        during = [s for s in self.evaluation_steps if s < planned]
        self.rollout_steps = {
            during[int(share * len(during))] for share in SHARES_OF_ROLLOUTS if during
        }
        self.steps: list[schema.GradientStep] = []
        self.cycles: list[schema.Cycle] = []
        self.curve: list[schema.CurvePoint] = []
        self.checkpoints: list[schema.Checkpoint] = []
        self.rollouts: list[schema.Rollout] = []
        self.standings: list[schema.Standing] = []
        self.heads: list[NDArray[np.float32]] = [self.head_values()]
        self.before = self.parameters()

    def parameters(self) -> dict[str, Tensor]:
        """A copy of every parameter."""
        return {name: p.detach().clone() for name, p in self.model.named_parameters()}

    def head_values(self) -> NDArray[np.float32]:
        """Every entry of the watched parameters, one after another."""
        named = dict(self.model.named_parameters())
        values = [named[n].detach().flatten() for n in WATCHED_PARAMETERS if n in named]
        return torch.cat(values).numpy().copy()

    def evaluate(self, step: int, keep: bool) -> None:
        """A point of the curve; with `keep`, also the policy and the showcase's episode."""
        policy = policies.policy_of(self.model, self.table)
        score = recorded_score(policies.score(self.table, policy, self.seen))
        self.curve.append(schema.CurvePoint(step=step, score=score))
        self.evaluated(step, policy)
        if keep:
            self.checkpoints.append(schema.Checkpoint(step=step, policy=recorded_policy(policy)))
            self.rollouts.append(roll_out(self.model, self.table, step, self.table.showcase))

    def evaluated(self, step: int, policy: policies.Policy) -> None:
        """What else a way to learn records of an evaluation."""

    def look_closely(self, now: GradientStep) -> None:
        """What else it records of some gradient steps."""

    def preference(self, now: GradientStep) -> schema.PreferenceLoss | None:
        """What a batch of preferences says; None of other lessons."""
        del now
        return None

    def __call__(self, now: GradientStep) -> None:
        """Record one gradient step."""
        after = self.parameters()
        if now.step in self.cycle_steps:
            self.look_closely(now)
        self.steps.append(self.gradient_step(now, after))
        self.heads.append(self.head_values())
        self.before = after
        taken = now.step + 1
        if taken in self.evaluation_steps and taken < now.steps:
            self.evaluate(taken, keep=taken in self.rollout_steps)

    def gradient_step(self, now: GradientStep, after: dict[str, Tensor]) -> schema.GradientStep:
        """The step's own record."""
        outputs, batch = now.lesson.judged(now.outputs)
        planner, doer = right_rows(outputs, batch, self.model.wiring.subgoal_head)
        # Clipping has already scaled the gradients; undo it for the norms.
        scale = max(1.0, now.gradient_norm / now.clip)
        return schema.GradientStep(
            step=now.step,
            number_of_pass=now.pass_,
            examples=now.chosen,
            segment=now.segment,
            rows=len(planner),
            losses=recorded_losses(now.losses),
            wrong_planner=int((~planner).sum()),
            wrong_doer=int((planner & ~doer).sum()),
            gradient_norm=self.per_owner(
                {n: p.grad * scale for n, p in self.model.named_parameters() if p.grad is not None}
            ),
            weight_change=self.per_owner({n: after[n] - self.before[n] for n in after}),
            watched=(),
            rate=now.rate,
            preference=self.preference(now),
        )

    def per_owner(self, values: dict[str, Tensor]) -> schema.PerOwner:
        """The Euclidean length of some values, by owner of their parameter."""
        squares = dict.fromkeys(OWNERS, 0.0)
        for name, value in values.items():
            squares[module_of(name)] += float(value.detach().double().square().sum())
        return schema.PerOwner(**{owner: square**0.5 for owner, square in squares.items()})

    def watched(self) -> tuple[tuple[schema.WatchedWeight, ...], tuple[schema.GradientStep, ...]]:
        """The weights that moved most, and every step with their values filled in."""
        moved = np.abs(self.heads[-1] - self.heads[0])
        named = dict(self.model.named_parameters())
        weights: list[schema.WatchedWeight] = []
        columns: list[int] = []
        offset = 0
        for name in WATCHED_PARAMETERS:
            if name not in named:
                continue
            size, width = named[name].numel(), named[name].shape[1]
            # A stable sort, so that the page picks the same ones.
            order = np.argsort(-moved[offset : offset + size], kind="stable")[:WATCHED]
            for index in sorted(int(i) for i in order):
                owner = "planner" if name == "subgoal_head.weight" else "doer"
                weights.append(
                    schema.WatchedWeight(
                        name=f"{name}[{index // width},{index % width}]",
                        owner=owner,
                        before=float(self.heads[0][offset + index]),
                    )
                )
                columns.append(offset + index)
            offset += size
        steps = tuple(
            step.model_copy(
                update={"watched": tuple(shortest(v) for v in values[columns].tolist())}
            )
            for step, values in zip(self.steps, self.heads[1:], strict=True)
        )
        return tuple(weights), steps


class LabelRecorder(Recorder):
    """Records learning from labels: some gradient steps are looked at closely."""

    def __init__(
        self,
        model: WorldHRM,
        table: WorldTable,
        examples: Sequence[Example],
        seen: frozenset[int],
        planned: int,
    ) -> None:
        super().__init__(model, table, seen, planned)
        self.examples = examples
        self.evaluate(0, keep=True)
        # What the coming cycle's row thinks has to be asked before the weights move.
        self.early = EarlyLook(model, table)

    def look_closely(self, now: GradientStep) -> None:
        """A cycle: forward, blame, update."""
        self.cycles.append(self.cycle(now))

    def cycle(self, now: GradientStep) -> schema.Cycle:
        """Look closely at one row of the batch, before and after.

        By turns it is the row that the Planner has most to learn from and the Doer's; else the
        Planner's mistakes, which are larger, would hide the Doer's.
        """
        with_planner = self.model.wiring.subgoal_head
        before = [
            losses_of(row_of(now.outputs, i), row_of(now.lesson.batch, i), with_planner)
            for i in range(len(now.lesson.batch.features))
        ]
        planners_turn = with_planner and len(self.cycles) % 2 == 0
        own = [(one.planner if planners_turn else one.doer).item() for one in before]
        row = max(range(len(own)), key=own.__getitem__)
        places = [(e, i) for e in now.chosen for i in range(len(self.examples[e].steps))]
        example, position = places[row]
        label = self.examples[example].steps[position]
        batch = row_of(now.lesson.batch, row)
        with torch.no_grad():
            carry = self.model.initial_carry(batch.features)
            _, outputs = self.model.segment(carry, batch.features, told=batch.subgoal)
            losses_after = losses_of(outputs, batch, with_planner)
        return schema.Cycle(
            step=now.step,
            example=example,
            example_step=position,
            thought=self.early.think(self.before, label.state, label.subgoal),
            label_subgoal=label.subgoal,
            label_action=label.action,
            losses=recorded_losses(before[row]),
            losses_after=recorded_losses(losses_after),
        )


class PreferenceRecorder(Recorder):
    """Records learning from preferences: what rises and what sinks."""

    def __init__(
        self,
        model: WorldHRM,
        table: WorldTable,
        preferences: Sequence[Preference],
        seen: frozenset[int],
        planned: int,
    ) -> None:
        super().__init__(model, table, seen, planned)
        self.preferences = preferences
        self.base = policies.policy_of(model, table)
        self.evaluate(0, keep=True)

    def evaluated(self, step: int, policy: policies.Policy) -> None:
        """How probable the best and the worst episodes have become."""

        def risen(episode: policies.Episode) -> float:
            return standing(policy, episode) - standing(self.base, episode)

        self.standings.append(
            schema.Standing(
                step=step,
                best=tuple(risen(one.episodes[one.best]) for one in self.preferences),
                worst=tuple(risen(one.episodes[one.worst]) for one in self.preferences),
            )
        )

    def preference(self, now: GradientStep) -> schema.PreferenceLoss | None:
        """The batch's DPO loss, and how far its episodes have risen and sunk."""
        losses = now.losses
        assert isinstance(losses, PreferenceLosses)
        return schema.PreferenceLoss(
            dpo=losses.dpo.item(), best=floats(losses.best), worst=floats(losses.worst)
        )


def recorded_preference(
    table: WorldTable, preference: Preference, subgoals: bool
) -> schema.Preference:
    """A preference as the recording holds it."""
    return schema.Preference(
        episodes=tuple(recorded_episode(table, one, subgoals) for one in preference.episodes),
        best=preference.best,
        worst=preference.worst,
        turned=preference.turned,
    )


class EarlyLook:
    """A second copy of the model, to think with weights that training has left behind."""

    def __init__(self, model: WorldHRM, table: WorldTable) -> None:
        self.model = WorldHRM(model.wiring, model.sizes, model.interface)
        self.model.load_state_dict(model.state_dict())
        self.table = table

    def think(self, parameters: dict[str, Tensor], state: int, told: int) -> schema.Thought:
        """What a model with these `parameters` thinks in `state` when told `told`."""
        self.model.load_state_dict(parameters, strict=False)
        return think_aloud(self.model, self.table, state, told)


def recorded_losses(losses: Losses) -> schema.Losses:
    """Losses as the recording holds them."""
    return schema.Losses(
        planner=losses.planner.item(), doer=losses.doer.item(), halting=losses.halting.item()
    )


def row_of(rows: Rows, i: int) -> Rows:
    """Row `i` of every tensor, as a batch of one."""
    return type(rows)(*(tensor[i : i + 1] for tensor in rows))
