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
from hrmkit.puzzles.augment import Unchanged
from hrmkit.puzzles.puzzle import IGNORED, SEVERAL, Grid, Puzzle, PuzzleSet, as_grids, fault_of
from hrmkit.puzzles.registry import DEFAULT_PUZZLE
from hrmkit.puzzles.text import as_text, check_text, no_text
from hrmkit.renamed import METADATA, with_new_names
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import LoadedModel, kind_of, load_model, usual_model
from hrmkit.solving.solver import check_answers
from hrmkit.solving.thinking import SegmentAnswer, right_cells, until_halt
from hrmkit.solving.views import view_of_one

STANDARD_INPUT = "-"
FILE_NAME = re.compile(
    r".*\.(?![xX]+$)[A-Za-z][A-Za-z0-9]{1,7}|(?:~|\w:)?[/\\]?(?:[\w.-]+[/\\])+[\w.-]+"
)
"""As puzzle.txt, runs/one, ./one, C:\\one."""
PAD = 0
"""The token of the cells beside a grid that is smaller than its canvas."""


@dataclass(frozen=True)
class Answer:
    """A model's answer to one puzzle, and whether it is right."""

    text: str
    """The answer as data files write it, on one line."""
    valid: bool
    """Whether it is a correct answer."""
    wrong: str | None
    """What is wrong with it, in words; None for a correct answer."""
    exact: bool | None
    """Whether it is the one solution of the puzzle; None where no rule can find that out."""
    flaw: str | None
    """What is wrong with the puzzle, which has several answers; None for a proper one."""
    segments: int
    """Segments until this answer, in the view that gave it."""
    halted: bool
    """Whether the model halted; otherwise it had no segments left."""
    view: int
    """Which view gave it: 1 is the puzzle as it is."""
    views: int
    """Views tried. The last gave this answer, or none gave a valid one."""
    all_segments: int
    """Segments of all views together."""
    seconds: float
    """Spent computing the answer."""
    given: Grid
    answer: Grid
    """In tokens; padding in cells that belong to no question."""
    tries: tuple[Try, ...]
    """What came of each view."""


class Question(NamedTuple):
    """A puzzle, and the model that is to answer it."""

    loaded: LoadedModel
    kind: Puzzle
    given: Grid


def posed(text: object, model: PuzzleHRM | Path | str | None, puzzle: str | None) -> Question:
    """The puzzle `text` and its model, as `hrmkit.solve` takes both."""
    if isinstance(model, PuzzleHRM):
        loaded = LoadedModel(model, with_new_names(model.metadata, METADATA), "memory")
    else:
        loaded = load_model(model or usual_model(puzzle or DEFAULT_PUZZLE))
    kind = kind_of(loaded, puzzle)
    said = as_text(text)
    try:
        return Question(loaded, kind, kind.encode(said))
    except UserError as error:
        if puzzle or model:
            raise
        raise UserError(f"{error}; if it is no {kind.name}, say puzzle= and its kind") from None


def answered(question: Question) -> Answer:
    """The answer, with the model's own halt threshold and number of views."""
    loaded, kind, given = question
    return solve_grid(
        loaded.model, kind, given, halt_threshold=loaded.halt_threshold, views=loaded.views
    )


def solve_grid(
    model: PuzzleHRM,
    puzzle: Puzzle,
    given: Grid,
    *,
    segments: int | None = None,
    halt_threshold: float | None = None,
    views: int = 1,
    watch: Callable[[SegmentAnswer], None] | None = None,
) -> Answer:
    """Answer one puzzle, in tokens. `watch` is called after every segment, until the model halts.

    For `halt_threshold` see `wants_to_halt`. Where the answer is not valid, the model tries the
    puzzle again under its symmetries, in `views` views at most. If no view gives a valid answer,
    the first view's answer counts. Raises `UserError` if the puzzle has no answer, or the model
    does not read such puzzles.
    """
    flaw = puzzle.flaw(given)
    if flaw and SEVERAL not in flaw:
        raise UserError(f"this {puzzle.name} is refused: {flaw}")
    settings = InferenceSettings(segments=segments, halt_threshold=halt_threshold, views=views)
    label = label_of(puzzle, given)
    tries: list[Try] = []
    for number in range(1, views + 1):
        one = try_view(model, puzzle, given, number, settings, watch)
        # What is chosen among views is chosen without knowing the answer.
        known = label if views == 1 else None
        valid = puzzle.is_valid(given, answer_to(one.answer, label), known)
        tries.append(one._replace(valid=valid))
        if valid:
            break
    else:
        number = 1
    chosen = tries[number - 1]
    answer = answer_to(chosen.answer, label)
    valid = puzzle.is_valid(given, answer, label)
    return Answer(
        text=puzzle.decode(answer),
        valid=valid,
        wrong=None if valid else fault_of(puzzle, given, answer, label),
        exact=None
        if label is None
        else bool(right_cells(*map(torch.tensor, (answer, label))).all()),
        flaw=flaw,
        segments=chosen.segments,
        halted=chosen.halted,
        view=number,
        views=len(tries),
        all_segments=sum(one.segments for one in tries),
        seconds=sum(one.seconds for one in tries),
        given=given,
        answer=answer,
        tries=tuple(tries),
    )


