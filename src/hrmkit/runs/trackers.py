"""Sends metrics to TensorBoard and Weights & Biases, if they are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hrmkit.errors import UserError

Tracker = Callable[[Mapping[str, Any]], None]
"""Takes a line of metrics."""

TRACKERS = ("tensorboard", "wandb")


def chosen_trackers(names: str) -> list[str]:
    """The trackers called `names`: some of `TRACKERS` with commas, `none`, or `auto`.

    `auto` is TensorBoard where it is installed, and Weights & Biases where somebody is logged in
    to it. Raises `UserError` for an unknown one, or one that is not installed.
    """
    if names == "none":
        return []
    if names == "auto":
        return [name for name in TRACKERS if available(name)]
    chosen = names.split(",")
    for name in chosen:
        if name not in TRACKERS:
            raise UserError(f"{name!r} is no tracker: choose auto, none, {', '.join(TRACKERS)}")
        if not find_spec(name):
            raise UserError(f"{name} is not installed: pip install {name}, or --track none")
    return chosen


def start_trackers(
    chosen: list[str], folder: Path, description: Mapping[str, Any]
) -> list[Tracker]:
    """Start to track a run."""
    makers = {"tensorboard": tensorboard, "wandb": wandb}
    return [makers[name](folder, description) for name in chosen]


def available(name: str) -> bool:
    """Whether `auto` uses this tracker: it is installed, and logged in if need be."""
    if not find_spec(name):
        return False
    if name == "tensorboard":
        return True
    import wandb  # pyright: ignore

    return bool(wandb.login(prompt=False))  # pyright: ignore


def tensorboard(folder: Path, description: Mapping[str, Any]) -> Tracker:
    """Scalars for TensorBoard: `tensorboard --logdir RUN`."""
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(folder / "tensorboard"))

    def track(line: Mapping[str, Any]) -> None:
        for name, value in scalars(line).items():
            writer.add_scalar(name, value, line["step"])  # pyright: ignore[reportUnknownMemberType]
        writer.flush()

    return track


def wandb(folder: Path, description: Mapping[str, Any]) -> Tracker:
    """Scalars for Weights & Biases."""
    import wandb as service  # pyright: ignore

    run: Any = service.init(project="hrmkit", dir=str(folder), config=dict(description))  # pyright: ignore

    def track(line: Mapping[str, Any]) -> None:
        run.log(scalars(line), step=line["step"])

    return track


def scalars(line: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a line, named `kind/name`; by segment, `kind/exact_segment_N`."""
    kind = line["kind"]
    found = {
        f"{kind}/{name}": float(value)
        for name, value in line.items()
        if isinstance(value, int | float) and name != "step"
    }
    for number, value in enumerate(line.get("by_segment", []), start=1):
        found[f"{kind}/exact_segment_{number}"] = value
    return found
