"""A model's states over many puzzles: watched call by call, and only what is needed is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.wiring import Wiring
from hrmkit.progress import Progress
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.recording.calls import SeenCall, calls_of
from hrmkit.recording.paths import residuals
from hrmkit.solving.batch import rows_for
from hrmkit.solving.thinking import computing, thinking

Module = Literal["H", "L"]
MODULES: tuple[Module, ...] = ("H", "L")
ROOM = 2**29
"""Bytes for the states of puzzles whose way is shown."""
FLOAT = 4


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over samples of `d` numbers, from which their covariance follows."""

    count: int
    total: Tensor
    """float64 [d]."""
    products: Tensor
    """float64 [d, d]."""

    @staticmethod
    def of(samples: Tensor) -> Moments:
        """Those of samples [..., d]."""
        flat = samples.flatten(0, -2).double()
        return Moments(len(flat), flat.sum(0), flat.T @ flat)

    def joined(self, other: Moments) -> Moments:
        """Those of both."""
        return Moments(
            self.count + other.count, self.total + other.total, self.products + other.products
        )

    def covariance(self) -> Tensor:
        """float64 [d, d]."""
        mean = self.total / self.count
        return self.products / self.count - torch.outer(mean, mean)


@dataclass(frozen=True, eq=False)
class Watched:
    """What was seen of n puzzles. A model without hierarchy has only L, its one state."""

    residuals: Mapping[Module, Tensor]
    """float64 [n, calls of the module]: see `paths.residuals`."""
    sizes: Mapping[Module, Tensor]
    """float64 [n, calls]: the norm of the state after each call."""
    answers: Tensor
    """int64 [n, readings, cells]: read after each call that writes the state that heads read."""
    q_halt: Tensor
    """float [n, readings]: logits."""
    ends: Mapping[Module, Tensor]
    """float [n, tokens * width]: the states after the last segment."""
    cells_at_end: Mapping[Module, Moments]
    """Of every cell of every puzzle, after the last segment."""
    cells_always: Mapping[Module, Moments]
    """Of every cell of every puzzle, after every call."""
    ways: tuple[Mapping[Module, Tensor], ...]
    """The first puzzles' states, float [calls, tokens * width]."""

    def __len__(self) -> int:
        return len(self.answers)

    def joined(self, other: Watched) -> Watched:
        """Both, one after the other."""
        both = MODULES if "H" in self.residuals else MODULES[1:]
        return Watched(
            {one: torch.cat((self.residuals[one], other.residuals[one])) for one in both},
            {one: torch.cat((self.sizes[one], other.sizes[one])) for one in both},
            torch.cat((self.answers, other.answers)),
            torch.cat((self.q_halt, other.q_halt)),
            {one: torch.cat((self.ends[one], other.ends[one])) for one in both},
            {one: self.cells_at_end[one].joined(other.cells_at_end[one]) for one in both},
            {one: self.cells_always[one].joined(other.cells_always[one]) for one in both},
            self.ways + other.ways,
        )


def readings(wiring: Wiring) -> list[int]:
    """The calls of a segment after which there is something new to read."""
    answering: Module = "H" if wiring.hierarchy else "L"
    return [i for i, call in enumerate(wiring.calls()) if call.module == answering]


@dataclass(eq=False)
class Watching:
    """Watches a model think about puzzles; what it has seen is there even if it is interrupted."""

    model: PuzzleHRM
    segments: int | None = None
    seen: Watched | None = None

    def watch(self, puzzles: PuzzleSet, ways: int, what: str, progress: Progress) -> Watched:
        """Think about all puzzles, all segments of each; of the first `ways` keep every state."""
        batch = rows_for(self.model)
        wiring, sizes = self.model.wiring, self.model.sizes
        calls = len(wiring.calls()) * (self.segments or wiring.segments)
        state = FLOAT * (wiring.prefix + puzzles.cells) * sizes.width
        ways = min(ways, max(1, ROOM // (calls * state)))
        progress(what, 0, len(puzzles))
        for at in range(0, len(puzzles), batch):
            part = puzzles[at : at + batch]
            seen = self.one_batch(part, max(0, ways - at))
            self.seen = self.seen.joined(seen) if self.seen else seen  # in one step, for Ctrl-C
            progress(what, at + len(part), len(puzzles))
        assert self.seen is not None
        return self.seen

    def one_batch(self, puzzles: PuzzleSet, ways: int) -> Watched:
        """What is seen of a few puzzles at once."""
        model, wiring = self.model, self.model.wiring
        batch = Batch(wiring, ways)
        state = model.start(len(puzzles), wiring.prefix + puzzles.cells)
        with calls_of(model) as calls:
            for _ in thinking(model, puzzles, segments=self.segments):
                state = batch.add(model, state, calls)
                calls.clear()
        return batch.watched()


class Batch:
    """What is gathered, segment by segment, about puzzles that are thought about at once."""

    def __init__(self, wiring: Wiring, ways: int) -> None:
        self.order: list[Module] = [call.module for call in wiring.calls()]
        self.reading = set(readings(wiring))
        self.prefix, self.ways = wiring.prefix, ways
        self.modules = MODULES if wiring.hierarchy else MODULES[1:]
        self.moved: dict[Module, list[Tensor]] = {one: [] for one in self.modules}
        self.sizes: dict[Module, list[Tensor]] = {one: [] for one in self.modules}
        self.states: dict[Module, list[Tensor]] = {one: [] for one in self.modules}
        self.always: dict[Module, Moments] = {}
        self.last: dict[Module, Tensor] = {}
        self.answers: list[Tensor] = []
        self.q_halt: list[Tensor] = []

    def add(self, model: PuzzleHRM, state: Carry, calls: Sequence[SeenCall]) -> Carry:
        """One more segment, which began in `state`; returns the state it ended in."""
        for i, (module, call) in enumerate(zip(self.order, calls, strict=True)):
            state = state._replace(**{"high" if module == "H" else "low": call.after})
            after = call.after.float().cpu()
            self.moved[module].append(residuals(call.before, call.after).cpu())
            self.sizes[module].append(after.double().flatten(1).square().sum(1).sqrt())
            self.states[module].append(after[: self.ways].flatten(1))
            moments = Moments.of(after[:, self.prefix :])
            before = self.always.get(module)
            self.always[module] = before.joined(moments) if before else moments
            self.last[module] = after
            if i in self.reading:
                with computing(model):
                    said = model.read(state)
                self.answers.append(said.logits.argmax(-1).cpu())
                self.q_halt.append(said.q_halt.float().cpu())
        return state

    def watched(self) -> Watched:
        """All of it."""
        count = min(self.ways, len(self.answers[0]))
        return Watched(
            {one: torch.stack(moved, dim=1) for one, moved in self.moved.items()},
            {one: torch.stack(sizes, dim=1) for one, sizes in self.sizes.items()},
            torch.stack(self.answers, dim=1),
            torch.stack(self.q_halt, dim=1),
            {one: state.flatten(1) for one, state in self.last.items()},
            {one: Moments.of(state[:, self.prefix :]) for one, state in self.last.items()},
            self.always,
            tuple(
                {
                    one: torch.stack([state[row] for state in self.states[one]])
                    for one in self.states
                }
                for row in range(count)
            ),
        )
