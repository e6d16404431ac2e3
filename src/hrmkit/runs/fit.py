"""From a plan to a trained model: `hrmkit train`, and `hrmkit.fit` in a program."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError

from hrmkit.bounds import check_memory, check_threads
from hrmkit.device import Device, choose_device, on_threads, share_of_threads
from hrmkit.errors import UserError
from hrmkit.lock import held
from hrmkit.model.assemble import SMALLER, assemble
from hrmkit.model.cost import NUMBER, parameters_of, thinking_bytes, training_bytes
from hrmkit.model.hrm import PARTS, count_parameters
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.widen import widened
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.puzzles.registry import DEFAULT_PUZZLE, definition_of
from hrmkit.runs.data import RunData, load_data, source_of
from hrmkit.runs.folder import RUN, RunFolder
from hrmkit.runs.plan import Plan, differences, plan_from, plan_of
from hrmkit.runs.run import Habits, Report, Run, Why, silent
from hrmkit.runs.trackers import begin, chosen_trackers
from hrmkit.solving.loading import LoadedModel, learned_from, load_model
from hrmkit.solving.precision import placed
from hrmkit.training.ranks import Ranks


def fit(
    data: str,
    *,
    puzzle: str = DEFAULT_PUZZLE,
    preset: str | None = None,
    out: Path | str = "run",
    test: str | None = None,
    seed: int = 0,
    begin: str | None = None,
    resume: bool = False,
    **settings: Any,
) -> PuzzleHRM:
    """Train a model of puzzles; returns it as it is at the end, evaluated and saved in `out`.

    `data` and `test` are CSV files, names on the hub, or collections of ARC. `begin` is a trained
    model to begin with: its name, its folder, or a run's. Without a `preset`, wires and sizes are
    that model's, or those of `tiny`. `settings` are those of the recipe
    (`steps=1000`, `rate=1e-3`), or of another section with its name and two underscores before
    (`wiring__cycles=3`, `**{"sizes.width": 256}`). Ctrl-C saves, and raises `KeyboardInterrupt`;
    `resume=True` goes on. Raises `UserError` for whatever cannot be done.

    Example: `hrmkit.fit("train.csv.gz", minutes=3, out="my-run")`
    """
    named = {
        key.replace("__", ".") if "__" in key or "." in key else f"recipe.{key}": value
        for key, value in settings.items()
    }
    folder = RunFolder(Path(out))
    before = planned(folder) if resume and folder.exists else None
    plan = plan_of(puzzle, data, preset, named, test=test, seed=seed, begin=begin, before=before)
    run, why = carry_out(plan, folder, resume=resume)
    if why == "interrupted":
        raise KeyboardInterrupt
    return run.trainer.learned


def carry_out(
    plan: Plan,
    folder: RunFolder,
    *,
    resume: bool = False,
    skip_bad: bool = False,
    device: Device | None = None,
    threads: int | None = None,
    compiled: bool = False,
    habits: Habits | None = None,
    ranks: Ranks | None = None,
    track: str = "auto",
    report: Report = silent,
    begun: Callable[[Run], None] | None = None,
) -> tuple[Run, Why]:
    """Begin or resume a run, and train to its end; returns it, and why it ended.

    Whatever is wrong is said before anything is written. `begun` is told of the run before its
    first step. `threads` are those of the CPU; unless they are given, as many as the model's size
    is worth. The folder is this run's alone until it ends.
    """
    if threads is not None:
        check_threads(threads)
    tracked = chosen_trackers(track)
    device, ranks = device or choose_device(), ranks or Ranks()
    if plan.recipe.steps is None and plan.recipe.minutes is None:
        raise UserError("nothing says when to stop: give steps or minutes")
    with held_by_all(folder, ranks, folder.check_there if resume else folder.check_new):
        run = begun_run(plan, folder, resume, skip_bad, device, compiled, habits, ranks)
        if begun:
            begun(run)
        watching = begin(tracked, folder.path, run.description()) if ranks.leads else []
        with on_threads(threads or share_of_threads(count_parameters(run.trainer.model))):
            return run, run.go(report, watching)


@contextmanager
def held_by_all(folder: RunFolder, ranks: Ranks, check: Callable[[], None]) -> Generator[None]:
    """The folder for this run alone, be it one process or several; `check` is asked meanwhile.

    Raises `UserError` in all of them where another run has it, or `check` raises.
    """
    with ExitStack() as stack:
        refused: UserError | None = None
        try:
            if ranks.leads:
                stack.enter_context(held(folder.path, "training"))
            check()
        except UserError as error:
            refused = error
        # Nothing is written before every process has looked.
        if ranks.any(refused is not None)[0]:
            raise refused or UserError(f"the leading process cannot begin a run in {folder.path}")
        yield


def begun_run(
    plan: Plan,
    folder: RunFolder,
    going_on: bool,
    skip_bad: bool,
    device: Device,
    compiled: bool,
    habits: Habits | None,
    ranks: Ranks,
) -> Run:
    """The run, described in its folder, at the step that it begins or goes on with."""
    if plan.begin and definition_of(plan.puzzle).by_task:
        raise UserError("--from is not for ARC: puzzle embeddings are of the tasks of one run")
    fresh = not (going_on and folder.newest())
    first = load_model(plan.begin) if plan.begin and fresh else None
    data = load_data(plan, skip_bad, read_by(plan, first, folder))
    check_fits(plan, data.interface, device, ranks)
    model = assemble(plan.wiring, plan.sizes, data.interface, plan.seed)
    if going_on:
        check_same_run(plan, data, folder)
    if not fresh:
        data = replace(data, before=tuple(folder.description()["data"][1:]))
    elif first:
        begin_with(model, first, str(plan.begin))
        data = replace(data, before=learned_from(first))
    placed(model, device)
    run = Run(plan, model, data, folder, device, habits or Habits(), ranks)
    if ranks.leads:
        folder.check_room(checkpoint_bytes(model, plan))
    if going_on:
        run.dtype_before = folder.description().get("dtype")
        run.resume()
        check_unfinished(run)
    if compiled:
        compile_modules(model)
    if ranks.leads:
        folder.describe(run.description())
    return run


def read_by(plan: Plan, first: LoadedModel | None, folder: RunFolder) -> PuzzleInterface | None:
    """What the model reads that a run begins with, or once began with; None if it did not."""
    if first:
        return first.model.interface
    if plan.begin is None:
        return None
    try:
        return TypeAdapter(PuzzleInterface).validate_python(folder.description().get("interface"))
    except ValidationError:
        raise UserError(f"{folder.path} does not say what its model reads") from None


def check_fits(plan: Plan, face: PuzzleInterface, device: Device, ranks: Ranks) -> None:
    """Raise `UserError` for a training that surely has no room in memory, before it takes any."""
    recipe, parts = plan.recipe, (plan.wiring, plan.sizes, face)
    count = parameters_of(*parts)
    copies = 5 if recipe.average else 4  # weights, gradients, two moments, average
    there = None
    if device.device.type == "cuda":
        there = torch.cuda.mem_get_info(device.device)[1]
    check_memory(
        NUMBER * count * copies, f"training a model of {count:,} parameters", SMALLER, there
    )
    rows = -(-recipe.batch // ranks.world)
    check_memory(
        rows * (training_bytes(*parts) + (recipe.starts - 1) * thinking_bytes(*parts)),
        f"a batch of {recipe.batch} puzzles",
        "choose a smaller --batch",
        there,
    )


def begin_with(model: PuzzleHRM, first: LoadedModel, named: str) -> None:
    """Give `model` the weights of the one to begin with, which a person called `named`.

    Raises `UserError` if that has other parts.
    """
    theirs = first.model
    if model.sizes.width > theirs.sizes.width:
        theirs = widened(theirs, model.sizes)
    face, read = theirs.interface, model.interface
    if face != read:
        raise UserError(
            f"the run cannot begin with {named}: it reads {face.tokens} cells of {face.vocab} "
            f"tokens, and these puzzles have {read.tokens} of {read.vocab}"
        )
    for section, names in (("wiring", PARTS), ("sizes", tuple(asdict(model.sizes)))):
        for name in names:
            mine, other = (getattr(getattr(one, section), name) for one in (model, theirs))
            if mine != other:
                raise UserError(
                    f"the run cannot begin with {named}: its {name} is {other}, and the run's "
                    f"{mine}; leave out the preset and {section}.{name}, and the run takes them "
                    "from it"
                )
    model.load_state_dict(theirs.rewired(model.wiring).state_dict())


def check_same_run(plan: Plan, data: RunData, folder: RunFolder) -> None:
    """Refuse to go on with another wiring, recipe or data than the run began with."""
    description = folder.description()
    changed = differences(plan, planned(folder))
    if changed:
        raise UserError(
            f"the run in {folder.path} cannot go on with other settings: {'; '.join(changed)}"
        )
    was, now = description["data"][0], source_of(data.train)
    if not data.is_of(was["fingerprint"]):
        raise UserError(
            f"{now['source']} has changed since the run in {folder.path} began: it had "
            f"{was['rows']} puzzles and has {now['rows']}, or other ones; bring back the old file, "
            "or begin another run"
        )


def check_unfinished(run: Run) -> None:
    """Refuse to go on where nothing is left to do."""
    done, of, what = run.progress()
    if done >= of:
        unit = "steps" if what == "steps" else "seconds"
        raise UserError(
            f"the run in {run.folder.path} is over: {done:.0f} of {of:.0f} {unit}; "
            f"give more {what} to go on"
        )


def planned(folder: RunFolder) -> Plan:
    """The plan of a run that is to go on."""
    plan = folder.description().get("plan")
    if plan is None:
        raise UserError(f"{folder.path} does not say its plan: it was not made by hrmkit train")
    try:
        return plan_from(plan)
    except UserError as error:
        raise UserError(f"the plan in {folder.path / RUN} is damaged: {error}") from None


def checkpoint_bytes(model: PuzzleHRM, plan: Plan) -> int:
    """About as many bytes as a checkpoint takes: weights, moments, average, and rows."""
    weights = 4 * count_parameters(model)
    tokens = model.wiring.prefix + model.interface.tokens
    carry = 2 * plan.recipe.batch * plan.recipe.starts * tokens * model.sizes.width * 4
    return weights * (4 if plan.recipe.average else 3) + carry


def compile_modules(model: PuzzleHRM, mode: str = "default") -> None:
    """Compile the modules, where a step spends its time; what is around them stays as it is.

    `mode` is torch.compile's.
    """
    for module in (model.low, model.high):
        if module is not None:
            module.compile(mode=mode)
