"""One puzzle answered, and the thought about it recorded where that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, overload

from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.recording.thought.recorder import record_thought
from hrmkit.recording.thought.schema import ThoughtRecording
from hrmkit.solving.answer import Answer, answered, label_of, posed


@dataclass(frozen=True)
class RecordedAnswer(Answer):
    """An answer with the recording of its thought, as which a notebook shows it."""

    recording: ThoughtRecording

    def _repr_html_(self) -> str:
        return self.recording._repr_html_()  # pyright: ignore[reportPrivateUsage]


@overload
def solve(
    text: object,
    model: PuzzleHRM | Path | str | None = None,
    puzzle: str | None = None,
    *,
    record: Literal[False] = False,
) -> Answer: ...


@overload
def solve(
    text: object,
    model: PuzzleHRM | Path | str | None = None,
    puzzle: str | None = None,
    *,
    record: Literal[True],
) -> RecordedAnswer: ...


def solve(
    text: object,
    model: PuzzleHRM | Path | str | None = None,
    puzzle: str | None = None,
    *,
    record: bool = False,
) -> Answer:
    """Answer one puzzle with a trained model, and check the answer.

    `text` is the puzzle as text, or a list or array of its rows. `model` is a model, or the place
    of one: a folder, a run, a name on the hub. Without it, the model that comes with the package
    for this kind of puzzle answers. `puzzle` is the kind of puzzle; by default the one that the
    model was trained on, or sudoku without a model. With `record`, the answer has the `recording`
    of the thought that gave it, and a notebook shows it. Raises `UserError` for a puzzle that is
    malformed or has no answer, and where there is no model for such puzzles.

        hrmkit.solve("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79")
    """
    question = posed(text, model, puzzle)
    answer = answered(question)
    if not record:
        return answer
    loaded, kind, given = question
    recording = record_thought(
        loaded.model,
        kind,
        given,
        solution=label_of(kind, given),
        halt_threshold=loaded.halt_threshold,
        view=answer.view,
        tried=answer.tries,
        name=loaded.name,
        metadata=loaded.metadata,
    )
    return RecordedAnswer(**vars(answer), recording=recording)
