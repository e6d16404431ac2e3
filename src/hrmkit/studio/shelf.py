"""The recordings that the studio offers: those handed to it and those in its data folder."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, cast

from hrmkit.errors import UserError
from hrmkit.recording.weight import too_heavy

SUFFIX = ".hrm.json.gz"
MAX_BYTES = 64 * 2**20
# A title is read from inside a recording; one that unpacks to more than this is listed by its name.
MAX_UNPACKED = 128 * 2**20


class Described(NamedTuple):
    """What a recording says of itself, where that can be read."""

    title: str | None
    kind: str | None


@dataclass
class Shelf:
    """Recordings by the name that the page asks for, and nothing else on the disk.

    ``handed`` are files that the user named, wherever they are. ``folder`` is read anew each time,
    so what is recorded while the studio runs appears.
    """

    handed: Mapping[str, Path]
    folder: Path
    _described: dict[tuple[Path, int, int], Described] = field(
        default_factory=dict[tuple[Path, int, int], Described], repr=False
    )

    @classmethod
    def of(cls, files: Sequence[Path], folder: Path) -> Shelf:
        """Put ``files`` on a shelf; refuse one that is missing, too large or badly named."""
        handed: dict[str, Path] = {}
        for file in files:
            path = file.resolve()
            if path not in handed.values():
                check(file)
                handed[_unused(file.name, handed)] = path
        return cls(handed, folder)

    def files(self) -> dict[str, Path]:
        """Return all recordings by name, the handed ones first."""
        found = dict(self.handed)
        folder = self.folder.resolve()
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            inside = path.resolve()
            # A link out of the folder would let the page read any file.
            if inside.parent != folder or inside in found.values() or path.name in found:
                continue
            if path.name.isprintable() and path.is_file() and path.stat().st_size <= MAX_BYTES:
                found[path.name] = inside
        return found

    def find(self, name: str) -> Path | None:
        """Return the file of that name, or None when there is none or it has grown too large."""
        path = self.files().get(name)
        return path if path and path.is_file() and path.stat().st_size <= MAX_BYTES else None

    def name_of(self, file: Path) -> str:
        """Return the name under which ``file`` is offered."""
        path = file.resolve()
        return next(name for name, other in self.files().items() if other == path)

    def index(self) -> list[dict[str, str | int | None]]:
        """Return name, title, kind and bytes of every recording that can be read."""
        listed: list[dict[str, str | int | None]] = []
        for name, path in self.files().items():
            try:
                stat = path.stat()
            except OSError:  # gone since it was found
                continue
            key = (path, stat.st_mtime_ns, stat.st_size)
            if key not in self._described:
                self._described[key] = describe(path)
            title, kind = self._described[key]
            listed.append(
                {
                    "name": name,
                    "title": title or name.removesuffix(SUFFIX),
                    "kind": kind,
                    "bytes": stat.st_size,
                }
            )
        return listed


def check(file: Path) -> None:
    """Raise a UserError when ``file`` cannot be offered."""
    shown = str(file).encode(errors="backslashreplace").decode()
    if not os.path.exists(file):
        raise UserError(f"There is no file {shown}; name a recording (*{SUFFIX}).")
    if not os.path.isfile(file):
        raise UserError(f"{shown} is not a file; name a recording (*{SUFFIX}).")
    if not file.name.isprintable():
        raise UserError(f"{shown} has a name that a browser cannot ask for; rename it.")
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise UserError(f"{shown} cannot be read: {error.strerror or error}.") from error
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise UserError(
            f"{shown} has {size / 2**20:.1f} MiB; a recording of up to {MAX_BYTES // 2**20} MiB "
            "can be shown."
        )


def describe(path: Path) -> Described:
    """Return the title and the kind inside a recording; None for what cannot be read.

    What is wrong with a broken recording is for the page to say, which has room to explain.
    """
    try:
        with path.open("rb") as raw:
            gzipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if gzipped else path.open("rb") as file:
            text = file.read(MAX_UNPACKED + 1)
        if len(text) > MAX_UNPACKED or too_heavy(text):
            return Described(None, None)
        content: Any = json.loads(text)
    except (OSError, EOFError, ValueError, RecursionError, zlib.error):
        return Described(None, None)
    if not isinstance(content, dict):
        return Described(None, None)
    said = cast("dict[str, Any]", content)
    return Described(_text(said.get("title")), _text(said.get("kind")))


def _text(value: object) -> str | None:
    return value[:200] if isinstance(value, str) and value.strip() else None


def _unused(name: str, taken: Mapping[str, Path]) -> str:
    """Return ``name``, or with a number put in when another file has it already."""
    stem, dot, ending = name.partition(".")
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{stem}-{number}{dot}{ending}", number + 1
    return candidate
