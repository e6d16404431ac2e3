"""The bench: trains a wiring that was put together in the page, and keeps what was measured.

One wiring at a time is trained. What trains is handed in; the bench knows no model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hrmkit.errors import UserError
from hrmkit.flaws import first_flaw
from hrmkit.progress import Progress
from hrmkit.recording.ladder.schema import LadderSettings, Rung, Wires
from hrmkit.renamed import RECORDING, with_new_names_within
from hrmkit.studio.background import Background
from hrmkit.writing import write

SUFFIX = ".rung.json"

Work = Callable[[Wires, Progress], Rung]
"""Trains and measures; it is sent to another process, so it is a function of a module."""
Check = Callable[[Wires], object]
"""Raises a UserError when the wires make no model."""


class BusyError(UserError):
    """Another training is under way."""


class Bench:
    """Trains one wiring at a time, and remembers every rung that was measured."""

    def __init__(
        self, folder: Path, work: Work, check: Check, settings: LadderSettings | None = None
    ) -> None:
        """``folder`` keeps one file a measured rung.

        ``settings`` say what ``work`` trains and measures on: the page shows a result beside those
        of a recording with the same ones only.
        """
        self._folder = folder
        self._check, self._settings = check, settings
        self._training = Background(work, self._keep)

    def state(self) -> dict[str, Any]:
        """Return what `bench/state.json` says."""
        now = self._training.now
        return {
            "state": now.state,
            "what": now.what,
            "done": now.done,
            "of": now.of,
            "left": now.left(),
            "rung": now.result.model_dump(mode="json") if now.result else None,
            "problem": now.problem,
            "measured": [rung.model_dump(mode="json") for rung in self.measured()],
            "settings": self._settings.model_dump(mode="json") if self._settings else None,
        }

    def measured(self) -> list[Rung]:
        """Return all that was measured, the oldest first; what cannot be read is left out."""
        found: list[tuple[float, Rung]] = []
        for path in self._folder.glob(f"*{SUFFIX}"):
            try:
                content = with_new_names_within(json.loads(path.read_bytes()), RECORDING)
                found.append((path.stat().st_mtime, Rung.model_validate(content)))
            except (OSError, ValueError):
                continue  # gone, or of another version
        return [rung for _, rung in sorted(found, key=lambda one: one[0])]

    def train(self, asked: object) -> None:
        """Start to train the wires in ``asked``, which the page sent.

        Raises a UserError when they make no model, and BusyError while another is being trained.
        """
        wires = wires_of(asked)
        self._check(wires)
        if not self._training.start(wires):
            raise BusyError("a wiring is being trained already; wait for it or cancel it")

    @property
    def trains(self) -> bool:
        """Whether a training is under way."""
        return self._training.works

    def cancel(self) -> None:
        """Stop the training that is under way, if there is one."""
        self._training.cancel()

    def _keep(self, rung: Rung) -> None:
        """Write a measured rung; a crash half-way leaves an older one in place."""
        digest = hashlib.sha256(rung.name.encode()).hexdigest()[:16]
        path = self._folder / f"{digest}{SUFFIX}"
        write(path, json.dumps(rung.model_dump(mode="json")))


def wires_of(asked: object) -> Wires:
    """Return the wires that the page sent, or raise a UserError that says what is wrong."""
    try:
        return Wires.model_validate(asked)
    except ValidationError as error:
        flaw = first_flaw(error)
        where, given = flaw.where or "wires", flaw.value
        value = f" is {given!r}, which" if isinstance(given, str | int | float) else ""
        raise UserError(f"{where}{value} is not as a wiring has it: {flaw.what}") from None
