"""ARC, a task at a time: each is trained on before it is answered, from one trained model on.

    python bench/arc_tasks.py [--from arc-pocket] [--steps 1000] [--compile] --out FILE.jsonl

The tasks are the held-out ones of those that the model was trained on. For each, a copy of it
learns that task's examples under all views, until its loss is next to nothing or for `--steps`, and
answers its tests by the vote of the views; their answers are never learned. A line a task is
written to `--out`; run again, it goes on with the tasks that are not in it. At the end it says what
the tasks come to, beside the same tests answered by the model as it was, where that was measured.
`--skip` and `--limit` share the tasks out among processes, which may write to the same file.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import deque
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import torch

from hrmkit.bounds import check_within
from hrmkit.cli.script import run_script
from hrmkit.experiments.journal import Journal
from hrmkit.puzzles.arc.puzzle import Arc
from hrmkit.recording.common import FrozenModel
from hrmkit.runs.fit import run_plan
from hrmkit.runs.folder import RunFolder
from hrmkit.runs.plan import plan_of
from hrmkit.runs.run import Run, RunOptions, Status
from hrmkit.solving.evaluate import proportion_of
from hrmkit.solving.evaluate_arc import TRIES, evaluate_arc, known_tests, learned_data
from hrmkit.solving.inference import MOST, InferenceSettings
from hrmkit.solving.loading import LoadedModel, kind_of, load_model
from hrmkit.writing import check_target

QUIET = RunOptions(evaluate_steps=10**6, save_minutes=10**6, test_puzzles=2)
"""Nothing is measured or saved on the way."""
LEARNED = 0.002
"""A loss at which nothing is left to learn: a task's training ends there."""
IN_A_ROW = 5
"""So many reported losses have to be that small."""


class Ending:
    """Ends a training when its task is learned."""

    def __init__(self) -> None:
        self.running: list[Run] = []
        self.losses: deque[float] = deque(maxlen=IN_A_ROW)
        self.learned = False

    def __call__(self, status: Status) -> None:
        """Look at a status of the run."""
        if status.line["kind"] == "train":
            self.losses.append(status.line["loss"])
        if len(self.losses) == IN_A_ROW and max(self.losses) <= LEARNED:
            self.learned = True
            self.running[0].asked_to_stop.set()


class Row(FrozenModel):
    """What became of a task."""

    task: str
    places: tuple[int | None, ...]
    """Of each test: the place of the right answer among those that were voted for, from 1."""
    seconds: float
    """Of one core, training alone."""
    segments: float
    step: int
    loss: float


def learned_and_answered(source: str, begin: str, steps: int, views: int, compiled: bool) -> Row:
    """Train a copy of the model `begin` on the task `source`, and answer its tests."""
    start = process_time()
    with TemporaryDirectory() as place:
        folder = RunFolder(Path(place) / "run")
        plan = plan_of("arc", source, None, {"recipe.steps": steps}, init_from=begin)
        ending = Ending()
        _, why = run_plan(
            plan,
            folder,
            threads=1,
            compiled=compiled,
            track="none",
            options=QUIET,
            report=ending,
            begun=ending.running.append,
        )
        if why == "interrupted" and not ending.learned:
            raise KeyboardInterrupt
        seconds = process_time() - start
        trained = [line for line in folder.lines() if line["kind"] == "train"]
        loaded = load_model(str(folder.path))
        data, tests = known_tests(loaded, source, views)
        evaluation, result = evaluate_arc(loaded, data, tests, InferenceSettings())
    return Row(
        task=source.rpartition(":")[2],
        places=tuple(test.place() for test in result.answered),
        seconds=seconds,
        segments=evaluation.mean_segments,
        step=trained[-1]["step"],
        loss=trained[-1]["loss"],
    )


