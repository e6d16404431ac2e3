"""Measures what the story claims, over many seeds, and writes it down as tables.

Every cell is a training of its own. Finished ones are kept in a file of JSON lines, so that a study
that was interrupted goes on where it stopped; they are keyed by the code they were made by.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

import hrmkit
from hrmkit.errors import UserError
from hrmkit.fingerprint import fingerprint
from hrmkit.processes import in_processes
from hrmkit.progress import Progress
from hrmkit.recording.record import (
    ABLATIONS,
    DEFAULT,
    Plan,
    rates_of,
    train_bases,
    train_quietly,
)
from hrmkit.recording.schema import PresetName, Settings
from hrmkit.training.base import CODE, base_model
from hrmkit.training.policy import policy_of, score
from hrmkit.worlds.key_door import KeyDoor
from hrmkit.writing import append, check_target, deliver

ROOM = 2**20
"""Bytes that the tables, and what they are made from, are given room for."""
COUNTS = (1, 2, 5, 10, 20, 50)
NOISES = (0.0, 0.1, 0.2, 0.3)
LENGTHS = (3, 4, 5, 6, 7, 8, 9)
MAIN: Plan = ("hierarchy", "keydoor", "none")
WIRINGS: tuple[Plan, ...] = (MAIN, *(entry for entry in ABLATIONS if entry[2] == "none"))
FROZEN = tuple(entry for entry in ABLATIONS if entry[2] != "none")


class Cell(NamedTuple):
    """One training and what it is tested on."""

    settings: Settings
    test_tiles: int
    halt: bool = False
    """Whether thinking stops at the first segment with q_halt above 0."""
    untrained: bool = False
    """Whether the base itself is tested."""

    def key(self) -> str:
        """Names the cell in the file of results."""
        asked = self.settings.model_dump_json()
        return f"{asked} on {self.test_tiles} halt={self.halt} untrained={self.untrained}"


class Result(NamedTuple):
    """A cell's score."""

    success: float
    steps: float
    order_mistakes: float
    planner_accuracy: float
    segments: float
    gradient_steps: int


def settings_for(plan: Plan, examples: int, seed: int, **more: float) -> Settings:
    """The default settings but for what is said."""
    asked = {"preset": plan[1], "freeze": plan[2], "examples": examples, "seed": seed, **more}
    return Settings.model_validate({**DEFAULT.model_dump(), **asked})


def measure(task: tuple[Cell, Path]) -> Result:
    """Train and test one cell."""
    cell, cache = task
    torch.set_num_threads(1)
    settings = cell.settings
    if cell.untrained:
        model, steps = base_model(settings.preset, settings.base_seed, cache), 0
    else:
        model, steps, _ = train_quietly(settings, cache)
    table = KeyDoor(cell.test_tiles).table()
    policy = policy_of(model, table, cell.halt)
    found = score(table, policy)
    return Result(
        found.success,
        found.steps,
        found.order_mistakes,
        found.planner_accuracy,
        float(policy.segments.mean()),
        steps,
    )


class Study:
    """Cells and their results."""

    def __init__(self, seeds: int) -> None:
        self.seeds = range(seeds)
        self.results: dict[str, Result] = {}

    def cells(self) -> list[Cell]:
        """Every cell that the tables need, each once."""
        wanted = [
            *(c for plan in WIRINGS for c in self.row(plan, untrained=True)),
            *(c for plan in WIRINGS for count in COUNTS for c in self.row(plan, count)),
            *(c for plan in FROZEN for count in (10, 20) for c in self.row(plan, count)),
            *(c for noise in NOISES for n in (5, 10, 20) for c in self.row(MAIN, n, noise=noise)),
            *(
                c
                for plan in (MAIN, WIRINGS[1])
                for tiles in LENGTHS
                for c in self.row(plan, 20, test_tiles=tiles)
            ),
            *self.row(MAIN, 10, halt=True),
            *self.row(MAIN, 10, own_base=True),
            *self.row(MAIN, untrained=True, own_base=True),
        ]
        return list({cell.key(): cell for cell in wanted}.values())

    def row(
        self,
        plan: Plan,
        examples: int = 1,
        *,
        noise: float = 0.0,
        test_tiles: int = 5,
        halt: bool = False,
        untrained: bool = False,
        own_base: bool = False,
    ) -> list[Cell]:
        """One cell a seed; an untrained base needs one only, unless each seed has its own."""
        seeds = self.seeds if own_base or not untrained else range(1)
        bases = seeds if own_base else [DEFAULT.base_seed] * len(seeds)
        return [
            Cell(
                settings_for(plan, examples, seed, noise=noise, base_seed=base),
                test_tiles,
                halt,
                untrained,
            )
            for seed, base in zip(seeds, bases, strict=True)
        ]

    def of(self, cells: Iterable[Cell], what: str = "success") -> str:
        """Mean and standard deviation over seeds of one column, as text."""
        values = [getattr(self.results[cell.key()], what) for cell in cells]
        if len(values) == 1:
            return f"{values[0]:.2f}"
        return f"{np.mean(values):.2f} ± {np.std(values):.2f}"


