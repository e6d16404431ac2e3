"""The recording of a fine-tuning in a world: everything that it computed and the page shows.

One pydantic model is the definition; `json_schema.py` writes its JSON Schema, from which the page's
types and its validator are generated.

Lists indexed by state
or by step stand one after another, in the order of the world's table.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hrmkit.recording.common import FrozenModel, MadeBy, Number, Shown
from hrmkit.training.worlds.examples import Example
from hrmkit.worlds.registry import DEFAULT_WORLD
from hrmkit.worlds.world import Outcome, WorldTable

Half = Literal["planner", "doer"]
Freeze = Literal["none", "planner", "doer"]
Learn = Literal["labels", "preferences"]


class Choice(FrozenModel):
    """What a visitor likes best and least of a start's episodes, by position."""

    best: int
    worst: int


class Settings(FrozenModel):
    """What was asked for; the same settings give the same recording."""

    world: str = Field(
        default=DEFAULT_WORLD, description="The world's name; files without it are of Key -> Door."
    )
    tiles: int = Field(description="How many places the world has, e.g. 3 to 9 tiles.")
    sizes: dict[str, int] | None = Field(
        default=None, description="The world's other sizes by name; null where it has none."
    )
    examples: int = Field(description="Examples in the training set, 1 to 50.")
    noise: Number = Field(description="Chance that a step's label is wrong, 0 to 0.5.")
    distractors: Number = Field(description="Chance that an example's step shows a mistake.")
    passes: int = Field(description="The most passes over the examples.")
    batch: int = Field(description="Examples in a batch, 1 to 4.")
    seed: int = Field(description="Seed of the examples and of their order.")
    preset: str = Field(description="Which of the world's models is fine-tuned.")
    freeze: Freeze = Field(description="The half that must not learn.")
    base_seed: int = Field(description="Seed of the base model.")
    learn: Learn = Field(
        default="labels",
        description="From what it learns; files without it are of labels. From preferences, "
        "'examples' counts the starts whose episodes are compared, and 'noise' is the chance that "
        "a preference is turned round.",
    )
    choices: tuple[Choice, ...] | None = Field(
        default=None,
        description="A visitor's own preferences, one a start; null where they go by return.",
    )


class ModelPart(FrozenModel):
    """One part of the model."""

    name: str
    owner: Literal["planner", "doer", "halting"] = Field(description="Who learns with it.")
    parameters: int


class ModelCard(FrozenModel):
    """The model that was trained."""

    preset: str
    modules: int = Field(description="1, or 2: H and L.")
    cycles: int = Field(description="N, cycles in a segment.")
    low_calls: int = Field(description="T, calls of L in a cycle.")
    segments: int = Field(description="The most segments the outer loop takes.")
    subgoal_head: bool
    subgoal_channel: bool
    width: int
    parameters: int
    parts: tuple[ModelPart, ...]


class Policy(FrozenModel):
    """What the model says in each live state, S of them, after its last segment."""

    subgoal_logits: tuple[tuple[Number, ...], ...] = Field(description="S x sub-goal.")
    action_logits: tuple[tuple[tuple[Number, ...], ...], ...] = Field(
        description="S x told sub-goal x action; one told row if nothing can be told."
    )
    q_halt: tuple[tuple[Number, ...], ...] = Field(description="S x segment, logits.")
    segments: tuple[int, ...] = Field(description="S: segments thought.")


class Score(FrozenModel):
    """How a policy does over every start of the world."""

    success: Number = Field(description="Share of starts that reach the goal in time.")
    success_unseen: Number | None = Field(
        description="The same over starts not among the examples; null when there are none."
    )
    steps: Number = Field(description="Mean actions of a success; 0 when there is none.")
    order_mistakes: Number = Field(description="Share of starts with an action in wrong order.")
    reward: Number = Field(description="Mean return of an episode.")
    planner_accuracy: Number = Field(description="Share of live states with the right sub-goal.")
    doer_accuracy: Number = Field(
        description="Share of live states with the right action, told the right sub-goal."
    )


class CurvePoint(FrozenModel):
    """A score after so many gradient steps."""

    step: int
    score: Score


class Checkpoint(FrozenModel):
    """A whole policy after so many gradient steps."""

    step: int
    policy: Policy


class Losses(FrozenModel):
    """Mean losses of a batch, in nats."""

    planner: Number
    doer: Number
    halting: Number


class PerOwner(FrozenModel):
    """One number for each owner of parameters."""

    planner: Number
    doer: Number
    halting: Number


class PreferenceLoss(FrozenModel):
    """What a batch of preferences says of the model, beside the likelihood of the best."""

    dpo: Number = Field(description="Mean over the pairs, in nats.")
    best: tuple[Number, ...] = Field(
        description="Per pair, in the order of the step's `examples`: log-probability of the best "
        "episode after this segment, less the base's."
    )
    worst: tuple[Number, ...] = Field(description="The same of the worst episode.")


class GradientStep(FrozenModel):
    """One gradient step: a segment of a batch, its loss, and what it moved.

    From preferences, `examples` are positions in `preferences`, and rows and losses of Planner and
    Doer are of the steps of the best episodes: there they are negative log-likelihoods.
    """

    step: int
    number_of_pass: int = Field(description="Which pass over the examples, from 0.")
    examples: tuple[int, ...] = Field(description="The batch, as positions in `examples`.")
    segment: int = Field(description="Which segment of the batch, from 0.")
    rows: int = Field(description="Labelled states in the batch.")
    losses: Losses
    wrong_planner: int = Field(description="Rows with a wrong sub-goal: the Planner's to mend.")
    wrong_doer: int = Field(description="Rows with a right sub-goal and a wrong action.")
    gradient_norm: PerOwner = Field(description="Before clipping.")
    weight_change: PerOwner = Field(description="Length of the step in parameter space.")
    watched: tuple[Number, ...] = Field(description="The watched weights after the step.")
    rate: Number = Field(description="The schedule's factor on the learning rates.")
    preference: PreferenceLoss | None = Field(
        default=None, description="Null when learning from labels."
    )