def summary(rows: list[Row], solved: list[str] | None) -> str:
    """What the tasks come to; `solved` are the tests that the model solves as it is, if it says."""
    places = {f"{row.task}:{n}": place for row in rows for n, place in enumerate(row.places, 1)}
    lines = [
        f"tasks     {len(rows)}, {sum(row.seconds for row in rows) / 60:.0f} minutes of a core"
    ]
    for most in range(1, TRIES + 1):
        hits = [place is not None and place <= most for place in places.values()]
        found = proportion_of(torch.tensor(hits))
        interval = f"{found.low:.3f} to {found.high:.3f}"
        lines.append(f"pass@{most}    {found.share:.3f} ({interval}), {found.count} of {found.of}")
    now = [test for test, place in places.items() if place is not None and place <= TRIES]
    lines.append(f"solved    {', '.join(now) or 'none'}")
    if solved is not None:
        before = [test for test in solved if test in places]
        lines.append(f"as it was {', '.join(before) or 'none'}")
    return "\n".join(lines)


def tasks_of(loaded: LoadedModel, skip: int, limit: int | None) -> list[str]:
    """The ids of the held-out tasks that are to be answered; `UserError` if there is none."""
    kind_of(loaded, Arc.name)
    data, _ = known_tests(loaded, str(learned_data(loaded).get("source")), views=1)
    held_out = [task.id for task in data.tasks if task.held_out]
    check_within(skip, 0, len(held_out) - 1, f"of {len(held_out)} tasks, skipping {{}} is")
    if limit is not None:
        check_within(limit, 1, len(held_out), "a limit of {} tasks is")
    return held_out[skip:][:limit]


def weights_of(loaded: LoadedModel) -> str:
    """A short name of the model's weights: another one once it has been trained further."""
    digest = hashlib.sha256()
    for tensor in loaded.model.state_dict().values():
        digest.update(tensor.float().numpy().tobytes())
    return digest.hexdigest()[:12]


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--from", dest="begin", default="arc-pocket", help="the trained model")
    parser.add_argument("--steps", type=int, default=1000, help="gradient steps a task, at most")
    parser.add_argument("--views", type=int, default=200, help="views of each test that vote")
    parser.add_argument("--limit", type=int, help="only the first so many tasks")
    parser.add_argument("--skip", type=int, default=0, help="so many tasks before them")
    parser.add_argument("--compile", action="store_true", help="compile the modules")
    parser.add_argument("--out", type=Path, required=True, help="a line of JSON for each task")
    return parser.parse_args()


def main() -> None:
    """Go through the tasks that are left, and say what all come to."""
    chosen = arguments()
    rows: list[Row] = []
    try:
        check_within(chosen.steps, 1, 10**6, "{} steps are")
        check_within(chosen.views, 1, MOST, "{} views are")
        loaded = load_model(chosen.begin)
        tasks = tasks_of(loaded, chosen.skip, chosen.limit)
        collection = str(learned_data(loaded)["source"]).partition(":")[0]
        check_target(chosen.out)
        journal = Journal(chosen.out)
        done = journal.read(Row.model_validate)
        begun_with = f"{chosen.begin} {weights_of(loaded)}"
        for number, task in enumerate(tasks, 1):
            source = f"{collection}:{task}"
            # What was found with other settings or weights is not what is asked for.
            job = f"{source} {begun_with} {chosen.steps} steps {chosen.views} views"
            if job not in done:
                print(f"{number} of {len(tasks)}: learning {source}", flush=True)
                settings = (chosen.begin, chosen.steps, chosen.views, chosen.compile)
                done[job] = learned_and_answered(source, *settings)
                journal.add(job, done[job].model_dump())
            rows.append(done[job])
            print(f"{number} of {len(tasks)}: {rows[-1].model_dump_json()}", flush=True)
    except KeyboardInterrupt:
        print(f"interrupted: {len(rows)} tasks are done; run it again to go on", file=sys.stderr)
        raise
    print(summary(rows, loaded.metadata.get("solved")))


if __name__ == "__main__":
    run_script(main)
