"""A run on disk: what it is, its metrics, and its last checkpoints, each whole or not there.

RUN/run.json                what is trained, on what, how
RUN/metrics.jsonl           one JSON object a line
RUN/checkpoints/step-N/     the model (see model/checkpoint.py) and the training's state
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from safetensors import SafetensorError
from safetensors.torch import (  # its types leave PathLike open
    load_file,  # pyright: ignore[reportUnknownVariableType]
)
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.checkpoint import TENSORS, save, write_tensors
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.writing import PARTIAL, append, check_folder, saying, whole, write

FORMAT, VERSION = "hrmkit-run", 1
RUN = "run.json"
METRICS = "metrics.jsonl"
CHECKPOINTS = "checkpoints"
STATE_TENSORS = "state.safetensors"
STATE = "state.json"

Description = dict[str, Any]


class Saved(NamedTuple):
    """A training's state as it was saved."""

    learned: dict[str, Tensor]
    tensors: dict[str, Tensor]
    state: dict[str, Any]


class RunFolder:
    """The folder of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether there is a run in it."""
        return os.path.isfile(self.path / RUN)

    def check_new(self) -> None:
        """Raise `UserError` if a run is in it already."""
        if self.exists:
            raise UserError(
                f"{self.path} already holds a run: go on with it (--resume), or name another folder"
            )

    def check_there(self) -> None:
        """Raise `UserError` if there is no run in it to go on with."""
        if not self.exists:
            raise UserError(
                f"{self.path} holds no run to go on with: name the folder of one, or leave out "
                "--resume to begin one"
            )

    def describe(self, description: Mapping[str, Any]) -> None:
        """Write what the run is; raises `UserError` where nothing can be written."""
        content = {"format": FORMAT, "version": VERSION, **description}
        check_folder(self.path / CHECKPOINTS)
        write(self.path / RUN, json.dumps(content, indent=2) + "\n")

    def description(self) -> dict[str, Any]:
        """What the run is; raises `UserError` if there is none, or it cannot be read."""
        path = self.path / RUN
        try:
            content: Any = json.loads(path.read_text())
        except FileNotFoundError:
            raise UserError(f"{self.path} holds no run: there is no {RUN} in it") from None
        except (OSError, ValueError, RecursionError):
            raise UserError(f"{path} is damaged: it is not valid JSON") from None
        if not isinstance(content, dict) or cast(Description, content).get("format") != FORMAT:
            raise UserError(f"{path} does not describe a run of hrmkit")
        description = cast(Description, content)
        if description.get("version") != VERSION:
            raise UserError(
                f"{path} is of version {description.get('version')!r}; this hrmkit reads {VERSION}"
            )
        return description

    def check_room(self, size: int) -> None:
        """Raise `UserError` if a checkpoint of `size` bytes has no room, or no right, here."""
        check_folder(self.path, size)

    def steps(self) -> list[int]:
        """The steps that there is a checkpoint of, in order."""
        return sorted(
            int(folder.name.removeprefix("step-"))
            for folder in (self.path / CHECKPOINTS).glob("step-*")
            if folder.name.removeprefix("step-").isdigit()
        )

    def checkpoint(self, step: int) -> Path:
        """The folder of a checkpoint."""
        return self.path / CHECKPOINTS / f"step-{step:07d}"

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
        except UserError as error:
            last = self.newest()
            good = f"the last good one is {last}" if last else "there is none yet"
            raise UserError(f"the checkpoint {final} is not saved: {error}; {good}") from None
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        for step in self.steps()[:-keep]:
            shutil.rmtree(self.checkpoint(step), ignore_errors=True)
        return final

    def load(self, checkpoint: Path) -> Saved:
        """What `save` wrote; raises `UserError` if it is damaged."""
        try:
            state = json.loads((checkpoint / STATE).read_text())
            learned: dict[str, Tensor] = load_file(checkpoint / TENSORS)
            tensors: dict[str, Tensor] = load_file(checkpoint / STATE_TENSORS)
        except (OSError, ValueError, SafetensorError) as error:
            raise UserError(
                f"the checkpoint {checkpoint} is damaged ({error}): delete it to go on from the "
                "one before"
            ) from None
        return Saved(learned, tensors, state)

    def append(self, line: Mapping[str, Any]) -> None:
        """Add a line to the metrics."""
        append(self.path / METRICS, json.dumps(line) + "\n")

    def forget_after(self, step: int) -> None:
        """Keep the metrics up to a step, its end left out: what comes after is computed again."""
        kept = [
            json.dumps(line) + "\n"
            for line in self.lines()
            if line["step"] <= step and line["kind"] != "end"
        ]
        if (self.path / METRICS).exists():
            write(self.path / METRICS, "".join(kept))

    def lines(self) -> Iterator[dict[str, Any]]:
        """The metrics' lines that are whole."""
        path = self.path / METRICS
        if path.exists():
            for text in path.read_text().splitlines():
                try:
                    yield json.loads(text)
                except ValueError:
                    return
