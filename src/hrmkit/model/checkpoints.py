"""The checkpoints of a training: a folder of models, each in a folder named by its step."""

from __future__ import annotations

from pathlib import Path

from hrmkit.errors import UserError
from hrmkit.model.described import TENSORS, WIRING

CHECKPOINTS = "checkpoints"
"""The folder inside a run's folder with its saved models, each in a folder step-N."""
RUN = "run.json"
"""The file beside it that marks the folder of a run."""


def holds_run(folder: Path) -> bool:
    """Whether a folder is a run's folder; it may have no saved model yet."""
    return (folder / RUN).is_file() or (folder / CHECKPOINTS).is_dir()


def newest(run: Path) -> Path:
    """The folder of the newest complete model of a run; `UserError` if there is none."""
    whole = [
        folder
        for folder in checkpoints_of(run).values()
        if (folder / WIRING).is_file() and (folder / TENSORS).is_file()
    ]
    if not whole:
        raise UserError(
            f"the run {run} has saved no model yet: let it train until its first checkpoint"
        )
    return whole[-1]


def checkpoint_name(step: int) -> str:
    """The name of a checkpoint's folder."""
    return f"step-{step:07d}"


def checkpoints_of(run: Path) -> dict[int, Path]:
    """The folders of a run's checkpoints by step, in order; other names are ignored."""
    found: dict[int, Path] = {}
    for folder in (run / CHECKPOINTS).glob("step-*"):
        digits = folder.name.removeprefix("step-")
        if digits.isascii() and digits.isdigit() and folder.name == checkpoint_name(int(digits)):
            found[int(digits)] = folder
    return dict(sorted(found.items()))
