"""Small sudokus: a solver, what makes two of them the same, and puzzles to train and test on.

A grid is its cells row by row, 0 for a blank. The solver and `dig` take 4x4 and 9x9; `generate`
makes 4x4.

There are only 288 solved 4x4 grids: 12 up to an exchange of digits, and 2 up to every symmetry
(192 grids look like one of them, 96 like the other). So a test on solutions that training has not
seen in another guise can only train on one of the two and test on the other. Puzzles over the 96
are the easier ones for a network, and nearly all solved after any training: they train, and those
over the 192 test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isqrt
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import EMPTY, Grid, PuzzleSet, as_grids, generator
from hrmkit.puzzles.sudoku.symmetries import arrangements

SameUpTo = Literal["digits", "all"]
"""Which changes leave a grid the same: an exchange of digits only, or every symmetry."""

FEWEST_BLANKS, MOST_BLANKS = 9, 12
"""Of a generated puzzle; no 4x4 sudoku with fewer than 4 givens has a single solution."""
HELD_OUT_CLASSES = 2, 1
"""How many of the 8 classes up to digits in the 192 grids, and of the 4 in the 96, are tested on:
a quarter of each, so that every seed's test is as hard."""
PATIENCE = 2000
"""Puzzles drawn in a row without a new one among them before giving up."""


@dataclass(frozen=True)
class Units:
    """Which cells go together in a sudoku."""

    lines: tuple[tuple[int, ...], ...]
    """The cells of each row, column and box."""
    peers: tuple[tuple[int, ...], ...]
    """The cells that share one of these with each cell."""


@lru_cache
def units_of(box: int, wide: int | None = None) -> Units:
    """The units of a sudoku whose boxes are `box` x `box`, or of `box` rows and `wide` columns."""
    wide = wide or box
    side = box * wide
    rows = [tuple(range(row * side, (row + 1) * side)) for row in range(side)]
    columns = [tuple(range(column, side * side, side)) for column in range(side)]
    boxes = [
        tuple((top + i) * side + left + j for i in range(box) for j in range(wide))
        for top in range(0, side, box)
        for left in range(0, side, wide)
    ]
    lines = (*rows, *columns, *boxes)
    peers = [
        tuple(sorted({other for line in lines if cell in line for other in line} - {cell}))
        for cell in range(side * side)
    ]
    return Units(lines, tuple(peers))


@dataclass(frozen=True)
class Solved:
    """What the solver found."""

    solutions: tuple[Grid, ...]
    """At most as many as were asked for."""
    guesses: int
    """How often neither a naked nor a hidden single was left and a digit had to be tried."""


def solve(grid: Sequence[int], limit: int = 2) -> Solved:
    """Find up to `limit` solutions of `grid` (16 or 81 tokens, 0 blank).

    Fills in singles until none is left, then tries each digit of the cell with the fewest. With
    the limit of 2, a puzzle has one solution exactly if one is found. Raises `UserError` if `grid`
    is no grid of a sudoku.
    """
    box = box_of(grid)
    every = (1 << box * box) - 1
    options = [1 << token - 1 if token else every for token in grid]
    found: list[Grid] = []
    guesses = 0
    waiting = [(options, 0)]
    while waiting and len(found) < limit:
        options, settled = waiting.pop()
        if not _settle(options, settled, units_of(box)):
            continue
        open_cells = [cell for cell, mask in enumerate(options) if mask & (mask - 1)]
        if not open_cells:
            found.append(tuple(mask.bit_length() for mask in options))
            continue
        guesses += 1
        cell = min(open_cells, key=lambda cell: options[cell].bit_count())
        known = sum(1 << c for c, mask in enumerate(options) if not mask & (mask - 1))
        for digit in reversed(list(_digits(options[cell]))):
            tried = options.copy()
            tried[cell] = digit
            waiting.append((tried, known))
    return Solved(tuple(found), guesses)


