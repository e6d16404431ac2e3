"""Looks over an installation: what is here, what is missing, and what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import hrmkit
from hrmkit.errors import UserError
from hrmkit.folders import data_folder

OLDEST_PYTHON = (3, 11)
State = Literal["ok", "optional", "missing"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``missing`` things are needed; ``optional`` ones are not."""

    subject: str
    state: State
    found: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Yield a finding for everything that HRM Kit needs or can use."""
    yield Finding("hrmkit", "ok", hrmkit.__version__)
    yield python()
    yield from packages()
    yield device()
    yield from models()
    yield page()
    yield folder()
    yield chromium()


def python() -> Finding:
    """Find whether this Python is new enough."""
    found = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return Finding("Python", "missing", found, f"install Python {oldest} or newer")
    return Finding("Python", "ok", found)


def packages() -> Iterator[Finding]:
    """Find the packages that hrmkit needs at run time."""
    try:
        needed = importlib.metadata.requires("hrmkit") or []
    except importlib.metadata.PackageNotFoundError:
        remedy = "pip install -c constraints.txt ."
        yield Finding("packages", "missing", "hrmkit itself is not installed", remedy)
        return
    for requirement in needed:
        if "extra ==" in requirement:
            continue
        match = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert match, f"not a requirement: {requirement}"
        try:
            yield Finding(match[0], "ok", importlib.metadata.version(match[0]))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(match[0], "missing", "not installed", f"pip install '{requirement}'")


def device() -> Finding:
    """Find what would be computed on, and why."""
    try:
        from hrmkit.device import choose_device

        chosen = choose_device()
    except (ImportError, OSError) as error:
        return Finding(
            "device", "missing", f"torch cannot be loaded: {error}", "install torch again"
        )
    return Finding("device", "ok", f"{chosen.device}: {chosen.reason}")


def models() -> Iterator[Finding]:
    """Find the trained models that come with the package, and say what each solves."""
    try:
        from hrmkit.model.checkpoint import metadata_of
        from hrmkit.model.shipped import shipped
        from hrmkit.solving.loading import ABILITIES, USUAL
    except (ImportError, OSError):
        return  # torch cannot be loaded, which was said of the device
    for name, folder in shipped().items():
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        usual = [puzzle for puzzle, model in USUAL.items() if model == name]
        answers = f", answers {usual[0]} where no other is named" if usual else ""
        abilities = metadata_of(folder)[ABILITIES]
        yield Finding("model", "ok", f"{name} ({size:.1f} MB{answers}): {abilities}")


def page() -> Finding:
    """Find whether the page is built."""
    index = Path(hrmkit.__file__).parent / "studio" / "static" / "index.html"
    if index.is_file():
        return Finding("page", "ok", str(index.parent))
    remedy = "install again, or run in a checkout: python hatch_build.py"
    return Finding("page", "missing", f"{index} is not there", remedy)


def folder() -> Finding:
    """Find whether the data folder can be written."""
    try:
        data = data_folder()
        with tempfile.TemporaryFile(dir=data):
            pass
    except UserError as error:
        return Finding("data folder", "missing", str(error), "set HRMKIT_DATA")
    except OSError as error:
        remedy = "set HRMKIT_DATA to a folder that can be written"
        return Finding("data folder", "missing", f"{error.strerror}: {error.filename}", remedy)
    return Finding("data folder", "ok", str(data))


def chromium() -> Finding:
    """Find the browser that the project's own browser tests use."""
    installed = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    found = os.environ.get("CHROMIUM") or installed
    if found and os.path.isfile(found):
        return Finding("chromium", "ok", found)
    remedy = "only for working on hrmkit itself: make test installs it, or set CHROMIUM"
    return Finding("chromium", "optional", "not found", remedy)
