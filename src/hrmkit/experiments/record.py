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
from hrmkit.recording.file import with_hash
from hrmkit.recording.part import FORMAT, VERSION, made_here
from hrmkit.recording.world import schema
from hrmkit.recording.world.recorder import Recorder, recorded_policy, recorded_score
from hrmkit.recording.world.settings import (
    RunSpec,
    ablations_of,
    check,
    planned_steps,
    title_of,
    tuning_of,
    world_of,
)
from hrmkit.training.worlds.base import base_model, code_of
from hrmkit.training.worlds.examples import Example, draw_examples
from hrmkit.training.worlds.fine_tune import fine_tune, module_of, part_of
from hrmkit.training.worlds.policy import policy_of, score
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.registry import world_named
from hrmkit.worlds.world import WorldTable

MAIN = "main"

BaseTask = tuple[str, int, Path]


def code_of_story(world: WorldDefinition) -> tuple[str, ...]:
    """The code that a world's recording depends on, for `fingerprint`."""
    return (*code_of(world), "recording", "experiments/record.py")


@dataclass(frozen=True)
class Trained:
    """A finished training."""

    model: WorldHRM
    examples: tuple[Example, ...]
    gradient_steps: int
    recorder: Recorder


class Task(NamedTuple):
    """A fine-tuning about to begin."""

    model: WorldHRM
    table: WorldTable
    examples: tuple[Example, ...]
    draws: Draws

    def starts(self) -> frozenset[int]:
        """The starts that the examples show."""
        return frozenset(example.steps[0].state for example in self.examples)


def task_of(settings: schema.Settings, cache: Path | None) -> Task:
    """The base model and the examples that the settings ask for."""
    table = world_of(settings).table()
    draws = Draws(settings.seed)
    examples = draw_examples(table, settings.examples, settings.noise, settings.distractors, draws)
    return Task(base_model(settings.preset, settings.base_seed, cache), table, examples, draws)


def train(settings: schema.Settings, cache: Path | None) -> Trained:
    """Fine-tune a base model as the settings say, recording it."""
    model, table, examples, draws = task = task_of(settings, cache)
    recorder = Recorder(model, table, examples, task.starts(), planned_steps(settings))
    steps = fine_tune(model, table, examples, tuning_of(settings), draws, recorder)
    recorder.evaluate(steps, keep=True)
    return Trained(model, examples, steps, recorder)


def train_quietly(
    settings: schema.Settings, cache: Path | None
) -> tuple[WorldHRM, int, frozenset[int]]:
    """The same training, not recorded: the model, its gradient steps, the starts it has seen."""
    model, table, examples, draws = task = task_of(settings, cache)
    steps = fine_tune(model, table, examples, tuning_of(settings), draws)
    return model, steps, task.starts()


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
    `cache` is a folder for base models. The same settings give the same recording, whatever the
    number of `processes`.

    Raises `UserError` for settings that make no sense.
    """
    check(settings)
    check_seeds(seeds)
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
        others = ablations_of(world_named(settings.world))
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
        maker=made_here(),
        settings=settings,
        world=recorder.table,
        model=model_card(trained.model, settings.preset),
        showcase=recorder.table.showcase,
        examples=trained.examples,
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