def _settle(options: list[int], settled: int, units: Units) -> bool:
    """Fill in naked and hidden singles, in place, until none is left; False at a contradiction.

    `options` holds the digits that each cell may still be, as bits; `settled` the cells, as bits,
    whose one digit has already been taken from their peers.
    """
    while True:
        fresh = [
            cell
            for cell, mask in enumerate(options)
            if not mask & (mask - 1) and not settled >> cell & 1
        ]
        for cell in fresh:
            mask = options[cell]
            settled |= 1 << cell
            for peer in units.peers[cell]:
                options[peer] &= ~mask
            if not mask:
                return False
        if fresh:
            continue
        if not _place_hidden(options, units):
            return all(options)


def _place_hidden(options: list[int], units: Units) -> bool:
    """Place every digit that has one cell left in some row, column or box; whether there was one.

    A digit without a cell leaves a cell without a digit, or two digits in one: both end as a
    contradiction in `_settle`.
    """
    placed = False
    for line in units.lines:
        once = more = 0
        for cell in line:
            more |= once & options[cell]
            once |= options[cell]
        once &= ~more
        for cell in line:
            mask = options[cell]
            if mask & once and mask & (mask - 1):
                single = mask & once
                # Two digits that have no other cell cannot share this one.
                options[cell] = 0 if single & (single - 1) else single
                placed = True
    return placed


def _digits(mask: int) -> Iterator[int]:
    """The bits of `mask`, one at a time, lowest first."""
    while mask:
        yield mask & -mask
        mask &= mask - 1


def box_of(grid: Sequence[int]) -> int:
    """The box of a sudoku's grid: 2 or 3; `UserError` if it is no grid of a sudoku."""
    box = isqrt(isqrt(len(grid)))
    if len(grid) not in (16, 81):
        raise UserError(f"a sudoku of {len(grid)} cells is not possible: give 16 or 81")
    for token in grid:
        if not 0 <= token <= box * box:
            raise UserError(f"token {token} is not of a sudoku: give 0 (blank) to {box * box}")
    return box


def count_solutions(grid: Sequence[int], limit: int = 2) -> int:
    """How many solutions `grid` has, counted up to `limit`; see `solve`."""
    return len(solve(grid, limit).solutions)


@dataclass(frozen=True)
class Difficulty:
    """How hard a puzzle is."""

    blanks: int
    guesses: int
    """Guesses that a solver by singles needs: 0 for one that needs no trying."""


def difficulty(grid: Sequence[int]) -> Difficulty:
    """How hard the puzzle `grid` is."""
    return Difficulty(list(grid).count(EMPTY), solve(grid).guesses)


