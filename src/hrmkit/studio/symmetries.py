"""The views of a puzzle as data, so that the page draws none itself."""

from __future__ import annotations

from typing import Any, cast

from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.puzzles.augment import Symmetries
from hrmkit.puzzles.maze.puzzle import Turned
from hrmkit.puzzles.puzzle import Grid, Puzzle, as_grids
from hrmkit.solving.answer import one_puzzle
from hrmkit.solving.views import view_of_one

MOST_VIEWS = 128
"""Views that the page is told of: four times as many as a model of the package asks for."""


def symmetries_of(puzzle: Puzzle, most: int = MOST_VIEWS) -> dict[str, Any]:
    """The changes of the views 2 to `most` of puzzles of a kind, in order.

    `exchanges` has a pair each: which cell each cell of the result comes from, and the new token of
    each token. `turns` has whether a grid, within its own size, is transposed, then turned upside
    down, then mirrored. Raises `UserError` for a puzzle with changes of another kind.
    """
    one = one_puzzle((1,) * puzzle.cells)  # the changes of a number are the same for all
    changes = [view_of_one(puzzle, one, number)[1] for number in range(2, most + 1)]
    exchanges: list[tuple[Grid, ...]] = []
    turns: list[list[bool]] = []
    for change in changes:
        match change:
            case Symmetries():
                exchanges.append((*as_grids(change.cells), *as_grids(change.tokens)))
            case Turned(draws=Tensor() as draws):
                turns.append(cast("list[bool]", draws[0].tolist()))
            case _:
                raise UserError(
                    f"the page knows no views of {puzzle.name}: it thinks about sudoku and maze"
                )
    return {"exchanges": exchanges} if exchanges else {"turns": turns}
