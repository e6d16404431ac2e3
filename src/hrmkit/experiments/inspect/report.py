"""An inspection as files: tables for programs, a guide to them, and a summary."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any, cast

import torch

from hrmkit.errors import UserError
from hrmkit.experiments.inspect.measure import Dimensions, as_rows, known, modules_of, solved
from hrmkit.experiments.inspect.pictures import PICTURES, Ways, pictures
from hrmkit.experiments.inspect.run import Inspection
from hrmkit.experiments.inspect.watch import Watched, readings
from hrmkit.model.wiring import Wiring
from hrmkit.puzzles.puzzle import IGNORED, as_grids
from hrmkit.recording.paths import principal_path
from hrmkit.solving.report import shown
from hrmkit.writing import check_free, remove, write

SUMMARY, GUIDE = "inside.json", "README.md"
TABLES = (
    "residuals.csv",
    "dimensions.csv",
    "puzzles.csv",
    "exact.csv",
    "answers.csv",
    "paths.csv",
)
Row = Mapping[str, Any]

ABOUT = """# Inside a model

What `hrmkit inspect` found, of {puzzles} puzzles of {source}. The model is {model}.

A **call** is one pass through a module; H writes zH, L writes zL. A model without hierarchy has one
state, here L. Every puzzle thought {segments} segments, whatever its light said. Calls are counted
from 1.

- `inside.json`: all summaries, with the settings and the seed.
- `residuals.csv`: a row a call, how far it moved its state. `mean`, `median`, `low` and `high` (10%
  and 90% of the puzzles) are of the norm of z - z_before over the norm of z; `norm_of_change` is
  the mean of the former alone. Norms are over all tokens and their width. `at` is when the call is
  over, in segments.
- `paths.csv`: a row a call, of the first puzzles, the state along its first two principal
  components. `own_x`, `own_y`: in the components of this one puzzle's states of that module; `x`,
  `y`: in those of all puzzles shown. 1 is the size of a state.
- `dimensions.csv`: participation ratios, (sum of eigenvalues)^2 / sum of their squares, of the
  model and of its untrained twins. `samples` says what the covariance is taken over. `cells`: every
  cell of every puzzle after the last segment, a sample is `width` numbers. `cells, every call`: the
  same after every call. `puzzles`: a sample is the whole state after the last segment, so that the
  ratio is below their `number`.
- `answers.csv`: a row a puzzle and reading: the heads read the answer after each call that writes
  their state. `wrong` is empty where the answer is not known; `answer` is written of the first
  puzzles.
- `puzzles.csv`: a row a puzzle: its number in the file, its difficulty, whether its last answer is
  exact, and from which segment on it stayed so.
- `exact.csv`: exact by segment and difficulty, with 95% intervals, of the puzzles whose answers are
  known; empty, and without its picture, if none is.
