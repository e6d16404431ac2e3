"""Shortest paths through many mazes at once, by the rule that labels them.

Mazes are bool arrays [n, height, width] of free cells, at most 60 cells wide: a row is the bits of
one integer, so that a step of the search moves the whole frontier of a maze with a few shifts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STEPS = ((1, 0), (0, -1), (0, 1), (-1, 0))
"""Rows and columns to go down, left, right and up: the order in which a label's path prefers."""

TOGETHER = 256
"""Mazes searched at a time: what a search keeps of them stays in the cache."""


def as_bits(cells: Bools) -> Ints:
    """Each row as one integer, bit j for column j: int64 [n, height]."""
    return cells @ (1 << np.arange(cells.shape[2], dtype=np.int64))


def as_cells(bits: Ints, width: int) -> Bools:
    """The rows' bits as cells: bool [n, height, width]."""
    return (bits[:, :, None] >> np.arange(width) & 1).astype(np.bool_)


def waves(free: Ints, start: Ints) -> Iterator[Ints]:
    """The cells at distance 0, 1, 2, ... from `start`, all int64 [n, height] of bits.

    Ends after the last that has a cell in some maze.
    """
    wave, left = start, free & ~start
    while wave.any():
        yield wave
        wave = spread(wave) & left
        left = left & ~wave


def spread(wave: Ints) -> Ints:
    """The cells beside those of `wave`, walls among them."""
    beside = wave << 1 | wave >> 1
    beside[:, 1:] |= wave[:, :-1]
    beside[:, :-1] |= wave[:, 1:]
    return beside


def one_cell(free: Bools, cell: Ints) -> Ints:
    """The bits of one cell of each maze; `cell` is int64 [n], row by row."""
    bits = np.zeros(free.shape[:2], np.int64)
    bits[np.arange(len(cell)), cell // free.shape[2]] = 1 << cell % free.shape[2]
    return bits


def distances(free: Bools, start: Ints) -> Ints:
    """Steps from cell `start` (int64 [n]) of each maze: int64 [n, cells], -1 out of reach."""
    found = np.full(free.shape, -1)
    for steps, wave in enumerate(waves(as_bits(free), one_cell(free, start))):
        found[as_cells(wave, free.shape[2])] = steps
    return found.reshape(len(free), free.shape[1] * free.shape[2])


def label_paths(free: Bools, start: Ints, goal: Ints) -> tuple[Bools, Ints]:
    """The path of each maze's label, and its cells counting both ends.

    It is the shortest which, walked from `start`, prefers down, then left, then right, then up;
    `start` and `goal` are int64 [n], cells row by row. The path is bool [n, height, width], with
    both ends on it; where the goal is out of reach it is empty and its length 0.
    """
    paths, lengths = np.zeros(free.shape, np.bool_), np.zeros(len(free), np.int64)
    for first in range(0, len(free), TOGETHER):
        some = slice(first, first + TOGETHER)
        layers, lengths[some] = _waves_from_goals(free[some], start[some], goal[some])
        _walk(paths[some], layers, lengths[some], start[some])
    return paths, lengths


def _waves_from_goals(free: Bools, start: Ints, goal: Ints) -> tuple[Ints, Ints]:
    """The waves from the goals until all starts are met, and the cells of the shortest paths.

    The waves are int64 [waves, n, height] of bits.
    """
    starts = one_cell(free, start)
    lengths = np.zeros(len(free), np.int64)
    layers: list[Ints] = []
    for wave in waves(as_bits(free), one_cell(free, goal)):
        layers.append(wave)
        lengths[(wave & starts).any(1)] = len(layers)
        if lengths.all():
            break
    return np.stack(layers), lengths


def _walk(path: Bools, layers: Ints, lengths: Ints, start: Ints) -> None:
    """Mark the label's path of each maze, from its start down the waves from its goal."""
    width = path.shape[2]
    layers = np.pad(layers, ((0, 0), (0, 0), (1, 1)))  # a row above and below that no wave reaches
    walking = np.flatnonzero(lengths)
    row, column = start[walking] // width, start[walking] % width
    path[walking, row, column] = True
    for done in range(1, int(lengths.max(initial=0))):
        more = lengths[walking] > done
        walking, row, column = walking[more], row[more], column[more]
        nearer = layers[lengths[walking] - 1 - done, walking]
        to_row, to_column = row.copy(), column.copy()
        for down, right in reversed(STEPS):  # the most preferred has the last word
            beside = nearer[np.arange(len(walking)), row + 1 + down]
            # Shifted by one, so that the column left of the first can be asked for.
            is_next = (beside << 1 >> column + 1 + right & 1).astype(np.bool_)
            to_row[is_next], to_column[is_next] = row[is_next] + down, column[is_next] + right
        row, column = to_row, to_column
        path[walking, row, column] = True
