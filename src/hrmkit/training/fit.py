"""From a plan to a trained model: `hrmkit train`, and `hrmkit.fit` in a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hrmkit.device import Device, choose_device
from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.hrm import PARTS
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.solving.find import Found, find_model, learned_from
from hrmkit.training.data import RunData, load_data, source_of
from hrmkit.training.plan import Plan, differences, plan_from, plan_of
from hrmkit.training.ranks import Ranks
from hrmkit.training.run import Habits, Report, Run, Why, silent
from hrmkit.training.run_folder import RunFolder
from hrmkit.training.trackers import begin, chosen_trackers


def fit(
    data: str,
    *,
    puzzle: str = "sudoku",
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
    (`wiring__cycles=3`, `sizes__width=256`). Ctrl-C saves, and raises `KeyboardInterrupt`;
    `resume=True` goes on. Raises `UserError` for whatever cannot be done.

    Example: `hrmkit.fit("train.csv.gz", minutes=3, out="my-run")`
    """
    named = {
        key.replace("__", ".") if "__" in key else f"recipe.{key}": value
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
    compiled: bool = False,
    habits: Habits | None = None,
    ranks: Ranks | None = None,
    track: str = "auto",
    report: Report = silent,
    begun: Callable[[Run], None] | None = None,
) -> tuple[Run, Why]:
    """Begin or resume a run, and train to its end; returns it, and why it ended.

    Whatever is wrong is said before anything is written. `begun` is told of the run before its
    first step.
    """
    tracked = chosen_trackers(track)
    device, ranks = device or choose_device(), ranks or Ranks()
    if plan.recipe.steps is None and plan.recipe.minutes is None:
        raise UserError("nothing says when to stop: give steps or minutes")
    if not resume:
        folder.check_new()
    going_on = resume and folder.exists
    if plan.begin and plan.puzzle == "arc":
        raise UserError("--from is not for ARC: puzzle embeddings are of the tasks of one run")
    fresh = not (going_on and folder.newest())
    first = find_model(plan.begin) if plan.begin and fresh else None
    data = load_data(plan, skip_bad, read_by(plan, first, folder))
    model = assemble(plan.wiring, plan.sizes, data.interface, plan.seed)
    if going_on:
        check_same_run(plan, data, folder)
    if not fresh:
        data = replace(data, before=tuple(folder.description()["data"][1:]))
    elif first:
        begin_with(model, first, str(plan.begin))
        data = replace(data, before=learned_from(first))
    model = model.to(device.device)
    run = Run(plan, model, data, folder, device, habits or Habits(), ranks)
    if ranks.leads:
        folder.check_room(checkpoint_bytes(model, plan))
    if going_on:
        run.resume()
        check_unfinished(run)
    if compiled:
        compile_modules(model)
    if ranks.leads:
        folder.describe(run.description())
    if begun:
        begun(run)
    watching = begin(tracked, folder.path, run.description()) if ranks.leads else []
    return run, run.go(report, watching)


def read_by(plan: Plan, first: Found | None, folder: RunFolder) -> PuzzleInterface | None:
    """What the model reads that a run begins with, or once began with; None if it did not."""
    if first:
        return first.model.interface
    if plan.begin is None:
        return None
    try:
        return TypeAdapter(PuzzleInterface).validate_python(folder.description().get("interface"))
    except ValidationError:
        raise UserError(f"{folder.path} does not say what its model reads") from None


def begin_with(model: PuzzleHRM, first: Found, named: str) -> None:
    """Give `model` the weights of the one to begin with, which a person called `named`.

    Raises `UserError` if that has other parts.
    """
    theirs = first.model
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
    changed = differences(plan, plan_from(description["plan"]))
    if changed:
        raise UserError(
            f"the run in {folder.path} cannot go on with other settings: {'; '.join(changed)}"
        )
    was, now = description["data"][0], source_of(data.train)
    if was["fingerprint"] != now["fingerprint"]:
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
    description = folder.description()
    if "plan" not in description:
        raise UserError(f"{folder.path} does not say its plan: it was not made by hrmkit train")
    return plan_from(description["plan"])


def checkpoint_bytes(model: PuzzleHRM, plan: Plan) -> int:
    """About as many bytes as a checkpoint takes: weights, moments, average, and rows."""
    weights = sum(p.numel() * p.element_size() for p in model.parameters())
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
