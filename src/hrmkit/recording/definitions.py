"""What the page has to know beside its recordings, defined once: here.

What depends on the worlds that are registered is written as JSON beside the exported graphs
(`graphs/definitions.json`, studio and site alike), with a JSON Schema like that of the recordings.
What holds for any world is built into the page (`web/src/recording/constants.json`): it has to read
links and files before it has loaded anything. Nothing in either is computed by a model.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hrmkit.recording.common import FORMAT, MAX_BYTES, VERSION, FrozenModel
from hrmkit.recording.weight import MOST_PARTS
from hrmkit.recording.world import agreement, recorder
from hrmkit.recording.world.measured import Measured, measured_in
from hrmkit.recording.world.schema import Freeze, Learn
from hrmkit.recording.world.settings import (
    BOUNDS,
    CHOSEN,
    DEFAULT,
    STORY_SEEDS,
    WAYS,
    WHAT,
    ablations_of,
    rates_of,
    wiring_of,
)
from hrmkit.renamed import RECORDING
from hrmkit.training.worlds.preferences import EPISODES
from hrmkit.worlds.definition import Size, Thing, WorldDefinition, WorldModel
from hrmkit.worlds.registry import WORLDS
from hrmkit.worlds.world import Entity, Whereabouts, WorldTable


class Words(FrozenModel):
    """How something is called, and what it is in a sentence."""

    name: str = Field(description="Its name in recordings.")
    title: str
    what: str


class Ablation(FrozenModel):
    """A training shown beside the main one."""

    name: str = Field(description="See `runs`.")
    preset: str
    freeze: Freeze
    in_page: bool = Field(description="Whether the page can train it.")
    learn: tuple[Learn, ...] = Field(description="The ways to learn that it is a comparison in.")
    chosen: bool = Field(description="Whether it is one where a visitor has chosen.")


class ModelInPage(FrozenModel):
    """A model of a world."""

    preset: str
    wiring: str = Field(description="'hierarchy' for the main one, else the rival's, e.g. 'flat'.")
    title: str = Field(description="As it stands in the titles of recordings.")
    flat: bool = Field(description="Whether it is one module that is told nothing.")
    in_page: bool = Field(description="Whether the page can train it.")


class Picture(FrozenModel):
    """One state of a world, in the form that a table has, for a small drawing of it."""

    tiles: int
    live_states: Literal[1]
    entities: tuple[Entity, ...]
    places: tuple[tuple[int, ...], ...]
    whereabouts: tuple[tuple[Whereabouts, ...], ...]
    looks: tuple[tuple[str, ...], ...]


class WorldInPage(FrozenModel):
    """A world, and what is trained in it."""

    name: str
    title: str = Field(description="In plain ASCII, e.g. 'Key -> Door'.")
    sizes: tuple[Size, ...] = Field(description="The first is always 'tiles'.")
    whole: str = Field(description="What its places are together, e.g. 'line'.")
    opening: str = Field(description="The story's first caption; {tiles} is e.g. '5 tiles'.")
    things: tuple[Thing, ...] = Field(description="One an entity of the table, in its order.")
    at_place: str = Field(description="Where a thing is, e.g. 'on {place} {number}'.")
    episode: str = Field(description="What one is called, e.g. 'walk'.")
    wrong_order: str = Field(description="Why an action in the wrong order comes to nothing.")
    lost: str = Field(description="What an end without success looks like; '' if there is none.")
    story: str = Field(description="The recording of its default story, in the list of stories.")
    picture: Picture = Field(description="Its default size at the start that a story shows first.")
    models: tuple[ModelInPage, ...] = Field(description="The main one first.")
    ablations: tuple[Ablation, ...]
    measured: Measured | None = Field(
        default=None, description="Success by number of examples; null where nobody measured it."
    )


class Definitions(FrozenModel):
    """All that depends on the worlds that there are."""

    format: Literal["hrm-definitions"]
    version: Literal[1]
    worlds: tuple[WorldInPage, ...]
    runs: tuple[Words, ...] = Field(description="The trainings of a story, of any world.")


class Knob(FrozenModel):
    """A number that a visitor can turn, for any world."""

    title: str
    what: str
    least: float = Field(description="The least that is accepted, in a link or a file too.")
    most: float
    from_: float = Field(alias="from", description="Where the slider begins.")
    to: float = Field(description="Where the slider ends.")
    step: float


class Recorder(FrozenModel):
    """What is recorded of a fine-tuning, and how often."""

    watched: int = Field(description="Weights of each head that are followed.")
    watched_parameters: tuple[str, ...] = Field(description="The heads' weights.")
    shares_of_cycles: tuple[float, ...] = Field(
        description="Beside the first two batches and the last: steps looked at closely, as shares "
        "of the plan."
    )
    shares_of_rollouts: tuple[float, ...] = Field(
        description="Beside the first and the last: evaluations whose episode is kept."
    )


class Agreed(FrozenModel):
    """The most of each that a recording of a world holds; see `world/agreement.py`."""

    table: dict[str, int]
    segments: int
    calls: int
    of_a_kind: int
    steps: int


class Way(FrozenModel):
    """What a model can learn from."""

    name: Learn
    title: str
    what: str
    counted: str = Field(description="What is counted of it, in the singular.")
    most_steps: int = Field(description="Gradient steps at the most.")


class Constants(FrozenModel):
    """All that holds for any world."""

    format: str = Field(description="Of recordings.")
    version: int
    max_bytes: int = Field(description="A recording larger than this, unpacked, is refused.")
    max_parts: int = Field(description="Or one of more lists, objects and fields.")
    most: Agreed
    knobs: dict[str, Knob] = Field(description="By the setting that each is.")
    renamed: dict[str, str] = Field(
        description="Fields of recordings made before they were renamed: old name to new."
    )
    ways: tuple[Way, ...] = Field(description="What can be learned from; the usual one first.")
    episodes: int = Field(description="Of each start, to prefer one of.")
    chosen: str = Field(description="What is counted of a visitor's preferences.")
    story_seeds: int = Field(description="Seeds that a story's trainings are done on.")
    recorder: Recorder


RUNS = (
    Words(name="main", title="This story", what="The run that this story shows."),
    Words(
        name="flat",
        title="No hierarchy",
        what="One module, actions only, with as many parameters.",
    ),
    Words(
        name="flat-labelled",
        title="No hierarchy, taught sub-goals",
        what="One module that also learns the sub-goal labels.",
    ),
    Words(
        name="no-channel",
        title="Two boxes, no card",
        what="The Doer is never told the sub-goal.",
    ),
    Words(
        name="one-module", title="One box, with a card", what="One module, told its own sub-goal."
    ),
    Words(name="frozen-planner", title="Frozen Planner", what="Only the Doer may learn."),
    Words(name="frozen-doer", title="Frozen Doer", what="Only the Planner may learn."),
)


def _knob(
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
            "title": title,
            "what": what,
            "least": least,
            "most": most,
            "from": least if begin is None else begin,
            "to": most if end is None else end,
            "step": step,
        }
    )


WAY_WORDS: dict[Learn, tuple[str, str]] = {
    "labels": ("Labels", "A teacher says what would be right in every step."),
    "preferences": (
        "Preferences",
        "Of some episodes of the model's own, somebody says which is best and which is worst.",
    ),
}

KNOBS = {
    "examples": _knob(
        "examples",
        "Dataset size",
        "How many examples the model learns from, or starts to prefer episodes of.",
    ),
    "noise": _knob(
        "noise",
        "Noise",
        "The chance that a label is wrong, or a preference turned round.",
        step=0.05,
    ),
    "distractors": _knob(
        "distractors",
        "Distractor mistakes",
        "The chance that an example takes a wrong action and shows how to recover.",
        step=0.05,
    ),
    "passes": _knob(
        "passes",
        "Training passes",
        "How often every example is seen, unless training stops early.",
        begin=3,
    ),
    "seed": _knob(
        "seed",
        "Seed",
        "Which examples are drawn and in which order they are learned. The base model stays.",
        end=99,
    ),
}


def definitions() -> Definitions:
    """What the page has to know of all that is registered."""
    return Definitions(
        format="hrm-definitions",
        version=1,
        worlds=tuple(world_in_page(world) for world in WORLDS.values()),
        runs=RUNS,
    )


def world_in_page(world: WorldDefinition) -> WorldInPage:
    """What the page has to know of one world."""
    return WorldInPage(
        name=world.name,
        title=world.title,
        sizes=world.sizes,
        whole=world.whole,
        opening=world.opening,
        things=world.things,
        at_place=world.at_place,
        episode=world.episode,
        wrong_order=world.wrong_order,
        lost=world.lost,
        story=world.story,
        picture=picture_of(world.sized().table()),
        models=tuple(map(model_in_page, world.models)),
        ablations=tuple(
            Ablation(
                name=plan.name,
                preset=plan.preset,
                freeze=plan.freeze,
                in_page=world.model(plan.preset).in_page,
                learn=tuple(way for way in WAYS if plan in ablations_of(world, way)),
                chosen=plan in ablations_of(world, "preferences", chosen=True),
            )
            for plan in ablations_of(world)
        ),
        measured=measured_in(world.name),
    )


def picture_of(table: WorldTable) -> Picture:
    """What is drawn of a world's showcase."""
    state = table.showcase
    return Picture(
        tiles=table.tiles,
        live_states=1,
        entities=table.entities,
        places=(table.places[state],),
        whereabouts=(table.whereabouts[state],),
        looks=(table.looks[state],) if table.looks else (),
    )


