"""The wires and sizes of an original checkpoint: from its configuration, its tensors, and a person.

The originals' configuration does not say how many tokens a puzzle has, nor of how many kinds; a
bare state dict says neither heads nor cycles. What the tensors say is read there. What nothing says
is asked for: a model that is loaded as another one answers nonsense.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from math import isqrt
from typing import Any, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.flaws import first_flaw
from hrmkit.model.block import swiglu_inner
from hrmkit.model.described import shown
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

Settings = dict[str, Any]
"""Values by name: wiring.cycles, sizes.heads, interface.tokens, ..."""
Kind = TypeVar("Kind", Wiring, Sizes, PuzzleInterface)
SECTIONS: dict[str, type[Wiring | Sizes | PuzzleInterface]] = {
    "wiring": Wiring,
    "sizes": Sizes,
    "interface": PuzzleInterface,
}
NEEDED = (
    *("sizes.heads", "wiring.cycles", "wiring.low_calls", "wiring.segments", "wiring.prefix"),
    *("interface.vocab", "interface.tokens"),
)
"""Settings that are needed and that some checkpoints lack."""
TOKENS_OF_VOCAB = {11: 81, 12: 900}
"""The originals' 9x9 sudokus, and their ARC grids. No other of their data sets has so many kinds of
token; those of 6 kinds may be mazes or 4x4 sudokus."""
MIXER = "L_level.layers.0.mlp_t.down_proj.weight"
PLACES = "embed_pos.embedding_weight"
BLOCK = re.compile(r"L_level\.layers\.(\d{1,4})\.")


class Arch(BaseModel):
    """The architecture in a configuration of HRM or TRM."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)

    H_cycles: int
    L_cycles: int
    H_layers: int | None = None
    L_layers: int
    hidden_size: int
    num_heads: int
    expansion: float
    halt_max_steps: int
    puzzle_emb_ndim: int
    pos_encodings: Literal["rope", "learned", "none"] = "rope"
    puzzle_emb_len: int | None = None
    mlp_t: bool = False
    no_act_continue: bool = Field(False, alias="no_ACT_continue")
    rope_theta: float = 10_000.0
    vocab_size: int | None = None
    seq_len: int | None = None
    num_puzzle_identifiers: int | None = None


@dataclass(frozen=True)
class Request:
    """What is being loaded, for error messages."""

    source: str
    named: Mapping[str, Any]
    """Settings that the caller gave, by name."""


def parts_of_config(config: Mapping[str, Any]) -> tuple[Wiring, Sizes, PuzzleInterface]:
    """Wiring, sizes and interface of an original model's configuration (HRM's or TRM's).

    `config` holds the `arch` section together with vocab_size, seq_len and num_puzzle_identifiers.
    Raises `UserError` for a missing or unknown value.
    """
    return parts_of(settings_of_config(config), Request("the original's configuration", {}))


def parts_of_original(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor], request: Request
) -> tuple[Wiring, Sizes, PuzzleInterface]:
    """Wiring, sizes and interface of a checkpoint, from its configuration, tensors and caller.

    `config` is the configuration beside or in it, empty where there is none; `tensors` have the
    originals' names. What the caller gave goes first. Raises `UserError` where
    something is not known, with the options that say it.
    """
    arch = config.get("arch")
    flat = {**config, **cast("Mapping[str, Any]", arch)} if isinstance(arch, Mapping) else config
    settings = settings_of_tensors(tensors)
    if "H_cycles" in flat or "hidden_size" in flat:
        settings |= settings_of_config(flat)
    settings |= named_settings(request)
    settings |= tokens_of(flat, tensors, settings)
    return parts_of(settings, request)


def settings_of_config(config: Mapping[str, Any]) -> Settings:
    """An original's configuration in our names; `UserError` for a value out of range."""
    arch = read_arch(config)
    trm = not arch.H_layers
    if not trm and arch.H_layers != arch.L_layers:
        raise UserError(
            f"H_layers is {arch.H_layers} and L_layers {arch.L_layers}: "
            "H and L of different depth are not supported"
        )
    if arch.puzzle_emb_ndim not in (0, arch.hidden_size):
        raise UserError(
            f"puzzle_emb_ndim is {arch.puzzle_emb_ndim}: only 0 and hidden_size are supported"
        )
    if not 0 < arch.expansion < 1000:
        raise UserError(f"expansion is {arch.expansion}: it has to be more than 0, below 1000")
    found: Settings = {
        "wiring.modules": 1 if trm else 2,
        "wiring.cycles": arch.H_cycles,
        "wiring.low_calls": arch.L_cycles,
        "wiring.gradient": "last-cycle" if trm else "one-step",
        "wiring.segments": arch.halt_max_steps,
        "wiring.halting": "single-pass" if arch.no_act_continue else "q-learning",
        "wiring.mixing": "tokens" if arch.mlp_t else "attention",
        "wiring.positions": arch.pos_encodings,
        "wiring.puzzle_embedding": arch.puzzle_emb_ndim > 0,
        "wiring.prefix": (arch.puzzle_emb_len or 1) if arch.puzzle_emb_ndim else 0,
        "sizes.width": arch.hidden_size,
        "sizes.heads": arch.num_heads,
        "sizes.inner": swiglu_inner(arch.hidden_size, arch.expansion),
        "sizes.blocks": arch.L_layers,
        "sizes.rope_base": arch.rope_theta,
    }
    face = {
        "interface.vocab": arch.vocab_size,
        "interface.tokens": arch.seq_len,
        "interface.puzzles": arch.num_puzzle_identifiers,
    }
    return found | {name: value for name, value in face.items() if value is not None}


