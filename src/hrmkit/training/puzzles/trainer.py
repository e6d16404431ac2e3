"""One training: its gradient steps, and its state to save and to resume from."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_, get_total_norm
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from hrmkit.errors import UserError
from hrmkit.model.hrm import Carry
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.puzzles.puzzle import IGNORED, PuzzleSet
from hrmkit.solving.precision import compute_dtype, precision
from hrmkit.training.losses import PuzzleLosses, cell_loss_of, puzzle_losses, tilted
from hrmkit.training.optimizers import body_of, optimizers_for
from hrmkit.training.process_group import ProcessGroup
from hrmkit.training.puzzles.outer_loop import (
    Rows,
    SegmentResult,
    first_rows,
    refilled,
    staggered,
    think,
)
from hrmkit.training.puzzles.queues import Queue
from hrmkit.training.puzzles.saved import Saved, check_saved
from hrmkit.training.recipe import Recipe

Tensors = dict[str, Tensor]


class Step(NamedTuple):
    """Metrics of one gradient step, on the device, summed over this process's rows."""

    cells: Tensor
    """Loss of a cell, in nats, summed over rows."""
    q_halt: Tensor
    right_cells: Tensor
    """Share of a puzzle's cells that are right, summed over rows."""
    halted: Tensor
    """Rows that halted, ..."""
    halted_right: Tensor
    """... those among them whose answer is right, ..."""
    segments: Tensor
    """... and the segments that they had thought."""
    norm: Tensor
    """The gradient's norm before clipping, of all processes together."""


class Trainer:
    """A training. `model` is trained in place.

    The optimizers, the rows and the random numbers are its state; see `state` and `restore`.
    """

    def __init__(
        self,
        model: PuzzleHRM,
        queue: Queue,
        recipe: Recipe,
        seed: int,
        group: ProcessGroup | None = None,
    ) -> None:
        self.model, self.queue, self.recipe = model, queue, recipe
        self.group = group or ProcessGroup()
        self.draws = torch.Generator().manual_seed(seed)
        self.optimizers = optimizers_for(model, recipe)
        self.average = averaged(model, recipe.ema_decay) if recipe.ema_decay else None
        puzzles = queue.take(recipe.batch)[self.group.share(recipe.batch)]
        rows = first_rows(model, puzzles.to(model.low_init.device), recipe.starts)
        self.rows = staggered(model, rows, self.group, recipe.batch)
        self.steps = 0

    @property
    def learned(self) -> PuzzleHRM:
        """The model to evaluate and to save: the average of the weights, if there is one."""
        return cast(PuzzleHRM, self.average.module) if self.average else self.model

    def step(self, done: float, of: float) -> Step:
        """One gradient step, when `done` of `of` of the training is over (steps or seconds)."""
        recipe, group = self.recipe, self.group
        model = self.at_depth(recipe.stage_at(done / of))
        self.rows = refilled(model, self.rows, self.queue, group, recipe.batch)
        with precision(model):
            thought, found = self.think(model)
        halting = model.wiring.halting != "none"
        minimised = found.total(recipe.tilt) if halting else tilted(found.rows, recipe.tilt)
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        (minimised / recipe.batch).backward()
        group.sum_gradients(self.model.parameters())
        norm = clipped(body_of(self.model), recipe.clip)
        self.update(recipe.lr_factor(self.steps, done, of))
        self.steps += 1
        return counted(thought, found, norm)

    def think(self, model: PuzzleHRM) -> tuple[SegmentResult, PuzzleLosses]:
        """One segment of the rows, and its losses."""
        recipe = self.recipe
        cell_loss = cell_loss_of(recipe)
        thought = think(
            model, self.rows, self.draws, recipe.exploration, cell_loss, self.group, recipe.batch
        )
        self.rows = thought.rows
        solution = self.rows.puzzles.solution
        return thought, puzzle_losses(thought.outputs, solution, thought.target_continue, cell_loss)

    def update(self, factor: float) -> None:
        """One step of the optimizers, at `factor` times their learning rates."""
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["full_lr"] * factor
            optimizer.step()
        if self.average:
            self.average.update_parameters(self.model)

    def at_depth(self, stage: tuple[int, int] | None) -> PuzzleHRM:
        """The model with the depth of the curriculum's stage."""
        if stage is None:
            return self.model
        cycles, low_calls = stage
        return self.model.rewired(replace(self.model.wiring, cycles=cycles, low_calls=low_calls))

    def state(self) -> tuple[Tensors, dict[str, Any]]:
        """All that the next step depends on but `learned`'s weights: tensors, and JSON.

        Every process has to call it; the rows of all are in it.
        """
        tensors: Tensors = {"draws": self.draws.get_state()}
        if self.average:
            tensors |= {f"model/{name}": value for name, value in self.model.state_dict().items()}
        for place, optimizer in enumerate(self.optimizers):
            tensors |= optimizer_tensors(optimizer, f"optimizer/{place}")
        tensors |= self.gathered_rows()
        averaged_steps = int(self.average.n_averaged) if self.average else 0
        return tensors, {
            "steps": self.steps,
            "queue": self.queue.state(),
            "averaged": averaged_steps,
        }

    def gathered_rows(self) -> Tensors:
        """The rows of all processes, by name."""
        rows, batch = self.rows, self.recipe.batch
        puzzles = rows.puzzles
        parts = {
            "given": puzzles.given,
            "solution": puzzles.solution,
            "puzzle_ids": puzzles.puzzle_ids,
            "segments": rows.segments,
            "halted": rows.halted.long(),
        }
        for start in range(rows.starts):
            count = len(rows.segments)
            here = slice(start * count, (start + 1) * count)
            parts[f"high/{start}"] = rows.carry.high[here].contiguous()
            parts[f"low/{start}"] = rows.carry.low[here].contiguous()
        return {f"rows/{name}": self.group.gather(part, batch) for name, part in parts.items()}

    def restore(self, saved: Saved) -> None:
        """Go on from what `state` gave, with `learned`'s weights as they were then.

        The number of processes may be another one. Raises `UserError` where that is no state of
        this training; every process has to call it.
        """
        parameters = [
            [p for group in optimizer.param_groups for p in group["params"]]
            for optimizer in self.optimizers
        ]
        fresh, face = self.state()[0], self.model.interface
        check_saved(saved, self.learned.state_dict(), fresh, parameters, face)
        learned, tensors, state = saved
        self.restore_draws(tensors["draws"].cpu(), state.queue)
        self.learned.load_state_dict(learned)
        if self.average:
            weights = {k.removeprefix("model/"): v for k, v in tensors.items() if "model/" in k[:6]}
            self.model.load_state_dict(weights)
            self.average.n_averaged.fill_(state.averaged)
        for place, optimizer in enumerate(self.optimizers):
            restore_optimizer(optimizer, tensors, f"optimizer/{place}")
        self.rows = self.shared_rows(tensors)
        self.steps = state.steps

    def restore_draws(self, draws: Tensor, queue: dict[str, Any]) -> None:
        """Go on drawing; raises `UserError` for what no generator and no queue has said."""
        try:
            self.draws.set_state(draws)
            self.queue.restore(queue)
        except (ValueError, KeyError, TypeError, OverflowError, RuntimeError) as error:
            raise UserError(f"its random numbers are none: {error!r}") from None

    def shared_rows(self, tensors: Tensors) -> Rows:
        """This process's share of the rows that `gathered_rows` put together."""
        device, share = self.model.low_init.device, self.group.share(self.recipe.batch)

        def part(name: str) -> Tensor:
            return tensors[f"rows/{name}"][share].to(device)

        starts = range(self.recipe.starts)
        # Saved in the type of the machine where the run was, which may have been another one.
        dtype = compute_dtype(self.model)
        high, low = (torch.cat([part(f"{z}/{k}") for k in starts]) for z in ("high", "low"))
        carry = Carry(high.to(dtype), low.to(dtype))
        puzzles = PuzzleSet(part("given"), part("solution"), part("puzzle_ids"))
        return Rows(carry, puzzles, part("segments"), part("halted").bool())


