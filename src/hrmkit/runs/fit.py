"""From a plan to a trained model: `hrmkit train`, and `hrmkit.fit` in a program."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
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
from hrmkit.puzzles.registry import DEFAULT_PUZZLE
from hrmkit.renamed import FIT, RECIPE, warn_of_old_names, with_new_names
from hrmkit.runs.data import RunData, load_data, source_of
from hrmkit.runs.folder import RUN, RunFolder
from hrmkit.runs.plan import Plan, differences, plan_from, plan_of
from hrmkit.runs.run import Report, Run, RunOptions, Why, silent
from hrmkit.runs.trackers import chosen_trackers, start_trackers
from hrmkit.solving.loading import LoadedModel, learned_from, load_model
from hrmkit.solving.precision import placed
from hrmkit.training.process_group import ProcessGroup


def fit(
    data: str,
    *,
    puzzle: str = DEFAULT_PUZZLE,
    preset: str | None = None,
    out: Path | str = "run",
    test: str | None = None,
    seed: int = 0,
    init_from: str | None = None,
    canvas: int | None = None,
    resume: bool = False,
    **settings: Any,
) -> PuzzleHRM:
    """Train a model of puzzles, measure it and save it in the folder `out`; returns the model.

    `data` and `test` are CSV files, names on the hub, or collections of ARC. `init_from` is a
    trained model whose weights the training starts from: its name, its folder, or a run's.
    `canvas` is the side of the canvas, for puzzles of several sizes: begin with small ones on a
    small canvas, and go on from there on a larger one. Without a `preset`, wiring and sizes are
    those of the model `init_from`, or of `tiny`. `settings` are settings of the recipe
    (`steps=1000`, `lr=1e-3`), or of another section with its name in front (`wiring__cycles=3`,
    `**{"sizes.width": 256}`). Ctrl-C saves, and raises `KeyboardInterrupt`; `resume=True` continues
    the run in `out`. Raises `UserError` for settings, data or models that cannot be used.

    Example: `hrmkit.fit("train.csv.gz", minutes=3, out="my-run")`
    """
    named = {
        key.replace("__", ".") if "__" in key or "." in key else f"recipe.{key}": value
        for key, value in settings.items()
    }
    named, init_from = with_keywords_renamed(named, init_from)
    folder = RunFolder(Path(out))
    before = planned(folder) if resume and folder.exists else None
    plan = plan_of(
        puzzle,
        data,
        preset,
        named,
        test=test,
        seed=seed,
        init_from=init_from,
        canvas=canvas,
        before=before,
    )
    run, why = run_plan(plan, folder, resume=resume)
    if why == "interrupted":
        raise KeyboardInterrupt
    return run.trainer.learned


def with_keywords_renamed(
    settings: Mapping[str, Any], init_from: str | None
) -> tuple[dict[str, Any], str | None]:
    """`fit`'s settings by full name, and its `init_from`, from old keywords and new ones."""
    sections = {f"recipe.{old}": f"recipe.{new}" for old, new in {**RECIPE, **FIT}.items()}
    used = [key for key in settings if key in sections]
    names = {key.removeprefix("recipe."): sections[key].removeprefix("recipe.") for key in used}
    warn_of_old_names(names, depth=4)
    out = with_new_names(settings, sections)
    return out, out.pop("recipe.init_from", init_from)


def run_plan(
    plan: Plan,
    folder: RunFolder,
    *,
    resume: bool = False,
    skip_bad: bool = False,
    device: Device | None = None,
    threads: int | None = None,
    compiled: bool = False,
    options: RunOptions | None = None,
    group: ProcessGroup | None = None,
    track: str = "auto",
    report: Report = silent,
    begun: Callable[[Run], None] | None = None,
) -> tuple[Run, Why]:
    """Start or resume a run, and train to its end; returns the run, and why it ended.

    `begun` is called with the run before its first step, `report` with its status. `threads` is
    the number of CPU threads; by default it depends on the model's size. The folder is locked
    until the run ends. Raises `UserError`, before anything is written, where a plan, a folder or
    data cannot be used.
    """
    if threads is not None:
        check_threads(threads)
    tracked = chosen_trackers(track)
    device, group = device or choose_device(), group or ProcessGroup()
    if plan.recipe.steps is None and plan.recipe.minutes is None:
        raise UserError("nothing says when to stop: give steps or minutes")
    with held_by_all(folder, group, folder.check_there if resume else folder.check_new):
        run = start_run(plan, folder, resume, skip_bad, device, compiled, options, group)
        if begun:
            begun(run)
        watching = start_trackers(tracked, folder.path, run.description()) if group.leads else []
        with on_threads(threads or share_of_threads(count_parameters(run.trainer.model))):
            return run, run.go(report, watching)


@contextmanager
def held_by_all(
    folder: RunFolder, group: ProcessGroup, check: Callable[[], None]
) -> Generator[None]:
    """Lock the folder for this run, which may be several processes, and call `check`.

    Raises `UserError` in all processes if another run has the folder, or if `check` raises.
    """
    with ExitStack() as stack:
        refused: UserError | None = None
        try:
            if group.leads:
                stack.enter_context(held(folder.path, "training"))
            check()
        except UserError as error:
            refused = error
        # Nothing is written before every process has looked.
        if group.any(refused is not None)[0]:
            raise refused or UserError(f"the leading process cannot begin a run in {folder.path}")
        yield


