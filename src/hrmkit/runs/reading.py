"""Reads a run's folder, also while the run still trains. Nothing is written.

RUN/run.json says what is trained, RUN/metrics.jsonl grows by a JSON object a line. Nothing else in
the folder is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hrmkit.errors import UserError
from hrmkit.flaws import first_of
from hrmkit.puzzles.board import MOST_CELLS, MOST_TOKENS
from hrmkit.puzzles.puzzle import Grid
from hrmkit.runs.description import check_regular, parsed

MOST_LINE_BYTES = 2**23


class Read(BaseModel):
    """Fields that the trainer writes; others are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ReadSource(Read):
    """Where puzzles are from."""

    source: str
    rows: int = 0
    fingerprint: str = ""


class ReadWiring(Read):
    """The wires that the page shows."""

    hierarchy: bool
    modules: int
    cycles: int
    low_calls: int
    segments: int
    halting: str


class ReadInterface(Read):
    """The model's inputs and outputs."""

    vocab: int = Field(ge=1, le=MOST_TOKENS)
    tokens: int = Field(ge=1, le=MOST_CELLS)


class ReadWatched(Read):
    """The watched puzzle."""

    given: Grid
    solution: Grid
    puzzle_id: int = 0


class RunFile(Read):
    """The content of run.json."""

    format: str
    version: int
    puzzle: str
    data: tuple[ReadSource, ...]
    test: ReadSource | None = None
    preset: str | None = None
    wiring: ReadWiring
    interface: ReadInterface
    recipe: dict[str, Any]
    seed: int
    parameters: int
    flops_a_step: float | None = None
    device: str = ""
    watched: ReadWatched | None = None


def run_file(text: bytes, file: Path) -> RunFile:
    """The content of run.json as far as it is shown."""
    try:
        return RunFile.model_validate(parsed(text, file))
    except ValidationError as error:
        raise UserError(f"{file} is damaged at {first_of(error)}") from None


class GrowingLines:
    """The lines of a metrics file that may still grow."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines = 0
        self.offset = 0
        self.latest = b""
        """The last complete line, which ends at `offset`."""

    def read_on(self, take: Callable[[dict[str, Any], str], None]) -> bool:
        """Hand each whole line that has been added to `take`, with its place for people.

        A last line that is half-written is left for the next time. False if what was read before
        is there no more. Raises `UserError` for a line that no training has written.
        """
        try:
            check_regular(self.file)
            with self.file.open("rb") as file:
                file.seek(max(0, self.offset - len(self.latest)))
                if file.read(len(self.latest)) != self.latest:
                    return False
                while (line := file.readline(MOST_LINE_BYTES)).endswith(b"\n"):
                    self.lines += 1
                    where = f"{self.file}, line {self.lines},"
                    take(parsed_line(line, where), where)
                    self.offset, self.latest = self.offset + len(line), line
                if len(line) == MOST_LINE_BYTES:
                    raise UserError(
                        f"{self.file} has a line of more than {MOST_LINE_BYTES // 2**20} MiB"
                    )
        except FileNotFoundError:
            return not self.offset  # nothing has been measured yet
        except OSError as error:
            raise UserError(f"cannot read {self.file}: {error.strerror or error}") from None
        return True


def parsed_line(line: bytes, where: str) -> dict[str, Any]:
    """The content of one complete line of the metrics."""
    try:
        content: object = json.loads(line)
    except (ValueError, RecursionError):
        raise UserError(f"{where} is not valid JSON: nothing but the trainer writes it") from None
    if not isinstance(content, dict):
        raise UserError(f"{where} is not a JSON object: nothing but the trainer writes it")
    return cast("dict[str, Any]", content)