def clipped(parameters: list[Tensor], limit: float | None) -> Tensor:
    """Clip the gradient's norm to `limit`, if there is one; returns the norm before."""
    if limit is not None:
        return clip_grad_norm_(parameters, limit)
    return get_total_norm([p.grad for p in parameters if p.grad is not None])


def averaged(model: PuzzleHRM, decay: float) -> AveragedModel:
    """The running average of the model's weights; puzzle embeddings are the model's own (TRM)."""
    average = AveragedModel(
        model,
        multi_avg_fn=get_ema_multi_avg_fn(decay),  # pyright: ignore[reportUnknownArgumentType]
    )
    cast(PuzzleHRM, average.module).puzzle_embedding = model.puzzle_embedding
    return average


def counted(thought: SegmentResult, found: PuzzleLosses, norm: Tensor) -> Step:
    """The metrics of a step, still on the device, which reading them would stall."""
    rows, solution = thought.rows, thought.rows.puzzles.solution
    with torch.no_grad():
        counted = solution != IGNORED
        hit = ((thought.outputs.logits.argmax(-1) == solution) & counted).sum(-1)
        return Step(
            found.cells.detach(),
            found.q_halt.detach(),
            (hit / counted.sum(-1).clamp(min=1)).sum(),
            rows.halted.sum(),
            (rows.halted & found.right).sum(),
            (rows.segments * rows.halted).sum(),
            norm,
        )


def optimizer_tensors(optimizer: torch.optim.Optimizer, prefix: str) -> Tensors:
    """An optimizer's state by name; whole numbers become tensors."""
    return {
        f"{prefix}/{place}/{name}": value if isinstance(value, Tensor) else torch.tensor(value)
        for place, values in optimizer.state_dict()["state"].items()
        for name, value in values.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Tensors, prefix: str) -> None:
    """Give an optimizer the state that `optimizer_tensors` took."""
    fresh = deepcopy(optimizer.state_dict())
    found: dict[int, dict[str, Any]] = {}
    for key, value in tensors.items():
        if key.startswith(f"{prefix}/"):
            place, name = key.removeprefix(f"{prefix}/").split("/")
            whole = value.ndim == 0 and not value.is_floating_point()
            found.setdefault(int(place), {})[name] = int(value) if whole else value
    optimizer.load_state_dict({"state": found, "param_groups": fresh["param_groups"]})
