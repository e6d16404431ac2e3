"""An evaluation as text for people, and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from hrmkit.renamed import with_old_names
from hrmkit.solving.evaluate import Evaluation, MeanScore, Proportion
from hrmkit.solving.evaluate_arc import ArcEvaluation
from hrmkit.solving.inference import InferenceSettings


def as_text(result: Evaluation, model: str, device: str, learned: bool) -> str:
    """The evaluation as lines of text, with the names of `model` and `device`.

    `learned`: the model was trained on these very puzzles.
    """
    settings = result.settings
    lines = [
        f"model     {model}",
        f"data      {result.source}: {result.puzzles} of {result.puzzle}"
        + (f" ({result.skipped} bad rows left out)" if result.skipped else ""),
        *(["          the model was trained on this very file"] if learned else []),
        f"device    {device}",
        *settings_lines(settings),
        f"exact     {shown(result.exact)}",
        *([f"best two  {shown(result.exact_two)}"] if result.exact_two else []),
        f"valid     {shown(result.valid)}",
        *([f"score     {scored(result.score)}"] if result.score else []),
        f"cells     {result.tokens:.4f} right",
        f"segments  {result.mean_segments:.2f} a puzzle of at most {result.most_segments}"
        + (", until the model halts" if result.halted else ", without halting")
        + (
            f" ({settings.halt_threshold:.0%} sure)"
            if result.halted and settings.halt_threshold is not None
            else ""
        )
        + (", over all starts and views" if not settings.plain else ""),
        f"speed     {result.per_second:.1f} puzzles/s ({result.seconds:.1f} s)",
    ]
    return "\n".join([*lines, *by_difficulty(result), *by_certainty(result), *by_segment(result)])


def settings_lines(settings: InferenceSettings) -> list[str]:
    """A line about starts and views, if there were several."""
    starts = f"{settings.starts} starts, chosen by {settings.choose}"
    views = (
        f"up to {settings.views} views until an answer is valid"
        if settings.until_valid
        else f"a vote of {settings.views} views"
    )
    parts = [
        *(
            [starts + (f", noise {settings.noise:g}" if settings.noise else "")]
            * (settings.starts > 1)
        ),
        *([views] * (settings.views > 1)),
    ]
    return [f"settings  {', '.join(parts)}"] if parts else []


def shown(share: Proportion) -> str:
    """A proportion with its count and interval."""
    return (
        f"{share.share:.4f}  ({share.count} of {share.of}; 95% interval {share.low:.4f} to "
        f"{share.high:.4f})"
    )


def scored(score: MeanScore) -> str:
    """A mean score with its interval."""
    return (
        f"{score.mean:.4f}  (the mean of {score.of} by the puzzle's own library; 95% interval "
        f"{score.low:.4f} to {score.high:.4f})"
    )


def by_difficulty(result: Evaluation) -> list[str]:
    """The table by difficulty."""
    whose = "the file's rating" if result.rated else f"as {result.puzzle} rates itself"
    return [
        f"by difficulty ({whose})",
        *(
            f"  {span(part.easiest, part.hardest):>16}  {shown(part.exact)}, "
            f"{part.mean_segments:.2f} segments"
            for part in result.by_difficulty
        ),
    ]


def by_certainty(result: Evaluation) -> list[str]:
    """The table of predicted against measured correctness."""
    if result.by_certainty is None:
        return []
    return [
        "by certainty (the mean of what the q head predicts, and how many answers are right)",
        *(
            f"  {part.least:>7.0%} to {part.most:>4.0%}  predicted {part.predicted:.4f}, right "
            f"{shown(part.exact)}"
            for part in result.by_certainty
        ),
    ]


def span(low: float, high: float) -> str:
    """A range of difficulty, or the only one."""
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def by_segment(result: Evaluation) -> list[str]:
    """Exact after each segment, on one line."""
    if result.by_segment is None:
        return []
    return [
        "exact after each segment, nothing halted"
        + ("" if result.settings.plain else ", one start"),
        "  " + " ".join(f"{share:.3f}" for share in result.by_segment),
    ]


def arc_as_text(result: ArcEvaluation, model: str, device: str) -> str:
    """ARC's scores in lines."""
    score = result.score
    scores = ["score     unknown: no test's answer is known"]
    if score:
        scores = [
            f"pass@1    {shown(score.tests_one)}, of tests",
            f"pass@2    {shown(score.tests_two)}, of tests",
            f"by task   pass@1 {score.tasks_one:.4f}, pass@2 {score.tasks_two:.4f}; "
            f"{score.whole_tasks_two:.4f} with all tests solved",
            f"solved    {', '.join(result.solved) or 'none'}",
        ]
    whose = {"own": [], "none": ["none"], "swapped": ["of the next task"]}[result.embeddings]
    return "\n".join(
        [
            f"model     {model}",
            f"data      {result.source}: {result.tests} tests of {result.tasks} tasks, "
            f"{result.answered_views / result.tests:.1f} views each",
            f"device    {device}",
            *settings_lines(result.settings),
            *(f"embedding {words}" for words in whose),
            *scores,
            f"segments  {result.mean_segments:.2f} a view",
            f"speed     {result.per_second:.1f} views/s ({result.seconds:.1f} s)",
        ]
    )


def arc_as_json(result: ArcEvaluation, model: str, device: str) -> str:
    """All of ARC's scores."""
    content = {"model": model, "device": device, **asdict(result)}
    return json.dumps(with_old_names(content), indent=2)


def as_json(result: Evaluation, model: str, device: str, learned: bool) -> str:
    """All of the evaluation."""
    head = {"model": model, "device": device, "trained_on_this": learned}
    return json.dumps(with_old_names({**head, **asdict(result)}), indent=2)
