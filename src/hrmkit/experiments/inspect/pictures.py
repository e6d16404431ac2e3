"""The pictures of an inspection, as SVG; the same numbers give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, cast

import matplotlib as mpl

from hrmkit.experiments.inspect.measure import HIGH, LOW, modules_of, solved
from hrmkit.experiments.inspect.run import Inspection
from hrmkit.experiments.inspect.watch import Module
from hrmkit.model.wiring import Wiring
from hrmkit.recording.paths import Path as Way

Ways = Mapping[Module, Way]
"""The path of each state."""
COLOURS = {"H": "#3b6fb6", "L": "#c8791d"}
NAMES = {"H": "zH (slow)", "L": "zL (fast)"}
ONLY = "the state"
SMALLEST = 1e-6
"""What is smaller is float32's own noise."""
APART = 0.03
"""Numbers nearer than this, in shares of a path's extent, would cover each other."""
UNTRAINED = 0.45
"""How faint what is not trained is drawn."""


PICTURES = ("residuals.svg", "path.svg", "paths.svg", "dimensions.svg", "exact.svg")
"""The names of all that may be drawn."""


def pictures(
    inspection: Inspection, wiring: Wiring, own: Sequence[Ways], common: Ways
) -> dict[str, bytes]:
    """Every picture that there is something to draw in, by its file's name."""
    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "hrmkit"
    modules = modules_of(inspection.watched)
    which = shown_one(inspection)
    drawn = {
        "residuals.svg": picture(1, lambda axes: residuals(axes[0], inspection)),
        "path.svg": picture(
            len(modules),
            lambda axes: one_path(axes, own[which], wiring, words_of(inspection, which)),
        ),
        "paths.svg": picture(len(modules), lambda axes: all_paths(axes, own, common, wiring)),
        "dimensions.svg": picture(3, lambda axes: dimensions(axes, inspection)),
    }
    if inspection.exactness:
        drawn["exact.svg"] = picture(1, lambda axes: exact(axes[0], inspection))
    return drawn


def shown_one(inspection: Inspection) -> int:
    """The puzzle whose path is shown alone: the first that is solved, or the first."""
    right, _ = solved(inspection.watched, inspection.data.rows)
    return next((i for i in range(len(inspection.watched.ways)) if right[i]), 0)


def words_of(inspection: Inspection, which: int) -> str:
    """Which puzzle it is, and what came of it."""
    right, wrong = solved(inspection.watched, inspection.data.rows)
    came = ", solved" if right[which] else ", not solved" if wrong[which] else ""
    return f"puzzle {inspection.numbers[which]}{came}"


def picture(panels: int, draw: Callable[[Sequence[Any]], None]) -> bytes:
    """An SVG of so many panels side by side."""
    from matplotlib import pyplot

    chart: Any = pyplot
    size = (7, 3.6) if panels == 1 else (3.6 * panels, 3.6)
    figure, axes = chart.subplots(1, panels, figsize=size, layout="constrained", squeeze=False)
    draw(axes[0])
    out = BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    chart.close(figure)
    return out.getvalue()


def named(module: str, alone: bool) -> str:
    """What a state is called."""
    return ONLY if alone else NAMES[module]


def residuals(axes: Any, inspection: Inspection) -> None:
    """Medians of every call's residual, over solved puzzles and over others, and 10% to 90%."""
    modules = modules_of(inspection.watched)
    right, wrong = solved(inspection.watched, inspection.data.rows)
    groups = (
        (right, "-", f"{int(right.sum())} solved"),
        (wrong, ":", f"{int(wrong.sum())} not solved"),
        (~(right | wrong), "--", f"{int((~(right | wrong)).sum())} whose answer is not known"),
    )
    for module in modules:
        at = [one.at for one in inspection.residuals if one.module == module]
        for rows, style, words in groups:
            if not rows.any():
                continue
            moved = inspection.watched.residuals[module][rows]
            low, middle, high = (
                moved.quantile(share, dim=0).clamp(min=SMALLEST) for share in (LOW, 0.5, HIGH)
            )
            colour = COLOURS[module]
            axes.fill_between(at, low, high, color=colour, alpha=0.12, linewidth=0)
            name = named(module, len(modules) == 1)
            axes.plot(at, middle, style, color=colour, linewidth=1.3, label=f"{name}, {words}")
    axes.set_yscale("log")
    axes.set_xlabel("segments thought")
    axes.set_ylabel("residual, |z - z before| / |z|")
    axes.set_xticks(range(inspection.segments + 1))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize=8)


