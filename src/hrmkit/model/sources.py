"""Finds a model's files: a local folder or file, a model of the package, or one on the hub."""

from __future__ import annotations

from pathlib import Path

from hrmkit.errors import UserError
from hrmkit.model.described import one_line
from hrmkit.model.shipped import shipped

BESIDE = ("all_config.yaml", "wiring.json", "run.json")
"""What says of a part of a repository what it is, and lies beside it or above."""


def located(source: Path | str) -> Path:
    """The folder or file `source`; or that of the model of this name, fetched from the hub if need
    be: `owner/name`, or `owner/name/part` for a folder or a file of a repository.

    Raises `UserError` where there is neither.
    """
    here, ours, name = Path(source), shipped(), str(source)
    try:
        if here.exists():
            return here
    except (OSError, ValueError):  # no name that a system can have
        raise UserError(f"{name[:60]!r}... is no name of a model: it is too long") from None
    if name in ours:
        return ours[name]
    first = here.parts[0] if here.parts else "."
    if "/" not in name or name.startswith((".", "/", "~")) or Path(first).is_dir():
        what = "file" if here.suffix else "folder"
        raise UserError(
            f"there is no {what} {name}, nor is that a name on the hub (owner/name), or of a model "
            f"that comes with hrmkit ({', '.join(ours)})"
        )
    owner, repository, *part = name.split("/")
    return download(f"{owner}/{repository}", "/".join(part))


def download(name: str, part: str = "") -> Path:
    """The folder of a model on the hub, or a part of it, fetched or from the hub's own cache."""
    from huggingface_hub import (  # its types leave tqdm open
        snapshot_download,  # pyright: ignore[reportUnknownVariableType]
    )
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        if part:
            wanted = [part, f"{part}/*", *BESIDE, *(f"*/{name}" for name in BESIDE)]
            folder = Path(snapshot_download(name, allow_patterns=wanted))
        else:
            folder = Path(snapshot_download(name))
    except HFValidationError as error:
        raise UserError(
            f"there is no folder or file {name!r}, and it is no name of a model on the hub: "
            f"{one_line(error)}"
        ) from None
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise UserError(
            f"there is no folder or file {name} here, and it cannot be fetched from the hub: "
            f"{one_line(error)}"
        ) from None
    found = folder / part
    if not found.exists() or ".." in Path(part).parts:
        raise UserError(f"{name} on the hub has no {part}: name a folder or a file that it has")
    return found
