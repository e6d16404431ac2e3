"""What a ladder's folder was begun with: it goes on with the same, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from hrmkit.errors import UserError
from hrmkit.experiments.journal import Journal

JOB = "the ladder itself"
"""Its line in the journal, among those of its jobs."""


class LadderPlan(BaseModel):
    """What the measured numbers of a ladder depend on."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    steps: list[int]
    seeds: int
    units: int
    bench: bool

    def words(self) -> dict[str, str]:
        """Each of them as the command line has it."""
        return {
            "--steps": ",".join(map(str, self.steps)),
            "--seeds": str(self.seeds),
            "--units": str(self.units),
            "": "--bench" if self.bench else "--no-bench",
        }


def plan_before(journal: Journal, folder: Path) -> LadderPlan | None:
    """What the folder was begun with; None if it does not say."""
    said = journal.read(LadderPlan.model_validate).get(JOB)
    return said or _of_recording(folder)


def check_same(now: LadderPlan, before: LadderPlan | None, folder: Path) -> None:
    """Raise `UserError` where a ladder is to go on with something else than it was begun with."""
    if before is None or before == now:
        return
    old, new = before.words(), now.words()
    other = [name for name in old if old[name] != new[name]]
    was, wanted = (" ".join(f"{name} {of[name]}".strip() for name in other) for of in (old, new))
    raise UserError(
        f"{folder} holds a ladder of {was}, which cannot go on with {wanted}: give {was}, or name "
        "another folder"
    )


def begin(journal: Journal, plan: LadderPlan) -> None:
    """Write down what a ladder is begun with, unless it is there."""
    if JOB not in journal.read(LadderPlan.model_validate):
        journal.add(JOB, plan.model_dump(mode="json"))


def _of_recording(folder: Path) -> LadderPlan | None:
    """What the recording in the folder says, of a ladder whose journal does not."""
    from hrmkit.experiments.ladder.report import RECORDING
    from hrmkit.recording.file import load
    from hrmkit.recording.ladder.schema import LadderRecording

    try:
        recording: Any = load(folder / RECORDING)
    except UserError:
        return None  # there is none, or none that can be read
    if not isinstance(recording, LadderRecording):
        return None
    settings = recording.settings
    return LadderPlan(
        steps=list(settings.steps),
        seeds=len(settings.seeds),
        units=settings.units,
        bench=bool(recording.bench),
    )
