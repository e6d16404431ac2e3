"""Reads a run's folder, as the trainer writes it, into a recording; also while it still trains."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError

from hrmkit.errors import UserError
from hrmkit.flaws import first_of
from hrmkit.puzzles.puzzle import IGNORED
from hrmkit.recording.board import (
    MOST_SEGMENTS,
    Board,
    PuzzleModel,
    board_of,
    check_grid,
    short_name,
)
from hrmkit.recording.common import FORMAT, VERSION, FrozenModel, made_here
from hrmkit.recording.file import with_hash
from hrmkit.recording.run import schema
from hrmkit.renamed import RECIPE, RECORDING, with_new_names
from hrmkit.runs.description import text_of
from hrmkit.runs.folder import METRICS, RUN
from hrmkit.runs.reading import GrowingLines, ReadSource, RunFile, run_file

RECORDED = {new: old for old, new in RECIPE.items()}
"""The recipe's settings whose names in recordings are older than their own."""
MOST_POINTS = 2000
"""Train points, and evaluations, of a recording; the last may come on top."""
MOST_VIEWS = 200
"""Views of the watched puzzle, and fewer where ..."""
MOST_TOKENS_WATCHED = 300_000
"""... they would have more tokens than this in all."""

Value = TypeVar("Value")
PartOf = TypeVar("PartOf", bound=FrozenModel)


class Thinned(Generic[Value]):
    """At most so many of any number of values, evenly spaced: the first and, on top, the last.

    What is kept depends only on the values, not on when they came.
    """

    def __init__(self, most: int) -> None:
        self.most, self.every, self.count = max(2, most), 1, 0
        self.kept: list[Value] = []
        self.last: Value | None = None

    def add(self, value: Value) -> None:
        """One more value."""
        if self.count % self.every == 0:
            self.kept.append(value)
            if len(self.kept) > self.most:
                self.kept = self.kept[::2]
                self.every *= 2
        self.last = value
        self.count += 1

    def all(self) -> tuple[Value, ...]:
        """Those that are kept, in order."""
        if self.last is None or self.kept[-1] is self.last:
            return tuple(self.kept)
        return (*self.kept, self.last)


