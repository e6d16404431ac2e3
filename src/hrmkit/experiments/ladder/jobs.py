"""One job of the ladder: a wiring, or a variant of mini-ARC, trained from one seed and measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import fmean

import torch

from hrmkit.experiments.ladder.variants import (
    ARC_BALLOTS,
    ArcVariant,
    Variant,
    puzzles,
    tasks,
    train_arc_variant,
    train_variant,
    use_one_thread,
    voting_views,
)
from hrmkit.model.assemble import assemble
from hrmkit.model.hrm import count_parameters
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.steps import wiring_of_step
from hrmkit.model.wiring import Wiring
from hrmkit.puzzles.mini_arc.data import MiniArc
from hrmkit.puzzles.mini_arc.tasks import TASKS
from hrmkit.puzzles.puzzle import PuzzleSet, as_grids
from hrmkit.puzzles.vote import count_votes, undo_each
from hrmkit.recording.common import FrozenModel
from hrmkit.recording.ladder.recorder import think_aloud
from hrmkit.recording.ladder.schema import (
    ArcSeed,
    Ballot,
    Candidate,
    Grid,
    Memory,
    PuzzleThought,
    RungSeed,
    Vote,
    Wires,
)
from hrmkit.training.puzzles.measure import (
    Answers,
    ask,
    exact,
    kept_for_backward,
    looped,
    share_of_blanks,
    voted,
    votes,
)
from hrmkit.training.recipe import Recipe

LOOPS = (1, 2, 4)
LOSSES = 60
"""Points of a recorded loss curve."""
POINTS = 8
"""Moments of a training at which the model is tested."""
SHOWN_BLANKS = (9, 11, 12)
SHOWN_EACH = 2


class VariantRun(FrozenModel):
    """What one job of a variant found."""

    variant: str
    parameters: int
    seed: RungSeed
    thoughts: tuple[PuzzleThought, ...]
    votes: tuple[Vote, ...]


class ArcRun(FrozenModel):
    """What one job of mini-ARC found."""

    variant: str
    seed: ArcSeed
    answers: tuple[Grid, ...]
    """To the first held-out board of every task."""


def shown_puzzles() -> PuzzleSet:
    """The held-out puzzles that are shown, by a rule that looks at no answer; the easiest first."""
    _, test = puzzles()
    rows = [
        row
        for blanks in SHOWN_BLANKS
        for row in (test.blanks == blanks).nonzero().flatten()[:SHOWN_EACH]
    ]
    return test[torch.stack(rows)]


class Curve:
    """Exact along a training, at POINTS equal parts of it; passes on how far it has come."""

    def __init__(self, puzzles: PuzzleSet, progress: Callable[[int, int], None] | None) -> None:
        """`puzzles` are those to be solved."""
        self.points: list[tuple[int, float]] = []
        self._puzzles, self._progress = puzzles, progress

    def __call__(self, model: PuzzleHRM, done: int, of: int) -> None:
        """Measures the model where the next point is due."""
        if done * POINTS // of > (done - 1) * POINTS // of:
            right = ask(model, self._puzzles).right(self._puzzles)[-1]
            self.points.append((done, exact(right)))
        if self._progress:
            self._progress(done, of)


def run_variant(
    variant: Variant, seed: int, progress: Callable[[int, int], None] | None = None
) -> VariantRun:
    """Train a variant from one seed, and measure and record it."""
    use_one_thread()
    learned, test = puzzles()
    curve = Curve(test, progress)
    model, losses = train_variant(variant, seed, curve)
    said, known = ask(model, test), ask(model, learned)
    right = said.right(test)
    views = voting_views()
    counted = votes(model, [test.changed(view) for view in views], views)
    thinkers = {times: model.rewired(looped(variant.wiring, times)) for times in LOOPS}
    shown = shown_puzzles()
    result = RungSeed(
        seed=seed,
        token=share_of_blanks(said.tokens[-1], test),
        exact=exact(right[-1]),
        train_exact=exact(known.right(learned)[-1]),
        exact_looped=exact_when_looped(thinkers, test),
        by_segment=tuple(exact(after) for after in right),
        segments_used=said.segments_used.double().mean().item(),
        segments_by_blanks=used_by_blanks(said, test),
        exact_halted=exact((said.when_halted() == test.solution).all(-1)),
        vote_one=voted(counted, test, 1),
        vote_two=voted(counted, test, 2),
        losses=thinned(losses),
        by_step=tuple(curve.points),
    )
    return VariantRun(
        variant=variant.name,
        parameters=count_parameters(model),
        seed=result,
        thoughts=tuple(
            think_aloud(thinkers[times], shown, puzzle, times)
            for times in (LOOPS if variant.wiring.segments == 1 else LOOPS[:1])
            for puzzle in range(len(shown))
        ),
        votes=tuple(vote_on(model, shown, puzzle) for puzzle in range(len(shown)))
        if variant.augmented
        else (),
    )


def exact_when_looped(
    thinkers: Mapping[int, PuzzleHRM], test: PuzzleSet
) -> tuple[float, float, float]:
    """Exact with 1, 2 and 4 times the loops; `thinkers` is the model wired for each."""
    once = thinkers[1].wiring.segments
    right = ask(thinkers[4], test).right(test)
    if once > 1:  # the longest thought passes through the shorter ones
        one, two, four = (exact(right[once * times - 1]) for times in LOOPS)
        return one, two, four
    one, two = (exact(ask(thinkers[times], test).right(test)[-1]) for times in (1, 2))
    return one, two, exact(right[-1])


def used_by_blanks(said: Answers, test: PuzzleSet) -> tuple[tuple[int, float], ...]:
    """(blanks, mean segments used), by rising number of blanks."""
    return tuple(
        (blanks, said.segments_used[test.blanks == blanks].double().mean().item())
        for blanks in range(int(test.blanks.min()), int(test.blanks.max()) + 1)
        if (test.blanks == blanks).any()
    )


def thinned(losses: list[float]) -> tuple[tuple[int, float], ...]:
    """(gradient step, mean loss up to it since the last point), some 60 of them."""
    every = -(-len(losses) // LOSSES)
    return tuple(
        (min(start + every, len(losses)), fmean(losses[start : start + every]))
        for start in range(0, len(losses), every)
    )


def vote_on(model: PuzzleHRM, shown: PuzzleSet, puzzle: int) -> Vote:
    """All views of one puzzle, the answer to each, and the count."""
    one, views = shown[puzzle : puzzle + 1], voting_views()
    seen = [one.changed(view) for view in views]
    said = [ask(model, view) for view in seen]
    answers = torch.stack([answer.tokens[-1] for answer in said])
    undone = undo_each(answers, views)
    q = torch.stack([answer.q_halt[-1, 0] for answer in said])
    lit = model.wiring.halting != "none"
    (solution,) = as_grids(one.solution)
    return Vote(
        puzzle=puzzle,
        ballots=tuple(
            Ballot(
                transform=view.words,
                given=as_grids(seen[i].given)[0],
                answer=as_grids(answers[i])[0],
                undone=as_grids(undone[i])[0],
                q_halt=said[i].q_halt[-1].item() if lit else None,
            )
            for i, view in enumerate(views)
        ),
        candidates=tuple(
            Candidate(
                answer=candidate.answer,
                count=candidate.count,
                mean_q=candidate.mean_q,
                right=candidate.answer == solution,
            )
            for candidate in count_votes(undone[:, 0], q if lit else None)
        ),
    )


def run_arc_variant(
    variant: ArcVariant, seed: int, progress: Callable[[int, int], None] | None = None
) -> ArcRun:
    """Train a variant of mini-ARC from one seed, and measure it.

    Without augmentation the puzzle embeddings of the other views were never trained. Then only
    the boards as they are can be answered, and the vote is that one answer.
    """
    use_one_thread()
    arc = tasks(variant.augmented)
    curve = Curve(arc.plain, progress)
    model = train_arc_variant(variant, seed, curve)
    last = ask(model, arc.plain).tokens[-1]
    right = (last == arc.plain.solution).all(-1)
    views = range(min(ARC_BALLOTS, arc.views + 1))
    counted = votes(model, [arc.held_out(v) for v in views], [arc.changes(v) for v in views])
    return ArcRun(
        variant=variant.name,
        seed=ArcSeed(
            seed=seed,
            exact=exact(right),
            vote_one=voted(counted, arc.plain, 1),
            vote_two=voted(counted, arc.plain, 2),
            by_task=tuple(exact(of_task) for of_task in right.chunk(len(TASKS))),
            by_step=tuple(curve.points),
        ),
        answers=tuple(as_grids(last[first_boards(arc)])),
    )


def first_boards(arc: MiniArc) -> torch.Tensor:
    """The row of every task's first held-out board."""
    return torch.arange(0, len(arc.plain), len(arc.plain) // len(TASKS))


def backward_memory() -> Memory:
    """What backward keeps for one segment of one of the ladder's batches, at step 5's wiring."""
    wiring = wiring_of_step(5)
    batch = puzzles()[0][: Recipe().batch]
    kept = {
        gradient: kept_for_backward(assemble(replace(wiring, gradient=gradient)), batch)
        for gradient in ("one-step", "full")
    }
    return Memory(
        one_step=kept["one-step"],
        full=kept["full"],
        cycles=wiring.cycles,
        low_calls=wiring.low_calls,
    )


def wires_of(wiring: Wiring) -> Wires:
    """The wires of a wiring, as recorded."""
    return Wires.model_validate({name: getattr(wiring, name) for name in Wires.model_fields})


def wiring_of(wires: Wires) -> Wiring:
    """The ladder's wiring with these wires; raises `UserError` where one is missing."""
    plain = wiring_of_step(1)
    prefix = 1 if wires.puzzle_embedding else 0
    return replace(plain, **wires.model_dump(), prefix=prefix)
