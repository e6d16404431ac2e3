"""Measures what the story claims, over many seeds, and writes it down as tables.

A cell is a training and a test; what is tested in several ways is trained once. Finished cells are
kept in a file of JSON lines, so an interrupted study goes on where it stopped. Their keys hold a
fingerprint of the code that made them.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

import hrmkit
from hrmkit.bounds import check_seeds
from hrmkit.errors import UserError
from hrmkit.experiments.journal import Journal
from hrmkit.experiments.markdown import table
from hrmkit.experiments.record import train_bases, train_quietly
from hrmkit.fingerprint import fingerprint
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.processes import in_processes
from hrmkit.progress import Progress
from hrmkit.recording.world.measured import Measured, MeasuredWiring
from hrmkit.recording.world.schema import Learn, Settings
from hrmkit.recording.world.settings import (
    RunSpec,
    ablations_of,
    default_settings,
    rates_of,
    sizes_of,
    wiring_of,
)
from hrmkit.training.worlds.base import base_model, code_of
from hrmkit.training.worlds.policy import policy_of, score
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.registry import world_named
from hrmkit.writing import check_own, check_target, deliver

ROOM = 2**20
"""Bytes that the tables, and what they are made from, are given room for."""
WRITTEN = "<!-- Written by: hrmkit study "
"""How the tables begin."""
COUNTS = (1, 2, 5, 10, 20, 50)
NOISES = (0.0, 0.1, 0.2, 0.3)
NOISY = (5, 10, 20)
"""Counts of examples that are also tried with wrong labels."""
FEW, MANY = 10, 20
"""Counts at which the frozen halves are tried, and the ways to stop and to begin."""


class Cell(NamedTuple):
    """One training and what it is tested on."""

    settings: Settings
    tested_on: dict[str, int]
    """The sizes of the world that it is tested in."""
    halt: bool = False
    """Whether thinking stops at the first segment with q_halt above 0."""
    untrained: bool = False
    """Whether the base itself is tested."""

    def training(self) -> str:
        """Names the training: cells that differ in their test alone have the same."""
        return f"{self.settings.model_dump_json()} untrained={self.untrained}"

    def key(self) -> str:
        """Names the cell in the file of results."""
        settings = self.settings.model_dump_json()
        return f"{settings} on {self.tested_on} halt={self.halt} untrained={self.untrained}"


class Result(NamedTuple):
    """A cell's score."""

    success: float
    steps: float
    order_mistakes: float
    planner_accuracy: float
    segments: float
    gradient_steps: int


def result_from(found: Any) -> Result:
    """A score, as the journal holds it; `TypeError` or `ValueError` for what is none."""
    success, steps, order, planner, segments, gradient_steps = map(float, found)
    return Result(success, steps, order, planner, segments, int(gradient_steps))


