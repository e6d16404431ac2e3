"""How a run is shown on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from hrmkit.device import matmul_rate
from hrmkit.model.describe import flops
from hrmkit.runs.run import Run, Status

PARTS = 1000
"""The bar's length, in steps or seconds alike."""


class Console:
    """A bar with the time left and the newest numbers; a line for every evaluation.

    Where standard error is no terminal, lines only. Processes that do not lead show nothing.
    """

    def __init__(self, shown: bool = True) -> None:
        self.terminal = Terminal(stderr=True, quiet=not shown, highlight=False)
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.percentage:.0f}%"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=self.terminal,
            disable=not (shown and self.terminal.is_terminal),
        )
        self.task = self.bar.add_task("training", total=PARTS)
        self.peak = 0.0

    def __enter__(self) -> Self:
        """Start the display."""
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        self.bar.stop()

    def begun(self, run: Run) -> None:
        """Print what will be trained, and on what."""
        self.peak = matmul_rate(run.device) * run.group.world
        description = run.description()
        train, test = description["data"][0], description["test"]
        measured = f"{test['source']}" if test else "puzzles of the training (name others: --test)"
        self.terminal.print(
            f"{description['parameters']:,} parameters, "
            f"{flops(int(description['flops_a_step']))} a step; "
            f"{run.device.reason}, at most {flops(int(self.peak))}/s\n"
            f"{train['rows']:,} puzzles of {train['source']}; measured with {measured}\n"
            f"writing to {run.folder.path}, from step {run.trainer.steps}"
        )
        if run.steps_lost:
            self.terminal.print(
                f"no checkpoint is left of the {run.steps_lost} steps that it had made: they are "
                "made again"
            )
        if run.dtype_before not in (None, run.device.dtype):
            self.terminal.print(
                f"the run goes on in {run.device.dtype}, after {run.dtype_before}: numbers will "
                f"differ by rounding from those of a run in one type (--dtype {run.dtype_before})"
            )
        skipped = run.data.train.skipped
        if skipped:
            self.terminal.print(f"{skipped:,} bad rows were left out")

    def report(self, status: Status) -> None:
        """Show how far the run is."""
        line = status.line
        if line["kind"] == "train":
            self.bar.update(
                self.task,
                completed=PARTS * min(1.0, status.done / status.of),
                description=self.words(line),
            )
        if line["kind"] == "evaluation":
            segments = " ".join(f"{share:.3f}" for share in line["by_segment"])
            self.terminal.print(
                f"step {line['step']}: exact {line['exact']:.3f}, valid {line['valid']:.3f}, cells "
                f"{line['tokens']:.3f} of {line['puzzles']} puzzles; by segment {segments}"
            )

    def words(self, line: Mapping[str, Any]) -> str:
        """The newest numbers of the training."""
        share = line["flops_per_second"] / self.peak if self.peak else 0.0
        return (
            f"step {line['step']} loss {line['loss']:.3f} cells {line['tokens']:.3f} exact "
            f"{line['exact']:.3f} {line['examples_per_second']:.0f}/s "
            f"{flops(int(line['flops_per_second']))}/s ({share:.0%} of the most)"
        )
