"""Loads a trained model of puzzles, and finds out which puzzle it answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from hrmkit.errors import UserError
from hrmkit.model.checkpoint import load, metadata_of
from hrmkit.model.checkpoints import CHECKPOINTS, holds_run, newest
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.sources import located
from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.puzzle import Labelled, Puzzle
from hrmkit.puzzles.registry import KINDS, definition_of, is_known, names, puzzle_of
from hrmkit.renamed import METADATA, with_new_names

USUAL = {"sudoku": "sudoku-wide", "maze": "maze-both-15", "arc": "arc-pocket"}
"""The model of the package that answers a kind of puzzle where no model is named."""
ABILITIES = "abilities"
"""Key of the metadata of the package's models: one sentence on what the model solves."""
SOLVED = "solved"
"""Key of the metadata of ARC's models: the tests that they were measured to solve, as task:test."""
HALT_THRESHOLD = "halt_threshold"
"""Key of its metadata: the model's own halt threshold; see `wants_to_halt`."""
VIEWS = "views"
"""Key of its metadata: in how many views to look for a valid answer; see `solve_grid`."""

TEST = re.compile(r"[^:]+:[1-9]\d*")
"""A test of a task, as `SOLVED` has it."""


class LoadedModel(NamedTuple):
    """A model and its metadata."""

    model: PuzzleHRM
    metadata: Mapping[str, Any]
    """What was saved with it: puzzle, data, step, ...; empty for an original model."""
    source: str
    """Where it was loaded from, for messages."""

    @property
    def name(self) -> str:
        """What it is called: the folder that it was loaded from, or the run whose newest it is."""
        path = Path(self.source)
        of_run = path.parent.name == CHECKPOINTS and path.parent.parent.name
        return of_run or path.name or self.source

    @property
    def halt_threshold(self) -> float | None:
        """The default halt threshold, if one was saved with the model."""
        halt_threshold = self.metadata.get(HALT_THRESHOLD)
        return (
            halt_threshold
            if isinstance(halt_threshold, float) and 0.5 <= halt_threshold < 1
            else None
        )

    @property
    def views(self) -> int:
        """The default number of views in which to look for a valid answer."""
        views = self.metadata.get(VIEWS)
        return views if isinstance(views, int) and views >= 1 else 1

    @property
    def solved(self) -> tuple[str, ...]:
        """The tests of ARC's tasks that it was measured to solve, as task:test, from 1."""
        listed = self.metadata.get(SOLVED)
        tests = cast("list[Any]", listed) if isinstance(listed, list) else []
        return tuple(one for one in tests if isinstance(one, str) and TEST.fullmatch(one))


def load_model(source: Path | str, named: Mapping[str, Any] | None = None) -> LoadedModel:
    """The model in a folder or a file, the newest of a run's, or the one of that name on the hub.

    It may be ours, or an original's; `named` is what that does not say itself, see
    `hrmkit.load`. Raises `UserError` where there is no model of puzzles.
    """
    path = located(source)
    if holds_run(path):
        path = newest(path)
    model = load(path, **(named or {}))
    if not isinstance(model, PuzzleHRM):
        raise UserError(f"{source} is a model of worlds: name one of puzzles")
    check_finite(model, source)
    return LoadedModel(model.eval(), with_new_names(metadata_of(path), METADATA), str(path))


def check_finite(model: PuzzleHRM, source: Path | str) -> None:
    """Raise `UserError` for weights that are no numbers: whatever they answer means nothing."""
    for name, weights in model.state_dict().items():
        wrong = int((~weights.isfinite()).sum())
        if wrong:
            raise UserError(
                f"the model in {source} cannot answer: {wrong} of the {weights.numel()} weights of "
                f"{name} are infinite or no numbers (NaN); take an earlier checkpoint"
            )


def usual_model(puzzle: str) -> str:
    """The model that answers this kind of puzzle where none is named; `UserError` if none comes."""
    if puzzle not in USUAL:
        puzzle_of(puzzle)  # an unknown kind is what is wrong, where it is one
        raise UserError(
            f"--model is missing, and none for {puzzle} comes with hrmkit: train one (hrmkit train "
            f"{puzzle} --data FILE --minutes 3) and name its run's folder, or name one on the hub"
        )
    return USUAL[puzzle]


def kind_of(loaded: LoadedModel, named: str | None = None) -> Puzzle:
    """The puzzle that a model is of; see `name_of` and `check_kind`."""
    name = name_of(loaded, named)
    puzzle = puzzle_of(name, loaded.model.interface.tokens if is_known(name) else None)
    check_kind(loaded, puzzle)
    return puzzle


def name_of(loaded: LoadedModel, named: str | None = None) -> str:
    """What the puzzle of a model is called: `named`, or what was saved, or what its sizes say.

    A person's own puzzle (FILE.py:Class) is code, and only run where it is named. Raises
    `UserError` if none of these says which it is.
    """
    saved = loaded.metadata.get("puzzle")
    name = named
    if name is None:
        name = saved if isinstance(saved, str) and saved else name_of_sizes(loaded)
    if named is None and not is_known(name):
        raise UserError(
            f"the model in {loaded.source} is of the puzzle {name!r}, whose code is not run "
            f"unasked: add --puzzle {name}"
        )
    return name


def check_kind(loaded: LoadedModel, puzzle: Puzzle) -> None:
    """Raise `UserError` if the model does not read puzzles of this kind and size."""
    face = loaded.model.interface
    if (puzzle.cells, puzzle.vocab) != (face.tokens, face.vocab):
        raise UserError(
            f"the model in {loaded.source} reads {face.tokens} cells of tokens 0 to "
            f"{face.vocab - 1}, and these puzzles ({puzzle.name}) have {puzzle.cells} of 0 to "
            f"{puzzle.vocab - 1}"
        )


def name_of_sizes(loaded: LoadedModel) -> str:
    """The kit's puzzle that fits what a model reads."""
    face = loaded.model.interface
    for name in KINDS:
        if (face.vocab, face.tokens) in definition_of(name).known_by:
            return name
    raise UserError(
        f"nothing says which puzzle the model in {loaded.source} is of ({face.tokens} cells of "
        f"{face.vocab} tokens): add --puzzle {names()} or FILE.py:Class"
    )


def load_for(
    loaded: LoadedModel,
    data: str,
    named: str | None = None,
    skip_bad: bool = False,
    unanswered: bool = False,
) -> Labelled:
    """The puzzles in `data` (see `load_puzzles`), for a model and of its kind.

    Raises `UserError` where they cannot be read, or the model does not read such puzzles.
    """
    name = name_of(loaded, named)
    cells = loaded.model.interface.tokens if definition_of(name).holds_smaller else None
    labelled = load_puzzles(name, data, skip_bad=skip_bad, cells=cells, unanswered=unanswered)
    check_kind(loaded, labelled.puzzle)
    return labelled


def was_learned(loaded: LoadedModel, fingerprint: str) -> bool:
    """Whether a model was trained on the data with this fingerprint, as far as it says."""
    return any(part.get("fingerprint") == fingerprint for part in learned_from(loaded))


def learned_from(loaded: LoadedModel) -> tuple[dict[str, Any], ...]:
    """The data that a model was trained on, as far as it says: source, fingerprint, rows."""
    data = loaded.metadata.get("data")
    parts = cast("list[Any]", data) if isinstance(data, list) else []
    return tuple(cast("dict[str, Any]", part) for part in parts if isinstance(part, dict))
