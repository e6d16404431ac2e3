"""The kinds of puzzle, by name: those of the kit, and a person's own from a file."""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from math import isqrt
from pathlib import Path
from types import ModuleType
from typing import cast

from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import Puzzle

KINDS = ("sudoku", "maze", "arc")
"""The kit's own. Any other is named FILE.py:Class."""
MEMBERS = (
    *("name", "vocab", "cells", "encode", "decode", "show"),
    *("flaw", "solution", "is_valid", "difficulty", "augment"),
)
"""What a puzzle has; see `Puzzle`."""


def puzzle_of(name: str, cells: int | None = None) -> Puzzle:
    """The kind of puzzle called `name`, with grids of `cells`, or of its usual size.

    `name` is one of `KINDS`, or FILE.py:Class for a class in a file of one's own, which is made
    without arguments. Sudokus have 16, 36, 81 or 256 cells, mazes any square from 4 to 900. Raises
    `UserError` if there is no such kind, the file does not define it, or it has no such size.
    """
    if name == "sudoku":
        from hrmkit.puzzles.sudoku.puzzle import Sudoku
        from hrmkit.puzzles.sudoku.search import box_of

        high, wide = box_of(81 if cells is None else cells)
        return Sudoku(high, None if wide == high else wide)
    if name == "maze":
        from hrmkit.puzzles.maze.puzzle import LARGEST, Maze

        side = LARGEST if cells is None else isqrt(max(0, cells))
        if cells not in (None, side * side):
            raise UserError(f"a maze of {cells} cells is not square: choose a square from 4 to 900")
        return Maze(side)
    if name == "arc":
        from hrmkit.puzzles.arc.puzzle import Arc

        puzzle: Puzzle = Arc()
    else:
        puzzle = _own(name)
    if cells not in (None, puzzle.cells):
        raise UserError(f"a grid of {cells} cells is not of {name}: its grids have {puzzle.cells}")
    return puzzle


def _own(name: str) -> Puzzle:
    """A puzzle of the class that `name`, FILE.py:Class, says."""
    path, colon, class_name = name.rpartition(":")
    if not colon or not path.endswith(".py"):
        raise UserError(
            f"{name!r} is no kind of puzzle: choose {', '.join(KINDS)}, or FILE.py:Class "
            "for one of your own"
        )
    made = getattr(_module(Path(path)), class_name, None)
    if not isinstance(made, type):
        raise UserError(f"{path} defines no class {class_name!r}: name one that it does")
    puzzle = _made(name, made)
    lacking = [member for member in MEMBERS if not hasattr(puzzle, member)]
    if lacking:
        raise UserError(
            f"{name} is not a puzzle: it lacks {', '.join(lacking)} (see docs/puzzles.md)"
        )
    return cast(Puzzle, puzzle)


def _module(file: Path) -> ModuleType:
    """The module in `file`, loaded once; `UserError` if it cannot be."""
    if not os.path.isfile(file):
        raise UserError(f"there is no file {file}: give the file that defines the puzzle's class")
    # One name for one file's text, so that a class is the same however often it is asked for.
    text = file.resolve().as_posix().encode() + file.read_bytes()
    name = f"hrmkit_own_{hashlib.sha256(text).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise UserError(f"{file} is no Python file: give one that ends in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise UserError(f"{file} cannot be loaded: {_said(error)}") from error
    return module


def _made(name: str, made: type) -> object:
    """An instance, made without arguments."""
    try:
        return made()
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{name} cannot be made without arguments: {_said(error)}") from error


def _said(error: Exception) -> str:
    """An exception in a few words."""
    return f"{type(error).__name__}: {str(error) or 'no more is said'}"