def one_path(axes: Sequence[Any], ways: Ways, wiring: Wiring, words: str) -> None:
    """The way of one puzzle, a number at the end of each segment."""
    for panel, (module, way) in zip(axes, ways.items(), strict=True):
        in_segment = sum(call.module == module for call in wiring.calls())
        x, y = coordinates(way, 0, len(way.points))
        panel.plot(x, y, color=COLOURS[module], linewidth=1, alpha=0.6, zorder=1)
        panel.scatter(x, y, c=range(len(x)), cmap="viridis", s=12, zorder=2)
        for segment, at in numbered(way, in_segment):
            panel.annotate(str(segment), (x[at], y[at]), fontsize=7, zorder=3)
        labels(panel, way, f"{named(module, len(ways) == 1)}, {words}")


def numbered(way: Way, in_segment: int) -> list[tuple[int, int]]:
    """Segments with the points that they end in, without those that would cover another's."""
    points = way.points
    reach = float((points.amax(0) - points.amin(0)).square().sum().sqrt())
    kept: list[tuple[int, int]] = []
    for at in range(in_segment - 1, len(points), in_segment):
        away = [float((points[at] - points[other]).square().sum().sqrt()) for _, other in kept]
        if all(one > APART * reach for one in away):
            kept.append((at // in_segment + 1, at))
    return kept


def all_paths(axes: Sequence[Any], own: Sequence[Ways], common: Ways, wiring: Wiring) -> None:
    """Several puzzles in the components of all their states; a cross is the end."""
    for panel, (module, way) in zip(axes, common.items(), strict=True):
        calls = len(own[0][module].points)
        for number in range(len(own)):
            x, y = coordinates(way, number * calls, (number + 1) * calls)
            (line,) = panel.plot(x, y, marker="o", markersize=2, linewidth=0.9, alpha=0.75)
            panel.plot(x[-1], y[-1], "X", color=line.get_color(), markersize=8)
        labels(panel, way, named(module, len(common) == 1))


def coordinates(way: Way, first: int, end: int) -> tuple[list[float], list[float]]:
    """Along and across, of some of its points."""
    x, y = cast("list[list[float]]", way.points[first:end].T.tolist())
    return x, y


def labels(panel: Any, way: Way, title: str) -> None:
    """What the axes are."""
    first, second = way.explained
    panel.set_title(title, fontsize=10)
    panel.set_xlabel(f"first component, {first:.0%} of the variance")
    panel.set_ylabel(f"second, {second:.0%}")
    panel.grid(alpha=0.3)


def dimensions(axes: Sequence[Any], inspection: Inspection) -> None:
    """Participation ratios, trained and untrained, by what the covariance is taken over."""
    modules = modules_of(inspection.watched)
    ways = (("cells", "cells"), ("cells_always", "cells, every call"), ("puzzles", "puzzles"))
    for panel, (field, title) in zip(axes, ways, strict=True):
        for place, module in enumerate(modules):
            groups = [inspection.dimensions, *(twin.dimensions for twin in inspection.twins)]
            values = [getattr(one, field) for found in groups for one in found]
            mine = values[place :: len(modules)]
            panel.bar(place, mine[0], 0.7, color=COLOURS[module])
            if mine[1:]:
                other = place + len(modules) + 0.6
                panel.bar(
                    other,
                    sum(mine[1:]) / len(mine[1:]),
                    0.7,
                    color=COLOURS[module],
                    alpha=UNTRAINED,
                )
                panel.plot([other] * len(mine[1:]), mine[1:], "k.", markersize=4)
        ticks = list(range(len(modules)))
        twins = [one + len(modules) + 0.6 for one in ticks] if inspection.twins else []
        words = [named(one, len(modules) == 1).split(" (")[0] for one in modules]
        panel.set_xticks(
            [*ticks, *twins],
            [*words, *(f"{one}\nuntrained" for one in words)][: len(ticks) + len(twins)],
            fontsize=8,
        )
        panel.set_title(f"over {title}", fontsize=10)
    axes[0].set_ylabel("participation ratio")


def exact(axes: Any, inspection: Inspection) -> None:
    """Exact by segment, of all puzzles and by difficulty."""
    found = inspection.exactness
    assert found is not None
    segments = range(1, inspection.segments + 1)
    for one in found.by_difficulty:
        span = (
            f"{one.easiest:g}"
            if one.easiest == one.hardest
            else f"{one.easiest:g} to {one.hardest:g}"
        )
        axes.plot(
            segments,
            [share.share for share in one.exact],
            marker="o",
            markersize=3,
            label=f"difficulty {span}",
        )
    axes.plot(segments, [one.share for one in found.by_segment], "k--", linewidth=1, label="all")
    axes.set_xlabel("segments thought")
    axes.set_ylabel("exactly right")
    axes.set_ylim(0, 1)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize=8)
