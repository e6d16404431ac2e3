"""Trains and measures the whole ladder, and puts its recording together.

Every rung and seed is a job in a process of its own. What is finished lies in the folder as JSON,
keyed by the code that made it, so that a ladder that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from hrmkit.bounds import check_seeds, check_within
from hrmkit.errors import UserError
from hrmkit.experiments.journal import FINISHED, Journal
from hrmkit.experiments.ladder.jobs import (
    ArcRun,
    VariantRun,
    backward_memory,
    first_boards,
    run_arc_variant,
    run_variant,
    shown_puzzles,
    use_one_thread,
    wires_of,
    wiring_of,
)
from hrmkit.experiments.ladder.resuming import LadderPlan, begin, check_same, plan_before
from hrmkit.experiments.ladder.variants import (
    ARC_STEP,
    ARC_VARIANTS,
    BENCH,
    BOX,
    MEASURED_STEPS,
    MOST_UNITS,
    TEST_PUZZLES,
    TRAIN_PUZZLES,
    UNITS,
    VIEWS,
    ArcVariant,
    Variant,
    tasks,
    variant_of_step,
)
from hrmkit.fingerprint import fingerprint
from hrmkit.lock import held
from hrmkit.model.cost import units_a_step
from hrmkit.model.steps import ladder_sizes
from hrmkit.processes import in_processes
from hrmkit.progress import Progress, silent
from hrmkit.puzzles.mini_arc.data import COLOURS, DEMONSTRATIONS, WIDTH
from hrmkit.puzzles.mini_arc.tasks import TASKS
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.recording.common import FORMAT, VERSION, made_here
from hrmkit.recording.file import ROOM, with_hash
from hrmkit.recording.ladder import schema
from hrmkit.training.recipe import Recipe
from hrmkit.writing import check_target

CODE = ("model", "puzzles", "solving", "training", "recording", "experiments")
EVERY_STEP = (*MEASURED_STEPS, ARC_STEP)


class Job(NamedTuple):
    """One training: of a wiring, or of a variant of mini-ARC."""

    work: Variant | ArcVariant
    seed: int

    def key(self) -> str:
        """Names the job in the file of what is finished."""
        return f"{fingerprint(*CODE)} {self.work} seed {self.seed}"


Finished = dict[str, VariantRun | ArcRun]


def steps_of(text: str) -> tuple[int, ...]:
    """Steps from text like "1,2,3"; raises `UserError` for what is no number."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UserError(
            f"--steps is {text!r}: write numbers with commas between, such as 3,5,6"
        ) from None


def plan(steps: Sequence[int], seeds: Sequence[int], bench: bool, units: int = UNITS) -> list[Job]:
    """All jobs of a ladder, seed by seed.

    Raises `UserError` for a step that is not measured, for too many seeds or none, and for
    compute that no ladder is worth.
    """
    check_seeds(len(seeds))
    check_within(units, 1, MOST_UNITS, "{} units are")
    work: list[Variant | ArcVariant] = [
        variant_of_step(step, units) for step in steps if step != ARC_STEP
    ]
    work += (replace(one, units=units) for one in BENCH if bench)
    work += (replace(one, units=units) for one in ARC_VARIANTS if ARC_STEP in steps)
    return [Job(one, seed) for seed in seeds for one in work]


def run_job(job: Job) -> VariantRun | ArcRun:
    """Do one job."""
    if isinstance(job.work, Variant):
        return run_variant(job.work, job.seed)
    return run_arc_variant(job.work, job.seed)


