"""Examples to learn from: episodes of the teacher, labelled, with noise and distractors."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from hrmkit.draws import Draws
from hrmkit.worlds.world import WorldTable


class ExampleStep(BaseModel):
    """One labelled state of an example."""

    model_config = ConfigDict(frozen=True)

    state: int
    subgoal: int = Field(description="The label for the Planner.")
    action: int = Field(description="The label for the Doer.")
    taken: int = Field(description="The action that the episode took here.")
    reward: float = Field(description="What the taken action earned.")
    wrong_subgoal: bool = Field(description="Label noise changed the sub-goal.")
    wrong_action: bool = Field(description="Label noise changed the action.")
    distractor: bool = Field(description="The taken action is a mistake; the label is not.")


class Example(BaseModel):
    """One labelled episode."""

    model_config = ConfigDict(frozen=True)

    steps: tuple[ExampleStep, ...]


def other_than(draws: Draws, right: int, count: int) -> int:
    """A wrong choice: any of `count` but `right`."""
    return (right + 1 + draws.below(count - 1)) % count


def draw_example(
    table: WorldTable, start: int, noise: float, distractors: float, draws: Draws
) -> Example:
    """The teacher's episode from `start`.

    With probability `noise` a step's label is wrong, its sub-goal or its action with equal
    chance. With probability `distractors` the episode takes a wrong action, and so shows how to
    recover from one.
    """
    steps: list[ExampleStep] = []
    state = start
    while state < table.live_states and len(steps) < table.max_steps:
        subgoal, right = table.teacher_subgoal[state], table.teacher_action[state]
        action = right
        noisy = draws.uniform() < noise
        in_subgoal = noisy and draws.below(2) == 0
        if in_subgoal:
            subgoal = other_than(draws, subgoal, len(table.subgoals))
        elif noisy:
            action = other_than(draws, action, len(table.actions))
        distracted = draws.uniform() < distractors
        taken = other_than(draws, right, len(table.actions)) if distracted else right
        steps.append(
            ExampleStep(
                state=state,
                subgoal=subgoal,
                action=action,
                taken=taken,
                reward=table.reward[state][taken],
                wrong_subgoal=in_subgoal,
                wrong_action=noisy and not in_subgoal,
                distractor=distracted,
            )
        )
        state = table.next_state[state][taken]
    return Example(steps=tuple(steps))


def draw_examples(
    table: WorldTable, count: int, noise: float, distractors: float, draws: Draws
) -> tuple[Example, ...]:
    """`count` examples from different starts, as long as there are enough starts."""
    starts: list[int] = []
    while len(starts) < count:
        starts += draws.shuffled(list(table.starts))
    return tuple(draw_example(table, start, noise, distractors, draws) for start in starts[:count])