class Try(NamedTuple):
    """A model's answer to one view of a puzzle, mapped back to the puzzle itself."""

    view: int
    """Its number."""
    answer: Grid
    segments: int
    halted: bool
    q_halt: float
    """After the last segment; means nothing without halting."""
    valid: bool
    seconds: float


def try_view(
    model: PuzzleHRM,
    puzzle: Puzzle,
    given: Grid,
    number: int,
    settings: InferenceSettings,
    watch: Callable[[SegmentAnswer], None] | None,
) -> Try:
    """Answer the view `number`; `watch` sees the answers mapped back to the puzzle itself.

    Whether the answer is valid is not looked at.
    """
    began, watching = perf_counter(), 0.0
    seen, change = view_of_one(puzzle, one_puzzle(given), number)
    thought: SegmentAnswer | None = None
    for thought in until_halt(model, seen, settings.segments, settings.halt_threshold):
        thought = thought._replace(tokens=change.undo(thought.tokens.cpu()))
        if watch:
            looked = perf_counter()
            watch(thought)
            watching += perf_counter() - looked
    assert thought is not None  # there is always a first segment
    check_answers(thought.q_halt)
    (answer,) = as_grids(thought.tokens)
    seconds = perf_counter() - began - watching
    halted, q_halt = bool(thought.halts[0]), float(thought.q_halt[0])
    return Try(number, answer, thought.number, halted, q_halt, False, seconds)


def answer_to(answer: Grid, label: Grid | None) -> Grid:
    """The answer in the cells that have a label; padding in the others."""
    if label is None:
        return answer
    return tuple(PAD if b == IGNORED else a for a, b in zip(answer, label, strict=True))


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
        return standard_input()
    try:
        path = file_of(words)
        if path is None:
            check_no_file(word, kind)
            return word
        text = path.read_text(encoding="utf-8-sig")
        check_text(text, word)
        return text
    except UnicodeDecodeError:
        raise no_text(word) from None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (EACCES, EISDIR):
            raise UserError(f"cannot read {word}: {error.strerror}") from None
        return word  # what no system can call a file is a puzzle


def standard_input() -> str:
    """All of the standard input; `UserError` where it is no text."""
    try:
        text = sys.stdin.read()
    except UnicodeDecodeError:
        raise no_text("the standard input") from None
    text = text.removeprefix("\ufeff")  # the mark with which some systems begin a text
    check_text(text, "the standard input")
    return text


def file_of(words: Sequence[str]) -> Path | None:
    """The file that a person names as the puzzle; None where the words are the puzzle itself."""
    path = Path(words[0])
    try:
        return path if len(words) == 1 and path.is_file() else None
    except (OSError, ValueError):
        return None  # what no system can call a file


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


def has_views(puzzle: Puzzle, given: Grid) -> bool:
    """Whether a puzzle has symmetries, so that another view of it is another question."""
    return not isinstance(view_of_one(puzzle, one_puzzle(given), 2)[1], Unchanged)


def answer_as_text(answer: Answer, puzzle: Puzzle) -> str:
    """One answer: drawn, on one line, and what it is worth."""
    worth = "valid" if answer.valid else "not valid"
    if answer.exact is not None and answer.valid and not answer.exact:
        worth += ", but not the one that a label would be"
    if answer.views > 1:
        worth += f" in view {answer.view}" if answer.valid else f" in any of {answer.views} views"
    why = "until the model halted" if answer.halted else "all there are"
    cost = f", {answer.all_segments} in {answer.views} views" if answer.views > 1 else ""
    thought = "1 segment" if answer.segments == 1 else f"{answer.segments} segments"
    return (
        f"{puzzle.show(answer.given, answer.answer)}\n{answer.text}\n"
        f"{worth}; {thought} ({why}){cost}, {answer.seconds:.2f} s"
    )


def answer_as_json(answer: Answer, puzzle: Puzzle) -> str:
    """One answer, with the puzzle in place of the grids of tokens, as text says both."""
    content = asdict(answer)
    del content["given"], content["answer"], content["tries"]
    return json.dumps({"puzzle": puzzle.decode(answer.given), **content})
