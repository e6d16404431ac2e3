"""Whether the recording of a fine-tuning agrees with its own world's table.

What a schema cannot say: the table is one, no number is beyond what can be drawn, and every episode
is what the table makes of its actions. The page looks at the same
(web/src/stories/world/checkTable.ts and check.ts).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hrmkit.recording.common import shortest
from hrmkit.recording.world.schema import (
    Cycle,
    Episode,
    Preference,
    Recording,
    Rollout,
    Score,
)
from hrmkit.training.worlds.examples import Example
from hrmkit.training.worlds.preferences import EPISODES
from hrmkit.worlds.world import Outcome, WorldTable

MOST = {
    "tiles": 32,
    "max_steps": 1000,
    "tokens": 10_000,
    "subgoals": 32,
    "actions": 32,
    "features": 256,
    "entities": 32,
    "memory": 32,
    "token_names": 128,
}
"""The most of each that can be drawn; the worlds that there are have a third of these at most."""

MOST_SEGMENTS = 64
MOST_CALLS = 1024
MOST_OF_A_KIND = 100
MOST_STEPS = 100_000


class DisagreementError(ValueError):
    """What does not agree, as the end of a sentence."""


def check_agreement(recording: Recording) -> None:
    """Raise `DisagreementError` at the first thing that does not agree."""
    world = recording.world
    check_table(world)
    check_bounds(recording)
    _is_start(recording.showcase, world, "showcase")
    for example in recording.examples:
        check_example(example, world)
    check_preferences(recording)
    lessons = len(recording.examples) or len(recording.preferences)
    for step in recording.fine_tuning:
        _length(step.watched, len(recording.watched), "a gradient step's list of watched weights")
        for example in step.examples:
            _index(example, 0, lessons, "a batch's example")
        _index(step.segment, 0, recording.model.segments, "a gradient step's segment")
    for cycle in recording.cycles:
        check_cycle(cycle, recording)
    for name in ("rollouts", "checkpoints", "curve"):
        if len(getattr(recording, name)) < 2:
            raise DisagreementError(f"{name} has no before and after")
    for rollout in recording.rollouts:
        check_rollout(rollout, world)


def check_table(world: WorldTable) -> None:
    """Bounds of the table's own numbers and lists, and what its lists point at."""
    _index(world.tiles, 1, MOST["tiles"] + 1, "world.tiles")
    _index(world.max_steps, 1, MOST["max_steps"] + 1, "world.max_steps")
    for name in ("tokens", "subgoals", "actions", "features", "token_names", "entities", "memory"):
        least = 0 if name in ("entities", "memory") else 1
        _index(len(getattr(world, name)), least, MOST[name] + 1, f"the length of world.{name}")
    states, live = len(world.tokens), world.live_states
    tokens, goals, actions = len(world.token_names), len(world.subgoals), len(world.actions)
    _index(live, 1, states + 1, "world.live_states")
    _index(world.subgoal_token, 0, tokens, "world.subgoal_token")
    _index(world.action_token, 0, tokens, "world.action_token")
    _table(world.tokens, states, tokens, "tokens")
    for row in world.tokens:
        for token in row:
            _all(token, 0, len(world.features), "an input feature")
    _table(world.places, states, len(world.entities), "places")
    _all(_flat(world.places), -1, world.tiles, "a place in world.places")
    _table(world.flags, states, len(world.memory), "flags")
    for name in ("next_state", "reward", "outcome"):
        _table(getattr(world, name), live, actions, name)
    _all(_flat(world.next_state), 0, states, "a next state")
    _length(world.teacher_subgoal, live, "world.teacher_subgoal")
    _all(world.teacher_subgoal, 0, goals, "a teacher's sub-goal")
    _length(world.teacher_action, live, "world.teacher_action")
    _all(world.teacher_action, 0, actions, "a teacher's action")
    _table(world.subgoal_tile, live, goals, "subgoal_tile")
    _all(_flat(world.subgoal_tile), -1, world.tiles, "a tile of world.subgoal_tile")
    if not world.starts:
        raise DisagreementError("world.starts is empty")
    _all(world.starts, 0, live, "a start")
    _is_start(world.showcase, world, "world.showcase")
    for state, (outcomes, following) in enumerate(
        zip(world.outcome, world.next_state, strict=True)
    ):
        for outcome, to in zip(outcomes, following, strict=True):
            if outcome is Outcome.SUCCESS and to < live:
                raise DisagreementError(
                    f"world.outcome says success in state {state}, where the episode goes on"
                )


