"""What the page's thinking is held to: its files, and what `hrmkit solve --record` writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from hrmkit.device import choose_device
from hrmkit.folders import THINKERS
from hrmkit.puzzles.making import work_shares
from hrmkit.puzzles.maze.newspaper import make_mazes
from hrmkit.puzzles.maze.puzzle import Maze
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.recording.file import save
from hrmkit.recording.thought.recorder import record_thought
from hrmkit.recording.thought.vote import vote_on
from hrmkit.solving.answer import label_of, solve_grid
from hrmkit.solving.answer_arc import answer_task, task_of
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import kind_of, load_model
from hrmkit.solving.precision import placed
from hrmkit.studio.thinkers import Thinkers
from hrmkit.writing import write

THOUGHTS = "thoughts"
"""The folder of the recordings; `index.json` in it says how each was asked for."""
SUDOKUS = (
    "..4..52.......7.8.7...3..4....95...498..............36..18.6..2.......9.6.......5",
    "7......9....4.26....2...3.........579..24..8.8....69...9.5.......6..371..1...8...",
    "5..264..........3...8..5.7....14..5.......7...4.6...9.4.9.2...8.8.5.......7.9..6.",
)
"""The models need one view, several, or more than they are given."""
SEVERAL = "." * 9 + SUDOKUS[0][9:]
"""Has several solutions."""
MAZES = (
    """\
#########
#S..#...#
##.##.#.#
#.....#.#
#.###.#G#
#...#...#
#########""",
    "S.#\n..#\n#.G",
    """\
#...#.#....#...
..#...#.##...#.
.##.#......#...
....##.###..#.#
.#.S...#...G...""",
)
"""Smaller than the canvas, and hardly like those that the model learned from."""


def newspaper_mazes() -> list[str]:
    """Two of 15 x 15, and two of 11 x 11."""
    rows = [
        row
        for side in (15, 11)
        for share in work_shares(1, [2], 2)
        for row in make_mazes(share, side, 12)
    ]
    return [row.question for row in rows]


ASKED = (
    *(("sudoku-wide", text, 16, 6) for text in SUDOKUS),
    *(("sudoku-hrm", text, 8, 6) for text in (*SUDOKUS, SEVERAL)),
    *(("sudoku-easy-1000", text, 5, 3) for text in SUDOKUS[:2]),
    *(("maze-15", text, 8, 8) for text in (*newspaper_mazes(), *MAZES)),
    ("sudoku-hrm", SUDOKUS[0], 8, 1),
)
"""Model, puzzle, the most segments and the most views."""
TASKS = (
    ("arc-pocket", "6ea4a07e", 1),
    ("arc-pocket", "6ea4a07e", 2),
    ("arc-pocket", "c7d4e6ad", 1),
    ("arc-pocket", "66e6c45b", 1),
)
"""Model, task and test: some are solved by vote, others not."""


def write_thoughts(data: Path) -> None:
    """Write all of it anew."""
    for name in (THINKERS, THOUGHTS):
        shutil.rmtree(data / name, ignore_errors=True)
    for name, content in Thinkers().files.items():
        write(data / THINKERS / name, content)
    index: list[dict[str, object]] = []
    for number, (model, text, segments, views) in enumerate(ASKED):
        name = f"{number}-{model}.hrm.json.gz"
        height, width = write_thought(data / THOUGHTS / name, model, text, segments, views)
        asked = {"model": model, "segments": segments, "views": views}
        index.append({"name": name, "height": height, "width": width, **asked})
    for number, (model, task, test) in enumerate(TASKS, len(ASKED)):
        name = f"{number}-{model}.hrm.json.gz"
        asked = write_vote(data / THOUGHTS / name, model, task, test)
        index.append({"name": name, "model": model, "task": task, "test": test, **asked})
    write(data / THOUGHTS / "index.json", json.dumps(index))


def write_vote(path: Path, model: str, task: str, test: int) -> dict[str, int]:
    """Record the thought about a test of a task, answered as `hrmkit solve arc` does."""
    loaded = load_model(model)
    placed(loaded.model, choose_device("cpu", "float32"))
    data, tests = task_of(loaded, task)
    settings = InferenceSettings(halt_threshold=loaded.halt_threshold)
    one = answer_task(loaded, data, tests, settings)[test - 1].counted
    row = (test - 1) * len(one.votes)
    seen = tests.rows(row, row + 1)
    changes = tests.changes(row, row + len(one.votes))
    (given,), (label,) = as_grids(seen.given), as_grids(seen.solution)
    recording = record_thought(
        loaded.model,
        data.kind,
        given,
        solution=label,
        halt_threshold=loaded.halt_threshold,
        puzzle_id=int(seen.puzzle_ids[0]),
        vote=vote_on(tests.tasks[0], one, changes, data.side),
        name=loaded.name,
        metadata=loaded.metadata,
    )
    save(recording, path)
    print(path.name, one.place(), len(one.candidates))
    return {"segments": loaded.model.wiring.segments, "views": len(one.votes)}


def write_thought(path: Path, model: str, text: str, segments: int, views: int) -> tuple[int, int]:
    """Record one thought as `hrmkit solve --record` does; returns the rows and columns."""
    loaded = load_model(model)
    placed(loaded.model, choose_device("cpu", "float32"))
    kind = kind_of(loaded)
    given = kind.encode(text)
    answer = solve_grid(
        loaded.model,
        kind,
        given,
        segments=segments,
        halt_threshold=loaded.halt_threshold,
        views=views,
    )
    recording = record_thought(
        loaded.model,
        kind,
        given,
        solution=label_of(kind, given),
        segments=segments,
        halt_threshold=loaded.halt_threshold,
        view=answer.view,
        tried=answer.tries,
        name=loaded.name,
        metadata=loaded.metadata,
    )
    save(recording, path)
    print(path.name, answer.valid, answer.view, answer.views)
    if isinstance(kind, Maze):
        lines = kind.show(given).split("\n")
        return len(lines), len(lines[0])
    return 9, 9


if __name__ == "__main__":
    from hrmkit.folders import data_folder

    write_thoughts(data_folder())