def model_in_page(model: WorldModel) -> ModelInPage:
    """What the page has to know of a world's model."""
    wiring = wiring_of(model.preset).wiring
    return ModelInPage(
        preset=model.preset,
        wiring=model.name,
        title=wiring_of(model.preset).title,
        flat=wiring.modules == 1 and not wiring.subgoal_channel,
        in_page=model.in_page,
    )


def constants() -> Constants:
    """What the page has to know whichever worlds there are."""
    return Constants(
        format=FORMAT,
        version=VERSION,
        max_bytes=MAX_BYTES,
        max_parts=MOST_PARTS,
        most=Agreed(
            table=agreement.MOST,
            segments=agreement.MOST_SEGMENTS,
            calls=agreement.MOST_CALLS,
            of_a_kind=agreement.MOST_OF_A_KIND,
            steps=agreement.MOST_STEPS,
        ),
        knobs=KNOBS,
        renamed=dict(RECORDING),
        ways=tuple(
            Way(
                name=way,
                title=WAY_WORDS[way][0],
                what=WAY_WORDS[way][1],
                counted=WHAT[way],
                most_steps=rates_of(DEFAULT.preset, way).most,
            )
            for way in WAYS
        ),
        episodes=EPISODES,
        chosen=CHOSEN,
        story_seeds=STORY_SEEDS,
        recorder=Recorder(
            watched=recorder.WATCHED,
            watched_parameters=recorder.WATCHED_PARAMETERS,
            shares_of_cycles=recorder.SHARES_OF_CYCLES,
            shares_of_rollouts=recorder.SHARES_OF_ROLLOUTS,
        ),
    )


def definitions_json() -> str:
    """`definitions` as JSON."""
    return definitions().model_dump_json(by_alias=True) + "\n"


def constants_json() -> str:
    """`constants` as JSON."""
    return constants().model_dump_json(by_alias=True, indent=2) + "\n"
