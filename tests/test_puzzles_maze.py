"""Mazes: how they are written, judged, labelled and turned."""

import csv
import gzip
import os
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.puzzles.maze.puzzle import FREE, GOAL, START, WALL, Maze
from hrmkit.puzzles.puzzle import IGNORED, Grid, PuzzleSet

SIX = Maze(6)
SMALL = "S  #\n # \n  #G\n    "


def drawn(seed: int, count: int, side: int = 6, canvas: int = 6) -> np.ndarray:
    """Random mazes that have a way, of several sizes."""
    rng = np.random.default_rng(seed)
    mazes: list[list[int]] = []
    while len(mazes) < count:
        height, width = rng.integers(2, side + 1, size=2)
        cells = np.where(rng.random((height, width)) < rng.random() * 0.5, WALL, FREE)
        start, goal = rng.choice(height * width, 2, replace=False)
        cells.flat[start], cells.flat[goal] = START, GOAL
        grid = np.zeros((canvas, canvas), int)
        grid[:height, :width] = cells
        if Maze(canvas).flaw(tuple(grid.ravel().tolist())) is None:
            mazes.append(grid.ravel().tolist())
    return np.array(mazes)


def all_shortest(grid: Grid) -> list[list[tuple[int, int]]]:
    cells = {divmod(at, 6): token for at, token in enumerate(grid) if token > WALL}
    graph = nx.Graph(
        (a, (a[0] + i, a[1] + j))
        for a in cells
        for i, j in ((0, 1), (1, 0))
        if (a[0] + i, a[1] + j) in cells
    )
    ends = [next(cell for cell, token in cells.items() if token == end) for end in (START, GOAL)]
    return list(nx.all_shortest_paths(graph, *ends))


def with_path(grid: Grid, path: list[tuple[int, int]]) -> Grid:
    answer = list(grid)
    for row, column in path[1:-1]:
        answer[row * 6 + column] = 5
    return tuple(answer)


def test_the_tokens_are_the_originals() -> None:
    maze = Maze()
    assert (maze.vocab, maze.cells, maze.side) == (6, 900, 30)
    assert SIX.encode("# SGo.\n" + "      \n" * 5)[:6] == (1, 2, 3, 4, 5, 2)
    for side in (1, 31):
        with pytest.raises(UserError, match=f"side {side}"):
            Maze(side)


def test_what_is_blank_around_a_walled_maze_is_no_part_of_it() -> None:
    walled = ["#####", "#S G#", "#####"]
    grid = SIX.encode("\n".join(walled))
    for indent in ("  ", "\t", " " * 40):
        assert SIX.encode("\n".join(f"{indent}{line}  " for line in ["", *walled, ""])) == grid
    # A way may lead around what has a gap, and dots are cells that somebody wrote.
    for other in (["#####", "#S G ", "#####"], ["#####", " S G#", "#####"]):
        around = ["      ", *(f" {line}" for line in other), "      "]
        assert SIX.encode("\n".join(around))[0] == FREE
    dots = "\n".join(["......", *(f".{line}" for line in walled), "......"])
    assert SIX.encode(dots)[0] == FREE