def run_ladder(
    folder: Path,
    *,
    steps: Sequence[int] = EVERY_STEP,
    seeds: int = 3,
    units: int = UNITS,
    bench: bool = True,
    resume: bool = False,
    processes: int = 1,
    progress: Progress = silent,
) -> schema.LadderRecording:
    """Train and measure the ladder; what is finished is kept in `folder` as it goes.

    Every rung is trained with `units` of compute (model/cost.py). With `bench`, wirings beside the
    manual's are measured too. The same steps, seeds and units give the same numbers, whatever the
    number of `processes`.

    Raises `UserError` for steps, seeds or units that make no sense, for a folder that cannot be
    written, and for one that holds an earlier ladder: unless `resume` is set and that ladder is of
    the same steps, seeds, units and bench.
    """
    check_seeds(seeds)
    chosen = tuple(sorted(set(steps)))
    jobs = plan(chosen, range(seeds), bench, units)
    kept = folder / FINISHED
    if os.path.exists(kept) and not resume:
        raise UserError(
            f"{folder} holds what an earlier ladder measured: add --resume to go on with it, or "
            "name another folder"
        )
    wanted = LadderPlan(steps=list(chosen), seeds=seeds, units=units, bench=bench)
    if os.path.exists(kept):
        check_same(wanted, plan_before(Journal(kept), folder), folder)
    check_target(kept, ROOM)
    with held(folder, "ladder"):
        finished = all_done(kept, jobs, processes, progress, wanted)
    return put_together(chosen, tuple(range(seeds)), units, jobs, finished)


def all_done(
    kept: Path, jobs: Sequence[Job], processes: int, progress: Progress, wanted: LadderPlan
) -> Finished:
    """What every job found; those that `kept` does not have are done, and kept there."""
    use_one_thread()
    journal = Journal(kept)
    finished = journal.read(run_from)
    missing = [job for job in jobs if job.key() not in finished]
    done = len(jobs) - len(missing)
    progress("training the rungs", done, len(jobs))
    for job, run in zip(missing, in_processes(run_job, missing, processes), strict=True):
        finished[job.key()] = run
        begin(journal, wanted)
        journal.add(job.key(), run.model_dump(mode="json"))
        done += 1
        progress("training the rungs", done, len(jobs))
    return finished


def run_from(found: Any) -> VariantRun | ArcRun:
    """What a job found, as the journal holds it."""
    return (ArcRun if "answers" in found else VariantRun).model_validate(found)


def put_together(
    steps: tuple[int, ...],
    seeds: tuple[int, ...],
    units: int,
    jobs: Sequence[Job],
    finished: Finished,
) -> schema.LadderRecording:
    """The recording of finished jobs."""
    runs: dict[str, list[VariantRun]] = {}
    arcs: dict[str, list[ArcRun]] = {}
    for job in jobs:
        run = finished[job.key()]
        if isinstance(run, VariantRun):
            runs.setdefault(run.variant, []).append(run)
        else:
            arcs.setdefault(run.variant, []).append(run)
    rungs = {step: variant_of_step(step, units) for step in steps if step != ARC_STEP}
    bench = [replace(one, units=units) for one in BENCH if one.name in runs]
    shown = shown_puzzles()
    recording = schema.LadderRecording(
        format=FORMAT,
        version=VERSION,
        kind="ladder",
        title=title_of(steps, seeds),
        made_by=made_here(),
        settings=schema.LadderSettings(
            steps=steps,
            seeds=seeds,
            units=units,
            batch=Recipe().batch,
            train_puzzles=TRAIN_PUZZLES,
            test_puzzles=TEST_PUZZLES,
            views=VIEWS,
        ),
        width=BOX * BOX,
        box=BOX,
        puzzles=tuple(
            schema.LadderPuzzle(given=given, solution=solution, blanks=int(blanks))
            for given, solution, blanks in zip(
                as_grids(shown.given), as_grids(shown.solution), shown.blanks, strict=True
            )
        ),
        rungs=tuple(recorded_rung(rung, runs[rung.name], step) for step, rung in rungs.items()),
        bench=tuple(recorded_rung(one, runs[one.name]) for one in bench),
        vote=told_vote(runs),
        memory=backward_memory(),
        mini_arc=recorded_arc(arcs, units) if arcs else None,
        hash="",
    )
    return with_hash(recording)


def title_of(steps: tuple[int, ...], seeds: tuple[int, ...]) -> str:
    """A line that tells ladders apart."""
    many = "1 seed" if len(seeds) == 1 else f"{len(seeds)} seeds"
    some = "" if steps == EVERY_STEP else f", steps {', '.join(map(str, steps))}"
    return f"Assemble the kit: the ladder on 4x4 sudoku{some}, {many}"


