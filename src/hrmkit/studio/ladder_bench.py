"""What the studio's bench trains: a wiring of the ladder, with the ladder's puzzles and compute."""

from __future__ import annotations

from pathlib import Path

from hrmkit.experiments.ladder.jobs import wiring_of
from hrmkit.experiments.ladder.run import CODE, measure_wires
from hrmkit.experiments.ladder.variants import TEST_PUZZLES, TRAIN_PUZZLES, UNITS, VIEWS
from hrmkit.fingerprint import fingerprint
from hrmkit.progress import Progress
from hrmkit.recording.ladder.schema import LadderSettings, Rung, Wires
from hrmkit.studio.bench import Bench
from hrmkit.training.recipe import Recipe

SEED = 0
FOLDER = "bench"


def ladder_bench(data: Path) -> Bench:
    """Return the bench; what other code has measured is not compared with what this one does."""
    settings = LadderSettings(
        steps=(),
        seeds=(SEED,),
        units=UNITS,
        batch=Recipe().batch,
        train_puzzles=TRAIN_PUZZLES,
        test_puzzles=TEST_PUZZLES,
        views=VIEWS,
    )
    return Bench(data / FOLDER / fingerprint(*CODE), measure, wiring_of, settings)


def measure(wires: Wires, progress: Progress, units: int = UNITS) -> Rung:
    """Train and measure one wiring, with the ladder's usual compute."""

    def trained(done: int, of: int) -> None:
        if done < of:
            progress("training", done, of)
        else:
            progress("measuring", 0, 1)

    return measure_wires(wires, trained, SEED, units)
