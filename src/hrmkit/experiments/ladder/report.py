"""A ladder's results for people: tables, plots, and the recording as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev

from hrmkit.experiments.journal import FINISHED
from hrmkit.experiments.ladder.figures import (
    CURVES,
    PLOTS,
    curve_of,
    curves_figure,
    rungs_figure,
    write_figure,
)
from hrmkit.experiments.ladder.variants import AGAINST
from hrmkit.experiments.markdown import table
from hrmkit.experiments.paired import paired_difference
from hrmkit.recording.file import save
from hrmkit.recording.ladder.schema import LadderRecording, Rung
from hrmkit.writing import check_free, remove, saying, write

RECORDING = "ladder.hrm.json.gz"
TABLE = "ladder.md"


def write_report(recording: LadderRecording, folder: Path) -> str:
    """Write recording, table and plots to `folder`; returns the table."""
    save(recording, folder / RECORDING)
    text = tables(recording)
    write(folder / TABLE, text)
    write_figure(rungs_figure(recording), folder, PLOTS)
    if any(curve_of(rung) for rung in recording.rungs):
        write_figure(curves_figure(recording), folder, CURVES)
    else:  # those of an earlier report would be of other numbers
        for name in CURVES:
            remove(folder / name)
    return text


def check_own_report(folder: Path) -> None:
    """Raises `UserError` where `write_report` would replace a file that is not of a ladder.

    An earlier ladder is known by what it keeps of its trainings.
    """
    with saying(folder):
        if (folder / FINISHED).is_file():
            return
    check_free(folder, (RECORDING, TABLE, *PLOTS, *CURVES), "ladder")


def tables(recording: LadderRecording) -> str:
    """Everything that was measured, as Markdown."""
    parts = [rungs_table(recording, recording.rungs, "The ladder")]
    if recording.bench:
        parts.append(rungs_table(recording, recording.bench, "Wirings beside the manual's"))
    parts += [differences_table(recording), curve_table(recording)]
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


def differences_table(recording: LadderRecording) -> str:
    """Every rung against the one before it, and its rivals against their step, seed by seed."""
    if len(recording.settings.seeds) < 2:
        return ""
    rungs = recording.rungs
    steps = {rung.step: rung for rung in rungs}
    pairs = [(rungs[i], rung) for i, rung in enumerate(rungs[1:])]
    pairs += [
        (steps[AGAINST[rung.name]], rung)
        for rung in recording.bench
        if AGAINST.get(rung.name) in steps
    ]
    rows = [
        (
            after.title,
            before.title,
            f"{by.mean:+.3f}",
            f"{by.low:+.3f} to {by.high:+.3f}",
            by.verdict,
        )
        for before, after in pairs
        for by in (paired_difference(exact_of(before), exact_of(after)),)
    ]
    header = ("wiring", "against", "solves more", "95% interval", "so it solves")
    note = "Differences of exact, seed by seed; the intervals are Student's."
    return f"## More than luck?\n\n{note}\n\n{table(header, rows)}"


def exact_of(rung: Rung) -> list[float]:
    """The share that each seed solves."""
    return [seed.exact for seed in rung.seeds]


def curve_table(recording: LadderRecording) -> str:
    """Exact along the training, of every rung that was looked at."""
    curves = [(r.title, curve_of(r)) for r in (*recording.rungs, *recording.bench) if curve_of(r)]
    if not curves:
        return ""
    many = len(curves[0][1])
    header = ("wiring", *(f"{recording.settings.units * (i + 1) // many:,}" for i in range(many)))
    rows = [(title, *(f"{share:.3f}" for _, share in curve)) for title, curve in curves]
    return f"## By compute, in units\n\n{table(header, rows)}"


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
        f"Backward keeps {memory.one_step / 1e6:.1f} MB for a segment of "
        f"{recording.settings.batch} puzzles with the one-step gradient and "
        f"{memory.full / 1e6:.1f} MB with backpropagation through all "
        f"{memory.cycles * (memory.low_calls + 1)} calls: "
        f"{memory.full / memory.one_step:.1f} times as much.\n"
    )
