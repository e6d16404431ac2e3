"""Runs our models on vectors recorded from the original code, in float64, and compares.

Everything is called through the modules that define it, so that a mistake planted in one of them
shows (test_parity.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import safe_open
from torch import Tensor

from hrmkit.model import originals, puzzle_hrm
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.training import losses, optimizers
from hrmkit.training.puzzles import outer_loop

NAMES = ("hrm", "trm_att", "trm_mlp")
SEGMENTS = 4
STATE_TOLERANCE = 1e-6
LOSS_TOLERANCE = 1e-7
GRADIENT_TOLERANCE = 1e-5
PARAMETER_TOLERANCE = 1e-6
NOISE = 1e-8
"""Adam-atan2 takes a full step on a gradient of rounding noise: such entries are not compared."""
COMPARED_STEPS = {"hrm": 2, "trm_att": 1, "trm_mlp": 2}


class Vectors:
    """One original's vectors; a tensor may have been cut to some of its entries."""

    def __init__(self, path: Path) -> None:
        with safe_open(path, "pt") as file:  # pyright: ignore[reportUnknownVariableType]
            self.tensors: dict[str, Tensor] = {k: file.get_tensor(k) for k in file.keys()}  # noqa: SIM118
            meta: dict[str, str] = file.metadata()
        self.config: dict[str, Any] = json.loads(meta["config"])
        self.optimizer: dict[str, Any] = json.loads(meta["optimizer"])

    def under(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose names begin with `prefix`, without it."""
        return {
            name.removeprefix(prefix): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(prefix)
        }

    def batch(self) -> PuzzleSet:
        """The puzzles."""
        parts = ("inputs", "labels", "puzzle_identifiers")
        return PuzzleSet(*(self.tensors[f"batch/{part}"].long() for part in parts))


def close(name: str, ours: Tensor, theirs: Tensor, at: Tensor | None, tolerance: float) -> None:
    """Raise AssertionError unless `ours`, cut like `theirs`, is as near as `tolerance`."""
    flat = ours.detach().double().flatten()
    if at is not None:
        flat = flat[at.long()]
    worst = (flat - theirs.double().flatten()).abs().max().item()
    assert worst <= tolerance, f"{name} is {worst:.2e} off; {tolerance:.0e} is allowed"


def assembled(vectors: Vectors) -> puzzle_hrm.PuzzleHRM:
    """The model of the vectors' configuration with their weights, in float64."""
    wiring, sizes, interface = originals.parts_of_config(vectors.config)
    model = puzzle_hrm.PuzzleHRM(wiring, sizes, interface)
    originals.from_original(vectors.under("weights/"), model, "the vectors")
    return model.double()


def check_segments(vectors: Vectors) -> None:
    """Four segments, each from the carry of the one before."""
    model = assembled(vectors)
    example = vectors.batch()
    batch = puzzle_hrm.PuzzleBatch(example.given, example.puzzle_ids)
    carry = model.initial_carry(batch)
    cuts = vectors.under("cut/")
    for segment in range(SEGMENTS):
        with torch.no_grad():
            carry, outputs = model.segment(carry, batch)
        ours = {
            "logits": outputs.logits,
            "q_halt_logits": outputs.q_halt,
            "q_continue_logits": outputs.q_continue,
            "z_H": carry.high,
            "z_L": carry.low,
        }
        theirs = vectors.under(f"eval/{segment}/")
        assert theirs.keys() <= ours.keys()
        assert theirs
        for name, wanted in theirs.items():
            close(
                f"{name} of segment {segment}", ours[name], wanted, cuts.get(name), STATE_TOLERANCE
            )


def check_training(vectors: Vectors, steps: int) -> None:
    """Training steps: loss, gradients, and the parameters after each."""
    model = assembled(vectors)
    settings = vectors.optimizer
    tags = model.puzzle_embedding
    assert tags is not None
    body = optimizers.AdamAtan2(
        [p for name, p in model.named_parameters() if not name.startswith("puzzle_embedding")],
        lr=settings["lr"],
        betas=tuple(settings["betas"]),
        weight_decay=settings["weight_decay"],
    )
    names = optimizers.SignSGD(
        tags.parameters(),
        lr=settings["puzzle_emb_lr"],
        weight_decay=settings["puzzle_emb_weight_decay"],
    )
    example = vectors.batch()
    rows = outer_loop.first_rows(model, example)
    draws = torch.Generator()
    for step in range(steps):
        rows = outer_loop.refilled(model, rows, Repeated(example))
        thought = outer_loop.think(model, rows, draws, exploration=0.0)
        rows = thought.rows
        loss = losses.puzzle_losses(
            thought.outputs, rows.puzzles.solution, thought.target_continue, losses.stablemax_loss
        )
        theirs = vectors.under(f"train/{step}/")
        check_losses(step, loss, thought, theirs)
        model.zero_grad()
        (loss.total() / len(example.given)).backward()
        check_gradients(step, model, example, theirs, vectors.under("cut/"))
        body.step()
        names.step()
        check_parameters(step, model, theirs, vectors.under("cut/"))


class Repeated(NamedTuple):
    """The one batch that the vectors have, again and again."""

    batch: PuzzleSet

    def take(self, count: int) -> PuzzleSet:
        """All of it: in the vectors, all rows halt or none."""
        assert count == len(self.batch)
        return self.batch


def check_losses(
    step: int,
    loss: losses.PuzzleLosses,
    thought: outer_loop.SegmentResult,
    theirs: Mapping[str, Tensor],
) -> None:
    """The loss and what goes into it; also who halts."""
    wanted = theirs["loss"].item()
    ours = loss.total().item()
    assert abs(ours / wanted - 1) <= LOSS_TOLERANCE, f"loss of step {step}: {ours}, not {wanted}"
    assert torch.equal(thought.rows.halted, theirs["halted"])
    assert torch.equal(thought.rows.segments, theirs["steps"].long())
    if "target_q_continue" in theirs:
        assert thought.target_continue is not None
        target = theirs["target_q_continue"]
        close("target_q_continue", thought.target_continue, target, None, STATE_TOLERANCE)


def check_gradients(
    step: int,
    model: puzzle_hrm.PuzzleHRM,
    example: PuzzleSet,
    theirs: Mapping[str, Tensor],
    cuts: Mapping[str, Tensor],
) -> None:
    """Every gradient, relative to its tensor's largest."""
    for name, p in model.named_parameters():
        assert p.grad is not None, f"{name} has no gradient"
        original = originals.original_name(name)
        if name.startswith("puzzle_embedding"):
            # Theirs is a row for each of the batch: the same puzzle's are added.
            local = theirs["grad/puzzle_emb.local_weights"].double()
            wanted = torch.zeros_like(p).index_add(0, example.puzzle_ids, local)
            gradient, at = p.grad.to_dense(), None
        else:
            wanted, gradient = theirs[f"grad/{original}"], p.grad
            at = cuts.get(original)
        scale = wanted.abs().max().item()
        close(
            f"the gradient of {original} in step {step}",
            gradient / scale,
            wanted.double() / scale,
            at,
            GRADIENT_TOLERANCE,
        )


def check_parameters(
    step: int,
    model: puzzle_hrm.PuzzleHRM,
    theirs: Mapping[str, Tensor],
    cuts: Mapping[str, Tensor],
) -> None:
    """Every parameter and buffer after the step, but where the gradient is rounding noise."""
    for name, value in model.state_dict().items():
        original = originals.original_name(name)
        wanted = theirs[f"after/{original}"].double().flatten()
        at = cuts.get(original)
        ours = value.double().flatten()
        ours = ours if at is None else ours[at.long()]
        gradient = theirs.get(f"grad/{original}")
        if gradient is not None:
            heard = gradient.abs().flatten() > NOISE
            ours, wanted = ours[heard], wanted[heard]
        if len(wanted):
            close(f"{original} after step {step}", ours, wanted, None, PARAMETER_TOLERANCE)


def check(name: str, vectors: Vectors) -> None:
    """All of an original's vectors."""
    check_segments(vectors)
    check_training(vectors, COMPARED_STEPS[name])
