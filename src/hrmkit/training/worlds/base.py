"""Pre-training the base model on crude priors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import (  # its types leave PathLike open
    load_file,  # pyright: ignore[reportUnknownVariableType]
)
from torch import Tensor

from hrmkit.draws import Draws
from hrmkit.errors import UserError
from hrmkit.fingerprint import fingerprint
from hrmkit.model.assemble import assemble
from hrmkit.model.checkpoint import write_tensors
from hrmkit.model.presets import preset
from hrmkit.model.wiring import WorldInterface
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.training.worlds.fine_tune import BETAS, EPSILON
from hrmkit.training.worlds.labels import losses_of
from hrmkit.training.worlds.lessons import Batch
from hrmkit.training.worlds.policy import features_of
from hrmkit.worlds.definition import WorldDefinition
from hrmkit.worlds.registry import world_of_preset
from hrmkit.worlds.world import CrudePriors, World, WorldTable
from hrmkit.writing import whole

STEPS = 400
ROWS = 48
RATE = 3e-3


class Priors:
    """Draws batches of crude habits from one world."""

    def __init__(self, table: WorldTable, priors: CrudePriors) -> None:
        self.features = features_of(table)
        self.subgoal = torch.tensor(priors.subgoal)
        self.action = torch.tensor(priors.action)
        self.pairs = [
            (state, told)
            for state in range(table.live_states)
            for told in range(len(table.subgoals))
            if sum(priors.action[state][told]) > 0
        ]

    def batch(self, draws: Draws, rows: int) -> tuple[Batch, Tensor]:
        """`rows` random pairs of state and commanded sub-goal; also the commands, one-hot."""
        pairs = [self.pairs[draws.below(len(self.pairs))] for _ in range(rows)]
        states = torch.tensor([state for state, _ in pairs])
        told = torch.tensor([told for _, told in pairs])
        batch = Batch(self.features[states], self.subgoal[states], self.action[states, told])
        return batch, torch.eye(self.subgoal.shape[1])[told]

    def mixed_batch(self, draws: Draws, rows: int) -> Batch:
        """The habits of a model that cannot be told: actions under the sub-goals' own odds."""
        states = torch.tensor([draws.below(len(self.features)) for _ in range(rows)])
        odds = self.subgoal[states]
        action = (odds.unsqueeze(-1) * self.action[states]).sum(1)
        return Batch(self.features[states], odds, action)


def pretrain(
    model: WorldHRM,
    worlds: Sequence[World],
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Teach `model` in place the crude priors of `worlds`, in turn, with deep supervision."""
    draws = Draws(seed)
    sources = [Priors(world.table(), world.crude_priors()) for world in worlds]
    optimizer = torch.optim.Adam(
        model.parameters(), lr=RATE, betas=BETAS, eps=EPSILON, foreach=False
    )
    with_planner = model.wiring.subgoal_head
    for step in range(STEPS):
        source = sources[step % len(sources)]
        if model.wiring.subgoal_channel:
            batch, told = source.batch(draws, ROWS)
        else:
            batch = source.mixed_batch(draws, ROWS)
            told = batch.subgoal
        carry = model.initial_carry(batch.features)
        for _ in range(model.wiring.segments):
            optimizer.zero_grad()
            carry, outputs = model.segment(carry, batch.features, told=told)
            losses_of(outputs, batch, with_planner).total().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        if progress is not None:
            progress(step + 1, STEPS)


CODE = (
    "model",
    "worlds/world.py",
    "worlds/rules.py",
    "worlds/line.py",
    "training/worlds/base.py",
    "training/worlds/examples.py",
    "training/worlds/fine_tune.py",
    "training/worlds/labels.py",
    "training/worlds/lessons.py",
    "training/worlds/policy.py",
)


def code_of(world: WorldDefinition) -> tuple[str, ...]:
    """The code that a base model, and what is fine-tuned from it, depends on."""
    return (*CODE, str(world.source))


def base_model(
    name: str,
    seed: int,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WorldHRM:
    """The base model of preset `name`: kept in `cache` once it has been trained.

    It has learned the preset's world in every size, so that a story may be told in any of them.
    """
    world, described = world_of_preset(name)
    chosen = preset(described.name)
    model = assemble(chosen.wiring, chosen.sizes, interface_of(world.sized().table()), seed)
    key = f"{name}-{seed}-{fingerprint(*code_of(world))}"
    kept = cache / f"{key}.safetensors" if cache else None
    if kept is not None and kept.exists():
        try:
            model.load_state_dict(load_file(kept))
            return model
        except (SafetensorError, RuntimeError):
            kept.unlink()  # cut short or foreign: train it again
    pretrain(model, [world.sized(sizes) for sizes in world.every_size()], seed, progress)
    if kept is not None:
        with suppress(UserError), whole(kept) as partial:  # not kept, it is trained again
            write_tensors(model.state_dict(), partial)
    return model


def interface_of(table: WorldTable) -> WorldInterface:
    """What a model needs to know of a world."""
    return WorldInterface(
        features=len(table.features),
        subgoals=len(table.subgoals),
        actions=len(table.actions),
        subgoal_token=table.subgoal_token,
        action_token=table.action_token,
    )
