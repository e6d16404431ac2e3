"""The tensors of other people's checkpoints: whatever their file, and wherever in it they are.

Files of `torch.save` are read with `weights_only`: nothing but tensors and plain values is ever
unpickled. A training's checkpoint holds its model's state dict under a name, beside the optimizer's
and maybe an average of the weights (EMA), which is what its authors measure and what is read then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor

from hrmkit.errors import UserError
from hrmkit.model.described import one_line

MODELS = ("model", "state_dict", "model_state_dict", "model_state", "module", "weights", "params")
AVERAGES = ("ema", "ema_state_dict", "model_ema", "ema_model", "ema_state", "shadow", "average")
"""What the average of a model's weights is called; it may lack what is not trained."""
CONFIGS = ("config", "arch", "cfg", "hyper_parameters", "hparams")
DEPTH = 4
"""Dictionaries in dictionaries that are looked into."""
ENDINGS = (".safetensors", ".pth", ".pt", ".bin", ".ckpt")
WRAPPERS = re.compile(r"^(_orig_mod\.|module\.|model\.|inner\.|shadow\.|ema_model\.|net\.)+")
"""Prefixes of what a model was trained in."""


class State(NamedTuple):
    """What a checkpoint holds."""

    tensors: dict[str, Tensor]
    """By name, without wrappers' prefixes."""
    config: dict[str, Any]
    """The configuration that is in the file itself; empty if none is."""


def read_state(path: Path) -> State:
    """The model's tensors in a file; `UserError` if it holds none, or cannot be read safely."""
    if not path.is_file():
        raise UserError(f"there is no file {path}" + (" but a folder" if path.is_dir() else ""))
    if path.suffix == ".safetensors":
        try:
            return State(unwrapped(load_file(path)), {})
        except (SafetensorError, OSError) as error:
            raise UserError(f"{path} is damaged or truncated: {one_line(error)}") from None
    content = unpickled(path)
    tensors = tensors_in(content)
    if tensors is None:
        raise UserError(
            f"{path} is not a bare state dict of tensors, nor does it hold one as "
            f"{', '.join(MODELS[:3])} or {AVERAGES[0]}"
        )
    return State(tensors, config_in(content))


def unpickled(path: Path) -> Any:
    """What `torch.save` wrote: tensors and plain values, or a `UserError`."""
    from pickle import UnpicklingError

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError:  # what PyTorch advises here would run the file's code
        raise UserError(
            f"{path} is no checkpoint that can be read safely: it is damaged, or holds more than "
            "tensors and plain values; save its state dict alone, or as safetensors"
        ) from None
    except Exception as error:  # whatever a damaged file makes the reader raise
        raise UserError(
            f"{path} is no checkpoint that can be read safely: it is cut off, or no file of "
            f"torch.save ({type(error).__name__})"
        ) from None


def tensors_in(content: Any, depth: int = DEPTH) -> dict[str, Tensor] | None:
    """The model's tensors in what was read, the average of its weights if there is one."""
    if not isinstance(content, Mapping) or depth == 0:
        return None
    parts = cast("Mapping[Any, Any]", content)
    if parts and all(isinstance(k, str) and isinstance(v, Tensor) for k, v in parts.items()):
        return unwrapped(cast("Mapping[str, Tensor]", parts))

    def first(names: tuple[str, ...]) -> dict[str, Tensor] | None:
        found = (tensors_in(parts.get(name), depth - 1) for name in names)
        return next((one for one in found if one), None)

    model, average = first(MODELS), first(AVERAGES)
    if model is None or average is None:
        return model or average
    return model | {name: value for name, value in average.items() if name in model}


def unwrapped(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under their own names, without the prefixes of wrappers."""
    return {WRAPPERS.sub("", name): tensor for name, tensor in tensors.items()}


def config_in(content: Any) -> dict[str, Any]:
    """The configuration in what was read; empty if there is none."""
    if not isinstance(content, Mapping):
        return {}
    parts = cast("Mapping[Any, Any]", content)
    for name in CONFIGS:
        found: Any = parts.get(name)
        if isinstance(found, Mapping):
            whole = cast("Mapping[Any, Any]", found)
            return {str(key): value for key, value in whole.items()}
    return {}