class Metrics:
    """The lines of metrics.jsonl, as far as they have been read."""

    def __init__(self, file: Path, watched: schema.Watched | None, board: Board) -> None:
        self.lines, self.watched, self.board = GrowingLines(file), watched, board
        self.train = Thinned[schema.TrainPoint](MOST_POINTS)
        self.evaluations = Thinned[schema.Evaluation](MOST_POINTS)
        self.views = Thinned[schema.WatchedView](MOST_VIEWS)
        self.end: schema.RunEnd | None = None

    def read_on(self) -> bool:
        """Read the lines that have been added; False if what was read is there no more."""
        return self.lines.read_on(self.take)

    def take(self, said: dict[str, Any], where: str) -> None:
        """One line; kinds that are not known are passed over."""
        kind = said.get("kind")
        if kind in ("train", "evaluation", "watched"):
            self.end = None  # it goes on
        if kind == "train":
            point = part(schema.TrainPoint, said, where)
            self.train.add(later(point, self.train.last, where))
        elif kind == "evaluation":
            evaluation = part(schema.Evaluation, said, where)
            self.evaluations.add(later(evaluation, self.evaluations.last, where))
        elif kind == "watched" and self.watched is not None:
            view = part(schema.WatchedView, with_new_names(said, RECORDING), where)
            self.check_view(view, where)
            if not self.views.count:
                tokens = len(view.answers) * self.board.cells
                self.views.most = max(2, min(MOST_VIEWS, MOST_TOKENS_WATCHED // tokens))
            self.views.add(later(view, self.views.last, where))
        elif kind == "end":
            self.end = part(schema.RunEnd, said, where)

    def check_view(self, view: schema.WatchedView, where: str) -> None:
        """Raise `UserError` if the answers are not of the watched puzzle."""
        if not len(view.q_halt) == len(view.answers) <= MOST_SEGMENTS:
            raise UserError(
                f"{where} has {len(view.answers)} answers and {len(view.q_halt)} values of q_halt: "
                f"there is one of each for every segment, at most {MOST_SEGMENTS}"
            )
        if view.segments_used > len(view.answers):
            raise UserError(
                f"{where} says that {view.segments_used} of {len(view.answers)} were used"
            )
        for answer in view.answers:
            check_grid(answer, self.board, f"{where} an answer")


class RunReader:
    """A run's folder, read again and again while it grows; only what is new is read.

    Raises `UserError`, with one sentence that names the file, when it is no run's folder or broken.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._description = b""
        self._about: tuple[RunFile, Board] | None = None
        self._metrics: Metrics | None = None

    def recording(self) -> schema.RunRecording:
        """What the folder says now, without a hash; `read_run` adds it."""
        text = text_of(self.folder)
        if text != self._description or self._about is None:
            said = run_file(text, self.folder / RUN)
            self._about = said, board_of(said.puzzle, said.interface.vocab, said.interface.tokens)
            self._description, self._metrics = text, None
        said, board = self._about
        watched = watched_of(said, board, self.folder / RUN)
        if self._metrics is None:
            self._metrics = Metrics(self.folder / METRICS, watched, board)
        metrics, self._metrics = self._metrics, None  # a broken line is read anew the next time
        while not metrics.read_on():
            metrics = Metrics(self.folder / METRICS, watched, board)
        self._metrics = metrics
        return recording_of(said, board, metrics)


def read_run(folder: Path) -> schema.RunRecording:
    """The recording of the run in `folder`, as far as it has come.

    Raises `UserError`, with one sentence that names the file and the line, when it is no run's
    folder or its files are not as a trainer writes them. A last line that is half-written is left
    out.
    """
    recording = RunReader(folder).recording()
    return with_hash(recording)


def watched_of(said: RunFile, board: Board, file: Path) -> schema.Watched | None:
    """The watched puzzle, not yet with views."""
    if said.watched is None:
        return None
    check_grid(said.watched.given, board, f"{file}: the watched puzzle")
    check_grid(said.watched.solution, board, f"{file}: the watched solution", IGNORED)
    return schema.Watched(
        given=said.watched.given,
        solution=said.watched.solution,
        puzzle_id=said.watched.puzzle_id,
        views=(),
    )


def part(kind: type[PartOf], said: dict[str, Any], where: str) -> PartOf:
    """A line of metrics as a part of the recording; a field that it lacks is null."""
    try:
        return kind.model_validate({name: said.get(name) for name in kind.model_fields})
    except ValidationError as error:
        raise UserError(f"{where} is damaged at {first_of(error)}") from None


Stepped = TypeVar("Stepped", schema.TrainPoint, schema.Evaluation, schema.WatchedView)


def later(one: Stepped, before: Stepped | None, where: str) -> Stepped:
    """`one`, unless it goes back behind `before`."""
    if before is not None and one.step < before.step:
        raise UserError(f"{where} goes back from step {before.step} to {one.step}")
    return one


def recording_of(said: RunFile, board: Board, metrics: Metrics) -> schema.RunRecording:
    """The recording, as far as the metrics have been read."""
    limits = {name: said.recipe.get(name) for name in ("steps", "minutes")}
    watched = metrics.watched
    return schema.RunRecording(
        format=FORMAT,
        version=VERSION,
        kind="run",
        title=f"{said.preset or 'A model'} learns {short_name(said.puzzle)}",
        made_by=made_here("the run's own"),
        puzzle=said.puzzle,
        board=board,
        data=tuple(source_of(one) for one in said.data),
        test=source_of(said.test) if said.test else None,
        model=model_of(said),
        flops_a_step=said.flops_a_step,
        recipe=tuple(
            schema.Setting(name=RECORDED.get(name, name).replace("_", " "), value=words_of(value))
            for name, value in said.recipe.items()
            if value is not None and value != []
        ),
        steps=limits["steps"] if isinstance(limits["steps"], int) else None,
        minutes=float(limits["minutes"]) if isinstance(limits["minutes"], int | float) else None,
        seed=said.seed,
        device=said.device,
        measured=metrics.train.count,
        train=metrics.train.all(),
        evaluations=metrics.evaluations.all(),
        watched=watched and watched.model_copy(update={"views": metrics.views.all()}),
        end=metrics.end,
        hash="",
    )


def source_of(said: ReadSource) -> schema.Source:
    """Where puzzles are from, without the folders of one's own machine."""
    return schema.Source(
        source=said.source.rsplit("/", 1)[-1] or said.source,
        rows=said.rows,
        fingerprint=said.fingerprint,
    )


def model_of(said: RunFile) -> PuzzleModel:
    """The model's card."""
    wiring = said.wiring
    try:
        return PuzzleModel.model_validate(
            {
                "preset": said.preset,
                "parameters": said.parameters,
                **wiring.model_dump(),
            }
        )
    except ValidationError as error:
        raise UserError(f"{RUN} is damaged at wiring.{first_of(error)}") from None


def words_of(value: object) -> str:
    """A setting's value as a person writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(words_of(one) for one in cast(list[object], value))
    return f"{value:g}" if isinstance(value, float) else str(value)
