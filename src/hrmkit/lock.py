"""A folder that one program at a time writes to."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from hrmkit.errors import UserError
from hrmkit.writing import saying

LOCK = ".lock"


@contextmanager
def held(folder: Path, work: str) -> Generator[None]:
    """Keep others from writing to `folder` meanwhile; `work` is what is done there, for people.

    Raises `UserError` at once if another program does it already. The system itself ends the lock
    with the process that holds it, however that ends. The folder is made; it is taken away again if
    nothing was written to it.
    """
    new = not os.path.isdir(folder)
    with saying(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise UserError(
                f"{folder} is in use: another {work} writes to it; wait for it to end, or name "
                "another folder"
            ) from None
    try:
        yield
    finally:
        if new and [path.name for path in folder.iterdir()] == [LOCK]:
            with suppress(OSError):
                (folder / LOCK).unlink()
                folder.rmdir()
        lock.release()
