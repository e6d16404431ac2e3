"""What recordings of full-size puzzles share: the board, with how its tokens look, and the model.

Whoever draws a recording knows nothing of its puzzle but what stands here.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from pydantic import Field

from hrmkit.errors import UserError
from hrmkit.model.wiring import Halting
from hrmkit.puzzles.board import MOST_CELLS, MOST_TOKENS, numbered
from hrmkit.puzzles.puzzle import Grid
from hrmkit.puzzles.registry import definition_of
from hrmkit.recording.common import FrozenModel

MOST_SEGMENTS = 64
"""More answers than this to one puzzle could not be told apart on the stage."""

BoardKind = Literal["sudoku", "maze", "arc", "own"]


class Board(FrozenModel):
    """How a grid is laid out and its tokens look."""

    kind: BoardKind
    width: int = Field(ge=1, description="Cells in a row.")
    height: int = Field(ge=1, description="Rows; the last may be short.")
    cells: int = Field(ge=1, le=MOST_CELLS)
    box: int = Field(description="A box of a sudoku is box x box cells; 0 where there are none.")
    blank: int = Field(description="The token of a cell that is to be filled in; -1 if none is.")
    glyphs: tuple[str, ...] = Field(
        max_length=MOST_TOKENS, description="What stands in a cell, by token."
    )
    names: tuple[str, ...] = Field(description="What a token is called, by token.")


class PuzzleModel(FrozenModel):
    """The model that was trained or asked."""

    name: str | None = Field(
        default=None,
        description="What it is called: of the package's models their name, of others their "
        "folder's; older files and runs have none.",
    )
    preset: str | None
    parameters: int
    hierarchy: bool = Field(description="Two states: zH, slow, and zL, fast.")
    modules: int = Field(description="1: one module plays every part. 2: H and L.")
    cycles: int = Field(description="N, cycles in a segment.")
    low_calls: int = Field(description="T, calls of L in a cycle.")
    segments: int = Field(description="The most segments of training.")
    halting: Halting


def board_of(puzzle: str, vocab: int, cells: int) -> Board:
    """The board of the puzzle of that name, with grids of `cells` tokens of `vocab` kinds.

    A puzzle of one's own, whose code is not run, shows its tokens as numbers, and no 0; so does one
    whose sizes are not those of its name.
    """
    drawn = definition_of(puzzle).board(vocab, cells) or numbered(vocab, cells)
    return Board.model_validate(asdict(drawn))


def check_grid(grid: Grid, board: Board, where: str, besides: int | None = None) -> None:
    """Raise `UserError` if `grid` is not one of the board's; `besides` is allowed in a cell."""
    if len(grid) != board.cells:
        raise UserError(f"{where} has {len(grid)} cells where {board.cells} belong")
    for token in grid:
        if not 0 <= token < len(board.glyphs) and token != besides:
            raise UserError(f"{where} has the token {token}: 0 to {len(board.glyphs) - 1} exist")


def short_name(puzzle: str) -> str:
    """The puzzle's name: of one's own, FILE.py:Class, the class."""
    return puzzle.rpartition(":")[2] or puzzle
