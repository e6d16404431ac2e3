"""An evaluation as text for people, and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from hrmkit.solving.effort import Effort
from hrmkit.solving.evaluate import Evaluation, Share
from hrmkit.solving.evaluate_arc import ArcEvaluation


def as_text(found: Evaluation, model: str, device: str, learned: bool) -> str:
    """The evaluation in lines; `model` and `device` say what was measured, and where.

    `learned`: it was trained on these very puzzles.
    """
    effort = found.effort
    lines = [
        f"model     {model}",
        f"data      {found.source}: {found.puzzles} of {found.puzzle}"
        + (f" ({found.skipped} bad rows left out)" if found.skipped else ""),
        *(["          the model was trained on this very file"] if learned else []),
        f"device    {device}",
        *effort_lines(effort),
        f"exact     {shown(found.exact)}",
        *([f"best two  {shown(found.exact_two)}"] if found.exact_two else []),
        f"valid     {shown(found.valid)}",
        f"cells     {found.tokens:.4f} right",
        f"segments  {found.mean_segments:.2f} a puzzle of at most {found.most_segments}"
        + (", until the light is red" if found.halted else ", whatever the light")
        + (f" ({effort.sure:.0%} sure)" if found.halted and effort.sure is not None else "")
        + (", over all starts and views" if not effort.plain else ""),
        f"speed     {found.per_second:.1f} puzzles/s ({found.seconds:.1f} s)",
    ]
    return "\n".join([*lines, *by_difficulty(found), *by_certainty(found), *by_segment(found)])


def effort_lines(effort: Effort) -> list[str]:
    """More than one try for each answer, if there was."""
    starts = f"{effort.starts} starts, chosen by {effort.choose}"
    views = (
        f"up to {effort.views} views until an answer is valid"
        if effort.until_valid
        else f"a vote of {effort.views} views"
    )
    said = [
        *([starts + (f", noise {effort.noise:g}" if effort.noise else "")] * (effort.starts > 1)),
        *([views] * (effort.views > 1)),
    ]
    return [f"effort    {', '.join(said)}"] if said else []


def shown(share: Share) -> str:
    """A share with its count and its interval."""
    return (
        f"{share.share:.4f}  ({share.count} of {share.of}; 95% interval {share.low:.4f} to "
        f"{share.high:.4f})"
    )


def by_difficulty(found: Evaluation) -> list[str]:
    """The table by difficulty."""
    whose = "the file's rating" if found.rated else f"as {found.puzzle} rates itself"
    return [
        f"by difficulty ({whose})",
        *(
            f"  {span(part.easiest, part.hardest):>16}  {shown(part.exact)}, "
            f"{part.mean_segments:.2f} segments"
            for part in found.by_difficulty
        ),
    ]


def by_certainty(found: Evaluation) -> list[str]:
    """The table of how sure the model said it was, against how often it was right."""
    if found.by_certainty is None:
        return []
    return [
        "by certainty (what the q head said of an answer, in the mean, and how many are right)",
        *(
            f"  {part.least:>7.0%} to {part.most:>4.0%}  said {part.said:.4f}, right "
            f"{shown(part.exact)}"
            for part in found.by_certainty
        ),
    ]


def span(low: float, high: float) -> str:
    """A range of difficulty, or the only one."""
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def by_segment(found: Evaluation) -> list[str]:
    """Exact after each segment, on one line."""
    if found.by_segment is None:
        return []
    return [
        "exact after each segment, nothing halted" + ("" if found.effort.plain else ", one start"),
        "  " + " ".join(f"{share:.3f}" for share in found.by_segment),
    ]


def arc_as_text(found: ArcEvaluation, model: str, device: str) -> str:
    """ARC's scores in lines."""
    score = found.score
    scores = ["score     unknown: no test's answer is known"]
    if score:
        scores = [
            f"pass@1    {shown(score.tests_one)}, of tests",
            f"pass@2    {shown(score.tests_two)}, of tests",
            f"by task   pass@1 {score.tasks_one:.4f}, pass@2 {score.tasks_two:.4f}; "
            f"{score.whole_tasks_two:.4f} with all tests solved",
        ]
    return "\n".join(
        [
            f"model     {model}",
            f"data      {found.source}: {found.tests} tests of {found.tasks} tasks, "
            f"{found.asked / found.tests:.1f} views each",
            f"device    {device}",
            *effort_lines(found.effort),
            *scores,
            f"segments  {found.mean_segments:.2f} a view",
            f"speed     {found.per_second:.1f} views/s ({found.seconds:.1f} s)",
        ]
    )


def arc_as_json(found: ArcEvaluation, model: str, device: str) -> str:
    """All of ARC's scores."""
    return json.dumps({"model": model, "device": device, **asdict(found)}, indent=2)


def as_json(found: Evaluation, model: str, device: str, learned: bool) -> str:
    """All of the evaluation."""
    head = {"model": model, "device": device, "trained_on_this": learned}
    return json.dumps({**head, **asdict(found)}, indent=2)