def read_arch(config: Mapping[str, Any]) -> Arch:
    """The part of a configuration that describes the architecture."""
    try:
        return Arch.model_validate(dict(config))
    except ValidationError as error:
        flaw = first_flaw(error)
        if flaw.kind == "missing":
            raise UserError(f"the original's configuration lacks {flaw.where}") from None
        raise UserError(
            f"the original's configuration says that {flaw.where} is {shown(flaw.value)}: "
            f"{flaw.what}"
        ) from None


def settings_of_tensors(tensors: Mapping[str, Tensor]) -> Settings:
    """Settings that follow from the tensors' shapes, in both originals."""
    blocks = {int(found[1]) for name in tensors if (found := BLOCK.match(name))}
    two = any(name.startswith("H_level.") for name in tensors)
    mixes, table = MIXER in tensors, tensors.get("embed_tokens.embedding_weight")
    down, ids = (
        tensors.get("L_level.layers.0.mlp.down_proj.weight"),
        tensors.get("puzzle_emb.weights"),
    )
    settings: Settings = {
        "wiring.modules": 2 if two else 1,
        "wiring.gradient": "one-step" if two else "last-cycle",
        "wiring.halting": "q-learning" if two else "single-pass",
        "wiring.mixing": "tokens" if mixes else "attention",
        "wiring.positions": "learned" if PLACES in tensors else "none" if mixes else "rope",
        "wiring.puzzle_embedding": ids is not None,
        "sizes.blocks": max(1, len(blocks)),
        "sizes.rope_base": 10_000.0,
        "interface.puzzles": 1 if ids is None or ids.ndim != 2 else ids.shape[0],
    }
    if ids is None or two:
        settings["wiring.prefix"] = 0 if ids is None else 1
    if mixes:
        settings["sizes.heads"] = 1  # there is no attention
    if table is not None and table.ndim == 2:
        settings |= {"interface.vocab": table.shape[0], "sizes.width": table.shape[1]}
    if down is not None and down.ndim == 2:
        settings["sizes.inner"] = down.shape[1]
    return settings


def tokens_of(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor], settings: Settings
) -> Settings:
    """How many tokens a puzzle has and how many stand before, as far as that is known now."""
    lengths = [tensors[name].shape[0] for name in (MIXER, PLACES) if name in tensors]
    tokens, prefix = settings.get("interface.tokens"), settings.get("wiring.prefix")
    if lengths and prefix is None and str(tokens).isdecimal():
        return {"wiring.prefix": lengths[0] - int(str(tokens))}
    if tokens is not None:
        return {}
    if lengths and str(prefix).isdecimal():
        return {"interface.tokens": lengths[0] - int(str(prefix))}
    vocab = settings.get("interface.vocab")
    named = tokens_of_data(config, vocab)
    known = named or (TOKENS_OF_VOCAB.get(vocab) if isinstance(vocab, int) else None)
    return {} if known is None else {"interface.tokens": known}


def tokens_of_data(config: Mapping[str, Any], vocab: object) -> int | None:
    """The tokens of the data set that a configuration names, as data/maze-30x30-hard-1k."""
    path = f"{config.get('data_path', '')} {config.get('data_paths', '')}".lower()
    sizes = re.search(r"(?<!\d)(\d{1,3})x(\d{1,3})(?!\d)", path)
    if "maze" in path and sizes:
        return int(sizes[1]) * int(sizes[2])
    if "sudoku" in path and isinstance(vocab, int) and isqrt(max(0, vocab - 2)) ** 2 == vocab - 2:
        return (vocab - 2) ** 2
    return None


def named_settings(request: Request) -> Settings:
    """The settings that the caller gave; `UserError` for an unknown name."""
    known = [f"{name}.{field.name}" for name, part in SECTIONS.items() for field in fields(part)]
    settings: Settings = {}
    for name, value in request.named.items():
        full = name.replace("__", ".")
        if full not in known:
            close = get_close_matches(full, known, n=3, cutoff=0.5)
            hint = f"did you mean {', '.join(close)}?" if close else f"choose {', '.join(known)}"
            raise UserError(f"there is no setting {full!r}: {hint}")
        settings[full] = value
    return settings


def parts_of(settings: Settings, request: Request) -> tuple[Wiring, Sizes, PuzzleInterface]:
    """The parts of a model; `UserError` where a setting is missing."""
    unknown = [name for name in NEEDED if name not in settings]
    if unknown:
        options = " ".join(f"--{name} N" for name in unknown)
        words = ", ".join(f"{name.replace('.', '__')}=N" for name in unknown)
        raise UserError(
            f"{request.source} does not say its {', '.join(unknown)}: give {options}, or in Python "
            f"hrmkit.load(..., {words}), and keep it with hrmkit.save to train on from it"
        )
    return (
        part(Wiring, "wiring", settings, request),
        part(Sizes, "sizes", settings, request),
        part(PuzzleInterface, "interface", settings, request),
    )


def part(kind: type[Kind], section: str, settings: Settings, request: Request) -> Kind:
    """One part; its values may be text, as on the command line."""
    values = {
        name.removeprefix(f"{section}."): value
        for name, value in settings.items()
        if name.startswith(f"{section}.")
    }
    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as error:
        flaw = first_flaw(error)
        where = ".".join(filter(None, (section, flaw.where)))
        if flaw.kind == "missing":
            raise UserError(f"{request.source} does not say its {where}") from None
        raise UserError(f"{where} is {shown(flaw.value)}: {flaw.what}") from None