class WatchedWeight(FrozenModel):
    """A single weight that is followed through training."""

    name: str = Field(description="Its parameter and index, e.g. 'subgoal_head.weight[0,7]'.")
    owner: Half
    before: Number = Field(description="Its value in the base model.")


class Call(FrozenModel):
    """One call of a module."""

    module: Literal["L", "H", "told"] = Field(
        description="'told' is the Doer's last call, with the sub-goal added to its input."
    )
    change: tuple[Number, ...] = Field(
        description="Per token: how far the state moved (root mean square)."
    )
    attention: tuple[Number, ...] = Field(
        description="Per token: how much the reading token attends to it (mean over heads)."
    )


class ThoughtSegment(FrozenModel):
    """One segment of a thought, and what the heads say after it."""

    calls: tuple[Call, ...]
    subgoal_logits: tuple[Number, ...]
    told: int = Field(description="The sub-goal that the Doer was told; -1 if none.")
    action_logits: tuple[Number, ...]
    q_halt: Number = Field(description="Logit; above 0 the model wants to stop.")


class Thought(FrozenModel):
    """A forward pass in one state, segment by segment."""

    state: int
    segments: tuple[ThoughtSegment, ...]
    segments_used: int = Field(
        description="Segments until q_halt was above 0 (or all): where the light turned red. "
        "As in the original's evaluation, the model thinks all segments all the same."
    )


class EpisodeStep(FrozenModel):
    """One step of an episode."""

    state: int
    subgoal: int = Field(description="-1 without a sub-goal head.")
    action: int
    reward: Number
    outcome: Outcome


class Episode(FrozenModel):
    """What the model did from one start."""

    start: int
    steps: tuple[EpisodeStep, ...]
    success: bool
    total_reward: Number


class Preference(FrozenModel):
    """The episodes that the base did from one start, and which is liked best and least."""

    episodes: tuple[Episode, ...]
    best: int = Field(description="Position of the best, as it is learned.")
    worst: int = Field(description="Position of the worst, as it is learned.")
    turned: bool = Field(description="Noise has turned the preference round.")


class Standing(FrozenModel):
    """What has risen and what has sunk after so many gradient steps, one number a preference."""

    step: int
    best: tuple[Number, ...] = Field(
        description="Log-probability of the best episode, less the base's."
    )
    worst: tuple[Number, ...] = Field(description="The same of the worst episode.")


class Rollout(FrozenModel):
    """An episode with the thoughts behind it."""

    step: int = Field(description="Gradient steps taken before it.")
    episode: Episode
    thoughts: tuple[Thought, ...] = Field(description="One a visited state, in order of visit.")


class Cycle(FrozenModel):
    """One gradient step looked at closely: forward, blame, update."""

    step: int = Field(description="Its position in `fine_tuning`.")
    example: int = Field(description="The example the row comes from.")
    example_step: int = Field(description="Which step of the example.")
    thought: Thought = Field(description="The forward pass of that row, before the update.")
    label_subgoal: int
    label_action: int
    losses: Losses = Field(description="Of that row alone, before the update.")
    losses_after: Losses = Field(description="Of the same row, after the update.")


class Run(FrozenModel):
    """A training of its own, shown beside the main one."""

    name: str = Field(description="E.g. 'flat', 'frozen-planner'.")
    settings: Settings
    model: ModelCard
    gradient_steps: int
    base: Score
    final: Score
    curve: tuple[CurvePoint, ...]
    policy: Policy = Field(description="After training.")
    seeds: tuple[Score, ...] = Field(description="Final scores of other seeds, same settings.")


class SeedRun(FrozenModel):
    """The main run again with another seed."""

    seed: int
    curve: tuple[CurvePoint, ...]


class Spread(FrozenModel):
    """The main run over several seeds."""

    settings: Settings = Field(description="What they share; `seed` is the first one's.")
    runs: tuple[SeedRun, ...]


class Recording(Shown):
    """The whole story of one fine-tuning."""

    format: Literal["hrm-recording"]
    version: Literal[1]
    kind: Literal["fine-tuning"]
    title: str
    made_by: MadeBy
    settings: Settings
    world: WorldTable
    model: ModelCard
    showcase: int = Field(description="The start of the rollouts shown before and after.")
    examples: tuple[Example, ...] = Field(description="None when learning from preferences.")
    preferences: tuple[Preference, ...] = Field(
        default=(), description="None when learning from labels."
    )
    standings: tuple[Standing, ...] = Field(
        default=(), description="From preferences: one a point of the curve."
    )
    watched: tuple[WatchedWeight, ...]
    fine_tuning: tuple[GradientStep, ...]
    planned_steps: int = Field(description="Gradient steps if training had not stopped early.")
    cycles: tuple[Cycle, ...] = Field(description="None when learning from preferences.")
    rollouts: tuple[Rollout, ...] = Field(description="Before, during and after fine-tuning.")
    checkpoints: tuple[Checkpoint, ...] = Field(description="First the base, last the end.")
    curve: tuple[CurvePoint, ...] = Field(description="First the base, last the end.")
    ablations: tuple[Run, ...] = Field(
        description="Each says its own settings: they may differ from the main run's."
    )
    spread: Spread | None
    hash: str = Field(description="SHA-256 of every number above; see recording/file.py.")
