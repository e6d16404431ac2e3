"""A ladder's results for people: a table, a plot, and the recording as a file."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from hrmkit.experiments.markdown import table
from hrmkit.recording.file import save
from hrmkit.recording.ladder.schema import LadderRecording, Rung
from hrmkit.writing import write

RECORDING = "ladder.hrm.json.gz"
TABLE = "ladder.md"
PLOTS = ("ladder.png", "ladder.svg")


def write_report(recording: LadderRecording, folder: Path) -> str:
    """Write recording, table and plots to `folder`; returns the table."""
    save(recording, folder / RECORDING)
    text = tables(recording)
    write(folder / TABLE, text)
    plot(recording, folder)
    return text


def tables(recording: LadderRecording) -> str:
    """Everything that was measured, as Markdown."""
    parts = [rungs_table(recording, recording.rungs, "The ladder")]
    if recording.bench:
        parts.append(rungs_table(recording, recording.bench, "Wirings beside the manual's"))
    parts += [segments_table(recording), halting_table(recording)]
    if recording.mini_arc:
        parts.append(arc_table(recording))
    parts.append(memory_line(recording))
    return "\n".join(part for part in parts if part)


def spread(values: Sequence[float]) -> str:
    """Mean and sample standard deviation, or the one value."""
    return f"{fmean(values):.3f}" + (f" ± {stdev(values):.3f}" if len(values) > 1 else "")


def mean(values: Sequence[float]) -> str:
    """The mean alone, for columns where the spread would only be in the way."""
    return f"{fmean(values):.3f}"


def rungs_table(recording: LadderRecording, rungs: Sequence[Rung], title: str) -> str:
    """What every rung answers, and what more loops and votes do to it."""
    header = (
        "step",
        "wiring",
        "gradient steps",
        "exact",
        "each seed",
        "blanks right",
        "training exact",
        "2x loops",
        "4x loops",
        "vote, best 1",
        "vote, best 2",
    )
    rows = [
        (
            "" if rung.step is None else str(rung.step),
            rung.title,
            str(rung.gradient_steps),
            spread([seed.exact for seed in rung.seeds]),
            " ".join(f"{seed.exact:.3f}" for seed in rung.seeds),
            mean([seed.token for seed in rung.seeds]),
            mean([seed.train_exact for seed in rung.seeds]),
            mean([seed.exact_looped[1] for seed in rung.seeds]),
            mean([seed.exact_looped[2] for seed in rung.seeds]),
            mean([seed.vote_one for seed in rung.seeds]),
            mean([seed.vote_two for seed in rung.seeds]),
        )
        for rung in rungs
    ]
    return f"## {title}\n\n{table(header, rows)}"


def segments_table(recording: LadderRecording) -> str:
    """Exact after every segment, of the rungs that have several."""
    looped = [rung for rung in (*recording.rungs, *recording.bench) if rung.wires.segments > 1]
    if not looped:
        return ""
    most = max(rung.wires.segments for rung in looped)
    rows = [
        (
            rung.title,
            *(
                mean([seed.by_segment[i] for seed in rung.seeds])
                for i in range(rung.wires.segments)
            ),
        )
        for rung in looped
    ]
    return "## By segment\n\n" + table(("wiring", *map(str, range(1, most + 1))), rows)


def halting_table(recording: LadderRecording) -> str:
    """What halting does: exact when stopped, and segments used."""
    lit = [r for r in (*recording.rungs, *recording.bench) if r.wires.halting != "none"]
    if not lit:
        return ""
    blanks = [number for number, _ in lit[0].seeds[0].segments_by_blanks]
    rows = [
        (
            rung.title,
            spread([seed.exact_halted for seed in rung.seeds]),
            spread([seed.segments_used for seed in rung.seeds]),
            *(
                mean([dict(seed.segments_by_blanks)[number] for seed in rung.seeds])
                for number in blanks
            ),
        )
        for rung in lit
    ]
    header = ("wiring", "exact at the red light", "segments used")
    return "## Road lights\n\n" + table((*header, *(f"{number} blanks" for number in blanks)), rows)


def arc_table(recording: LadderRecording) -> str:
    """Mini-ARC, with and without the two halves of step 9."""
    arc = recording.mini_arc
    assert arc is not None
    rows = [
        (
            variant.name,
            spread([seed.exact for seed in variant.seeds]),
            " ".join(f"{seed.exact:.3f}" for seed in variant.seeds),
            mean([seed.vote_one for seed in variant.seeds]),
            mean([seed.vote_two for seed in variant.seeds]),
        )
        for variant in arc.variants
    ]
    header = ("mini-ARC with", "exact", "each seed", "vote, best 1", "vote, best 2")
    return "## Step 9, on mini-ARC\n\n" + table(header, rows)


def memory_line(recording: LadderRecording) -> str:
    """What the one-step gradient saves."""
    memory = recording.memory
    return (
        f"Backward keeps {memory.one_step / 2**20:.1f} MiB for a segment of "
        f"{recording.settings.batch} puzzles with the one-step gradient and "
        f"{memory.full / 2**20:.1f} MiB with backpropagation through all "
        f"{memory.cycles * (memory.low_calls + 1)} calls: "
        f"{memory.full / memory.one_step:.1f} times as much.\n"
    )


def plot(recording: LadderRecording, folder: Path) -> None:
    """The rungs as a chart: a dot a seed, a bar at the mean, votes beside it."""
    import matplotlib as mpl

    mpl.use("Agg")
    # The same recording gives the same bytes.
    mpl.rcParams["svg.hashsalt"] = "hrmkit"
    from matplotlib import pyplot

    chart: Any = pyplot
    figure, axes = chart.subplots(figsize=(9, 4.6), layout="constrained")
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
    axes.set_ylabel("held-out puzzles solved")
    axes.set_ylim(0, 1)
    axes.set_title(recording.title, fontsize=10)
    axes.legend(frameon=False)
    for name in PLOTS:
        drawn, kind = BytesIO(), name.rpartition(".")[2]
        undated = {"Date": None} if kind == "svg" else None
        figure.savefig(drawn, format=kind, dpi=150, metadata=undated)
        write(folder / name, drawn.getvalue())
    chart.close(figure)