def start_run(
    plan: Plan,
    folder: RunFolder,
    going_on: bool,
    skip_bad: bool,
    device: Device,
    compiled: bool,
    options: RunOptions | None,
    group: ProcessGroup,
) -> Run:
    """The run, at its first step or at that of the newest checkpoint; writes its description."""
    fresh = not (going_on and folder.newest())
    first = load_model(plan.init_from) if plan.init_from and fresh else None
    data = load_data(plan, skip_bad, read_by(plan, first, folder))
    check_fits(plan, data.interface, device, group)
    model = assemble(plan.wiring, plan.sizes, data.interface, plan.seed)
    if going_on:
        check_same_run(plan, data, folder)
    if not fresh:
        before = folder.description()
        data = data.after(before["data"][1:], before.get("trained_on", ()))
    elif first:
        learned = learned_from(first)
        initialize(model, first, str(plan.init_from), data.has_ids_of(learned))
        data = data.after(learned, first.metadata.get("trained_on", ()))
    placed(model, device)
    run = Run(plan, model, data, folder, device, options or RunOptions(), group)
    if group.leads:
        folder.check_room(checkpoint_bytes(model, plan))
    if going_on:
        run.dtype_before = folder.description().get("dtype")
        run.resume()
        check_unfinished(run)
    if compiled:
        compile_modules(model)
    if group.leads:
        folder.describe(run.description())
    return run


def read_by(plan: Plan, first: LoadedModel | None, folder: RunFolder) -> PuzzleInterface | None:
    """The interface of the model that a run was initialized from; None if there is none."""
    if first:
        return first.model.interface
    if plan.init_from is None:
        return None
    try:
        return TypeAdapter(PuzzleInterface).validate_python(folder.description().get("interface"))
    except ValidationError:
        raise UserError(f"{folder.path} does not say what its model reads") from None


def check_fits(plan: Plan, face: PuzzleInterface, device: Device, group: ProcessGroup) -> None:
    """Raise `UserError` for a training that needs more memory than there is."""
    recipe, parts = plan.recipe, (plan.wiring, plan.sizes, face)
    count = parameters_of(*parts)
    copies = 5 if recipe.ema_decay else 4  # weights, gradients, two moments, average
    there = None
    if device.device.type == "cuda":
        there = torch.cuda.mem_get_info(device.device)[1]
    check_memory(
        NUMBER * count * copies, f"training a model of {count:,} parameters", SMALLER, there
    )
    rows = -(-recipe.batch // group.world)
    check_memory(
        rows * (training_bytes(*parts) + (recipe.starts - 1) * thinking_bytes(*parts)),
        f"a batch of {recipe.batch} puzzles",
        "choose a smaller --batch",
        there,
    )


EMBEDDINGS = "puzzle_embedding.weight"


def initialize(model: PuzzleHRM, first: LoadedModel, named: str, same_ids: bool) -> None:
    """Give `model` the weights of the model `first`, whose name on the command line is `named`.

    The canvas may be another, where the weights are the same for any. Without `same_ids`, puzzle
    embeddings are of other puzzles: those of `model` then all begin as the mean of those that were
    learned, as in TRM (`pretrain.py`). Raises `UserError` if it has other parts.
    """
    theirs = first.model
    if model.sizes.width > theirs.sizes.width:
        theirs = widened(theirs, model.sizes)
    face, read = theirs.interface, model.interface
    fits = face.tokens == read.tokens or theirs.wiring.any_canvas
    if not fits or face.vocab != read.vocab:
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
    weights = theirs.rewired(model.wiring).state_dict()
    if model.puzzle_embedding and theirs.puzzle_embedding and not same_ids:
        learned = theirs.puzzle_embedding.weight[1:]  # id 0 names no puzzle
        weights[EMBEDDINGS] = learned.mean(0).expand_as(model.puzzle_embedding.weight)
    model.load_state_dict(weights)


def check_same_run(plan: Plan, data: RunData, folder: RunFolder) -> None:
    """Raise `UserError` for another wiring, recipe or data than the run started with."""
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
    """Raise `UserError` for a run that is already complete."""
    done, of, what = run.progress()
    if done >= of:
        unit = "steps" if what == "steps" else "seconds"
        raise UserError(
            f"the run in {run.folder.path} is over: {done:.0f} of {of:.0f} {unit}; "
            f"give more {what} to go on"
        )


def planned(folder: RunFolder) -> Plan:
    """The plan of the run in a folder. Raises `UserError` if it cannot be read."""
    plan = folder.description().get("plan")
    if plan is None:
        raise UserError(f"{folder.path} does not say its plan: it was not made by hrmkit train")
    try:
        return plan_from(plan)
    except UserError as error:
        raise UserError(f"the plan in {folder.path / RUN} is damaged: {error}") from None


def checkpoint_bytes(model: PuzzleHRM, plan: Plan) -> int:
    """The approximate size of a checkpoint: weights, moments, average, and the batch's rows."""
    weights = 4 * count_parameters(model)
    tokens = model.wiring.prefix + model.interface.tokens
    carry = 2 * plan.recipe.batch * plan.recipe.starts * tokens * model.sizes.width * 4
    return weights * (4 if plan.recipe.ema_decay else 3) + carry


def compile_modules(model: PuzzleHRM, mode: str = "default") -> None:
    """Compile the modules, where a step spends its time; what is around them stays as it is.

    `mode` is torch.compile's.
    """
    for module in (model.low, model.high):
        if module is not None:
            module.compile(mode=mode)
