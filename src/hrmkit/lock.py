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
    with the process that holds it, however that ends. The folder, and those above it, are made;
    they are taken away again if nothing was written there.
    """
    made = [path for path in (folder, *folder.parents) if not os.path.isdir(path)]
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
        with suppress(OSError):
            if made and os.listdir(folder) == [LOCK]:
                (folder / LOCK).unlink()
                for path in made:
                    path.rmdir()
        lock.release()
