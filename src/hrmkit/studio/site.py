"""The page and its stories as plain files, for any static host."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hrmkit.errors import UserError
from hrmkit.folders import GRAPHS, RECORDINGS, THINKERS
from hrmkit.one_file import SINGLE, STATIC
from hrmkit.studio.shelf import Shelf
from hrmkit.writing import check_folder, saying

INDEX = "index.json"
UNFINISHED = ".hrmkit-site-"
"""How the folder begins in which a site is put together."""


def write_site(
    out: Path,
    recordings: Sequence[Path],
    data: Path,
    thinkers: Mapping[str, bytes],
    static: Path = STATIC,
) -> None:
    """Write to `out` the same addresses as the studio serves; see `check_site` for `out`.

    `thinkers` are the files of the models that think in the page. An earlier site stays as
    it was until the new one is whole.
    """
    check_site(out, static)
    shelf = Shelf.of(recordings, data / RECORDINGS)
    files = {path.relative_to(static): path for path in page_files(static)}
    files |= {GRAPHS / path.relative_to(data / GRAPHS): path for path in files_in(data / GRAPHS)}
    files |= {Path(RECORDINGS, name): path for name, path in shelf.files().items()}
    check_folder(out, bytes_of(files.values()) + sum(map(len, thinkers.values())))
    with saying(out), TemporaryDirectory(prefix=UNFINISHED, dir=out) as folder:
        fresh = Path(folder)
        for name, path in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, fresh / name)
        (fresh / THINKERS).mkdir()
        for name, content in thinkers.items():
            (fresh / THINKERS / name).write_bytes(content)
        (fresh / RECORDINGS).mkdir(exist_ok=True)
        (fresh / RECORDINGS / INDEX).write_text(json.dumps(shelf.index()))
        # Inside `out`, and not in its place: it may be a link, a disk of its own, or have files of
        # its owner beside the site, as .git and CNAME.
        names = [path.name for path in fresh.iterdir()]
        for old in (out / name for name in {GRAPHS, *names}):
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            else:
                old.unlink(missing_ok=True)
        for name in names:
            (fresh / name).rename(out / name)


def page_files(static: Path) -> list[Path]:
    """What the page is made of; the parts of a page that is one file are none of a folder's."""
    files = [path for path in files_in(static) if path.name != ".built-from"]
    return [path for path in files if not path.is_relative_to(static / SINGLE)]


def files_in(folder: Path) -> list[Path]:
    """Every file in a folder and in those below."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def bytes_of(files: Iterable[Path]) -> int:
    """How many bytes some files have together."""
    return sum(path.stat().st_size for path in files)


def check_site(out: Path, static: Path = STATIC) -> None:
    """Ask before long work whether a site can be written to `out`.

    `out` may be new, empty, or an earlier site, which is replaced; what its owner put beside it
    stays. Raises `UserError` when it is something else, or when the page is not built.
    """
    if not (static / "index.html").is_file():
        raise UserError("the page is not built; run in a checkout: python hatch_build.py")
    with saying(out):
        if out.exists() and not out.is_dir():
            raise UserError(f"{out} is no folder; name one that is new or empty")
        is_site = (out / RECORDINGS / INDEX).is_file() and (out / "index.html").is_file()
        left = {path.name for path in out.iterdir()} if out.is_dir() else set[str]()
    if left and not is_site and not all(name.startswith(UNFINISHED) for name in left):
        raise UserError(f"{out} holds other files; name a folder that is new or empty")
    check_folder(out, bytes_of(page_files(static)))
