"""A run on disk: its description, its metrics and its last checkpoints, each complete.

RUN/run.json                what is trained, on what, how
RUN/metrics.jsonl           one JSON object a line
RUN/checkpoints/step-N/     the model (see model/checkpoint.py) and the training's state
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import (  # its types leave PathLike open
    load_file,  # pyright: ignore[reportUnknownVariableType]
)
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.flaws import first_of
from hrmkit.model.checkpoint import TENSORS, save, write_tensors
from hrmkit.model.checkpoints import CHECKPOINTS, RUN, checkpoint_name, checkpoints_of
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.runs.description import FORMAT, VERSION, parsed, text_of
from hrmkit.training.puzzles.saved import Saved, State
from hrmkit.writing import PARTIAL, WriteError, append, check_folder, saying, whole, write

METRICS = "metrics.jsonl"
STATE_TENSORS = "state.safetensors"
STATE = "state.json"


class Source(BaseModel):
    """Where puzzles are from."""

    source: str
    fingerprint: str
    rows: int


class Described(BaseModel):
    """The parts of run.json that a resumed run needs."""

    plan: dict[str, Any] | None = None
    data: list[Source] = Field(min_length=1)


class Line(BaseModel):
    """The fields that every line of the metrics has."""

    kind: str
    step: int


class RunFolder:
    """The folder of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether the folder holds a run."""
        return os.path.isfile(self.path / RUN)

    def check_new(self) -> None:
        """Raise `UserError` if the folder already holds a run."""
        if self.exists:
            raise UserError(
                f"{self.path} already holds a run: go on with it (--resume), or name another folder"
            )
        left = self.path / (CHECKPOINTS if self.steps() else METRICS)
        if self.steps() or os.path.lexists(left):
            raise UserError(
                f"{left} is there, and no {RUN} that says of which run: name another folder"
            )

    def check_there(self) -> None:
        """Raise `UserError` if the folder holds no run to resume."""
        if not self.exists:
            raise UserError(
                f"{self.path} holds no run to go on with: name the folder of one, or leave out "
                "--resume to begin one"
            )

    def describe(self, description: Mapping[str, Any]) -> None:
        """Write run.json; raises `UserError` where that is not possible."""
        content = {"format": FORMAT, "version": VERSION, **description}
        check_folder(self.path / CHECKPOINTS)
        write(self.path / RUN, json.dumps(content, indent=2) + "\n")

    def description(self) -> dict[str, Any]:
        """The content of run.json; raises `UserError` if it is missing or cannot be read."""
        path = self.path / RUN
        description = parsed(text_of(self.path), path)
        try:
            Described.model_validate(description)
        except ValidationError as error:
            raise UserError(f"{path} is damaged at {first_of(error)}") from None
        return description

    def check_room(self, size: int) -> None:
        """Raise `UserError` if a checkpoint of `size` bytes cannot be written here."""
        check_folder(self.path, size)

    def steps(self) -> list[int]:
        """The steps of all checkpoints, in order."""
        return list(checkpoints_of(self.path))

    def checkpoint(self, step: int) -> Path:
        """The folder of a checkpoint."""
        return self.path / CHECKPOINTS / checkpoint_name(step)

    def newest(self) -> Path | None:
        """The newest checkpoint's folder."""
        steps = self.steps()
        return self.checkpoint(steps[-1]) if steps else None

    def save(
        self,
        model: PuzzleHRM,
        metadata: Mapping[str, Any],
        tensors: Mapping[str, Tensor],
        state: Mapping[str, Any],
        keep: int,
    ) -> Path:
        """Write a checkpoint of `state["steps"]` and leave the newest `keep`.

        It is there only when it is whole. Raises `UserError` where it cannot be written, and names
        the last good one.
        """
        final = self.checkpoint(state["steps"])
        if final.exists():
            return final
        partial = final.with_name(final.name + PARTIAL)
        shutil.rmtree(partial, ignore_errors=True)
        try:
            save(model, partial, metadata)
            with whole(partial / STATE_TENSORS) as file:
                write_tensors(tensors, file)
            write(partial / STATE, json.dumps(state))
            with saying(final):
                partial.replace(final)
        except WriteError as error:
            last = self.newest()
            good = f"the last good one is {last}" if last else "there is none yet"
            raise UserError(
                f"cannot write the checkpoint {final} ({error.reason}); {good}"
            ) from None
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        for step in self.steps()[:-keep]:
            shutil.rmtree(self.checkpoint(step), ignore_errors=True)
        return final

    def load(self, checkpoint: Path) -> Saved:
        """What `save` wrote; raises `UserError` if it is damaged."""
        with damaged(checkpoint):
            try:
                state = State.model_validate(read_json(checkpoint / STATE))
            except ValidationError as error:
                raise UserError(f"its {STATE} at {first_of(error)}") from None
            if checkpoint.name != checkpoint_name(state.steps):
                raise UserError(f"its {STATE} is of step {state.steps}")
            learned, tensors = (read_tensors(checkpoint / n) for n in (TENSORS, STATE_TENSORS))
        return Saved(learned, tensors, state)

    def append(self, line: Mapping[str, Any]) -> None:
        """Add a line to the metrics."""
        append(self.path / METRICS, json.dumps(line) + "\n")

    def last_step(self) -> int:
        """The last step that the metrics tell of; 0 if there is none."""
        return max((line["step"] for line in self.lines()), default=0)

    def forget_after(self, step: int) -> None:
        """Remove the metrics after a step, and any end: they will be computed again."""
        kept = [
            json.dumps(line) + "\n"
            for line in self.lines()
            if line["step"] <= step and line["kind"] != "end"
        ]
        if os.path.exists(self.path / METRICS):
            write(self.path / METRICS, "".join(kept))

    def lines(self) -> Iterator[dict[str, Any]]:
        """The lines of the metrics; an incomplete last line is left out.

        Raises `UserError` for a line that no training wrote.
        """
        path = self.path / METRICS
        for number, text in enumerate(texts_of(path), start=1):
            try:
                content: object = json.loads(text)
                Line.model_validate(content, strict=True)
            except ValidationError as error:
                flaw = first_of(error)
            except (ValueError, RecursionError):
                if not text.endswith(b"\n"):
                    return
                flaw = "it is not valid JSON"
            else:
                yield cast("dict[str, Any]", content)
                continue
            raise UserError(f"{path}, line {number}, is damaged ({flaw}): delete that line")


@contextmanager
def damaged(checkpoint: Path) -> Generator[None]:
    """Turn any `UserError` about a checkpoint into one that says what to do."""
    try:
        yield
    except UserError as error:
        raise UserError(
            f"the checkpoint {checkpoint} is damaged ({error}): delete it to go on from the one "
            "before"
        ) from None


def read_json(path: Path) -> Any:
    """What a file of the run says; raises `UserError` where it cannot be read."""
    check_file(path)
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise UserError(f"{path} is damaged: it is not valid JSON") from None


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors in a file; raises `UserError` where they cannot be read."""
    check_file(path)
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path.name}: {error}") from None


def check_file(path: Path) -> None:
    """Raise `UserError` where there is no regular file."""
    if not os.path.isfile(path):
        raise UserError(f"there is no file {path}")


def texts_of(path: Path) -> list[bytes]:
    """The lines of a file, their ends with them; none where there is no file."""
    if not os.path.lexists(path):
        return []
    check_file(path)
    try:
        return path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
