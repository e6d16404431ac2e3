"""Runs a fine-tuning and everything shown beside it, and puts it all into one recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import torch

from hrmkit.bounds import check_seeds
from hrmkit.draws import Draws
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.processes import in_processes
from hrmkit.progress import Progress, silent
from hrmkit.recording.common import FORMAT, VERSION, made_here
from hrmkit.recording.file import with_hash
from hrmkit.recording.world import schema
from hrmkit.recording.world.recorder import (
    LabelRecorder,
    PreferenceRecorder,
    Recorder,
    recorded_policy,
    recorded_preference,
    recorded_score,
)
from hrmkit.recording.world.settings import (
    RunSpec,
    ablations_of,
    check,
    choices_of,
    planned_steps,
    title_of,
    tuning_of,
    world_of,
)
from hrmkit.training.worlds.base import base_model, code_of
from hrmkit.training.worlds.examples import Example, draw_examples
from hrmkit.training.worlds.fine_tune import fine_tune, module_of, part_of
from hrmkit.training.worlds.labels import Labels
from hrmkit.training.worlds.lessons import Lessons
from hrmkit.training.worlds.policy import policy_of, score
from hrmkit.training.worlds.preferences import Preference, Preferences, draw_preferences
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.registry import world_named
from hrmkit.worlds.world import WorldTable

MAIN = "main"
PREFERENCES = "training/worlds/preferences.py"
"""Code that a fine-tuning depends on, and no base model."""

BaseTask = tuple[str, int, Path]


def code_of_story(world: WorldDefinition) -> tuple[str, ...]:
    """The code that a world's recording depends on, for `fingerprint`."""
    return (*code_of(world), PREFERENCES, "recording", "experiments/record.py")


@dataclass(frozen=True)
class Trained:
    """A finished training."""

    model: WorldHRM
    gradient_steps: int
    recorder: Recorder
    examples: tuple[Example, ...]
    preferences: tuple[Preference, ...]


class Task(NamedTuple):
    """A fine-tuning about to begin: from examples, or from preferences."""

    model: WorldHRM
    table: WorldTable
    draws: Draws
    examples: tuple[Example, ...]
    preferences: tuple[Preference, ...]

    def starts(self) -> frozenset[int]:
        """The starts that it learns from."""
        return frozenset(
            (
                *(example.steps[0].state for example in self.examples),
                *(preference.start for preference in self.preferences),
            )
        )

    def lessons(self) -> Lessons:
        """What is to be learned."""
        if self.preferences:
            return Preferences(self.model, self.table, self.preferences)
        return Labels(self.table, self.examples, self.model.wiring.subgoal_head)

    def recorder(self, planned: int) -> Recorder:
        """What records the fine-tuning, of so many gradient steps at most."""
        seen = self.starts()
        if self.preferences:
            return PreferenceRecorder(self.model, self.table, self.preferences, seen, planned)
        return LabelRecorder(self.model, self.table, self.examples, seen, planned)


def task_of(settings: schema.Settings, cache: Path | None) -> Task:
    """The base model, and the examples or preferences that the settings ask for."""
    table = world_of(settings).table()
    draws = Draws(settings.seed)
    model = base_model(settings.preset, settings.base_seed, cache)
    count, noise = settings.examples, settings.noise
    if settings.learn == "labels":
        examples = draw_examples(table, count, noise, settings.distractors, draws)
        return Task(model, table, draws, examples, ())
    policy, head = policy_of(model, table), model.wiring.subgoal_head
    chosen = choices_of(settings)
    preferences = draw_preferences(table, policy, head, count, noise, draws, chosen)
    return Task(model, table, draws, (), preferences)


def train(settings: schema.Settings, cache: Path | None) -> Trained:
    """Fine-tune a base model as the settings say, recording it."""
    task = task_of(settings, cache)
    recorder = task.recorder(planned_steps(settings))
    steps = fine_tune(task.model, task.lessons(), tuning_of(settings), task.draws, recorder)
    recorder.evaluate(steps, keep=True)
    return Trained(task.model, steps, recorder, task.examples, task.preferences)


def train_quietly(
    settings: schema.Settings, cache: Path | None
) -> tuple[WorldHRM, int, frozenset[int]]:
    """The same training, not recorded: the model, its gradient steps, the starts it has seen."""
    task = task_of(settings, cache)
    steps = fine_tune(task.model, task.lessons(), tuning_of(settings), task.draws)
    return task.model, steps, task.starts()


def model_card(model: WorldHRM, name: str) -> schema.ModelCard:
    """What the model is made of."""
    parts: dict[str, int] = {}
    for parameter_name, parameter in model.named_parameters():
        part = part_of(parameter_name)
        parts[part] = parts.get(part, 0) + parameter.numel()
    wiring = model.wiring
    return schema.ModelCard(
        preset=name,
        modules=wiring.modules,
        cycles=wiring.cycles,
        low_calls=wiring.low_calls,
        segments=wiring.segments,
        subgoal_head=wiring.subgoal_head,
        subgoal_channel=wiring.subgoal_channel,
        width=model.sizes.width,
        parameters=sum(parts.values()),
        parts=tuple(
            schema.ModelPart(name=part, owner=module_of(part), parameters=count)
            for part, count in parts.items()
        ),
    )


class Job(NamedTuple):
    """A training shown beside the main one, perhaps done in another process."""

    name: str
    settings: schema.Settings
    cache: Path
    with_curve: bool


