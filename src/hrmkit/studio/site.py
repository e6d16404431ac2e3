"""The page and its stories as plain files, for any static host."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from hrmkit.errors import UserError
from hrmkit.folders import GRAPHS, RECORDINGS
from hrmkit.studio.server import STATIC
from hrmkit.studio.shelf import Shelf

INDEX = "index.json"


def write_site(out: Path, recordings: Sequence[Path], data: Path, static: Path = STATIC) -> None:
    """Write to `out` the same addresses as the studio serves; see `check_site` for `out`."""
    check_site(out, static)
    shelf = Shelf.of(recordings, data / RECORDINGS)
    try:
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(static, out, ignore=shutil.ignore_patterns(".built-from"))
        shutil.copytree(data / GRAPHS, out / GRAPHS)
        (out / RECORDINGS).mkdir()
        for name, path in shelf.files().items():
            shutil.copyfile(path, out / RECORDINGS / name)
        (out / RECORDINGS / INDEX).write_text(json.dumps(shelf.index()))
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror or error}") from None


def check_site(out: Path, static: Path = STATIC) -> None:
    """Ask before long work whether a site can be written to `out`.

    `out` may be new, empty, or an earlier site, which is replaced. Raises `UserError` when it is
    something else, or when the page is not built.
    """
    if not (static / "index.html").is_file():
        raise UserError("the page is not built; run in a checkout: python hatch_build.py")
    if out.is_file():
        raise UserError(f"{out} is a file; name a folder that is new or empty")
    is_site = (out / RECORDINGS / INDEX).is_file() and (out / "index.html").is_file()
    if out.is_dir() and any(out.iterdir()) and not is_site:
        raise UserError(f"{out} holds other files; name a folder that is new or empty")
