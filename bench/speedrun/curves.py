"""Learning curves of runs as a picture: exact at every evaluation, by minutes of training.

    python bench/speedrun/curves.py runs/sudoku-wide/run runs/maze/run --out curves.svg

Runs of one model, each begun with the one before, are drawn end to end with `--stages`.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl

from hrmkit.cli.script import run_script
from hrmkit.recording.run.recorder import read_run
from hrmkit.recording.run.schema import RunRecording
from hrmkit.writing import check_own, write


class Curve(NamedTuple):
    """A run's evaluations."""

    name: str
    minutes: list[float]
    exact: list[float]
    end: float
    """Minutes that it has trained in all."""


def curve_of(folder: Path) -> Curve:
    """The curve of the run in `folder`; `UserError` where there is none."""
    run: RunRecording = read_run(folder)
    minutes = [(one.seconds or 0) / 60 for one in run.evaluations]
    name = folder.name if folder.name != "run" else folder.parent.name
    end = max((point.seconds or 0 for point in run.train), default=0) / 60
    return Curve(name, minutes, [one.exact for one in run.evaluations], end)


def drawn(curves: list[Curve], stages: bool) -> bytes:
    """The picture, as SVG; the same curves give the same bytes."""
    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "hrmkit"
    from matplotlib import pyplot

    chart: Any = pyplot
    figure, axes = chart.subplots(figsize=(7, 3.6), layout="constrained")
    before = 0.0
    for curve in curves:
        minutes = [before + minute for minute in curve.minutes]
        axes.plot(minutes, curve.exact, marker="o", markersize=3, label=curve.name)
        if stages:
            before += curve.end
    axes.set_xlabel("minutes of training on one core")
    axes.set_ylabel("exact, of puzzles not trained on")
    axes.set_ylim(0, 1)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    picture = BytesIO()
    figure.savefig(picture, format="svg", metadata={"Date": None})
    chart.close(figure)
    return picture.getvalue()


def main() -> None:
    """Draw what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="folders of runs")
    parser.add_argument("--out", type=Path, required=True, help="an .svg file")
    parser.add_argument("--stages", action="store_true", help="one model's runs, end to end")
    given = parser.parse_args()
    check_own(given.out, "a picture of curves", lambda text: "<svg" in text)
    write(given.out, drawn([curve_of(run) for run in given.runs], given.stages))


if __name__ == "__main__":
    run_script(main)
