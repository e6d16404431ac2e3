"""Reads and writes the checkpoints of the original HRM and TRM repositories.

A published checkpoint is a folder with a bare state dict, pickled by `torch.save` into a file named
`checkpoint` (HRM) or `step_N`, beside `all_config.yaml`. Its names carry the prefixes of the
wrappers that it was trained in (`_orig_mod.model.inner.`). Other files are read as well, see
`state_dict`, and such without a configuration, see `original_config`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
import yaml
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.block import swiglu_inner
from hrmkit.model.described import check_tensors, shapes_of
from hrmkit.model.original_config import Request, parts_of_config, parts_of_original
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.state_dict import ENDINGS, read_state, unwrapped
from hrmkit.model.wiring import Sizes
from hrmkit.writing import whole

__all__ = ["CONFIG", "from_original", "load_original", "parts_of_config", "save_original"]

CONFIG = "all_config.yaml"

# Ours -> theirs. H and L are `reasoning modules` of numbered layers in both.
PARTS = {
    "embedding.weight": "embed_tokens.embedding_weight",
    "positions": "embed_pos.embedding_weight",
    "puzzle_embedding.weight": "puzzle_emb.weights",
    "token_head.weight": "lm_head.weight",
    "q_head.weight": "q_head.weight",
    "q_head.bias": "q_head.bias",
    "high_init": "H_init",
    "low_init": "L_init",
}
MODULES = {"low": "L_level", "high": "H_level"}
LAYERS = {
    "attention.qkv": "self_attn.qkv_proj",
    "attention.out": "self_attn.o_proj",
    "token_mlp.gate_up": "mlp_t.gate_up_proj",
    "token_mlp.down": "mlp_t.down_proj",
    "mlp.gate_up": "mlp.gate_up_proj",
    "mlp.down": "mlp.down_proj",
}
STEP = re.compile(r"step_(\d{1,12})(?:\.\w+)?", re.ASCII)
LARGEST_CONFIG = 2**18


def original_name(name: str) -> str:
    """The original's name for one of our tensors, without wrappers' prefixes."""
    if name in PARTS:
        return PARTS[name]
    module, _, number, layer = name.split(".", 3)
    part, _, kind = layer.rpartition(".")
    return f"{MODULES[module]}.layers.{number}.{LAYERS[part]}.{kind}"


def from_original(tensors: Mapping[str, Tensor], model: PuzzleHRM, source: str) -> None:
    """Copy an original state dict into `model`, in place.

    Raises `UserError` naming the tensor that is missing, left over or of another shape; then the
    model is as it was.
    """
    theirs = unwrapped(tensors)
    wanted = {original_name(name): (name, own) for name, own in model.state_dict().items()}
    check_tensors(
        {name: own for name, (_, own) in wanted.items()},
        theirs,
        f"the original checkpoint {source}",
    )
    model.load_state_dict({name: theirs[original] for original, (name, _) in wanted.items()})


def to_original(model: PuzzleHRM) -> dict[str, Tensor]:
    """The model's tensors under the names that a published HRM checkpoint has."""
    return {
        f"_orig_mod.model.inner.{original_name(name)}": tensor.detach().clone()
        for name, tensor in model.state_dict().items()
    }


def load_original(
    source: Path, file: str | None = None, named: Mapping[str, Any] | None = None
) -> PuzzleHRM:
    """A model from a checkpoint of the originals' kind: its file, or the folder that it is in.

    `file` names the state dict in a folder; without it, `checkpoint`, or the `step_N` of the
    largest N, or the only file of tensors. `named` is what neither tensors nor configuration say
    (see `original_config`), as `{"sizes.heads": 8}`. Raises `UserError` for what cannot be read or
    is not known.
    """
    path = checkpoint_in(source, file)
    state = read_state(path)
    config = config_beside(path) or state.config
    request = Request(str(path), named or {})
    parts = parts_of_original(config, state.tensors, request)
    wanted = {original_name(name): own for name, own in shapes_of(*parts).items()}
    # Sizes may be anything until the tensors agree: there is no memory for them before.
    check_tensors(wanted, state.tensors, f"the original checkpoint {path}")
    model = PuzzleHRM(*parts)
    from_original(state.tensors, model, str(path))
    return model