- The pictures show the same.
"""
TITLE = ABOUT.splitlines()[0]


def write_inspection(inspection: Inspection, wiring: Wiring, model: str, folder: Path) -> None:
    """Write everything to `folder`; a file that was there is replaced whole.

    Pictures of an earlier inspection that this one does not draw are taken away.
    """
    tables: dict[str, Sequence[Row]] = {
        "residuals.csv": as_rows(inspection.residuals),
        "dimensions.csv": dimension_rows(inspection),
        "puzzles.csv": puzzle_rows(inspection, wiring),
        "exact.csv": exact_rows(inspection),
        "answers.csv": answer_rows(inspection, wiring),
    }
    own, common = ways_of(inspection.watched)
    tables["paths.csv"] = path_rows(inspection, own, common)
    for name, rows in tables.items():
        write(folder / name, as_csv(rows))
    write(folder / SUMMARY, as_json(inspection, model))
    write(
        folder / GUIDE,
        ABOUT.format(
            puzzles=len(inspection.watched),
            source=inspection.data.source,
            model=model,
            segments=inspection.segments,
        ),
    )
    drawn = pictures(inspection, wiring, own, common)
    for name, picture in drawn.items():
        write(folder / name, picture)
    for name in PICTURES:
        if name not in drawn:
            remove(folder / name)


def check_own_inspection(folder: Path) -> None:
    """Raises `UserError` where a file would be replaced that is not of an inspection.

    An earlier inspection is known by its guide.
    """
    try:
        if (folder / GUIDE).read_text(errors="replace").startswith(TITLE):
            return
    except FileNotFoundError:
        pass
    except OSError as error:
        raise UserError(f"{folder / GUIDE} cannot be read: {error.strerror or error}") from error
    check_free(folder, (GUIDE, SUMMARY, *TABLES, *PICTURES), "inspect")


def as_csv(rows: Sequence[Row]) -> str:
    """A table with the columns of its first row."""
    text = StringIO()
    if rows:
        table = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows({key: cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def cell(value: object) -> object:
    """A number with as many digits as anybody needs."""
    return f"{value:.6g}" if isinstance(value, float) else value


def ways_of(watched: Watched) -> tuple[list[Ways], Ways]:
    """Paths of the puzzles shown, each in its own components; and one of all states together."""
    own: list[Ways] = [
        {module: principal_path(states) for module, states in way.items()} for way in watched.ways
    ]
    common: Ways = {
        module: principal_path(torch.cat([way[module] for way in watched.ways]))
        for module in modules_of(watched)
    }
    return own, common


def path_rows(inspection: Inspection, own: Sequence[Ways], common: Ways) -> list[Row]:
    """Every state of the puzzles shown."""
    rows: list[Row] = []
    for number, ways in enumerate(own):
        for module, way in ways.items():
            calls = len(way.points)
            together = common[module].points[number * calls : (number + 1) * calls]
            for call in range(calls):
                (own_x, own_y), (x, y) = (
                    cast("tuple[float, float]", one[call].tolist())
                    for one in (way.points, together)
                )
                rows.append(
                    {
                        "puzzle": inspection.numbers[number],
                        "module": module,
                        "call": call + 1,
                        "own_x": own_x,
                        "own_y": own_y,
                        "x": x,
                        "y": y,
                    }
                )
    return rows


def dimension_rows(inspection: Inspection) -> list[Row]:
    """Of the model, and of every twin."""
    sources = [("trained", "", inspection.dimensions)]
    sources += [("untrained", twin.seed, twin.dimensions) for twin in inspection.twins]
    return [
        {
            "weights": weights,
            "seed": seed,
            "module": one.module,
            "samples": samples,
            "number": number,
            "participation_ratio": ratio,
        }
        for weights, seed, found in sources
        for one in found
        for samples, number, ratio in counted(one, inspection)
    ]


def counted(one: Dimensions, inspection: Inspection) -> list[tuple[str, int, float]]:
    """Every way to count the dimensions of a module, with its number of samples."""
    moments = inspection.watched.cells_at_end[one.module]
    always = inspection.watched.cells_always[one.module]
    return [
        ("cells", moments.count, one.cells),
        ("cells, every call", always.count, one.cells_always),
        *(("puzzles", number, ratio) for number, ratio in one.by_puzzles),
    ]


def puzzle_rows(inspection: Inspection, wiring: Wiring) -> list[Row]:
    """Every puzzle."""
    watched, rows = inspection.watched, inspection.data.rows
    right, wrong = solved(watched, rows)
    in_segment = len(readings(wiring))
    answers = watched.answers[:, in_segment - 1 :: in_segment]
    solution = rows.solution[:, None]
    each = ((answers == solution) | (solution == IGNORED)).all(-1)
    stays = each.flip(1).long().cumprod(1).sum(1)
    return [
        {
            "puzzle": number,
            "difficulty": float(inspection.difficulties[i]),
            "exact": "" if not (right[i] or wrong[i]) else bool(right[i]),
            "exact_from_segment": inspection.segments - int(stays[i]) + 1 if right[i] else "",
        }
        for i, number in enumerate(inspection.numbers)
    ]


def exact_rows(inspection: Inspection) -> list[Row]:
    """By difficulty and segment; first of all puzzles."""
    found = inspection.exactness
    if found is None:
        return []
    hardness = inspection.difficulties[known(inspection.data.rows)]
    groups = [(float(hardness.min()), float(hardness.max()), found.by_segment)]
    groups += [(one.easiest, one.hardest, one.exact) for one in found.by_difficulty]
    return [
        {
            "puzzles": "all" if place == 0 else f"difficulty {place} of {len(groups) - 1}",
            "easiest": easiest,
            "hardest": hardest,
            "segment": segment,
            **vars(share),
        }
        for place, (easiest, hardest, shares) in enumerate(groups)
        for segment, share in enumerate(shares, 1)
    ]


def answer_rows(inspection: Inspection, wiring: Wiring) -> list[Row]:
    """Every answer that was read, of every puzzle."""
    watched, puzzle = inspection.watched, inspection.data.puzzle
    solutions = inspection.data.rows.solution
    places = readings(wiring)
    out: list[Row] = []
    for i, number in enumerate(inspection.numbers):
        asked = solutions[i] != IGNORED
        answers = watched.answers[i]
        for reading, grid in enumerate(as_grids(answers)):
            segment, place = divmod(reading, len(places))
            before = answers[max(0, reading - 1)]
            out.append(
                {
                    "puzzle": number,
                    "segment": segment + 1,
                    "call": places[place] + 1,
                    "wrong": int((answers[reading] != solutions[i])[asked].sum())
                    if asked.any()
                    else "",
                    "changed": int((answers[reading] != before).sum()),
                    "q_halt": float(watched.q_halt[i, reading]),
                    "answer": puzzle.decode(grid) if i < len(watched.ways) else "",
                }
            )
    return out


def as_json(inspection: Inspection, model: str) -> str:
    """The summaries."""
    content = {
        "model": model,
        "source": inspection.data.source,
        "fingerprint": inspection.data.fingerprint,
        "puzzle": inspection.data.puzzle.name,
        "puzzles": len(inspection.watched),
        "puzzles_wanted": inspection.wanted,
        "segments": inspection.segments,
        "settings": asdict(inspection.settings),
        **{
            name: [asdict(part) for part in getattr(inspection, name)]
            for name in (
                "dimensions",
                "convergence",
                "convergence_solved",
                "convergence_unsolved",
                "twins",
            )
        },
        "exactness": inspection.exactness and asdict(inspection.exactness),
        "residuals": [asdict(part) for part in inspection.residuals],
    }
    return json.dumps(content, indent=2) + "\n"


def as_text(inspection: Inspection, model: str, device: str, folder: Path) -> str:
    """The summary for people."""
    data, found = inspection.data, inspection.exactness
    lines = [
        f"model      {model}",
        f"data       {data.source}: {len(inspection.watched)} of {data.puzzle.name}, "
        f"drawn with seed {inspection.settings.seed}",
        f"device     {device}",
        f"segments   {inspection.segments}, without halting",
    ]
    if found is None:
        lines.append("exact      left out: no answer is known, by the data or by a rule")
    else:
        by_segment = " ".join(f"{one.share:.3f}" for one in found.by_segment)
        lines += [f"exact      {shown(found.by_segment[-1])}", f"  by segment {by_segment}"]
        unknown = len(inspection.watched) - found.puzzles
        if unknown:
            lines.append(f"  left out   {unknown}, whose answers are not known")
    for one in inspection.convergence:
        lines.append(
            f"residual {one.module} {one.first:.3f} at its second call, {one.last:.3f} at its last"
        )
        if one.within_cycle is not None and one.at_reset is not None:
            lines.append(
                f"  within a cycle x {one.within_cycle:.2f}, at the next one x {one.at_reset:.2f}"
            )
    lines.append("dimensions (participation ratio; over cells | cells, every call | puzzles)")
    lines += [f"  trained    {dimensions_line(one)}" for one in inspection.dimensions]
    for twin in inspection.twins:
        lines += [
            f"  untrained  {dimensions_line(one)}, seed {twin.seed}" for one in twin.dimensions
        ]
    return "\n".join([*lines, f"written    {folder}: {GUIDE} says what is in each file"])


def dimensions_line(one: Dimensions) -> str:
    """A module's dimensions."""
    return f"{one.module}  {one.cells:6.1f} | {one.cells_always:6.1f} | {one.puzzles:6.1f}"