def write_study(
    world: str, out: Path, seeds: int, data: Path, processes: int, progress: Progress
) -> None:
    """Measure what is not measured yet and write the tables to `out` as Markdown.

    Raises `UserError` for an unknown world, seeds not 1 to 20, or a file that cannot be written.
    """
    if world != "key-door":
        raise UserError(f"no world is called {world!r}: choose key-door")
    if not 1 <= seeds <= 20:
        raise UserError(f"{seeds} seeds: choose 1 to 20")
    kept = data / "studies" / f"key-door-{fingerprint(*CODE)}.jsonl"
    for file in (out, kept):
        check_target(file, ROOM)
    study = Study(seeds)
    study.results = read_results(kept)
    missing = [cell for cell in study.cells() if cell.key() not in study.results]
    cache = data / "bases"
    for seed in sorted({cell.settings.base_seed for cell in missing}):
        asked = {c.settings.preset for c in missing if c.settings.base_seed == seed}
        names: list[PresetName] = [plan[1] for plan in WIRINGS if plan[1] in asked]
        train_bases(names, seed, cache, processes, progress)
    found = in_processes(measure, [(cell, cache) for cell in missing], processes)
    for done, (cell, result) in enumerate(zip(missing, found, strict=True), start=1):
        study.results[cell.key()] = result
        append(kept, json.dumps([cell.key(), result]) + "\n")
        progress("training and testing", done, len(missing))
    deliver(out, report(study))


def read_results(path: Path) -> dict[str, Result]:
    """Results of an earlier, perhaps interrupted, study; a half-written last line is skipped."""
    results: dict[str, Result] = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            key, values = json.loads(line)
        except ValueError:
            continue
        results[key] = Result(*values)
    return results


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def report(study: Study) -> str:
    """The tables, each with what it was measured on."""
    of, row = study.of, study.row
    rates = {name: asdict(rates_of(preset)) for name, preset, _ in WIRINGS}
    lines = [
        f"<!-- Written by: hrmkit study key-door --seeds {len(study.seeds)} -->",
        f"Measured with hrmkit {hrmkit.__version__}, torch {torch.__version__} on "
        f"{platform.machine()}, float32, one thread a training; seeds 0 to {len(study.seeds) - 1}; "
        "all 100 starts on 5 tiles, at most 12 steps. Mean ± standard deviation over seeds of the "
        f"examples and of their order; one base model (seed {DEFAULT.base_seed}) unless the row "
        "says otherwise. "
        "Defaults: 10 passes, batch 2, no label noise, a distractor mistake in 10% of the "
        "examples' steps.\n",
        "### Examples\n",
        table(
            ("examples", "success", "steps of a success", "order mistakes", "gradient steps"),
            [
                ("0 (base)", *(of(row(MAIN, untrained=True), w) for w in SHOWN), "0"),
                *(
                    (str(n), *(of(row(MAIN, n), w) for w in SHOWN), mean_steps(study, n))
                    for n in COUNTS
                ),
                (
                    "0, a base of its own a seed",
                    *(of(row(MAIN, untrained=True, own_base=True), w) for w in SHOWN),
                    "0",
                ),
                (
                    "10, a base of its own a seed",
                    *(of(row(MAIN, 10, own_base=True), w) for w in SHOWN),
                    "",
                ),
                (
                    "10, stopping where q_halt > 0",
                    *(of(row(MAIN, 10, halt=True), w) for w in SHOWN),
                    "",
                ),
            ],
        ),
        f"Segments thought when stopping where q_halt > 0: "
        f"{of(row(MAIN, 10, halt=True), 'segments')} of 2.\n",
        "### Success by wiring\n",
        table(
            ("wiring", "base", *(f"{n} examples" for n in COUNTS)),
            [
                (
                    name_of(plan),
                    of(row(plan, untrained=True)),
                    *(of(row(plan, n)) for n in COUNTS),
                )
                for plan in WIRINGS
            ],
        ),
        "Learning rates (heads and guide, body): "
        + "; ".join(f"{n} {r['rate_heads']:g}, {r['rate_body']:g}" for n, r in rates.items())
        + ".\n",
        "### A frozen half\n",
        table(
            ("frozen", "examples", "success", "order mistakes", "right sub-goals"),
            [
                (
                    plan[2],
                    str(n),
                    of(row(plan, n)),
                    of(row(plan, n), "order_mistakes"),
                    of(row(plan, n), "planner_accuracy"),
                )
                for plan in FROZEN
                for n in (10, 20)
            ],
        ),
        "### Wrong labels (success)\n",
        table(
            ("noise", *(f"{n} examples" for n in (5, 10, 20))),
            [
                (f"{noise:g}", *(of(row(MAIN, n, noise=noise)) for n in (5, 10, 20)))
                for noise in NOISES
            ],
        ),
        "### Lines never seen in fine-tuning (success; 20 examples on 5 tiles)\n",
        table(
            ("wiring", *(f"{tiles} tiles" for tiles in LENGTHS)),
            [
                (
                    name_of(plan),
                    *(of(row(plan, 20, test_tiles=tiles)) for tiles in LENGTHS),
                )
                for plan in (MAIN, WIRINGS[1])
            ],
        ),
    ]
    return "\n".join(lines)


SHOWN = ("success", "steps", "order_mistakes")


def mean_steps(study: Study, examples: int) -> str:
    """Mean gradient steps until the end or the early stop."""
    cells = study.row(MAIN, examples)
    return f"{np.mean([study.results[c.key()].gradient_steps for c in cells]):.0f}"


def name_of(plan: Plan) -> str:
    """A wiring's name in the tables."""
    return plan[0]