def checkpoint_in(source: Path, file: str | None) -> Path:
    """The state dict's file: `source` itself, or the one in that folder."""
    if file is not None or source.is_file():
        return source / file if file is not None else source
    if not source.is_dir():
        raise UserError(f"there is no folder {source}")
    if (source / "checkpoint").is_file():
        return source / "checkpoint"
    files = sorted(path for path in source.iterdir() if path.is_file())
    steps = {int(found[1]): path for path in files if (found := STEP.fullmatch(path.name))}
    if steps:
        return steps[max(steps)]
    others = [path for path in files if path.suffix in ENDINGS]
    if len(others) == 1:
        return others[0]
    if others:
        names = ", ".join(path.name for path in others[:5])
        raise UserError(f"{source} holds {len(others)} checkpoints: name one of {names}")
    if (source / CONFIG).is_file():
        raise UserError(
            f"{source} holds no original checkpoint: no file checkpoint or step_N, and none that "
            f"ends in {', '.join(ENDINGS)}"
        )
    raise UserError(
        f"{source} holds no model: neither wiring.json (ours) nor {CONFIG} (the originals')"
    )


def config_beside(path: Path) -> dict[str, Any]:
    """The configuration beside a checkpoint, or above it; empty where there is none."""
    for folder in (path.parent, path.parent.parent):
        if (folder / CONFIG).is_file():
            return read_config(folder / CONFIG)
    return {}


def read_config(path: Path) -> dict[str, Any]:
    """The configuration in a file."""
    try:
        if path.stat().st_size > LARGEST_CONFIG:
            raise UserError(f"{path} has more than {LARGEST_CONFIG >> 10} KiB: that is no config")
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: no UTF-8, no such date
        raise UserError(f"{path} is not valid YAML") from None
    if not isinstance(content, dict):
        raise UserError(f"{path} holds no configuration")
    return cast(dict[str, Any], content)


def save_original(model: PuzzleHRM, folder: Path) -> None:
    """Write `model` in the original's published layout; `UserError` where it cannot be."""
    with whole(folder / CONFIG) as text, whole(folder / "checkpoint") as tensors:
        with tensors.open("wb") as file:  # torch says of a full disk what is no OSError
            torch.save(to_original(model), file)
        text.write_text(yaml.safe_dump(original_config(model)))


def original_config(model: PuzzleHRM) -> dict[str, Any]:
    """The configuration that the originals would read for this model.

    Raises `UserError` for wires that neither original has.
    """
    wiring, sizes, face = model.wiring, model.sizes, model.interface
    trm = wiring.modules == 1
    gradient = "last-cycle" if trm else "one-step"
    ours = wiring.gate != "swiglu" or wiring.positions == "rope-2d"
    if not wiring.hierarchy or wiring.gradient != gradient or ours:
        raise UserError("neither HRM nor TRM has this wiring: it cannot be written in their layout")
    arch: dict[str, Any] = {
        "H_cycles": wiring.cycles,
        "L_cycles": wiring.low_calls,
        "H_layers": 0 if trm else sizes.blocks,
        "L_layers": sizes.blocks,
        "hidden_size": sizes.width,
        "num_heads": sizes.heads,
        "expansion": expansion_of(sizes),
        "halt_max_steps": wiring.segments,
        "pos_encodings": wiring.positions,
        "puzzle_emb_ndim": sizes.width if wiring.puzzle_embedding else 0,
        "rope_theta": sizes.rope_base,
    }
    if trm:
        arch |= {
            "mlp_t": wiring.mixing == "tokens",
            "puzzle_emb_len": wiring.prefix,
            "no_ACT_continue": wiring.halting == "single-pass",
        }
    return {
        "arch": arch,
        "vocab_size": face.vocab,
        "seq_len": face.tokens,
        "num_puzzle_identifiers": face.puzzles,
    }


def expansion_of(sizes: Sizes) -> float:
    """The expansion that gives this inner width."""
    expansion = sizes.inner * 1.5 / sizes.width
    for candidate in (float(round(expansion)), expansion):
        if swiglu_inner(sizes.width, candidate) == sizes.inner:
            return candidate
    if swiglu_inner(sizes.width, 4.0) == sizes.inner:
        return 4.0
    raise UserError(f"the originals have no inner width of {sizes.inner}: only multiples of 256")
