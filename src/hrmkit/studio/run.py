"""Runs that the studio shows while they train: each a folder that is read again when it has grown.

Of a folder only `run.json` and `metrics.jsonl` are read, and nothing is written.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hrmkit.errors import UserError
from hrmkit.recording.run.recorder import RunReader
from hrmkit.runs.folder import METRICS, RUN

ENDING = ".run"
"""After a folder's name, so that no recording beside it has the same."""


@dataclass(frozen=True)
class Answer:
    """A run's recording as it is sent, and what tells one state of the folder from another."""

    tag: str
    packed: bytes
    title: str


class LiveRun:
    """One run. Whatever asks for it at the same time gets the same answer, read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reader = RunReader(folder)
        self._lock = threading.Lock()
        self._answer: Answer | None = None

    def tag(self) -> str:
        """What changes when the folder does; cheap, as it reads no content."""
        stats: list[str] = []
        for file in (self.folder / RUN, self.folder / METRICS):
            try:
                stat = file.stat()
            except OSError:
                stats.append("none")
            else:
                stats.append(f"{stat.st_mtime_ns:x}-{stat.st_size:x}")
        return f'"{"-".join(stats)}"'

    def answer(self) -> Answer:
        """The recording as it stands; raises `UserError` when the folder is broken."""
        with self._lock:
            tag = self.tag()  # before reading: what comes in between is found the next time
            if self._answer is None or self._answer.tag != tag:
                recording = self._reader.recording()
                # Without its hash, which would cost more than all else; the page adds it on saving.
                text = recording.model_dump_json().encode()
                packed = gzip.compress(text, compresslevel=1, mtime=0)
                self._answer = Answer(tag, packed, recording.title)
            return self._answer


class Runs:
    """Runs by the name that the page asks for."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Read each run for the first time; raises `UserError` for what is no run, or broken."""
        self.live: dict[str, LiveRun] = {}
        for folder in dict.fromkeys(folder.resolve() for folder in folders):
            run = LiveRun(folder)
            run.answer()
            self.live[self._name(folder)] = run

    def _name(self, folder: Path) -> str:
        stem = "".join(letter for letter in folder.name if letter.isprintable()) or "run"
        name, number = stem + ENDING, 2
        while name in self.live:
            name, number = f"{stem}-{number}{ENDING}", number + 1
        return name

    def name_of(self, folder: Path) -> str:
        """The name under which a folder is offered."""
        return next(name for name, run in self.live.items() if run.folder == folder.resolve())

    def index(self) -> list[dict[str, str | int | bool | None]]:
        """What the page's list says of each."""
        listed: list[dict[str, str | int | bool | None]] = []
        for name, run in self.live.items():
            try:
                answer = run.answer()
            except UserError:  # what is wrong is said when it is asked for
                answer = Answer("", b"", name.removesuffix(ENDING))
            listed.append(
                {
                    "name": name,
                    "title": f"{answer.title} ({run.folder.name})",
                    "kind": "run",
                    "bytes": len(answer.packed),
                    "live": True,
                }
            )
        return listed
