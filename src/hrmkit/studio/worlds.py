"""The default stories of worlds, trained while the studio runs, once somebody wants to see them.

One is trained at a time, in the order in which they were asked for; who asks for one that is being
trained, or waits, gets the same one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hrmkit.errors import UserError
from hrmkit.progress import Progress
from hrmkit.studio.background import Background


class StoryTask(NamedTuple):
    """A world's story that is to be trained, in a data folder."""

    world: str
    data: Path


Work = Callable[[StoryTask, Progress], None]
"""Trains and writes; it is sent to another process, so it is a function of a module."""
There = Callable[[], bool]
"""Whether a world's story is there, and of this version."""


class WorldStories:
    """Trains worlds' stories when they are asked for."""

    def __init__(self, data: Path, worlds: Mapping[str, There], work: Work) -> None:
        """``worlds`` are those that may be asked for, by name."""
        self._data, self._worlds = data, worlds
        self._lock = threading.Lock()
        self._training = Background(work, ended=self._next, family=True)
        self._current = ""
        self._waiting: list[str] = []
        self._problems: dict[str, str] = {}

    def state(self) -> dict[str, Any]:
        """Return what `worlds/state.json` says: how each world's story stands."""
        return {"worlds": {name: self._state_of(name) for name in self._worlds}}

    def _state_of(self, name: str) -> dict[str, Any]:
        with self._lock:
            now, current = self._training.now, self._current
            waits, problem = name in self._waiting, self._problems.get(name)
        if name == current and now.state == "training":
            said = {"what": now.what, "done": now.done, "of": now.of, "left": now.left()}
            return {"state": "training", **said, "problem": None}
        if name == current and now.state == "failed":
            problem = now.problem
        state = (
            "waiting"
            if waits
            else "there"
            if self._worlds[name]()
            else "failed"
            if problem
            else "absent"
        )
        said = {"what": "", "done": 0, "of": 0, "left": None}
        return {"state": state, **said, "problem": problem if state == "failed" else None}

    def train(self, asked: object) -> bool:
        """See to it that the story of the world in ``asked`` is trained; False if it is there.

        Raises a UserError, which lists all, for an unknown one.
        """
        if not isinstance(asked, str) or asked not in self._worlds:
            known = ", ".join(self._worlds)
            raise UserError(f"no world is called {asked!r}: choose {known}")
        if self._worlds[asked]():
            return False
        with self._lock:
            self._problems.pop(asked, None)
            trains = asked == self._current and self._training.now.state == "training"
            if not trains and asked not in self._waiting:
                self._waiting.append(asked)
        self._next()
        return True

    def cancel(self, asked: object) -> None:
        """Stop the training of a world's story, or its waiting; whatever else waits comes next."""
        with self._lock:
            if asked in self._waiting:
                self._waiting.remove(str(asked))
                return
            if asked != self._current:
                return
        self._training.cancel()
        self._next()

    @property
    def trains(self) -> bool:
        """Whether a story is being trained."""
        return self._training.works

    def stop(self) -> None:
        """Stop all."""
        with self._lock:
            self._waiting.clear()
        self._training.cancel()

    def _next(self) -> None:
        """Begin with what waits longest, unless something is being trained."""
        with self._lock:
            now = self._training.now
            if now.state == "failed" and now.problem:
                self._problems[self._current] = now.problem
            if not self._waiting:
                return
            if self._training.start(StoryTask(self._waiting[0], self._data)):
                self._current = self._waiting.pop(0)
