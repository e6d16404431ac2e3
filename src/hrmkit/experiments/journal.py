"""A file of finished jobs: what was interrupted goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from hrmkit.writing import append


class Journal:
    """What jobs found, a line of JSON each, by the job's key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any]:
        """What was found, by key; a line that was cut short is passed over."""
        found: dict[str, Any] = {}
        for line in self.path.read_text().splitlines() if self.path.exists() else ():
            try:
                entry: object = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                said = cast("dict[str, Any]", entry)
                if isinstance(said.get("job"), str) and "found" in said:
                    found[said["job"]] = said["found"]
        return found

    def add(self, job: str, found: Any) -> None:
        """One more job is done; `found` is what JSON can hold."""
        # A newline comes first too: the line before may have been cut short.
        append(self.path, f"\n{json.dumps({'job': job, 'found': found})}\n")
