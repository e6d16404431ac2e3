"""ARC, a task at a time: each is trained on before it is answered, from one trained model on.

    python bench/arc_tasks.py [--from MODEL] [--data arc-1:pocket] [--steps 1000] --out FILE.jsonl

For each of the held-out tasks of `--data` a copy of the model learns that task's examples under all
views, until its loss is next to nothing or for `--steps`, and answers its tests by the vote of the
views; their answers are never learned. A line a task is written to `--out`; run again, it goes on
with the tasks that are not in it. At the end it says what the tasks so far come to, beside the same
tests answered by the model as it was. `--skip` and `--limit` share the tasks out among processes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import deque
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import torch

from hrmkit.errors import UserError
from hrmkit.experiments.journal import Journal
from hrmkit.puzzles.arc.tasks import load_arc
from hrmkit.runs.fit import run_plan
from hrmkit.runs.folder import RunFolder
from hrmkit.runs.plan import plan_of
from hrmkit.runs.run import Run, RunOptions, Status
from hrmkit.solving.evaluate import proportion_of
from hrmkit.solving.evaluate_arc import TRIES, evaluate_arc, known_tests
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import load_model
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


def learned_and_answered(
    source: str, begin: str, steps: int, views: int, compiled: bool
) -> dict[str, Any]:
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
    return {
        "task": source.rpartition(":")[2],
        "places": [test.place() for test in result.answered],
        "seconds": seconds,
        "segments": evaluation.mean_segments,
        **{name: trained[-1][name] for name in ("step", "loss")},
    }


def summary(rows: list[dict[str, Any]], solved: list[str]) -> str:
    """What the tasks come to; `solved` are the tests that the model solves as it is."""
    places = {
        f"{row['task']}:{n}": place for row in rows for n, place in enumerate(row["places"], 1)
    }
    lines = [f"{len(rows)} tasks, {sum(row['seconds'] for row in rows) / 60:.0f} minutes of a core"]
    for most in range(1, TRIES + 1):
        hits = [place is not None and place <= most for place in places.values()]
        found = proportion_of(torch.tensor(hits))
        interval = f"{found.low:.3f} to {found.high:.3f}"
        lines.append(f"pass@{most} {found.share:.3f} ({interval}), {found.count} of {found.of}")
    before = [test for test in solved if test in places]
    lines.append(f"as it was: pass@{TRIES} {len(before)} of {len(places)} ({', '.join(before)})")
    now = [test for test, place in places.items() if place is not None and place <= TRIES]
    lines.append(f"solved: {', '.join(now)}")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--from", dest="begin", default="arc-pocket", help="the trained model")
    parser.add_argument("--data", default="arc-1:pocket", help="a collection of tasks")
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
    collection = chosen.data.partition(":")[0]
    try:
        held_out = [task.id for task in load_arc(chosen.data, views=0).tasks if task.held_out]
        tasks = held_out[chosen.skip :][: chosen.limit]
        if not tasks:
            raise UserError(
                f"there is no task to answer: {chosen.data} has {len(held_out)}, --skip is "
                f"{chosen.skip} and --limit {chosen.limit}"
            )
        check_target(chosen.out)
        solved = load_model(chosen.begin).metadata.get("solved", [])
        journal = Journal(chosen.out)
        done = journal.read(dict[str, Any])
        rows: list[dict[str, Any]] = []
        for task in tasks:
            # What was found with other settings is not what is asked for.
            job = f"{collection}:{task} {chosen.begin} {chosen.steps} steps {chosen.views} views"
            if job not in done:
                done[job] = learned_and_answered(
                    f"{collection}:{task}", chosen.begin, chosen.steps, chosen.views, chosen.compile
                )
                journal.add(job, done[job])
                print(json.dumps(done[job]), flush=True)
            rows.append(done[job])
    except UserError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(f"interrupted; {chosen.out} has what is done: run it again to go on")
    print(summary(rows, solved))


if __name__ == "__main__":
    main()