def middle(values: Sequence[float]) -> int:
    """The position of the median; of the lower one where there are two."""
    return sorted(range(len(values)), key=lambda i: values[i])[(len(values) - 1) // 2]


def recorded_rung(
    variant: Variant, runs: Sequence[VariantRun], step: int | None = None
) -> schema.Rung:
    """A variant as a rung, with all its seeds; the median one is shown."""
    shown = middle([run.seed.exact for run in runs])
    return schema.Rung(
        name=variant.name,
        step=step,
        title=variant.title,
        wires=wires_of(variant.wiring),
        augmented=variant.augmented,
        parameters=runs[0].parameters,
        gradient_steps=variant.steps,
        units_a_step=units_a_step(variant.wiring, ladder_sizes(variant.wiring)),
        seeds=tuple(run.seed for run in runs),
        shown=shown,
        thoughts=runs[shown].thoughts,
    )


def told_vote(runs: dict[str, list[VariantRun]]) -> schema.Vote | None:
    """The shown puzzle that the augmented rung's views dispute most, and yet have a majority on.

    Without a majority on any puzzle, the most disputed one; the first of equals.
    """
    augmented = [of_rung for of_rung in runs.values() if of_rung[0].votes]
    if not augmented:
        return None
    of_rung = augmented[0]
    told = of_rung[middle([run.seed.exact for run in of_rung])].votes
    return max(told, key=lambda vote: (has_majority(vote), len(vote.candidates)))


def has_majority(vote: schema.Vote) -> bool:
    """Whether more than half of the views give the same answer."""
    return vote.candidates[0].count > len(vote.ballots) / 2


def recorded_arc(runs: dict[str, list[ArcRun]], units: int) -> schema.MiniArc:
    """Mini-ARC: its tasks, and what every variant made of them."""
    arc = tasks(augmented=False)
    given, solution = as_grids(arc.train.given), as_grids(arc.train.solution)
    medians = {name: middle([run.seed.exact for run in of]) for name, of in runs.items()}
    first = arc.plain[first_boards(arc)]
    boards = zip(as_grids(first.given), as_grids(first.solution), strict=True)
    return schema.MiniArc(
        width=WIDTH,
        colours=COLOURS,
        tasks=tuple(
            schema.ArcTask(
                name=task.name,
                rule=task.rule,
                demonstrations=tuple(
                    (given[row], solution[row])
                    for row in range(i * DEMONSTRATIONS, (i + 1) * DEMONSTRATIONS)
                ),
            )
            for i, task in enumerate(TASKS)
        ),
        variants=tuple(
            schema.ArcVariant(
                name=variant.name,
                puzzle_embedding=variant.puzzle_embedding,
                augmented=variant.augmented,
                gradient_steps=replace(variant, units=units).steps,
                seeds=tuple(run.seed for run in runs[variant.name]),
                shown=medians[variant.name],
            )
            for variant in ARC_VARIANTS
        ),
        shown=tuple(
            schema.ArcShown(
                task=i,
                given=board,
                solution=solved,
                answers=tuple(
                    schema.ArcAnswer(variant=name, answer=runs[name][medians[name]].answers[i])
                    for name in runs
                ),
            )
            for i, (board, solved) in enumerate(boards)
        ),
    )


def measure_wires(
    wires: schema.Wires,
    progress: Callable[[int, int], None] | None = None,
    seed: int = 0,
    units: int = UNITS,
) -> schema.Rung:
    """Train and measure one wiring of the bench from one seed, with `units` of compute.

    Raises `UserError` where a wire is missing.
    """
    title = title_of_wires(wires)
    variant = Variant(f"bench: {title}", title, wiring_of(wires), units=units)
    return recorded_rung(variant, [run_variant(variant, seed, progress)])


def title_of_wires(wires: schema.Wires) -> str:
    """A line that tells wirings apart."""
    calls = f"{wires.cycles} x {wires.low_calls} calls"
    states = f"{wires.modules} module{'s' * (wires.modules > 1)}, zH and zL"
    said = (
        "loop" if wires.loop else "fixed depth",
        "recall" if wires.recall else "",
        states if wires.hierarchy else "one state",
        calls if wires.loop else "",
        f"{wires.gradient} gradient" if wires.loop else "",
        f"{wires.segments} segments" if wires.segments > 1 else "",
        f"{wires.halting} halting" if wires.halting != "none" else "",
        "puzzle embedding" if wires.puzzle_embedding else "",
    )
    return ", ".join(part for part in said if part)
