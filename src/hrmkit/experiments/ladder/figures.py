"""A ladder's results as pictures: the rungs, and what each solves along its training."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from statistics import fmean
from typing import Any

from hrmkit.recording.ladder.schema import LadderRecording, Rung
from hrmkit.writing import write

PLOTS = ("ladder.png", "ladder.svg")
CURVES = ("ladder-curves.png", "ladder-curves.svg")


def curve_of(rung: Rung) -> list[tuple[int, float]]:
    """(units, mean exact) along the training; empty where nobody looked."""
    points = [seed.by_step for seed in rung.seeds]
    return [
        (at_once[0][0] * rung.units_a_step, fmean(share for _, share in at_once))
        for at_once in zip(*points, strict=False)
    ]


def empty_figure() -> tuple[Any, Any]:
    """A figure and its axes, of shares that puzzles are solved."""
    import matplotlib as mpl

    mpl.use("Agg")
    # The same recording gives the same bytes.
    mpl.rcParams["svg.hashsalt"] = "hrmkit"
    from matplotlib import pyplot

    chart: Any = pyplot
    figure, axes = chart.subplots(figsize=(9, 4.6), layout="constrained")
    axes.set_ylabel("held-out puzzles solved")
    axes.set_ylim(0, 1)
    return figure, axes


def curves_figure(recording: LadderRecording) -> Any:
    """What each rung solves along its training: the mean over the seeds, the seeds thin."""
    figure, axes = empty_figure()
    for rung in (*recording.rungs, *recording.bench):
        curve = curve_of(rung)
        if not curve:
            continue
        name = rung.title if rung.step is None else f"{rung.step} {rung.title}"
        units, shares = zip(*curve, strict=True)
        style = "-" if rung.step is not None else ":"
        (drawn,) = axes.plot((0, *units), (0.0, *shares), style, label=name, linewidth=2)
        for seed in rung.seeds:
            steps, exact = zip(*seed.by_step, strict=True)
            along = [step * rung.units_a_step for step in steps]
            axes.plot(along, exact, style, color=drawn.get_color(), linewidth=0.5, alpha=0.4)
    axes.set_xlabel("compute, in units")
    axes.set_title(recording.title, fontsize=10)
    axes.legend(frameon=False, fontsize=7, ncols=2, loc="lower right")
    return figure


def rungs_figure(recording: LadderRecording) -> Any:
    """The rungs as a chart: a dot a seed, a bar at the mean, votes beside it."""
    figure, axes = empty_figure()
    rungs = recording.rungs
    for place, rung in enumerate(rungs):
        exact = [seed.exact for seed in rung.seeds]
        vote = [seed.vote_one for seed in rung.seeds]
        said = place == 0
        axes.bar(
            place - 0.18,
            fmean(exact),
            0.32,
            color="#3b6fb6",
            label="one answer" if said else None,
        )
        axes.bar(
            place + 0.18,
            fmean(vote),
            0.32,
            color="#f0b45a",
            label=f"vote of {recording.settings.views} views" if said else None,
        )
        axes.plot([place - 0.18] * len(exact), exact, "o", color="#16304f", markersize=4)
        axes.plot([place + 0.18] * len(vote), vote, "o", color="#7a4a00", markersize=4)
    axes.set_xticks(range(len(rungs)), [f"{rung.step}\n{rung.title}" for rung in rungs], fontsize=8)
    axes.set_title(recording.title, fontsize=10)
    axes.legend(frameon=False)
    return figure


def write_figure(figure: Any, folder: Path, names: Sequence[str]) -> None:
    """Write a figure under each name, in the format that its ending says, and close it."""
    from matplotlib import pyplot

    chart: Any = pyplot
    for name in names:
        drawn, kind = BytesIO(), name.rpartition(".")[2]
        undated = {"Date": None} if kind == "svg" else None
        figure.savefig(drawn, format=kind, dpi=110, metadata=undated)
        write(folder / name, drawn.getvalue())
    chart.close(figure)
