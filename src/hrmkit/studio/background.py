"""Long work that the page asks for, in a process of its own: one piece at a time.

It can be stopped at any moment, and its crash takes nothing along.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import connection, get_context, parent_process
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, Literal, TypeVar

from hrmkit.errors import UserError
from hrmkit.progress import Progress

STOP_SECONDS = 5.0
NICE = 5
"""How far the work stands back: whoever looks at a page should not wait for it."""

Task = TypeVar("Task")
Result = TypeVar("Result")
State = Literal["idle", "training", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Now(Generic[Result]):
    """How the last piece of work stands."""

    state: State = "idle"
    what: str = ""
    done: int = 0
    of: int = 0
    result: Result | None = None
    problem: str | None = None
    began: float = 0.0
    """When `what` began, in seconds of a monotonic clock."""

    def left(self) -> float | None:
        """Seconds until `what` is done, by its pace so far; None until there is a pace."""
        if self.state != "training" or self.done < 1 or self.of < 1:
            return None
        return (time.monotonic() - self.began) / self.done * (self.of - self.done)


class Background(Generic[Task, Result]):
    """Does `work` on a task at a time; a finished result is handed to `keep`.

    `work` is sent to another process, so it is a function of a module, and tasks and results are
    plain data. `keep` may raise a `UserError`: the result is then told with the problem. `ended` is
    called once a piece of work is over, however it ended, unless it was cancelled. With `family`,
    the process may have processes of its own. Why work failed is also printed in the terminal.
    """

    def __init__(
        self,
        work: Callable[[Task, Progress], Result],
        keep: Callable[[Result], None] = lambda _: None,
        ended: Callable[[], None] = lambda: None,
        *,
        family: bool = False,
    ) -> None:
        self._work, self._keep, self._ended = work, keep, ended
        self._family = family
        self._lock = threading.Lock()
        self._now: Now[Result] = Now()
        self._process: SpawnProcess | None = None

    @property
    def works(self) -> bool:
        """Whether something is under way."""
        return self._now.state == "training"

    @property
    def now(self) -> Now[Result]:
        """How the last piece of work stands."""
        return self._now

    def start(self, task: Task) -> bool:
        """Start to work on a task; False while another is worked on."""
        with self._lock:
            if self._now.state == "training":
                return False
            spawn = get_context("spawn")
            ours, theirs = spawn.Pipe(duplex=False)
            process = spawn.Process(
                target=_do, args=(self._work, task, theirs), daemon=not self._family
            )
            self._now = Now("training", "starting", began=time.monotonic())
            try:
                process.start()
            except OSError as error:  # no more processes, or no memory for one
                ours.close()
                self._fail(_of_system(error))
                return True
            finally:
                theirs.close()
            self._process = process
        threading.Thread(target=self._listen, args=(process, ours), daemon=True).start()
        return True

    def cancel(self) -> None:
        """Stop what is under way, if anything is."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            self._now = Now("cancelled")
        _end(process)

    def _listen(self, process: SpawnProcess, ours: connection.Connection) -> None:
        """Take what the work says until it ends, in whatever way."""
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
                self._fail(_how_it_ended(process.exitcode))
            cancelled = self._now.state == "cancelled"
        if not cancelled:
            self._ended()

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
                self._fail(said[0])
                return
            try:
                self._keep(said[0])
            except UserError as error:
                self._fail(f"It is done but cannot be kept: {error}.", said[0])
            else:
                self._now = Now("done", result=said[0])

    def _fail(self, problem: str, result: Result | None = None) -> None:
        """Say what went wrong to whoever asks, and to who looks at the terminal."""
        self._now = Now("failed", problem=problem, result=result)
        print(f"A training in the background failed: {problem}", file=sys.stderr, flush=True)


def _do(work: Callable[[Any, Progress], Any], task: Any, out: connection.Connection) -> None:
    """What the work's own process does."""
    # Ctrl-C reaches the whole group; the studio ends this process itself, by SIGTERM. That unwinds
    # the work as Ctrl-C would: its own processes, files half-written and semaphores go with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stopping = threading.Event()

    def stop(number: int, frame: object) -> None:
        if not stopping.is_set():
            stopping.set()
            raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICE)

    def tell(*said: Any) -> None:
        with suppress(BrokenPipeError):  # the studio is gone, and this process ends with it
            out.send(said)

    def progress(what: str, done: int, of: int) -> None:
        tell("progress", what, done, of)

    with out:
        try:
            result = work(task, progress)
        except BaseException as error:
            # An interrupted import raises what it likes.
            problem = _STOPPED if stopping.is_set() else _why(error)
            if problem is None:
                raise
            tell("failed", problem)
        else:
            tell("done", result)


_STOPPED = "The training was stopped from outside; nothing else is lost."


def _why(error: BaseException) -> str | None:
    """Why work failed, as a sentence; None for a defect, which keeps its traceback."""
    if isinstance(error, UserError):
        return sentence(error)
    if isinstance(error, MemoryError):
        return "This machine has not enough memory to train that."
    if isinstance(error, BrokenProcessPool):
        return "A process of the training was stopped from outside, perhaps for want of memory."
    return _of_system(error) if isinstance(error, OSError) else None


def _of_system(error: OSError) -> str:
    """What the system refuses, as a sentence."""
    where = f" ({error.filename})" if error.filename else ""
    return f"The system refuses what the training needs: {error.strerror or error}{where}."


def _end_with_parent() -> None:
    """However the studio ends, its work does not outlive it: in order, or else at once."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)  # to the process: its main thread may be waiting
        time.sleep(STOP_SECONDS)
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
