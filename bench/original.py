"""The original repositories' own code, from a checkout of it: what ours is measured against.

Its model, losses, sign-SGD and average of weights are used as they are, with the configuration
that comes with them. Where its CUDA extensions are not installed they have stand-ins: attention is
torch's `scaled_dot_product_attention`, and Adam-atan2 is ours, of the same formula. What else it
imports has to be there (`pip install einops`).

`bench/training.py --original CHECKOUT` lets it take turns with ours.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
import yaml
from torch import Tensor
from torch.nn import functional as F

from hrmkit.device import Device
from hrmkit.errors import UserError
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.training.optimizers import AdamAtan2

PRESETS = {
    "hrm-27m": ("hrm_v1", {"causal": False}, None),
    "trm-5m": ("trm", {"mlp_t": True, "pos_encodings": "none", "causal": False}, 0.999),
    "trm-7m": ("trm", {"causal": False}, 0.999),
}
"""By our preset: its configuration's name, what its README's command changes, its average."""
RATE, DECAY = 1e-4, 1.0
"""Of sudoku's command in either README; the same for puzzle embeddings."""


class Original:
    """A training of the original's code."""

    def __init__(self, checkout: Path, preset: str, batch: int, device: Device) -> None:
        """Raises `UserError` where `checkout` is no checkout, or has no such model."""
        if preset not in PRESETS:
            raise UserError(f"{preset} is none of the originals: choose {', '.join(PRESETS)}")
        name, changes, average = PRESETS[preset]
        config = checkout / "config" / "arch" / f"{name}.yaml"
        if not config.is_file():
            raise UserError(f"{checkout} is no checkout of the repository of {preset}: no {config}")
        self.device, self.batch = device.device, batch
        sys.path.insert(0, str(checkout.resolve()))
        stand_in_for_flash_attention()
        said = {**yaml.safe_load(config.read_text()), **changes}
        self.model = model_of(said, batch, device)
        sparse = import_module("models.sparse_embedding")
        self.optimizers = [
            sparse.CastedSparseEmbeddingSignSGD_Distributed(
                self.model.model.puzzle_emb.buffers(), lr=RATE, weight_decay=DECAY, world_size=1
            ),
            adam_atan2()(self.model.parameters(), lr=RATE, weight_decay=DECAY, betas=(0.9, 0.95)),
        ]
        self.average = import_module("models.ema").EMAHelper(average) if average else None
        if self.average:
            self.average.register(self.model)
        # As its pretrain.py does, where torch compiles well.
        self.call: Any = torch.compile(self.model, dynamic=False) if device.autocast else self.model
        self.carry: Any = None

    def step(self, puzzles: PuzzleSet) -> None:
        """One gradient step; `puzzles` are a whole batch."""
        batch = self.batch_of(puzzles)
        self.carry = self.carry or self.started(batch)
        self.carry, loss, metrics, _, _ = self.call(carry=self.carry, batch=batch, return_keys=[])
        (loss / self.batch).backward()
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        if self.average:
            self.average.update(self.model)
        torch.stack([value.float() for value in metrics.values()]).cpu()  # as its pretrain.py does

    def answer(self, puzzles: PuzzleSet) -> None:
        """Think about a batch as it evaluates: all segments, for every puzzle."""
        self.model.eval()
        batch, done = self.batch_of(puzzles), False
        with torch.inference_mode():
            carry = self.started(batch)
            while not done:
                carry, _, _, _, done = self.call(carry=carry, batch=batch, return_keys=[])
        self.model.train()

    def batch_of(self, puzzles: PuzzleSet) -> dict[str, Tensor]:
        """The puzzles as its loader gives them."""
        parts = {
            "inputs": puzzles.given,
            "labels": puzzles.solution,
            "puzzle_identifiers": puzzles.puzzle_ids,
        }
        return {name: part.to(self.device, torch.int32) for name, part in parts.items()}

    def started(self, batch: dict[str, Tensor]) -> Any:
        """Its carry before the first segment."""
        with self.device:
            return self.model.initial_carry(batch)


def model_of(said: dict[str, Any], batch: int, device: Device) -> Any:
    """Its model in its loss head, of sudoku, in the type that it computes in on this device."""
    load = import_module("utils.functions").load_model_class
    name, loss = said.pop("name"), said.pop("loss")
    said |= {
        "puzzle_emb_ndim": said["hidden_size"],
        "forward_dtype": "bfloat16" if device.autocast else "float32",
        "batch_size": batch,
        "vocab_size": 11,
        "seq_len": 81,
        "num_puzzle_identifiers": 1,
    }
    torch.manual_seed(0)
    with device.device:
        return load(loss.pop("name"))(load(name)(said), **loss).train()


def stand_in_for_flash_attention() -> None:
    """Attention by torch, under the name that its layers import."""
    if find_spec("flash_attn_interface") or find_spec("flash_attn"):
        return

    def flash_attn_func(q: Tensor, k: Tensor, v: Tensor, causal: bool = False) -> Tensor:
        heads_first = (x.transpose(1, 2) for x in (q, k, v))
        mixed = F.scaled_dot_product_attention(*heads_first, is_causal=causal)
        return mixed.transpose(1, 2).contiguous()

    module = ModuleType("flash_attn")
    vars(module)["flash_attn_func"] = flash_attn_func
    sys.modules["flash_attn"] = module


def adam_atan2() -> Any:
    """Its optimizer, if the extension is there, else ours."""
    return import_module("adam_atan2").AdamATan2 if find_spec("adam_atan2") else AdamAtan2