def test_a_small_maze_stands_at_the_top_left_and_short_lines_end_with_free_cells() -> None:
    grid = SIX.encode(SMALL)
    assert np.array(grid).reshape(6, 6).tolist() == [
        [3, 2, 2, 1, 0, 0],
        [2, 1, 2, 2, 0, 0],
        [2, 2, 1, 4, 0, 0],
        [2, 2, 2, 2, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    assert SIX.decode(grid) == "S  # #    #G    "
    assert SIX.encode(SIX.decode(grid)) == SIX.encode(SIX.show(grid)) == grid
    assert SIX.decode(SIX.encode("S G\n###")) == "S G/###"


@pytest.mark.parametrize(
    "text",
    [
        *("S #\n# #\n##G", "S.#\n#.#\n##G", "S01\n101\n11G", "\ufeffS0110111E", "S.#/#.#/##E"),
        *("S \u2588\n\u2588 \u2588\n\u2588\u2588E", "S\u00b7#\n#\u00b7#\n##E"),
    ],
)
def test_what_others_write_for_walls_and_ends_is_read(text: str) -> None:
    maze = Maze(3)
    assert maze.show(maze.encode(text)) == "S #\n# #\n##G"


def test_the_label_prefers_down_then_left_then_right_then_up() -> None:
    def label(text: str) -> str:
        grid = SIX.encode(text)
        return SIX.show(grid, SIX.solution(grid)).replace(" ", ".")

    assert label("S..\n...\n..G") == "S..\no..\nooG"
    assert label("..S\n...\nG..") == "..S\n..o\nGoo"
    assert label("G..\n...\n..S") == "G..\no..\nooS"
    assert label("..G\n...\nS..") == "..G\n..o\nSoo"
    assert label("...\nS#G\n...") == "...\nS#G\nooo"
    assert label("...\n...\n.S.\n.#.\n.G.") == "...\n...\noS.\no#.\noG."


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_the_label_is_the_first_of_all_shortest_paths_by_the_rule(seed: int) -> None:
    order = {(1, 0): 0, (0, -1): 1, (0, 1): 2, (-1, 0): 3}
    grids = drawn(seed, 4)
    labels, lengths = SIX.label(grids)
    for grid, label, length in zip(grids, labels, lengths, strict=True):
        paths = all_shortest(tuple(grid.tolist()))
        first = min(
            paths,
            key=lambda path: [order[b[0] - a[0], b[1] - a[1]] for a, b in pairwise(path)],
        )
        assert tuple(label.tolist()) == with_path(tuple(grid.tolist()), first)
        assert length == len(first) == SIX.difficulty(tuple(grid.tolist()))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_any_shortest_path_is_valid_and_nothing_else(seed: int) -> None:
    grid = tuple(drawn(seed, 1)[0].tolist())
    paths = [with_path(grid, path) for path in all_shortest(grid)[:50]]
    assert all(SIX.is_valid(grid, answer) for answer in paths)
    answer = np.array(paths[0])
    for cell in np.flatnonzero(np.array(grid)):
        for token in set(range(6)) - {int(answer[cell])}:
            wrong = answer.copy()
            wrong[cell] = token
            assert not SIX.is_valid(grid, tuple(wrong.tolist())) or tuple(wrong.tolist()) in paths
    beside = answer.copy()
    beside[np.array(grid) == 0] = 5  # what is said of the padding does not count
    assert SIX.is_valid(grid, tuple(beside.tolist()))


def test_a_longer_way_is_a_path_but_not_valid_and_a_blob_is_neither() -> None:
    grid = np.array([SIX.encode("S G\n   ")])
    around, blob, cut = (
        np.array([SIX.encode(text)]) for text in ("S G\nooo", "SoG\nooo", "SoG\n  o")
    )
    assert SIX.are_paths(grid, around).tolist() == [True]
    assert SIX.are_valid(grid, around).tolist() == [False]
    for wrong in (blob, cut, grid):
        assert SIX.are_paths(grid, wrong).tolist() == [False]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("SoG\n #o", "its path has 4 cells, and 3 of them lead from S to G already"),
        ("S G\no#o", "its path does not lead from S to G"),
        ("S G\n # ", "its path does not lead from S to G"),
        ("SoG\n o ", "it changes row 2 column 2, which is a wall"),
        ("ooG\n # ", "it changes row 1 column 1, which is the start"),
        ("S#G\n # ", "it changes row 1 column 2, which is a free cell"),
        ("SoG\n # ", None),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(answer: str, said: str | None) -> None:
    assert SIX.fault(SIX.encode("S G\n # "), SIX.encode(answer)) == said


def test_a_way_that_is_too_long_is_said_with_the_shortest() -> None:
    grid = SIX.encode("S G\n   ")
    assert SIX.fault(grid, SIX.encode("S G\nooo")) == "its path has 5 cells, the shortest 3"


@pytest.mark.parametrize("seed", range(3))
def test_an_answer_is_valid_where_nothing_is_wrong_with_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for given_maze in drawn(seed, 60).tolist():
        label = SIX.solution(tuple(given_maze))
        assert label is not None
        answer = np.array(label)
        answer[rng.integers(36)] = rng.integers(6)
        grid, changed = tuple(given_maze), tuple(answer.tolist())
        assert (SIX.fault(grid, changed) is None) == SIX.is_valid(grid, changed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("S#\n#G", "no way leads from S to G"),
        (" G\n  ", "it has no S"),
        ("SS\n G", "it has 2 S"),
        ("S \n  ", "it has no G"),
        ("So\n G", "it has a path already"),
    ],
)
def test_flaws(text: str, said: str) -> None:
    grid = SIX.encode(text)
    assert said in str(SIX.flaw(grid))
    assert SIX.solution(grid) is None
    assert np.isnan(SIX.difficulty(grid))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty text"),
        ("\n\n", "an empty text"),
        ("S G", "3 cells on one line are no square"),
        (" " * 49, "7 x 7 cells is too large"),
        ("S  \n   \n G?", "'\\?' in row 3, column 3"),
        ("S\tG\n   ", "'\\\\t' in row 1, column 2"),
    ],
)
def test_malformed_text_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        SIX.encode(text)


