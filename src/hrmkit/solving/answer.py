"""One puzzle as a person writes it, answered and checked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from errno import EACCES, EISDIR
from pathlib import Path
from time import perf_counter

import torch

from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import IGNORED, Grid, Puzzle, PuzzleSet, as_grids
from hrmkit.solving.find import Found, find_model, kind_of, usual_model
from hrmkit.solving.thinking import Thought, right_cells, until_red

STANDARD_INPUT = "-"
SEVERAL = "several"
"""In what a puzzle says of its flaw: it has answers all the same; see `Puzzle.flaw`."""

PAD = 0
"""The token of the cells beside a grid that is smaller than its canvas."""


@dataclass(frozen=True)
class Answer:
    """What a model said of one puzzle, and whether it is right."""

    text: str
    """The answer as data files write it, on one line."""
    valid: bool
    """Whether it is a correct answer."""
    exact: bool | None
    """Whether it is the answer that a label would be; None where no rule knows that."""
    flaw: str | None
    """What is wrong with the puzzle, which has several answers; None for a proper one."""
    segments: int
    """Thought."""
    halted: bool
    """Whether the light was red; otherwise there were no more segments."""
    seconds: float
    """Of thinking."""
    given: Grid
    answer: Grid
    """In tokens; padding where nothing is asked."""


def solve(
    text: str, model: PuzzleHRM | Path | str | None = None, puzzle: str | None = None
) -> Answer:
    """The answer of `model` to the puzzle that `text` says.

    `model` is a model or where one is: a folder, a run, a name on the hub; without one, the model
    that comes with the package for `puzzle`, which is sudoku unless said. `puzzle` is its kind
    where the model does not say it. Raises `UserError` for a puzzle that is malformed or has no
    answer, and where there is no model of such puzzles.

        hrmkit.solve("..3.2.6..9..3.5..1...").text
    """
    if isinstance(model, PuzzleHRM):
        found = Found(model, {}, "memory")
    else:
        found = find_model(model or usual_model(puzzle or "sudoku"))
    kind = kind_of(found, puzzle)
    return solve_grid(found.model, kind, kind.encode(text), sure=found.sure)


def solve_grid(
    model: PuzzleHRM,
    puzzle: Puzzle,
    given: Grid,
    *,
    segments: int | None = None,
    sure: float | None = None,
    watch: Callable[[Thought], None] | None = None,
) -> Answer:
    """The answer to one puzzle; `watch` is called after every segment, until the light is red.

    `sure` is what the light asks for, see `wants_to_halt`. Raises `UserError` if the puzzle has no
    answer, or the model does not read such puzzles.
    """
    flaw = puzzle.flaw(given)
    if flaw and SEVERAL not in flaw:
        raise UserError(f"this {puzzle.name} has no proper answer: {flaw}")
    began, watching = perf_counter(), 0.0
    thought: Thought | None = None
    for thought in until_red(model, one_puzzle(given), segments, sure):
        if watch:
            looked = perf_counter()
            watch(thought)
            watching += perf_counter() - looked
    assert thought is not None  # there is always a first segment
    seconds = perf_counter() - began - watching
    (said,) = as_grids(thought.tokens)
    label = label_of(puzzle, given)
    exact: bool | None = None
    if label is not None:
        said = tuple(PAD if b == IGNORED else a for a, b in zip(said, label, strict=True))
        exact = bool(right_cells(torch.tensor(said), torch.tensor(label)).all())
    return Answer(
        text=puzzle.decode(said),
        valid=puzzle.is_valid(given, said, label),
        exact=exact,
        flaw=flaw,
        segments=thought.number,
        halted=bool(thought.red[0]),
        seconds=seconds,
        given=given,
        answer=said,
    )


def label_of(puzzle: Puzzle, given: Grid) -> Grid | None:
    """The answer as a `PuzzleSet` would hold it, found by rule; None where no rule knows it."""
    solution = puzzle.solution(given)
    return solution and tuple(IGNORED if token == PAD else token for token in solution)


def read_text(words: Sequence[str]) -> str:
    """The puzzle that a person names: what the words say, a line each, or a file, or `-`.

    Raises `UserError` for a file that cannot be read.
    """
    if len(words) != 1:
        return "\n".join(words)
    (word,) = words
    if word == STANDARD_INPUT:
        return sys.stdin.read()
    try:
        if not Path(word).is_file():
            return word
        return Path(word).read_text()
    except UnicodeDecodeError:
        raise UserError(f"{word} is not text: give a file with the puzzle as text") from None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (EACCES, EISDIR):
            raise UserError(f"cannot read {word}: {error.strerror}") from None
        return word  # what no system can call a file is a puzzle


def one_puzzle(given: Grid) -> PuzzleSet:
    """A set of one, of which no answer is known."""
    rows = torch.tensor([given])
    return PuzzleSet(rows, torch.full_like(rows, IGNORED), torch.zeros(1, dtype=torch.int64))


def answer_as_text(found: Answer, puzzle: Puzzle) -> str:
    """One answer: drawn, on one line, and what it is worth."""
    worth = "valid" if found.valid else "not valid"
    if found.exact is not None and found.valid and not found.exact:
        worth += ", but not the one that a label would be"
    why = "until the light was red" if found.halted else "all there are"
    return (
        f"{puzzle.show(found.given, found.answer)}\n{found.text}\n"
        f"{worth}; {found.segments} segments ({why}), {found.seconds:.2f} s"
    )


def answer_as_json(found: Answer) -> str:
    """One answer, without its grids of tokens: `text` says them."""
    content = asdict(found)
    del content["given"], content["answer"]
    return json.dumps(content)
