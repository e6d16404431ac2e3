"""Connections of the studio's server that cannot starve each other.

uvicorn bounds a connection's headers in bytes and how long it rests between two requests. It does
not bound how long a first request takes to arrive, nor how long an answer takes to be read. Here
each wait for a client has an end. When there are many connections, the one that has kept the server
waiting longest is closed, but never one that is being served or has just come.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

Wait = Literal["rest", "head", "body", "reading"]
"""What a client has to do next: begin a request, end its head, end its body, read the answer."""


@dataclass(frozen=True)
class Patience:
    """How many seconds each wait may take, and how many connections there may be.

    Above `many` connections, one that has waited for more than `grace` is closed. Above `most`,
    requests are refused; it takes so many connections at work at once to get there.
    """

    rest: float = 15
    head: float = 10
    body: float = 10
    reading: float = 30
    grace: float = 1
    many: int = 400
    most: int = 800


class PatientProtocol(H11Protocol):
    """One connection, which ends when its client keeps the server waiting for too long.

    A wait ends on time however many bytes trickle in meanwhile.
    """

    patience = Patience()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waits_for: Wait | None = None
        self.since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room for the newcomer, and wait for its first request."""
        if len(self.connections) >= self.patience.many:
            self._make_room()
        super().connection_made(transport)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Wait until the client reads."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """Go on: the client reads."""
        super().resume_writing()
        self._look()

    def _look(self) -> None:
        """Find out whose turn it is; a wait that goes on keeps the time of its beginning."""
        now = self._whose_turn()
        if now != self.waits_for:
            self._wait(now)

    def _whose_turn(self) -> Wait | None:
        if self.flow.write_paused:
            return "reading"
        if self.cycle is None or self.cycle.response_complete:  # pyright: ignore[reportUnnecessaryComparison]
            begun, _ = self.conn.trailing_data
            return "head" if begun else "rest"
        return "body" if self.cycle.more_body else None

    def _wait(self, wait: Wait | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.waits_for, self.since = wait, self.loop.time()
        seconds = None if wait is None else getattr(self.patience, wait)
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._end)

    def _end(self) -> None:
        # Not close(): that waits until the client has read everything.
        self.connections.discard(self)
        self.transport.abort()

    def _make_room(self) -> None:
        """End the connection that has kept us waiting longest, if any has for long enough."""
        everyone = cast("set[object]", self.connections)
        ours = [one for one in everyone if isinstance(one, PatientProtocol)]
        waiting = [one for one in ours if one.waits_for is not None]
        longest = min(waiting, key=lambda one: one.since, default=None)
        if longest and longest.since + self.patience.grace < self.loop.time():
            longest._end()


def allow_files(wanted: int) -> None:
    """Raise this process's own limit of open files and connections, where it is lower.

    Some systems begin at 256; at the limit, nobody would be let in.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
