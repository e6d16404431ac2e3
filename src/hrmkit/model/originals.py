"""Reads and writes the checkpoints of the original HRM and TRM repositories.

A published checkpoint is a folder with a bare state dict, pickled by `torch.save` into a file named
`checkpoint` (HRM) or `step_N`, beside `all_config.yaml`. Its names carry the prefixes of the
wrappers that it was trained in (`_orig_mod.model.inner.`).
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
from hrmkit.model.described import check_tensors
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

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
WRAPPERS = re.compile(r"^(_orig_mod\.|module\.|model\.|inner\.)+")

SUDOKU_TOKENS = 81
TOKENS_OF_VOCAB = {6: 900, 12: 900}
"""The originals' mazes and ARC grids: 30 x 30, of 6 and of 12 different tokens."""


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
    theirs = {WRAPPERS.sub("", name): tensor for name, tensor in tensors.items()}
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


def parts_of_config(
    config: Mapping[str, Any],
) -> tuple[Wiring, Sizes, PuzzleInterface]:
    """Wiring, sizes and interface of an original model's configuration (HRM's or TRM's).

    `config` holds the `arch` section together with vocab_size, seq_len and num_puzzle_identifiers.
    Raises `UserError` for a missing or unknown value.
    """

    def number(name: str) -> Any:
        if not isinstance(config.get(name), int | float):
            raise UserError(f"the original's configuration lacks {name}, or it is no number")
        return config[name]

    trm = not config.get("H_layers")
    if not trm and config["H_layers"] != number("L_layers"):
        raise UserError(
            f"H_layers is {config['H_layers']} and L_layers {config['L_layers']}: "
            "H and L of different depth are not supported"
        )
    width = int(number("hidden_size"))
    puzzle_width = int(number("puzzle_emb_ndim"))
    if puzzle_width not in (0, width):
        raise UserError(f"puzzle_emb_ndim is {puzzle_width}: only 0 and hidden_size are supported")
    positions = config.get("pos_encodings", "rope")
    if positions not in ("rope", "learned", "none"):
        raise UserError(f"pos_encodings is {positions!r}: choose rope, learned or none")
    wiring = Wiring(
        modules=1 if trm else 2,
        cycles=int(number("H_cycles")),
        low_calls=int(number("L_cycles")),
        gradient="last-cycle" if trm else "one-step",
        segments=int(number("halt_max_steps")),
        halting="single-pass" if config.get("no_ACT_continue", False) else "q-learning",
        mixing="tokens" if config.get("mlp_t", False) else "attention",
        positions=positions,
        puzzle_embedding=puzzle_width > 0,
        prefix=(int(config.get("puzzle_emb_len", 0)) or 1) if puzzle_width else 0,
    )
    sizes = Sizes(
        width=width,
        heads=int(number("num_heads")),
        inner=swiglu_inner(width, float(number("expansion"))),
        blocks=int(number("L_layers")),
        rope_base=float(config.get("rope_theta", 10_000.0)),
    )
    interface = PuzzleInterface(
        vocab=int(number("vocab_size")),
        tokens=int(number("seq_len")),
        puzzles=int(number("num_puzzle_identifiers")),
    )
    return wiring, sizes, interface


def load_original(folder: Path, file: str | None = None) -> PuzzleHRM:
    """A model from a folder in the original's published layout.

    `file` names the state dict; without it, `checkpoint`, or the `step_N` of the largest N. The
    configuration does not say how many tokens a puzzle has: vocabulary and puzzle ids are read from
    the tensors, tokens from the token-mixing MLP or from `seq_len` where the configuration has it,
    and otherwise taken to be those of the originals' data set with that vocabulary.
    """
    tensors = read_pickle(checkpoint_in(folder, file))
    short = {WRAPPERS.sub("", name): tensor for name, tensor in tensors.items()}
    config = read_config(folder / CONFIG)
    arch = cast(dict[str, Any], config.get("arch") or config)
    sized = {**arch, **sizes_in(short, arch), **{k: v for k, v in config.items() if k != "arch"}}
    wiring, sizes, interface = parts_of_config(sized)
    model = PuzzleHRM(wiring, sizes, interface)
    from_original(tensors, model, str(folder))
    return model


def sizes_in(tensors: Mapping[str, Tensor], arch: Mapping[str, Any]) -> dict[str, int]:
    """What the tensors say of the interface."""
    found: dict[str, int] = {"seq_len": SUDOKU_TOKENS}
    if "embed_tokens.embedding_weight" in tensors:
        vocab = tensors["embed_tokens.embedding_weight"].shape[0]
        found |= {"vocab_size": vocab, "seq_len": TOKENS_OF_VOCAB.get(vocab, SUDOKU_TOKENS)}
    ids = tensors.get("puzzle_emb.weights")
    found["num_puzzle_identifiers"] = 1 if ids is None else ids.shape[0]
    prefix = int(arch.get("puzzle_emb_len", 0)) or (1 if arch.get("puzzle_emb_ndim") else 0)
    for name in ("L_level.layers.0.mlp_t.down_proj.weight", "embed_pos.embedding_weight"):
        if name in tensors:
            found["seq_len"] = tensors[name].shape[0] - prefix
    return found


def checkpoint_in(folder: Path, file: str | None) -> Path:
    """The state dict's file in `folder`."""
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}")
    if file is not None:
        return folder / file
    if (folder / "checkpoint").is_file():
        return folder / "checkpoint"
    steps = {int(path.name[5:]): path for path in folder.glob("step_*") if path.name[5:].isdigit()}
    if not steps:
        raise UserError(f"{folder} holds no original checkpoint: no file checkpoint or step_N")
    return steps[max(steps)]


def read_pickle(path: Path) -> dict[str, Tensor]:
    """A state dict written by `torch.save`; nothing but tensors is ever unpickled."""
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"there is no file {path}") from None
    except Exception as error:  # whatever a damaged file makes the unpickler raise
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UserError(f"{path} is no checkpoint that can be read safely: {first}") from None
    if not isinstance(content, dict) or not all(
        isinstance(value, Tensor) for value in cast(dict[Any, Any], content).values()
    ):
        raise UserError(f"{path} is not a bare state dict of tensors")
    return cast(dict[str, Tensor], content)


def read_config(path: Path) -> dict[str, Any]:
    """The configuration beside an original checkpoint."""
    try:
        content: Any = yaml.safe_load(path.read_text())
    except OSError:
        raise UserError(
            f"there is no {path}: the configuration belongs beside the checkpoint"
        ) from None
    except yaml.YAMLError:
        raise UserError(f"{path} is not valid YAML") from None
    if not isinstance(content, dict):
        raise UserError(f"{path} holds no configuration")
    return cast(dict[str, Any], content)


def save_original(model: PuzzleHRM, folder: Path) -> None:
    """Write `model` in the original's published layout."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(to_original(model), folder / "checkpoint")
    (folder / CONFIG).write_text(yaml.safe_dump(original_config(model)))


def original_config(model: PuzzleHRM) -> dict[str, Any]:
    """The configuration that the originals would read for this model.

    Raises `UserError` for wires that neither original has.
    """
    wiring, sizes, face = model.wiring, model.sizes, model.interface
    trm = wiring.modules == 1
    gradient = "last-cycle" if trm else "one-step"
    if not wiring.hierarchy or wiring.gradient != gradient or wiring.gate != "swiglu":
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
