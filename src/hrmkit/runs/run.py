"""A run: trains until its end or an interrupt, measures on the way, and saves checkpoints."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import torch

from hrmkit.device import Device
from hrmkit.errors import UserError
from hrmkit.model.cost import segment_flops, step_flops
from hrmkit.model.hrm import count_parameters
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import Labelled
from hrmkit.runs.data import RunData, source_of
from hrmkit.runs.folder import RunFolder, damaged
from hrmkit.runs.plan import Plan
from hrmkit.runs.trackers import Tracker
from hrmkit.training.process_group import ProcessGroup
from hrmkit.training.puzzles.metrics import MetricSums, measure, watched_thought
from hrmkit.training.puzzles.trainer import Trainer

Why = Literal["steps", "minutes", "interrupted"]


@dataclass(frozen=True)
class RunOptions:
    """How often a run reports, measures and saves. None of it changes what is learned."""

    report_seconds: float = 2.0
    evaluate_steps: int | None = None
    """Steps between measurements; None for a tenth of the time."""
    save_minutes: float = 2.0
    save_steps: int | None = None
    """Steps between checkpoints, in place of minutes."""
    keep: int = 3
    """Checkpoints that are kept."""
    test_puzzles: int = 256
    """Puzzles to measure with on the way."""
    piece_minutes: float | None = None
    """Stop after so many minutes, to be resumed later; None to train to the end."""

    def __post_init__(self) -> None:
        names = ("evaluate_steps", "save_minutes", "save_steps", "keep", "test_puzzles")
        for name in (*names, "piece_minutes"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UserError(f"{name} is {value}: it has to be more than 0")


class Status(NamedTuple):
    """How far a run is, for whoever watches."""

    step: int
    done: float
    """Of `of`, in steps or in seconds, as what ends the run is counted."""
    of: float
    line: Mapping[str, Any]
    """The newest line of metrics."""


Report = Callable[[Status], None]


def silent(status: Status) -> None:
    """A `Report` that does nothing."""


class Run:
    """One run of a plan, in its folder."""

    def __init__(
        self,
        plan: Plan,
        model: PuzzleHRM,
        data: RunData,
        folder: RunFolder,
        device: Device,
        options: RunOptions,
        group: ProcessGroup,
    ) -> None:
        self.plan, self.data, self.folder, self.options = plan, data, folder, options
        self.device, self.group = device, group
        queue = data.queue(np.random.default_rng(plan.seed))
        self.trainer = Trainer(model, queue, plan.recipe, plan.seed, group)
        self.measured = some(data.test or data.train, options.test_puzzles)
        self.dtype_before: str | None = None
        """What the piece before this one computed in, where there was one that says it."""
        self.steps_lost = 0
        """Steps of pieces before this one of which no checkpoint is left."""
        self.seconds = 0.0
        """Of training, measuring and saving left out."""
        self.clock: dict[str, float] = {"report": 0.0, "evaluate": 0.0, "save": 0.0}
        """When each was done last, in these seconds."""
        self.evaluation_seconds, self.evaluated_at = 0.0, -1
        self.began = time.perf_counter()
        self.asked_to_stop = threading.Event()
        self.sums = MetricSums()
        self.report: Report = silent
        self.track: list[Tracker] = []

    def go(self, report: Report, track: list[Tracker]) -> Why:
        """Train until the plan's end, or until somebody stops it; the last step is saved."""
        self.report, self.track, self.began = report, track, time.perf_counter()
        with interruptible(self.asked_to_stop):
            if not self.trainer.steps:
                self.watch()
            stop = False
            while True:
                done, of, what = self.progress()
                if done >= of:
                    break
                if stop:
                    what = "interrupted"
                    break
                self.step(done, of)
                stop, tell, evaluate, save = self.due()
                if tell:
                    self.tell()
                if evaluate:
                    self.evaluate()
                if save or stop:
                    self.save()
            return self.finish(what)

    def finish(self, why: Why) -> Why:
        """Save what has not been yet, before anything else takes time, and measure."""
        self.save()
        if why != "interrupted" and self.evaluated_at != self.trainer.steps:
            self.evaluate()
        self.write({"kind": "end", "step": self.trainer.steps, "why": why})
        return why

    def progress(self) -> tuple[float, float, Why]:
        """How much is done, of how much, and whether in steps or in seconds: the nearer end."""
        recipe = self.plan.recipe
        ends: list[tuple[float, float, Why]] = []
        if recipe.steps is not None:
            ends.append((self.trainer.steps, recipe.steps, "steps"))
        if recipe.minutes is not None:
            ends.append((self.seconds, recipe.minutes * 60, "minutes"))
        return max(ends, key=lambda end: end[0] / end[1])

    def step(self, done: float, of: float) -> None:
        """One gradient step."""
        began = time.perf_counter()
        self.sums.add(self.trainer.step(done, of))
        # One clock for all processes: the learning rate may hang on it.
        self.seconds = self.group.first(self.seconds + time.perf_counter() - began)

    def due(self) -> tuple[bool, ...]:
        """Whether to stop, to report, to measure and to save."""
        options, clock, now, steps = self.options, self.clock, self.seconds, self.trainer.steps
        tell = now - clock["report"] >= options.report_seconds
        evaluate = now - clock["evaluate"] >= max(30.0, 9 * self.evaluation_seconds)
        if options.evaluate_steps:
            evaluate = steps % options.evaluate_steps == 0
        save = now - clock["save"] >= 60 * options.save_minutes
        if options.save_steps:
            save = steps % options.save_steps == 0
        leads = self.group.leads
        piece = time.perf_counter() - self.began >= 60 * (options.piece_minutes or math.inf)
        stop = self.asked_to_stop.is_set() or piece
        return self.group.any(stop, tell and leads, evaluate and leads, save and leads)

    def tell(self) -> None:
        """Write how the training goes; raises `UserError` where it has broken down."""
        if not self.sums.steps:
            return
        steps, seconds = self.sums.steps, self.seconds - self.clock["report"]
        line = self.sums.line(self.group, self.plan.recipe.batch)
        self.sums, self.clock["report"] = MetricSums(), self.seconds
        if not (math.isfinite(line["loss"]) and math.isfinite(line["norm"])):
            self.break_down(line)
        examples = steps * self.plan.recipe.batch / max(seconds, 1e-9)
        self.write(
            {
                "kind": "train",
                "step": self.trainer.steps,
                **line,
                "rate": self.trainer.optimizers[0].param_groups[0]["lr"],
                "examples": self.trainer.steps * self.plan.recipe.batch,
                "seconds": self.seconds,
                "examples_per_second": examples,
                "flops_per_second": examples * flops_a_puzzle(self.trainer),
            }
        )

    def break_down(self, line: Mapping[str, float]) -> None:
        """End a run whose numbers are no longer numbers."""
        self.write({"kind": "end", "step": self.trainer.steps, "why": "nan"})
        last = self.folder.newest()
        good = f"the last good checkpoint is {last}" if last else "there is no checkpoint yet"
        raise UserError(
            f"the loss is {line['loss']} and the gradient's norm {line['norm']} at step "
            f"{self.trainer.steps}: {good}; try a lower learning rate than {self.plan.recipe.lr}"
        )

    def evaluate(self) -> None:
        """Measure the model and the watched puzzle's answer."""
        began = time.perf_counter()
        found = measure(self.trainer.learned, self.measured, self.group, self.asked_to_stop.is_set)
        if found is None:
            return
        step = {"step": self.trainer.steps, "seconds": self.seconds}
        self.write({"kind": "evaluation", **step, **found})
        self.watch()
        self.evaluated_at, self.clock["evaluate"] = self.trainer.steps, self.seconds
        self.evaluation_seconds = time.perf_counter() - began

    def watch(self) -> None:
        """Write the watched puzzle's answer, segment by segment."""
        thought = watched_thought(self.trainer.learned, self.measured.rows[:1])
        self.write({"kind": "watched", "step": self.trainer.steps, **thought})

    def save(self) -> None:
        """Save what the next step depends on; what came before has been found to be sound."""
        self.tell()
        tensors, state = self.trainer.state()
        self.clock["save"] = self.seconds
        if self.group.leads:
            kept = {**state, "seconds": self.seconds}
            self.folder.save(
                self.trainer.learned, self.metadata(), tensors, kept, self.options.keep
            )

    def write(self, line: Mapping[str, Any]) -> None:
        """Add a line to the metrics, and let those who watch know."""
        if not self.group.leads:
            return
        self.folder.append(line)
        for track in self.track:
            track(line)
        self.report(Status(self.trainer.steps, *self.progress()[:2], line))

    def metadata(self) -> dict[str, Any]:
        """What is worth knowing of a saved model."""
        plan = self.plan
        return {
            "puzzle": plan.puzzle,
            **self.data.described(),
            "preset": plan.preset,
            "recipe": asdict(plan.recipe),
            "seed": plan.seed,
            "step": self.trainer.steps,
        }

    def description(self) -> dict[str, Any]:
        """What run.json says."""
        model, rows = self.trainer.model, self.measured.rows[:1]
        test = self.data.test
        return {
            **self.metadata(),
            "plan": asdict(self.plan),
            "test": source_of(test) if test else None,
            "wiring": asdict(model.wiring),
            "sizes": asdict(model.sizes),
            "interface": asdict(model.interface),
            "parameters": count_parameters(model),
            "flops_a_step": flops_a_puzzle(self.trainer) * self.plan.recipe.batch,
            "device": self.device.reason,
            "dtype": self.device.dtype,
            "processes": self.group.world,
            "watched": {
                "given": rows.given[0].tolist(),
                "solution": rows.solution[0].tolist(),
                "puzzle_id": int(rows.puzzle_ids[0]),
            },
        }

    def resume(self) -> None:
        """Go on from the newest checkpoint; from the beginning if there is none yet."""
        newest, folder = self.folder.newest(), self.folder
        if newest is None:
            self.steps_lost = folder.last_step()
            if self.group.leads:
                folder.forget_after(-1)
            return
        saved = folder.load(newest)
        with damaged(newest):
            self.trainer.restore(saved)
        self.seconds = saved.state.seconds
        self.clock = {name: self.seconds for name in self.clock}
        if self.group.leads:
            folder.forget_after(self.trainer.steps)


def some(labelled: Labelled, count: int) -> Labelled:
    """At most `count` of the puzzles, evenly spaced: files are often sorted."""
    if len(labelled.rows) <= count:
        return labelled
    rows = torch.arange(count) * len(labelled.rows) // count
    return Labelled(
        labelled.puzzle,
        labelled.rows[rows],
        labelled.ratings[rows],
        labelled.source,
        labelled.fingerprint,
    )


def flops_a_puzzle(trainer: Trainer) -> float:
    """FLOPs of one training step on one puzzle, at the depth of the whole wiring."""
    model, starts = trainer.model, trainer.recipe.starts
    parts = model.wiring, model.sizes, model.interface
    return step_flops(*parts) + (starts * segment_flops(*parts) if starts > 1 else 0)


@contextmanager
def interruptible(stopping: threading.Event) -> Generator[None]:
    """Ctrl-C asks to stop; a second one stops at once, as does one outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {which: signal.getsignal(which) for which in signals}

    def stop(number: int, frame: object) -> None:
        stopping.set()
        for which, handler in before.items():
            signal.signal(which, handler)

    for which in signals:
        signal.signal(which, stop)
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
