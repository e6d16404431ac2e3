"""Cuts the originals' vectors to what the repository can carry: `python cut_vectors.py FOLDER`.

All weights and the batch are kept, as the run needs them; of what is compared, some entries of
every tensor, chosen at random, under `cut/`. The token-mixing TRM's weights alone are 1.4 MB, so it
is tested only where `HRMKIT_PARITY` names the folder of the whole vectors.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

CARRIED = ("hrm", "trm_att")
ENTRIES = 40


def kind_of(name: str) -> str | None:
    """Which tensor of the model or of its outputs an entry is about; None for small ones."""
    group, _, rest = name.partition("/")
    if group not in ("eval", "train"):
        return None
    kind = rest.partition("/")[2].removeprefix("grad/").removeprefix("after/")
    return kind if kind.split("/")[0] != "metric" else None


def cut(source: Path, target: Path, draws: torch.Generator) -> None:
    """Write the cut of `source` to `target`."""
    chosen: dict[str, Tensor] = {}
    kept: dict[str, Tensor] = {}
    with safe_open(source, "pt") as file:
        for name in file.keys():  # noqa: SIM118
            tensor = file.get_tensor(name)
            kind = kind_of(name)
            if group_is_unread(name):
                continue
            if kind is None or tensor.numel() <= ENTRIES or kind == "puzzle_emb.local_weights":
                kept[name] = tensor.contiguous()
                continue
            if kind not in chosen:
                chosen[kind] = torch.randperm(tensor.numel(), generator=draws)[:ENTRIES].int()
            kept[name] = tensor.flatten()[chosen[kind].long()].contiguous()
        meta = file.metadata()
    kept |= {f"cut/{kind}": index for kind, index in chosen.items()}
    save_file(kept, target, metadata=meta)


def group_is_unread(name: str) -> bool:
    """What the comparison does not read."""
    return name.startswith("train/") and (
        "/metric/" in name or name.rpartition("/")[2].endswith("logits")
    )


if __name__ == "__main__":
    folder, out = Path(sys.argv[1]), Path(__file__).parent / "vectors"
    out.mkdir(exist_ok=True)
    for original in CARRIED:
        cut(
            folder / f"{original}.safetensors",
            out / f"{original}.safetensors",
            torch.Generator().manual_seed(0),
        )