def check_bounds(recording: Recording) -> None:
    """Bounds of all else that is counted or drawn as often as it says."""
    model = recording.model
    _index(model.modules, 1, 3, "model.modules")
    _index(model.segments, 1, MOST_SEGMENTS + 1, "model.segments")
    _index(model.cycles, 1, MOST_CALLS + 1, "model.cycles")
    _index(model.low_calls, 1, MOST_CALLS + 1, "model.low_calls")
    _index(model.cycles * model.low_calls, 1, MOST_CALLS + 1, "the calls of L in a segment")
    steps = len(recording.fine_tuning)
    _index(recording.planned_steps, steps, MOST_STEPS + 1, "planned_steps")
    for settings in (recording.settings, *(run.settings for run in recording.ablations)):
        _index(settings.tiles, 1, MOST["tiles"] + 1, "settings.tiles")
        for name in ("examples", "passes", "batch"):
            _index(getattr(settings, name), 1, 1001, f"settings.{name}")
        _share(settings.noise, "settings.noise")
        _share(settings.distractors, "settings.distractors")
    for name in ("cycles", "rollouts", "checkpoints", "ablations", "watched"):
        _index(len(getattr(recording, name)), 0, MOST_OF_A_KIND + 1, f"the length of {name}")
    for step in recording.fine_tuning:
        for part in (step.losses, step.gradient_norm, step.weight_change):
            _positive((part.planner, part.doer, part.halting), "a gradient step's number")
    for cycle in recording.cycles:
        for part in (cycle.losses, cycle.losses_after):
            _positive((part.planner, part.doer, part.halting), "a cycle's loss")
    runs = recording.spread.runs if recording.spread else ()
    if recording.spread and not runs:
        raise DisagreementError("spread.runs is empty")
    for part in (recording, *recording.ablations, *runs):
        if not part.curve:
            raise DisagreementError("a curve is empty")
        before = 0
        for point in part.curve:
            _index(point.step, before, MOST_STEPS + 1, "a step of a curve")
            before = point.step
            _check_score(point.score)


def _check_score(score: Score) -> None:
    for name in ("success", "order_mistakes", "planner_accuracy", "doer_accuracy"):
        _share(getattr(score, name), f"a curve's {name}")
    _share(score.success_unseen or 0.0, "a curve's success_unseen")


def check_preferences(recording: Recording) -> None:
    """Whether a recording has what its way to learn learns from, and that makes sense."""
    settings, preferences = recording.settings, recording.preferences
    _index(len(preferences), 0, MOST_OF_A_KIND + 1, "the length of preferences")
    others = preferences if settings.learn == "labels" else recording.examples or recording.cycles
    if others or not (recording.examples or preferences):
        raise DisagreementError(f"it learns from {settings.learn}, and has none or others")
    if preferences:
        _length(preferences, settings.examples, "preferences")
        _length(recording.standings, len(recording.curve), "standings")
    for preference in preferences:
        check_preference(preference, recording.world)
    for choice, preference in zip(settings.choices or (), preferences, strict=False):
        chosen = (choice.best, choice.worst)
        if (preference.best, preference.worst) != (chosen[::-1] if preference.turned else chosen):
            raise DisagreementError("a preference is not what was chosen")
    if settings.choices is not None:
        _length(settings.choices, len(preferences), "settings.choices")
    for step in recording.fine_tuning:
        pairs = len(step.examples) if preferences else 0
        for name in ("best", "worst"):
            found = getattr(step.preference, name) if step.preference else ()
            _length(found, pairs, f"a gradient step's {name}")
        _positive((step.preference.dpo if step.preference else 0,), "a gradient step's dpo")
    for standing in recording.standings:
        _length(standing.best, len(preferences), "a standing's best")
        _length(standing.worst, len(preferences), "a standing's worst")


def check_preference(preference: Preference, world: WorldTable) -> None:
    """Whether its episodes are the table's, from one start, and the best is not the worst."""
    episodes, best, worst = preference.episodes, preference.best, preference.worst
    _length(episodes, EPISODES, "a preference's episodes")
    for episode in episodes:
        check_episode(episode, world)
        if episode.start != episodes[0].start:
            raise DisagreementError("a preference's episodes are from different starts")
    _index(best, 0, EPISODES, "a preference's best")
    _index(worst, 0, EPISODES, "a preference's worst")
    if best == worst:
        raise DisagreementError(f"a preference calls episode {best} both the best and the worst")


class Taken(NamedTuple):
    """What an episode did in a state."""

    state: int
    action: int
    reward: float
    outcome: Outcome | None


def check_example(example: Example, world: WorldTable) -> None:
    """Whether an example's steps follow one another by the action that was taken."""
    if not example.steps:
        raise DisagreementError("an example has no steps")
    for step in example.steps:
        _index(step.subgoal, 0, len(world.subgoals), "an example's sub-goal")
        _index(step.action, 0, len(world.actions), "an example's action")
    _is_start(example.steps[0].state, world, "an example's first state")
    steps = [Taken(step.state, step.taken, step.reward, None) for step in example.steps]
    _follow(steps, world, "an example")


def check_rollout(rollout: Rollout, world: WorldTable) -> None:
    """Whether an episode is what the table makes of it, and its thoughts are of its states."""
    check_episode(rollout.episode, world)
    visited = list(dict.fromkeys(step.state for step in rollout.episode.steps))
    thought = [thought.state for thought in rollout.thoughts]
    if thought != visited:
        raise DisagreementError("the thoughts of an episode are not of the states that it visits")


