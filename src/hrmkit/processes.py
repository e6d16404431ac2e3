"""Independent pieces of work, side by side in processes of one machine."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from threading import Thread, current_thread, main_thread
from typing import TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


def processes() -> int:
    """How many to run side by side: one for each core this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(
    work: Callable[[Work], Result], tasks: list[Work], processes: int
) -> Iterator[Result]:
    """`work` on each task, in the order of the tasks whatever the number of processes.

    Ctrl-C ends what is under way at once, and so does a caller who takes no more results.
    """
    if processes == 1:
        yield from map(work, tasks)
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=end_with_parent
    )
    waiting: deque[Future[Result]] = deque()
    with pool:
        try:
            with _undisturbed():
                waiting.extend(pool.submit(work, task) for task in tasks)
            while waiting:
                yield waiting.popleft().result()
        except (KeyboardInterrupt, GeneratorExit):
            for child in set(active_children()) - others:
                child.terminate()
            raise
        except BaseException:  # one of them failed: nobody wants the rest
            for future in waiting:
                future.cancel()
            raise


def end_with_parent() -> None:
    """End this process when the one that started it is gone, killed perhaps, and nobody listens."""
    parent = parent_process()

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()


@contextmanager
def _undisturbed() -> Generator[None]:
    """Processes that are started meanwhile hear no Ctrl-C: the one that started them ends them.

    A SIGTERM that this process minds waits until they are started: half-started, they would be left
    behind.
    """
    if current_thread() is not main_thread():  # where signals cannot be set, none arrive
        yield
        return
    came: list[int] = []
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    terminate = signal.getsignal(signal.SIGTERM)
    if callable(terminate):
        signal.signal(signal.SIGTERM, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, interrupt)
        if callable(terminate):
            signal.signal(signal.SIGTERM, terminate)
            if came:
                signal.raise_signal(signal.SIGTERM)
