"""A file of finished jobs: what was interrupted goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from hrmkit.writing import append

Found = TypeVar("Found")


FINISHED = "finished.jsonl"
"""The usual name of a journal in a folder of its own."""


class Journal:
    """What jobs found, a line of JSON each, by the job's key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, parse: Callable[[Any], Found]) -> dict[str, Found]:
        """What was found, by key.

        A line that was cut short or damaged is passed over, and so is what `parse` refuses with a
        `TypeError` or a `ValueError`: that job is done again.
        """
        found: dict[str, Found] = {}
        if not self.path.exists():
            return found
        for line in self.path.read_text(errors="replace").splitlines():
            with suppress(TypeError, ValueError):
                entry: object = json.loads(line)
                if isinstance(entry, dict):
                    said = cast("dict[str, Any]", entry)
                    if isinstance(said.get("job"), str) and "found" in said:
                        found[said["job"]] = parse(said["found"])
        return found

    def add(self, job: str, found: Any) -> None:
        """One more job is done; `found` is what JSON can hold."""
        # A newline comes first too: the line before may have been cut short.
        append(self.path, f"\n{json.dumps({'job': job, 'found': found})}\n")