def run_job(job: Job) -> schema.Run:
    """Do it. Without a curve only the scores at both ends are taken."""
    torch.set_num_threads(1)  # small matrices: a second thread only costs
    settings = job.settings
    if job.with_curve:
        trained = train(settings, job.cache)
        model, steps, seen = trained.model, trained.gradient_steps, trained.recorder.seen
        curve = tuple(trained.recorder.curve)
    else:
        model, steps, seen = train_quietly(settings, job.cache)
        curve = ()
    table = world_of(settings).table()
    policy = policy_of(model, table)
    base = policy_of(base_model(settings.preset, settings.base_seed, job.cache), table)
    return schema.Run(
        name=job.name,
        settings=settings,
        model=model_card(model, settings.preset),
        gradient_steps=steps,
        base=recorded_score(score(table, base, seen)),
        final=recorded_score(score(table, policy, seen)),
        curve=curve,
        policy=recorded_policy(policy),
        seeds=(),
    )


def record(
    settings: schema.Settings,
    *,
    ablations: bool = True,
    seeds: int = 5,
    cache: Path | None = None,
    processes: int = 1,
    progress: Progress = silent,
) -> schema.Recording:
    """Fine-tune as the settings say and record the whole story.

    With `ablations`, the other wirings and the frozen halves are trained too. Each, and the main
    run, is trained on `seeds` seeds, the settings' own first; with one seed there is no spread.
    Preferences of a visitor's own are trained on one seed: with another there would be other
    episodes. `cache` is a folder for base models. The same settings give the same recording,
    whatever the number of `processes`.

    Raises `UserError` for settings that make no sense.
    """
    check(settings)
    check_seeds(seeds)
    if settings.choices is not None:
        seeds = 1  # with another seed there are other episodes than those that were chosen from
    if cache is None:
        with TemporaryDirectory() as folder:
            return record(
                settings,
                ablations=ablations,
                seeds=seeds,
                cache=Path(folder),
                processes=processes,
                progress=progress,
            )
    torch.set_num_threads(1)
    plan = [RunSpec(MAIN, settings.preset, settings.freeze)]
    if ablations:
        chosen = settings.choices is not None
        others = ablations_of(world_named(settings.world), settings.learn, chosen)
        plan += [one for one in others if one[1:] != plan[0][1:]]
    train_bases(
        sorted({chosen for _, chosen, _ in plan}), settings.base_seed, cache, processes, progress
    )
    jobs = [
        Job(
            name,
            settings.model_copy(update={"preset": chosen, "freeze": freeze, "seed": seed}),
            cache,
            with_curve=name == MAIN or seed == settings.seed,
        )
        for seed in range(settings.seed, settings.seed + seeds)
        for name, chosen, freeze in plan
        if (name, seed) != (MAIN, settings.seed)
    ]
    progress("fine-tuning", 0, len(jobs) + 1)
    trained = train(settings, cache)
    progress("fine-tuning", 1, len(jobs) + 1)
    runs: dict[str, list[schema.Run]] = {name: [] for name, _, _ in plan}
    for done, run in enumerate(in_processes(run_job, jobs, processes), start=1):
        runs[run.name].append(run)
        progress("fine-tuning", done + 1, len(jobs) + 1)
    return put_together(settings, trained, runs)


def train_bases(
    names: list[str], seed: int, cache: Path, processes: int, progress: Progress
) -> None:
    """Train the base models that are not in the cache yet, before several jobs want them."""
    what = "pre-training the base models"
    progress(what, 0, len(names))
    tasks: list[BaseTask] = [(name, seed, cache) for name in names]
    for done, _ in enumerate(in_processes(train_base, tasks, processes), start=1):
        progress(what, done, len(names))


def train_base(task: BaseTask) -> None:
    """Put one base model into the cache."""
    torch.set_num_threads(1)
    base_model(*task)


def put_together(
    settings: schema.Settings, trained: Trained, runs: dict[str, list[schema.Run]]
) -> schema.Recording:
    """The recording of a finished training and of what was trained beside it."""
    recorder, main = trained.recorder, runs.pop(MAIN)
    watched, steps = recorder.watched()
    recording = schema.Recording(
        format=FORMAT,
        version=VERSION,
        kind="fine-tuning",
        title=title_of(settings),
        made_by=made_here(),
        settings=settings,
        world=recorder.table,
        model=model_card(trained.model, settings.preset),
        showcase=recorder.table.showcase,
        examples=trained.examples,
        preferences=tuple(
            recorded_preference(recorder.table, one, trained.model.wiring.subgoal_head)
            for one in trained.preferences
        ),
        standings=tuple(recorder.standings),
        watched=watched,
        fine_tuning=steps,
        planned_steps=planned_steps(settings),
        cycles=tuple(recorder.cycles),
        rollouts=tuple(recorder.rollouts),
        checkpoints=tuple(recorder.checkpoints),
        curve=tuple(recorder.curve),
        ablations=tuple(
            first.model_copy(update={"seeds": tuple(run.final for run in others)})
            for first, *others in runs.values()
        ),
        spread=schema.Spread(
            settings=settings,
            runs=(
                schema.SeedRun(seed=settings.seed, curve=tuple(recorder.curve)),
                *(schema.SeedRun(seed=run.settings.seed, curve=run.curve) for run in main),
            ),
        )
        if main
        else None,
        hash="",
    )
    return with_hash(recording)
