"""Tells whether what was made by the package's code would still be made by it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def fingerprint(*parts: str) -> str:
    """Changes whenever the package's code in `parts`, folders with all that is in them, or files,
    does. A file of another package is named by its whole path.

    What is loaded does not change while a program runs, whatever becomes of its files.
    """
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for part in parts:
        path = package / part
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
