"""Made mazes as files have them: with their labels, rated by the cells of their paths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrmkit.puzzles.files import Row
from hrmkit.puzzles.maze.puzzle import Maze


def labelled_rows(maze: Maze, grids: list[NDArray[np.int64]], source: str) -> list[Row]:
    """A row for each of `grids`, int64 [cells] tokens; `source` is what its column says."""
    given = np.array(grids)
    labels, lengths = maze.label(given)
    return [
        Row(maze.decode(tuple(question)), maze.decode(tuple(answer)), float(length), source)
        for question, answer, length in zip(
            given.tolist(), labels.tolist(), lengths.tolist(), strict=True
        )
    ]
