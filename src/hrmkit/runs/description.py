"""What run.json says: the one place where it is read, whoever asks.

Names that older versions wrote are given back as today's.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any, cast

from hrmkit.errors import UserError
from hrmkit.model.checkpoints import RUN
from hrmkit.renamed import FIT, RECIPE, with_new_names

FORMAT, VERSION = "hrmkit-run", 1
MOST_RUN_BYTES = 2**20

Description = dict[str, Any]


def text_of(folder: Path) -> bytes:
    """The text of run.json; `UserError` if it is missing, too large or no file."""
    file = folder / RUN
    try:
        check_regular(file)
        with file.open("rb") as opened:
            text = opened.read(MOST_RUN_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(
            f"{folder} is not the folder of a run: it holds no {RUN}, which a training writes first"
        ) from None
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror or error}") from None
    if len(text) > MOST_RUN_BYTES:
        raise UserError(f"{file} is larger than {MOST_RUN_BYTES // 2**20} MiB: it is not a run's")
    return text


def parsed(text: bytes, file: Path) -> Description:
    """The content of run.json, of a version that is known; `UserError` for anything else."""
    try:
        content: object = json.loads(text)
    except (ValueError, RecursionError):
        raise UserError(f"{file} is not valid JSON: it was cut off or changed") from None
    if not isinstance(content, dict):
        raise UserError(f"{file} holds no JSON object: it is not a run's")
    description = cast(Description, content)
    if description.get("format") != FORMAT:
        raise UserError(f"{file} is not a run's: its format is {description.get('format')!r}")
    if description.get("version") != VERSION:
        raise UserError(
            f"{file} is a run of version {description.get('version')!r}; this hrmkit reads version "
            f"{VERSION}: upgrade hrmkit"
        )
    return renamed(description)


def renamed(description: Description) -> Description:
    """What run.json says with today's names; runs from before have other ones."""
    out = {**description}
    if isinstance(out.get("recipe"), dict):
        out["recipe"] = with_new_names(out["recipe"], RECIPE)
    if isinstance(out.get("plan"), dict) and out["plan"]:
        out["plan"] = with_new_names(out["plan"], FIT)
        if isinstance(out["plan"].get("recipe"), dict):
            out["plan"]["recipe"] = with_new_names(out["plan"]["recipe"], RECIPE)
    return out


def check_regular(file: Path) -> None:
    """`OSError` for anything but a regular file: reading a pipe could wait for ever."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(None, "it is not a file")