def canonical(grid: Tensor, symmetry: SameUpTo) -> Tensor:
    """One grid that stands for all that are the same as `grid` up to `symmetry`.

    `grid` is int64 [..., cells], solved or a puzzle; so is the result. Up to digits: the first
    digit met is called 1, the next new one 2, and so on. Up to every symmetry (4x4 only): the
    smallest of those over all arrangements, read as a number. Raises `UserError` for another
    symmetry, or a grid of another size.
    """
    _check_symmetry(symmetry)
    flat = grid.reshape(grid.numel() // grid.shape[-1], grid.shape[-1])
    if symmetry == "digits":
        return _renamed(flat).reshape(grid.shape)
    moves = arrangements(isqrt(isqrt(grid.shape[-1])))
    cells = flat.shape[1]
    images = _renamed(flat[:, moves.cells].flatten(0, 1)).reshape(-1, len(moves), cells)
    places = 5 ** torch.arange(cells - 1, -1, -1)  # base 5: 4x4 has five tokens
    least = (images * places).sum(-1).argmin(1)
    return images[torch.arange(len(flat)), least].reshape(grid.shape)


def _check_symmetry(symmetry: str) -> None:
    """Refuse anything but the two names."""
    if symmetry not in get_args(SameUpTo):
        raise UserError(f"symmetry {symmetry!r} is not known: choose 'digits' or 'all'")


def _renamed(grids: Tensor) -> Tensor:
    """Digits named in the order in which they are met: int64 [n, cells]."""
    cells = grids.shape[1]
    names = torch.zeros(len(grids), isqrt(cells) + 1, dtype=torch.int64)
    out = torch.zeros_like(grids)
    for cell in range(cells):
        token = grids[:, cell : cell + 1]
        name = names.gather(1, token)
        new = (name == 0) & (token != EMPTY)
        name = torch.where(new, names.amax(1, keepdim=True) + 1, name)
        names.scatter_(1, token, torch.where(token == EMPTY, 0, name))
        out[:, cell : cell + 1] = torch.where(token == EMPTY, EMPTY, name)
    return out


@lru_cache
def every_grid() -> tuple[Grid, ...]:
    """The 288 solved 4x4 grids."""
    return solve([EMPTY] * 16, limit=1000).solutions


def classes(symmetry: SameUpTo) -> list[list[Grid]]:
    """The solved 4x4 grids, those that are the same up to `symmetry` together; most first."""
    kinds = as_grids(canonical(torch.tensor(every_grid()), symmetry))
    groups: dict[Grid, list[Grid]] = {}
    for grid, kind in zip(every_grid(), kinds, strict=True):
        groups.setdefault(kind, []).append(grid)
    return sorted(groups.values(), key=len, reverse=True)


def split(symmetry: SameUpTo, rng: np.random.Generator) -> tuple[list[Grid], list[Grid]]:
    """Solutions to train and to test on, none of the one the same as one of the other.

    Up to every symmetry: the class of 96 grids, and that of 192. Up to digits: nine of the twelve
    classes of 24, drawn, and the three others, which augmentation by every symmetry would reveal.
    """
    _check_symmetry(symmetry)
    common, rare = classes("all")
    if symmetry == "all":
        return rare, common
    learned: list[Grid] = []
    held_out: list[Grid] = []
    for kind, tested in zip((common, rare), HELD_OUT_CLASSES, strict=True):
        groups = [group for group in classes("digits") if group[0] in kind]
        order: list[int] = rng.permutation(len(groups)).tolist()
        for place, group in enumerate(order):
            (held_out if place < tested else learned).extend(groups[group])
    return learned, held_out


def dig(solution: Grid, blanks: int, rng: np.random.Generator) -> Grid | None:
    """Blank `blanks` cells of a solved grid such that one solution is left.

    Cells are tried in random order; None if that order ends too early.
    """
    grid = list(solution)
    left = blanks
    order: list[int] = rng.permutation(len(grid)).tolist()
    for cell in order:
        if left == 0:
            break
        token, grid[cell] = grid[cell], EMPTY
        if count_solutions(grid) == 1:
            left -= 1
        else:
            grid[cell] = token
    return tuple(grid) if left == 0 else None


def draw(solutions: Sequence[Grid], count: int, rng: np.random.Generator) -> PuzzleSet:
    """`count` different puzzles over `solutions`, each number of blanks equally likely.

    Raises `UserError` if there are not so many.
    """
    puzzles: dict[Grid, Grid] = {}
    repeats = 0
    while len(puzzles) < count and repeats < PATIENCE:
        solution = solutions[int(rng.integers(len(solutions)))]
        blanks = int(rng.integers(FEWEST_BLANKS, MOST_BLANKS + 1))
        puzzle = None
        while puzzle is None:  # the number of blanks was drawn: the easy ones must not crowd in
            puzzle = dig(solution, blanks, rng)
        repeats = repeats + 1 if puzzle in puzzles else 0
        puzzles[puzzle] = solution
    if len(puzzles) < count:
        raise UserError(
            f"{count} different puzzles are too many: only {len(puzzles)} were found in time"
        )
    return PuzzleSet(
        torch.tensor(list(puzzles)),
        torch.tensor(list(puzzles.values())),
        torch.zeros(count, dtype=torch.int64),
    )


def generate(
    train: int = 1000, test: int = 500, seed: int = 0, symmetry: SameUpTo = "all"
) -> tuple[PuzzleSet, PuzzleSet]:
    """Different 4x4 sudokus with 9 to 12 blanks and one solution, to train and to test on.

    No solution of the test is the same, up to `symmetry`, as one in training; see `split`. The
    test's puzzles do not depend on how many there are to train on. Raises `UserError` if a number
    is less than 1 or too large, or the seed is negative.
    """
    for name, count in (("train", train), ("test", test)):
        if count < 1:
            raise UserError(f"{count} puzzles to {name} on are not enough: choose 1 or more")
    splitting, *drawing = generator(seed).spawn(3)
    learned, held_out = split(symmetry, splitting)
    return draw(learned, train, drawing[0]), draw(held_out, test, drawing[1])
