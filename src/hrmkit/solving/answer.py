"""One puzzle as a person writes it, answered and checked."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from errno import EACCES, EISDIR
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import torch

from hrmkit.errors import UserError
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import IGNORED, Grid, Puzzle, PuzzleSet, as_grids
from hrmkit.puzzles.registry import DEFAULT_PUZZLE
from hrmkit.puzzles.text import as_text
from hrmkit.solving.effort import Effort
from hrmkit.solving.find import Found, find_model, kind_of, usual_model
from hrmkit.solving.solver import check_answers
from hrmkit.solving.thinking import Thought, right_cells, until_red
from hrmkit.solving.views import view_of_one

STANDARD_INPUT = "-"
FILE_NAME = re.compile(
    r".*\.(?![xX]+$)[A-Za-z][A-Za-z0-9]{1,7}|(?:~|\w:)?[/\\]?(?:[\w.-]+[/\\])+[\w.-]+"
)
"""As puzzle.txt, runs/one, ./one, C:\\one."""
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
    """Thought until this answer, in the view that gave it."""
    halted: bool
    """Whether the light was red; otherwise there were no more segments."""
    view: int
    """Which view gave it: 1 is the puzzle as it is."""
    views: int
    """Thought about; the last is this one, or none was valid."""
    all_segments: int
    """Thought in all views together."""
    seconds: float
    """Of thinking."""
    given: Grid
    answer: Grid
    """In tokens; padding where nothing is asked."""


def solve(
    text: object, model: PuzzleHRM | Path | str | None = None, puzzle: str | None = None
) -> Answer:
    """The answer of `model` to the puzzle that `text` says, or a list or array of its rows.

    `model` is a model or where one is: a folder, a run, a name on the hub; without one, the model
    that comes with the package for `puzzle`, which is sudoku unless said. `puzzle` is its kind
    where the model does not say it. Raises `UserError` for a puzzle that is malformed or has no
    answer, and where there is no model of such puzzles.

        hrmkit.solve("..3.2.6..9..3.5..1...").text
    """
    if isinstance(model, PuzzleHRM):
        found = Found(model, {}, "memory")
    else:
        found = find_model(model or usual_model(puzzle or DEFAULT_PUZZLE))
    kind = kind_of(found, puzzle)
    return solve_grid(
        found.model, kind, kind.encode(as_text(text)), sure=found.sure, views=found.views
    )


def solve_grid(
    model: PuzzleHRM,
    puzzle: Puzzle,
    given: Grid,
    *,
    segments: int | None = None,
    sure: float | None = None,
    views: int = 1,
    watch: Callable[[Thought], None] | None = None,
) -> Answer:
    """The answer to one puzzle; `watch` is called after every segment, until the light is red.

    `sure` is what the light asks for, see `wants_to_halt`. If the answer can be seen not to be
    valid, and `views` is more than 1, the puzzle is thought about again under symmetries, in so
    many views at most; if none gives a valid answer, that to the puzzle as it is counts. Raises
    `UserError` if the puzzle has no answer, or the model does not read such puzzles.
    """
    flaw = puzzle.flaw(given)
    if flaw and SEVERAL not in flaw:
        raise UserError(f"this {puzzle.name} has no proper answer: {flaw}")
    effort = Effort(segments=segments, sure=sure, views=views)
    label = label_of(puzzle, given)
    tries: list[Try] = []
    for number in range(1, views + 1):
        tries.append(try_view(model, puzzle, given, number, effort, watch))
        # What is chosen among views is chosen without knowing the answer.
        if views > 1 and puzzle.is_valid(given, asked_of(tries[-1].said, label)):
            break
    else:
        number = 1
    chosen = tries[number - 1]
    said = asked_of(chosen.said, label)
    return Answer(
        text=puzzle.decode(said),
        valid=puzzle.is_valid(given, said, label),
        exact=None if label is None else bool(right_cells(*map(torch.tensor, (said, label))).all()),
        flaw=flaw,
        segments=chosen.segments,
        halted=chosen.halted,
        view=number,
        views=len(tries),
        all_segments=sum(one.segments for one in tries),
        seconds=sum(one.seconds for one in tries),
        given=given,
        answer=said,
    )


class Try(NamedTuple):
    """What a model said of one view of a puzzle, undone."""

    said: Grid
    segments: int
    halted: bool
    seconds: float


def try_view(
    model: PuzzleHRM,
    puzzle: Puzzle,
    given: Grid,
    number: int,
    effort: Effort,
    watch: Callable[[Thought], None] | None,
) -> Try:
    """Think about the view `number` until the light is red; what is watched is undone, too."""
    began, watching = perf_counter(), 0.0
    seen, change = view_of_one(puzzle, one_puzzle(given), number)
    thought: Thought | None = None
    for thought in until_red(model, seen, effort.segments, effort.sure):
        thought = thought._replace(tokens=change.undo(thought.tokens.cpu()))
        if watch:
            looked = perf_counter()
            watch(thought)
            watching += perf_counter() - looked
    assert thought is not None  # there is always a first segment
    check_answers(thought.q_halt)
    (said,) = as_grids(thought.tokens)
    seconds = perf_counter() - began - watching
    return Try(said, thought.number, bool(thought.red[0]), seconds)


def asked_of(said: Grid, label: Grid | None) -> Grid:
    """What was said of the cells that are asked about; padding in the others."""
    if label is None:
        return said
    return tuple(PAD if b == IGNORED else a for a, b in zip(said, label, strict=True))


def label_of(puzzle: Puzzle, given: Grid) -> Grid | None:
    """The answer as a `PuzzleSet` would hold it, found by rule; None where no rule knows it."""
    solution = puzzle.solution(given)
    return solution and tuple(IGNORED if token == PAD else token for token in solution)


def read_text(words: Sequence[str], kind: Puzzle) -> str:
    """The puzzle that a person names: what the words say, a line each, or a file, or `-`.

    Raises `UserError` for a file that cannot be read, and for one that is not there: a word that
    is no puzzle of that kind, and looks like a file's name.
    """
    if len(words) != 1:
        return "\n".join(words)
    (word,) = words
    if word == STANDARD_INPUT:
        try:
            return sys.stdin.read()
        except UnicodeDecodeError:
            raise UserError("the standard input is not text: give a puzzle as text") from None
    try:
        path = Path(word)
        if not path.is_file():
            check_no_file(word, kind)
            return word
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{word} is not text: give a file with the puzzle as text") from None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (EACCES, EISDIR):
            raise UserError(f"cannot read {word}: {error.strerror}") from None
        return word  # what no system can call a file is a puzzle


def check_no_file(word: str, kind: Puzzle) -> None:
    """Raise `UserError` if a word is no puzzle, and a folder, or as the name of a file is."""
    try:
        kind.encode(word)
    except UserError:
        if Path(word).exists():
            raise UserError(f"{word} is not a file: give a file with one {kind.name}") from None
        if names_file(word):
            raise UserError(
                f"there is no file {word}: give a file that is there, or a {kind.name} as text"
            ) from None


def names_file(word: str) -> bool:
    """Whether a word looks like the name of a file, and not like a puzzle."""
    return FILE_NAME.fullmatch(word) is not None


def one_puzzle(given: Grid, puzzle_id: int = 0) -> PuzzleSet:
    """A set of one, of which no answer is known."""
    rows = torch.tensor([given])
    return PuzzleSet(rows, torch.full_like(rows, IGNORED), torch.tensor([puzzle_id]))


def answer_as_text(found: Answer, puzzle: Puzzle) -> str:
    """One answer: drawn, on one line, and what it is worth."""
    worth = "valid" if found.valid else "not valid"
    if found.exact is not None and found.valid and not found.exact:
        worth += ", but not the one that a label would be"
    if found.views > 1:
        worth += f" in view {found.view}" if found.valid else f" in any of {found.views} views"
    why = "until the light was red" if found.halted else "all there are"
    cost = f", {found.all_segments} in {found.views} views" if found.views > 1 else ""
    return (
        f"{puzzle.show(found.given, found.answer)}\n{found.text}\n"
        f"{worth}; {found.segments} segments ({why}){cost}, {found.seconds:.2f} s"
    )


def answer_as_json(found: Answer, puzzle: Puzzle) -> str:
    """One answer, with the puzzle in place of the grids of tokens, as text says both."""
    content = asdict(found)
    del content["given"], content["answer"]
    return json.dumps({"puzzle": puzzle.decode(found.given), **content})
