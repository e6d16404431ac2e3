"""The one writer of files that a person names: each is there whole, or as it was.

Links are followed to the file that they name. Only regular files are replaced: a device, a pipe or
a folder in the place is refused. Nothing is written by another way, so that all verbs say the same
when a disk is full or a folder cannot be written.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
import zlib
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.filesize import decimal

from hrmkit.errors import UserError
from hrmkit.folders import data_folder

PARTIAL = ".part"
"""How files end that are not whole yet."""
PROBE = 2**12
"""Bytes that are written, and taken away again, to see whether a place can be written to."""
HEAD = 2**12
"""Bytes of a file's beginning, which tell what it is."""
GZIP = b"\x1f\x8b"
"""How a gzipped file begins."""
RESCUED = "rescued"
"""Inside the data folder: what could not be written to where it was meant to be."""


class WriteError(UserError):
    """Nothing can be written to a place, for a reason: 'No space left on device'."""

    def __init__(self, path: Path, error: OSError) -> None:
        taken = isinstance(error, FileExistsError)  # to make a folder: the one there is no error
        self.reason = "a file is there, not a folder" if taken else error.strerror or str(error)
        self.path = path
        super().__init__(f"cannot write {path} ({self.reason}): name a place that can be written")

    def __reduce__(self) -> tuple[type[WriteError], tuple[Path, OSError]]:
        """Copied to another process, it is made again: from what it was made from."""
        return WriteError, (self.path, OSError(None, self.reason))


def check_target(path: Path, size: int = PROBE) -> None:
    """Raise `UserError` if a file of about `size` bytes cannot be written at `path`.

    Asked before long work. The folders above `path` are made.
    """
    with saying(path):
        check_folder_of(place_of(path), size)


def check_own(path: Path, what: str, is_own: Callable[[str], bool]) -> None:
    """Raise `UserError` where a file would be replaced that this program did not write.

    `what` it writes there, as "a recording"; `is_own` is asked of the beginning of the file that is
    there, unpacked. An empty file may be replaced.
    """
    with saying(path):
        if not path.is_file():
            return
        with path.open("rb") as file:
            head = file.read(HEAD)
    if head and not is_own(text_of_head(head)):
        raise UserError(f"{path} is there and is not {what}, which would replace it: name another")


def check_free(folder: Path, names: Iterable[str], verb: str) -> None:
    """Raise `UserError` where one of the files is there that `hrmkit verb` would write."""
    for name in names:
        if os.path.lexists(folder / name):
            raise UserError(
                f"{folder / name} is not by hrmkit {verb}, which would replace it: "
                "name another folder"
            )


def text_of_head(head: bytes) -> str:
    """The beginning of a file as text, of a gzipped one unpacked; "" where it does not unpack."""
    if head[:2] == GZIP:
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, HEAD)
        except zlib.error:
            head = b""
    return head.decode(errors="replace")


def check_folder(folder: Path, size: int = PROBE) -> None:
    """`check_target` of any file in `folder`, which is made."""
    with saying(folder):
        check_folder_of(place_of(folder / secrets.token_hex(4)), size)


def write(path: Path, content: bytes | str) -> None:
    """Write a file; raises `UserError` where that cannot be done, and leaves what was there."""
    with whole(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def deliver(path: Path, content: bytes | str) -> None:
    """`write` what took long to make: where that fails, it is kept elsewhere, and is said where."""
    try:
        write(path, content)
    except WriteError as error:
        kept = rescued(path.name, content)
        raise UserError(f"cannot write {path} ({error.reason}): {kept}") from None


def append(path: Path, text: str) -> None:
    """Add `text` to the end of a file, or begin one; raises `UserError` where it cannot."""
    with saying(path), place_of(path).open("a", encoding="utf-8") as file:
        file.write(text)


def remove(path: Path) -> None:
    """Take away a file, if it is there; raises `UserError` where that cannot be done."""
    with saying(path):
        path.unlink(missing_ok=True)


@contextmanager
def whole(path: Path) -> Generator[Path]:
    """A file beside `path` to write to, which takes the place of `path` when the block ends.

    The folders above are made, and taken away again if the block raises: what was there stays. An
    `OSError` becomes a `UserError`.
    """
    with saying(path):
        place = place_of(path)
        with folders_of(place), beside(place) as partial:
            mode = stat.S_IMODE((place if place.exists() else partial).stat().st_mode)
            yield partial
            with partial.open("rb") as file:  # full disks may say so only now
                os.fsync(file.fileno())
            partial.chmod(mode)
            partial.replace(place)


@contextmanager
def saying(path: Path) -> Generator[None]:
    """Turn an `OSError` into a `WriteError` of `path`."""
    try:
        yield
    except OSError as error:
        raise WriteError(path, error) from None


def place_of(path: Path) -> Path:
    """The file that `path` is or will be, links followed; `OSError` where it cannot be one."""
    if "\0" in str(path):
        raise OSError(None, "no name has a zero byte in it")
    with suppress(FileNotFoundError):
        found = path.stat().st_mode
        if not stat.S_ISREG(found):
            raise OSError(None, f"it is {kind_of(found)}")
        if not os.access(path, os.W_OK):
            raise OSError(None, "it is write-protected")
    return Path(os.path.realpath(path))


def kind_of(mode: int) -> str:
    """What a place is that is no regular file."""
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    return next((name for is_it, name in kinds if is_it(mode)), "a device")


def check_folder_of(place: Path, size: int) -> None:
    """`OSError` if no file of about `size` bytes can be written at `place`."""
    with folders_of(place):
        total, _, free = shutil.disk_usage(place.parent)
        if total and free < size:  # some file systems do not say how large they are
            raise OSError(None, f"{decimal(free)} are free, and about {decimal(size)} are needed")
        with beside(place) as partial:
            partial.write_bytes(bytes(PROBE))


@contextmanager
def folders_of(place: Path) -> Generator[None]:
    """Make the folders above `place`; if the block raises, those that were new and are empty go."""
    made = [path for path in place.parents if not os.path.isdir(path)]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        with suppress(OSError):
            for path in made:
                path.rmdir()
        raise


@contextmanager
def beside(place: Path) -> Generator[Path]:
    """An empty file in the same folder, of a name that nobody else has; gone after the block."""
    # Cut short, because the name itself may be as long as names can be.
    partial = place.with_name(f".{place.name[:40]}.{secrets.token_hex(4)}{PARTIAL}")
    with partial.open("xb"):
        pass
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def rescued(name: str, content: bytes | str) -> str:
    """Keep `content` wherever there is room, and say where."""
    tried: list[str] = []
    for folder in refuges():
        kept = folder / f"{secrets.token_hex(2)}-{name}"
        try:
            write(kept, content)
        except UserError:
            tried.append(str(folder))
        else:
            return f"what was made is in {kept}: move it to where it belongs"
    return f"what was made is lost, as it could not be kept elsewhere either ({', '.join(tried)})"


def refuges() -> list[Path]:
    """Where to keep what cannot be written to its place."""
    found: list[Path] = []
    with suppress(UserError):
        found.append(data_folder() / RESCUED)
    with suppress(OSError):
        found.append(Path(tempfile.gettempdir()))
    return [*found, Path.cwd()]