def check_episode(episode: Episode, world: WorldTable) -> None:
    """Whether an episode is what the table makes of its actions, and says what it did."""
    if not episode.steps:
        raise DisagreementError("an episode has no steps")
    _is_start(episode.start, world, "an episode's start")
    first = episode.steps[0].state
    if first != episode.start:
        raise DisagreementError(f"an episode from start {episode.start} begins in state {first}")
    for step in episode.steps:
        _index(step.subgoal, -1, len(world.subgoals), "an episode's sub-goal")
    steps = [Taken(step.state, step.action, step.reward, step.outcome) for step in episode.steps]
    outcome = _follow(steps, world, "an episode")
    if episode.success != (outcome is Outcome.SUCCESS):
        raise DisagreementError(
            f"an episode says success {episode.success}, but by its last action it is {outcome}"
        )
    total = sum(step.reward for step in episode.steps)
    if not abs(total - episode.total_reward) <= 1e-4 * (1 + abs(total)):
        raise DisagreementError(
            f"an episode's total_reward is {episode.total_reward}, "
            f"but its rewards add up to {total}"
        )


def _follow(steps: Sequence[Taken], world: WorldTable, whose: str) -> Outcome:
    """Go through an episode by the table; return what came of its last action."""
    state, outcome = steps[0].state, Outcome.OK
    _index(state, 0, world.live_states, f"a state of {whose}")
    if len(steps) > world.max_steps:
        raise DisagreementError(
            f"{whose} has {len(steps)} steps, and the world ends it after {world.max_steps}"
        )
    for number, step in enumerate(steps):
        if step.state != state:
            raise DisagreementError(
                f"step {number} of {whose} is in state {step.state}, but the table leads to {state}"
            )
        if state >= world.live_states:
            raise DisagreementError(f"{whose} goes on after its end, at step {number}")
        _index(step.action, 0, len(world.actions), f"an action of {whose}")
        reward, outcome = world.reward[state][step.action], world.outcome[state][step.action]
        if shortest(reward) != shortest(step.reward):
            raise DisagreementError(
                f"step {number} of {whose} earns {step.reward}, but in the table it is {reward}"
            )
        if step.outcome not in (None, outcome):
            raise DisagreementError(
                f"the outcome of step {number} of {whose} is {step.outcome}, in the table {outcome}"
            )
        state = world.next_state[state][step.action]
    if state < world.live_states and len(steps) < world.max_steps:
        raise DisagreementError(
            f"{whose} stops after {len(steps)} steps, though it is not at an end"
        )
    return outcome


def check_cycle(cycle: Cycle, recording: Recording) -> None:
    """Whether a cycle is about a row of its step's batch, with that row's labels."""
    _index(cycle.step, 0, len(recording.fine_tuning), "a cycle's step")
    _index(cycle.example, 0, len(recording.examples), "a cycle's example")
    steps = recording.examples[cycle.example].steps
    _index(cycle.example_step, 0, len(steps), "a cycle's step of its example")
    if cycle.example not in recording.fine_tuning[cycle.step].examples:
        raise DisagreementError(
            f"a cycle's example {cycle.example} is not in the batch of its step {cycle.step}"
        )
    row = steps[cycle.example_step]
    if (row.subgoal, row.action) != (cycle.label_subgoal, cycle.label_action):
        raise DisagreementError("a cycle's labels are not those of its example")
    if cycle.thought.state != row.state:
        raise DisagreementError(
            f"a cycle thinks about state {cycle.thought.state}, its example is in {row.state}"
        )


def _index(value: int, start: int, end: int, where: str) -> None:
    if not start <= value < end:
        raise DisagreementError(f"{where} is {value}, which is not from {start} to {end - 1}")


def _all(values: Iterable[int], start: int, end: int, where: str) -> None:
    for value in values:
        _index(value, start, end, where)


def _flat(rows: Iterable[Iterable[int]]) -> Iterable[int]:
    return (value for row in rows for value in row)


def _length(values: Sequence[object], wanted: int, where: str) -> None:
    if len(values) != wanted:
        raise DisagreementError(f"{where} has {len(values)} entries where {wanted} belong")


def _table(rows: Sequence[Sequence[object]], wanted: int, width: int, name: str) -> None:
    _length(rows, wanted, f"world.{name}")
    for row in rows:
        _length(row, width, f"a row of world.{name}")


def _share(value: float, where: str) -> None:
    if not 0 <= value <= 1:
        raise DisagreementError(f"{where} is {value}, which is not from 0 to 1")


def _positive(values: Iterable[float], where: str) -> None:
    for value in values:
        if not value >= 0:
            raise DisagreementError(f"{where} is {value}, which is not 0 or more")


def _is_start(state: int, world: WorldTable, where: str) -> None:
    if state not in world.starts:
        raise DisagreementError(f"{where} is {state}, which is not a start")
