"""What the page has to know beside its recordings, defined once: here.

Written as JSON beside the exported graphs (`graphs/definitions.json`, studio and site alike), with
a JSON Schema like that of the recordings. Nothing in it is computed by a model.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hrmkit.recording.part import FORMAT, MAX_BYTES, VERSION, Part
from hrmkit.recording.world import recorder
from hrmkit.recording.world.schema import Freeze, Half, Settings
from hrmkit.recording.world.settings import (
    BOUNDS,
    HALVES,
    STORY_SEEDS,
    ablations_of,
    default_settings,
    wiring_of,
)
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.registry import DEFAULT_WORLD, WORLDS


class Words(Part):
    """How something is called, and what it is in a sentence."""

    name: str = Field(description="Its name in recordings.")
    title: str
    what: str


class Knob(Part):
    """A number that a visitor can turn, for any world."""

    name: str = Field(description="The setting that it is.")
    title: str
    what: str
    least: float = Field(description="The least that is accepted, in a link or a file too.")
    most: float
    from_: float = Field(alias="from", description="Where the slider begins.")
    to: float = Field(description="Where the slider ends.")
    step: float


class Ablation(Part):
    """A training shown beside the main one."""

    name: str = Field(description="See `runs`.")
    preset: str
    freeze: Freeze
    in_page: bool = Field(description="Whether the page can train it.")


class Titled(Part):
    """A preset and what it is."""

    preset: str
    title: str = Field(description="As it stands in the titles of recordings.")


class WorldInPage(Part):
    """A world, and what is trained in it."""

    definition: WorldDefinition
    settings: Settings = Field(description="Of its default story.")
    presets: tuple[Titled, ...]
    ablations: tuple[Ablation, ...]


class Recorder(Part):
    """What is recorded of a fine-tuning, and how often."""

    evaluations: int = Field(description="Points of the curve after the base's, about.")
    watched: int = Field(description="Weights of each head that are followed.")
    watched_parameters: tuple[str, ...] = Field(description="The heads' weights.")
    shares_of_cycles: tuple[float, ...] = Field(
        description="Beside the first two batches and the last: steps looked at closely, as shares "
        "of the plan."
    )
    shares_of_rollouts: tuple[float, ...] = Field(
        description="Beside the first and the last: evaluations whose episode is kept."
    )


class Definitions(Part):
    """All of it."""

    format: Literal["hrm-definitions"]
    version: Literal[1]
    recording_format: str
    recording_version: int
    max_bytes: int = Field(description="A recording larger than this, unpacked, is refused.")
    kinds: tuple[Words, ...] = Field(description="The kinds of recordings.")
    default_world: str = Field(description="Files that name no world are of this one.")
    worlds: tuple[WorldInPage, ...]
    halves: tuple[Half, ...] = Field(description="What can be frozen.")
    runs: tuple[Words, ...] = Field(description="The trainings of a story, of any world.")
    knobs: tuple[Knob, ...]
    story_seeds: int = Field(description="Seeds that a story's trainings are done on.")
    recorder: Recorder


KINDS = (
    Words(name="fine-tuning", title="A world", what="A tiny model learns a task in a tiny world."),
    Words(
        name="ladder",
        title="Assemble the kit",
        what="The model is put together wire by wire, and each step is measured.",
    ),
    Words(name="run", title="A run", what="A model of puzzles while it is trained."),
    Words(name="thought", title="A thought", what="A model solves one puzzle."),
)

RUNS = (
    Words(name="main", title="This story", what="The run that this story shows."),
    Words(
        name="flat",
        title="No hierarchy",
        what="One module, actions only, with as many parameters.",
    ),
    Words(
        name="flat-labelled",
        title="No hierarchy, told labels",
        what="One module that also learns the sub-goal labels.",
    ),
    Words(
        name="no-channel",
        title="Two boxes, no wire",
        what="The Doer is never told the sub-goal.",
    ),
    Words(name="one-module", title="One box, with wire", what="One module, told its own sub-goal."),
    Words(name="frozen-planner", title="Frozen Planner", what="Only the Doer may learn."),
    Words(name="frozen-doer", title="Frozen Doer", what="Only the Planner may learn."),
)


def knob(
    name: str,
    title: str,
    what: str,
    *,
    step: float = 1,
    begin: float | None = None,
    end: float | None = None,
) -> Knob:
    """A knob with the bounds that are held in Python; its slider may be shorter."""
    least, most = BOUNDS[name]
    return Knob.model_validate(
        {
            "name": name,
            "title": title,
            "what": what,
            "least": least,
            "most": most,
            "from": least if begin is None else begin,
            "to": most if end is None else end,
            "step": step,
        }
    )


KNOBS = (
    knob("examples", "Dataset size", "How many example episodes the model learns from."),
    knob("noise", "Noise", "The chance that a step's label is wrong.", step=0.05),
    knob(
        "distractors",
        "Distractor mistakes",
        "The chance that an example takes a wrong action and shows how to recover.",
        step=0.05,
    ),
    knob(
        "passes",
        "Training passes",
        "How often every example is seen, unless training stops early.",
        begin=3,
    ),
    knob(
        "seed",
        "Seed",
        "Which examples are drawn and in which order they are learned. The base model stays.",
        end=99,
    ),
)


def definitions() -> Definitions:
    """What the page has to know of all that is registered."""
    return Definitions(
        format="hrm-definitions",
        version=1,
        recording_format=FORMAT,
        recording_version=VERSION,
        max_bytes=MAX_BYTES,
        kinds=KINDS,
        default_world=DEFAULT_WORLD,
        worlds=tuple(world_in_page(world) for world in WORLDS.values()),
        halves=HALVES,
        runs=RUNS,
        knobs=KNOBS,
        story_seeds=STORY_SEEDS,
        recorder=Recorder(
            evaluations=recorder.EVALUATIONS,
            watched=recorder.WATCHED,
            watched_parameters=recorder.WATCHED_PARAMETERS,
            shares_of_cycles=recorder.SHARES_OF_CYCLES,
            shares_of_rollouts=recorder.SHARES_OF_ROLLOUTS,
        ),
    )


def world_in_page(world: WorldDefinition) -> WorldInPage:
    """What the page has to know of one world."""
    return WorldInPage(
        definition=world,
        settings=default_settings(world.name),
        presets=tuple(
            Titled(preset=model.preset, title=wiring_of(model.preset).title)
            for model in world.models
        ),
        ablations=tuple(
            Ablation(
                name=plan.name,
                preset=plan.preset,
                freeze=plan.freeze,
                in_page=world.model(plan.preset).in_page,
            )
            for plan in ablations_of(world)
        ),
    )


def definitions_json() -> str:
    """The same as JSON."""
    return definitions().model_dump_json(by_alias=True, indent=2) + "\n"