@settings(deadline=None)
@given(st.text(max_size=40) | st.text("# SGo./\n", max_size=40))
def test_no_text_raises_anything_but_a_user_error(text: str) -> None:
    try:
        grid = SIX.encode(text)
    except UserError:
        return
    assert SIX.encode(SIX.decode(grid)) == grid
    flaw = SIX.flaw(grid)
    assert flaw is None or isinstance(flaw, str)
    grids, read = SIX.encode_many([text])
    assert not read[0] or tuple(grids[0].tolist()) == grid


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_turned_mazes_have_new_labels_and_are_undone_exactly(seed: int) -> None:
    given = drawn(seed, 6)
    labels, lengths = SIX.label(given)
    solution = torch.from_numpy(np.where(labels == 0, IGNORED, labels))
    rows = PuzzleSet(torch.from_numpy(given), solution, torch.arange(6))
    turned, change = SIX.augment(rows, np.random.default_rng(seed))
    assert torch.equal(change.undo(turned.given), rows.given)
    assert torch.equal(change.apply(rows.given), turned.given)
    both = torch.stack((rows.given, rows.given), 1)
    assert torch.equal(change.apply(both)[:, 1], turned.given)
    assert torch.equal(turned.solution == IGNORED, turned.given == 0)
    assert torch.equal(turned.puzzle_ids, rows.puzzle_ids)
    # The new labels are by the rule, and as long; undone they are shortest paths of the old mazes.
    relabelled, new_lengths = SIX.label(turned.given.numpy())
    assert (np.where(relabelled == 0, IGNORED, relabelled) == turned.solution.numpy()).all()
    assert (new_lengths == lengths).all()
    assert SIX.are_valid(given, change.undo(turned.solution).numpy()).all()


def test_all_eight_turns_come_up() -> None:
    grid = torch.tensor([SIX.encode("SG \n  #\n   ")] * 200)
    rows = PuzzleSet(grid, grid, torch.zeros(200, dtype=torch.int64))
    turned, _ = SIX.augment(rows, np.random.default_rng(0))
    assert len(turned.given.unique(dim=0)) == 8


@pytest.mark.skipif("HRMKIT_PUZZLES" not in os.environ, reason="HRMKIT_PUZZLES names no folder")
def test_the_labels_of_maze_hard_are_found_by_the_rule() -> None:
    maze = Maze()
    for name in ("train", "dev"):
        file = Path(os.environ["HRMKIT_PUZZLES"]) / "maze" / f"{name}.csv.gz"
        with gzip.open(file, "rt") as text:
            rows = list(csv.DictReader(text))
        given, _ = maze.encode_many([row["question"] for row in rows])
        answer, _ = maze.encode_many([row["answer"] for row in rows])
        labels, lengths = maze.label(given)
        assert (labels == answer).all()
        assert lengths.tolist() == [float(row["rating"]) for row in rows]
