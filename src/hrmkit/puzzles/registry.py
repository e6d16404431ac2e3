"""The kinds of puzzle, by name: those of the kit, and a person's own from a file."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import partial
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from hrmkit.errors import UserError

if TYPE_CHECKING:  # the names alone must not cost the time that PyTorch takes to load
    from hrmkit.puzzles.definition import PuzzleDefinition
    from hrmkit.puzzles.puzzle import Puzzle

KINDS = {
    "sudoku": "hrmkit.puzzles.sudoku.puzzle",
    "maze": "hrmkit.puzzles.maze.puzzle",
    "arc": "hrmkit.puzzles.arc.puzzle",
}
"""The kit's own, each with the module that has its `DEFINITION`. Any other is FILE.py:Class."""
FAMILIES = {"gym": "hrmkit.puzzles.gym.puzzle"}
"""Many kinds under one name, FAMILY:NAME, with the module whose `definition_of` knows the names."""
DEFAULT_PUZZLE = "sudoku"
"""The kind where none is named."""
MEMBERS = (
    *("name", "vocab", "cells", "encode", "decode", "show"),
    *("flaw", "solution", "is_valid", "difficulty", "augment"),
)
"""What a puzzle has; see `Puzzle`."""


def puzzle_of(name: str, cells: int | None = None) -> Puzzle:
    """The kind of puzzle called `name`, with grids of `cells`, or of its usual size.

    `name` is one of `KINDS`, FAMILY:NAME of `FAMILIES`, or FILE.py:Class for a class in a file of
    one's own, which is made without arguments. Raises `UserError` if there is no such kind, the
    file does not define it, or it has no such size.
    """
    return definition_of(name).make(cells)


def is_known(name: str) -> bool:
    """Whether a kind is one of the kit's, and not code of a person's own."""
    family, colon, _ = name.partition(":")
    return name in KINDS or (bool(colon) and family in FAMILIES)


def names() -> str:
    """The kit's kinds, for messages and help."""
    return ", ".join((*KINDS, *(f"{family}:NAME" for family in FAMILIES)))


def definition_of(name: str) -> PuzzleDefinition:
    """What the kind called `name` says of itself; the code of a person's own is not run yet."""
    if name in KINDS:
        return cast("PuzzleDefinition", import_module(KINDS[name]).DEFINITION)
    if is_known(name):
        family, _, kind = name.partition(":")
        return cast("PuzzleDefinition", import_module(FAMILIES[family]).definition_of(kind))
    from hrmkit.puzzles.definition import PuzzleDefinition

    return PuzzleDefinition(make=partial(_own_sized, name))


def _own_sized(name: str, cells: int | None) -> Puzzle:
    """A puzzle of one's own, which has one size."""
    puzzle = _own(name)
    if cells not in (None, puzzle.cells):
        raise UserError(f"a grid of {cells} cells is not of {name}: its grids have {puzzle.cells}")
    return puzzle


def _own(name: str) -> Puzzle:
    """A puzzle of the class that `name`, FILE.py:Class, says."""
    path, colon, class_name = name.rpartition(":")
    if not colon or not path.endswith(".py"):
        raise UserError(
            f"{name!r} is no kind of puzzle: choose {names()}, or FILE.py:Class for one of your own"
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
    return cast("Puzzle", puzzle)


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