def by_training(cells: Iterable[Cell]) -> list[list[Cell]]:
    """The cells of each training, so that none is done twice."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.training(), []).append(cell)
    return list(found.values())


def measure(task: tuple[list[Cell], Path]) -> list[Result]:
    """Train once, and test as each of the cells says; all of them have the same training."""
    cells, cache = task
    torch.set_num_threads(1)
    settings = cells[0].settings
    if cells[0].untrained:
        model, steps = base_model(settings.preset, settings.base_seed, cache), 0
    else:
        model, steps, _ = train_quietly(settings, cache)
    return [tested(model, cell, steps) for cell in cells]


def tested(model: WorldHRM, cell: Cell, steps: int) -> Result:
    """Test a model that was trained with `steps` gradient steps, as a cell says."""
    table = world_named(cell.settings.world).sized(cell.tested_on).table()
    policy = policy_of(model, table, cell.halt)
    found = score(table, policy)
    return Result(
        found.success,
        found.steps,
        found.order_mistakes,
        found.planner_accuracy,
        float(policy.segments_used.mean()),
        steps,
    )


class Study:
    """Cells and their results."""

    def __init__(self, world: WorldDefinition, seeds: int) -> None:
        self.world, self.seeds = world, range(seeds)
        self.usual = default_settings(world.name)
        ablations = ablations_of(world)
        self.main = RunSpec(world.main.name, world.main.preset)
        self.wirings = (self.main, *(plan for plan in ablations if plan.freeze == "none"))
        self.frozen = tuple(plan for plan in ablations if plan.freeze != "none")
        self.results: dict[str, Result] = {}

    def cells(self) -> list[Cell]:
        """Every cell that the tables need, each once."""
        main, row = self.main, self.row
        wanted = [
            *(c for plan in self.wirings for c in row(plan, untrained=True)),
            *(c for plan in self.wirings for count in COUNTS for c in row(plan, count)),
            *(c for plan in self.frozen for count in (FEW, MANY) for c in row(plan, count)),
            *(c for noise in NOISES for n in NOISY for c in row(main, n, noise=noise)),
            *(
                c
                for plan in self.wirings[:2]
                for sizes in self.world.every_size()
                for c in row(plan, MANY, tested_on=sizes)
            ),
            *row(main, FEW, halt=True),
            *row(main, FEW, own_base=True),
            *row(main, untrained=True, own_base=True),
        ]
        return list({cell.key(): cell for cell in wanted}.values())

    def row(
        self,
        plan: RunSpec,
        examples: int = 1,
        *,
        noise: float = 0.0,
        tested_on: dict[str, int] | None = None,
        halt: bool = False,
        untrained: bool = False,
        own_base: bool = False,
        learn: Learn = "labels",
    ) -> list[Cell]:
        """One cell a seed; an untrained base needs one only, unless each seed has its own."""
        seeds = self.seeds if own_base or not untrained else range(1)
        return [
            Cell(
                default_settings(self.world.name, learn).model_copy(
                    update={
                        "preset": plan.preset,
                        "freeze": plan.freeze,
                        "examples": examples,
                        "noise": noise,
                        "seed": seed,
                        "base_seed": seed if own_base else self.usual.base_seed,
                    }
                ),
                tested_on or sizes_of(self.usual),
                halt,
                untrained,
            )
            for seed in seeds
        ]

    def of(self, cells: Iterable[Cell], what: str = "success") -> str:
        """Mean and standard deviation over seeds of one column, as text."""
        values = [getattr(self.results[cell.key()], what) for cell in cells]
        if len(values) == 1:
            return f"{values[0]:.2f}"
        return f"{np.mean(values):.2f} ± {np.std(values):.2f}"


class Plan(NamedTuple):
    """A study of a world: what it measures, and how it is told."""

    make: Callable[[WorldDefinition, int], Study]
    report: Callable[[Study], str]
    measured: Callable[[Study], Measured] | None = None
    """What the page shows of it, written as JSON beside the tables."""
    code: tuple[str, ...] = ()
    """What its results depend on beside the code of labels."""


def write_study(
    world: str, out: Path, seeds: int, data: Path, processes: int, progress: Progress, plan: Plan
) -> None:
    """Measure what is not measured yet and write the tables to `out` as Markdown.

    Beside it, with the ending .json, is what the page shows of the study, if anything. Raises
    `UserError` for an unknown world, seeds not 1 to 20, or a file that cannot be written.
    """
    chosen = world_named(world)
    check_seeds(seeds)
    kept = data / "studies" / f"{world}-{fingerprint(*code_of(chosen), *plan.code)}.jsonl"
    shown = out.with_suffix(".json")
    if plan.measured and out == shown:
        raise UserError(f"{out} is to hold tables in Markdown: name a file that ends in .md")
    for file in (out, kept, *([shown] if plan.measured else [])):
        check_target(file, ROOM)
    check_own(out, "of this command", lambda text: WRITTEN in text)
    if plan.measured:
        check_own(shown, "of this command", lambda text: '"wirings"' in text)
    study = plan.make(chosen, seeds)
    journal = Journal(kept)
    study.results = journal.read(result_from)
    missing = [cell for cell in study.cells() if cell.key() not in study.results]
    cache = data / "bases"
    for seed in sorted({cell.settings.base_seed for cell in missing}):
        asked = {c.settings.preset for c in missing if c.settings.base_seed == seed}
        names = [plan.preset for plan in study.wirings if plan.preset in asked]
        train_bases(names, seed, cache, processes, progress)
    trainings = by_training(missing)
    found = in_processes(measure, [(cells, cache) for cells in trainings], processes)
    for done, (cells, results) in enumerate(zip(trainings, found, strict=True), start=1):
        for cell, result in zip(cells, results, strict=True):
            study.results[cell.key()] = result
            journal.add(cell.key(), result)
        progress("training and testing", done, len(trainings))
    deliver(out, plan.report(study))
    if plan.measured:
        deliver(shown, plan.measured(study).model_dump_json() + "\n")


def report(study: Study) -> str:
    """The tables, each with what it was measured on."""
    return "\n".join(
        [
            f"{WRITTEN}{study.world.name} --seeds {len(study.seeds)} -->",
            conditions(study),
            "### Examples\n",
            by_examples(study),
            f"Segments thought when stopping where q_halt > 0: "
            f"{study.of(study.row(study.main, FEW, halt=True), 'segments')} of "
            f"{wiring_of(study.main.preset).wiring.segments}.\n",
            "### Success by wiring\n",
            by_wiring(study),
            "Learning rates (heads and guide, body): " + rates_in_words(study) + ".\n",
            "### A frozen half\n",
            by_frozen_half(study),
            "### Wrong labels (success)\n",
            by_noise(study),
            "### Sizes never seen in fine-tuning (success; "
            f"{MANY} examples on {usual_size(study)})\n",
            by_size(study),
        ]
    )


def usual_size(study: Study) -> str:
    """The sizes that the models are fine-tuned on, in words."""
    return study.world.size_in_words(sizes_of(study.usual))


def conditions(study: Study) -> str:
    """What all cells have in common."""
    usual, world = study.usual, study.world.sized().table()
    return (
        f"Measured with hrmkit {hrmkit.__version__}, torch {torch.__version__} on "
        f"{platform.machine()}, float32, one thread a training; seeds 0 to {len(study.seeds) - 1}; "
        f"all {len(world.starts)} starts on {usual_size(study)}, at most {world.max_steps} steps. "
        "Mean ± standard deviation over seeds of the "
        f"examples and of their order; one base model (seed {usual.base_seed}) unless the row "
        "says otherwise. "
        f"Defaults: {usual.passes} passes, batch {usual.batch}, no label noise, a distractor "
        f"mistake in {usual.distractors:.0%} of the examples' steps.\n"
    )


def by_examples(study: Study) -> str:
    """The main model, by how many examples it has seen."""
    main, row = study.main, study.row

    def shown(name: str, cells: list[Cell], steps: str) -> tuple[str, ...]:
        return (name, *(study.of(cells, what) for what in SHOWN), steps)

    return table(
        ("examples", "success", "steps of a success", "order mistakes", "gradient steps"),
        [
            shown("0 (base)", row(main, untrained=True), "0"),
            *(shown(str(n), row(main, n), mean_steps(study, n)) for n in COUNTS),
            shown("0, a base of its own a seed", row(main, untrained=True, own_base=True), "0"),
            shown(f"{FEW}, a base of its own a seed", row(main, FEW, own_base=True), ""),
            shown(f"{FEW}, stopping where q_halt > 0", row(main, FEW, halt=True), ""),
        ],
    )


def by_wiring(study: Study) -> str:
    """Success of the main model and of its rivals."""
    return table(
        ("wiring", "base", *(f"{n} examples" for n in COUNTS)),
        [
            (
                plan.name,
                study.of(study.row(plan, untrained=True)),
                *(study.of(study.row(plan, n)) for n in COUNTS),
            )
            for plan in study.wirings
        ],
    )


def rates_in_words(study: Study) -> str:
    """The learning rates of each wiring."""
    rates = {plan.name: rates_of(plan.preset) for plan in study.wirings}
    return "; ".join(f"{n} {r.rate_heads:g}, {r.rate_body:g}" for n, r in rates.items())


def by_frozen_half(study: Study) -> str:
    """What one half alone can learn."""
    return table(
        ("frozen", "examples", "success", "order mistakes", "right sub-goals"),
        [
            (
                plan.freeze,
                str(n),
                *(
                    study.of(study.row(plan, n), what)
                    for what in ("success", "order_mistakes", "planner_accuracy")
                ),
            )
            for plan in study.frozen
            for n in (FEW, MANY)
        ],
    )


def by_noise(study: Study) -> str:
    """Success by the share of wrong labels."""
    return table(
        ("noise", *(f"{n} examples" for n in NOISY)),
        [
            (
                f"{noise:g}",
                *(study.of(study.row(study.main, n, noise=noise)) for n in NOISY),
            )
            for noise in NOISES
        ],
    )


def by_size(study: Study) -> str:
    """Success in worlds of other sizes than that of the examples."""
    sizes = study.world.every_size()
    return table(
        ("wiring", *(study.world.size_in_words(one) for one in sizes)),
        [
            (plan.name, *(study.of(study.row(plan, MANY, tested_on=one)) for one in sizes))
            for plan in study.wirings[:2]
        ],
    )


SHOWN = ("success", "steps", "order_mistakes")


def mean_steps(study: Study, examples: int) -> str:
    """Mean gradient steps until the end or the early stop."""
    cells = study.row(study.main, examples)
    return f"{np.mean([study.results[c.key()].gradient_steps for c in cells]):.0f}"


def measured_by(study: Study) -> Measured:
    """Success by number of examples, of the main model and of its rivals."""

    def success(plan: RunSpec, examples: int) -> tuple[float, ...]:
        return tuple(study.results[cell.key()].success for cell in study.row(plan, examples))

    return Measured(
        world=study.world.name,
        examples=COUNTS,
        wirings=tuple(
            MeasuredWiring(wiring=plan.name, success=tuple(success(plan, n) for n in COUNTS))
            for plan in study.wirings
        ),
    )


LABELS = Plan(Study, report, measured_by)
"""What labels teach: the claims of a world's story."""
