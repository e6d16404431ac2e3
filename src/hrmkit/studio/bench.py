"""The bench: trains a wiring that was put together in the page, and keeps what was measured.

A training runs in a process of its own, one at a time: it can be stopped at any moment, and its
crash takes nothing along. What trains is handed in; the bench knows no model.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing import connection, get_context, parent_process
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from hrmkit.errors import UserError
from hrmkit.flaws import first_flaw
from hrmkit.progress import Progress
from hrmkit.recording.ladder.schema import LadderSettings, Rung, Wires
from hrmkit.renamed import RECORDING, with_new_names_within
from hrmkit.writing import write

SUFFIX = ".rung.json"
STOP_SECONDS = 5.0

Work = Callable[[Wires, Progress], Rung]
"""Trains and measures; it is sent to another process, so it is a function of a module."""
Check = Callable[[Wires], object]
"""Raises a UserError when the wires make no model."""
State = Literal["idle", "training", "done", "failed", "cancelled"]


class BusyError(UserError):
    """Another training is under way."""


@dataclass(frozen=True)
class Now:
    """How the last training stands."""

    state: State = "idle"
    what: str = ""
    done: int = 0
    of: int = 0
    rung: Rung | None = None
    problem: str | None = None
    began: float = 0.0
    """When `what` began, in seconds of a monotonic clock."""

    def left(self) -> float | None:
        """Seconds until `what` is done, by its pace so far; None until there is a pace."""
        if self.state != "training" or self.done < 1 or self.of < 1:
            return None
        return (time.monotonic() - self.began) / self.done * (self.of - self.done)


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
        self._work, self._check, self._settings = work, check, settings
        self._lock = threading.Lock()
        self._now = Now()
        self._process: SpawnProcess | None = None

    def state(self) -> dict[str, Any]:
        """Return what `bench/state.json` says."""
        now = self._now
        return {
            "state": now.state,
            "what": now.what,
            "done": now.done,
            "of": now.of,
            "left": now.left(),
            "rung": now.rung.model_dump(mode="json") if now.rung else None,
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
        with self._lock:
            if self._now.state == "training":
                raise BusyError("a wiring is being trained already; wait for it or cancel it")
            spawn = get_context("spawn")
            ours, theirs = spawn.Pipe(duplex=False)
            process = spawn.Process(target=_train, args=(self._work, wires, theirs), daemon=True)
            self._now = Now("training", "starting", began=time.monotonic())
            process.start()
            theirs.close()
            self._process = process
        listener = threading.Thread(target=self._listen, args=(process, ours), daemon=True)
        listener.start()

    def cancel(self) -> None:
        """Stop the training that is under way, if there is one."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            self._now = Now("cancelled")
        _end(process)

    def _listen(self, process: SpawnProcess, ours: connection.Connection) -> None:
        """Take what the training says until it ends, in whatever way."""
        with ours:
            try:
                while True:
                    self._heard(process, *ours.recv())
            except (EOFError, OSError):
                pass  # it has ended
        process.join()
        with self._lock:
            if self._process is process:  # and it has not said how
                self._process = None
                self._now = Now("failed", problem=_how_it_ended(process.exitcode))

    def _heard(self, process: SpawnProcess, kind: str, *said: Any) -> None:
        with self._lock:
            if self._process is not process:
                return  # cancelled meanwhile
            if kind == "progress":
                what, done, of = said
                same = what == self._now.what
                began = self._now.began if same else time.monotonic()
                self._now = replace(self._now, what=what, done=done, of=of, began=began)
                return
            self._process = None
            if kind == "failed":
                self._now = Now("failed", problem=said[0])
                return
            rung = Rung.model_validate_json(said[0])
            try:
                self._keep(rung)
            except UserError as error:
                problem = f"It was measured but cannot be kept: {error}."
                self._now = Now("failed", problem=problem, rung=rung)
            else:
                self._now = Now("done", rung=rung)

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


def _train(work: Work, wires: Wires, out: connection.Connection) -> None:
    """What the training's own process does."""
    # Ctrl-C reaches the whole group; the studio ends this process itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def progress(what: str, done: int, of: int) -> None:
        out.send(("progress", what, done, of))

    with out:
        try:
            rung = work(wires, progress)
        except UserError as error:
            out.send(("failed", sentence(error)))
        except MemoryError:
            out.send(("failed", "This machine has not enough memory to train that."))
        else:
            out.send(("done", rung.model_dump_json()))


def _end_with_parent() -> None:
    """However the studio ends, a training does not outlive it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _end(process: SpawnProcess) -> None:
    process.terminate()
    process.join(STOP_SECONDS)
    if process.is_alive():
        process.kill()
        process.join(STOP_SECONDS)


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"The training was stopped from outside (signal {-code}); nothing else is lost."
    return "The training stopped unexpectedly; what went wrong stands in the studio's terminal."


def sentence(error: UserError) -> str:
    """Return an error's message as a sentence of its own."""
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
