"""The one place that chooses what to compute on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal, get_args

import torch

from hrmkit.errors import UserError

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
SMALL = 1_000_000
"""Parameters of a model from which on a single puzzle is worth more than one thread."""


@dataclass(frozen=True)
class Device:
    """What to compute on, in which type, and why; ``reason`` is printed before training."""

    device: torch.device
    autocast: torch.dtype | None
    """The type that matrix products run in, or None for float32 throughout."""
    reason: str


def choose_device(name: str = "auto") -> Device:
    """The device of that name, or the best there is: an NVIDIA GPU, an Apple one, the CPU.

    In bfloat16 where the device has it, which is told apart from emulating it. Raises `UserError`
    for an unknown device, and for one that this machine or this build of torch has not.
    """
    if name not in get_args(DeviceName):
        raise UserError(f"no device is called {name!r}: choose {', '.join(get_args(DeviceName))}")
    cuda, apple = torch.cuda.is_available(), torch.backends.mps.is_available()
    if (name == "cuda" and not cuda) or (name == "mps" and not apple):
        raise UserError(f"{name} is not available: {missing_gpu()}; choose auto or cpu")
    if name == "cuda" or (name == "auto" and cuda):
        device, card = torch.device("cuda"), torch.cuda.get_device_name()
        if torch.cuda.is_bf16_supported(including_emulation=False):
            return Device(device, torch.bfloat16, f"{card}, with bfloat16 matrix products")
        return Device(device, None, f"{card}, in float32 because it has no bfloat16")
    if name == "mps" or (name == "auto" and apple):
        return Device(torch.device("mps"), None, "float32 on the Apple GPU")
    why = "as asked for" if name == "cpu" else f"because {missing_gpu()}"
    return Device(torch.device("cpu"), None, f"float32 on the CPU, {why}")


def missing_gpu() -> str:
    """Why there is no GPU."""
    return "torch sees no GPU" if torch.version.cuda else "this build of torch knows no GPU"


def matmul_rate(device: Device, size: int = 1024, tries: int = 5) -> float:
    """FLOP/s of square matrix products, the best of some tries: the most to be hoped for."""
    dtype = device.autocast or torch.float32
    a = torch.ones(size, size, dtype=dtype, device=device.device)
    best = float("inf")
    for _ in range(tries):
        synchronise(device)
        began = time.perf_counter()
        torch.matmul(a, a)
        synchronise(device)
        best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best


def synchronise(device: Device) -> None:
    """Wait until the device has done what it was told."""
    if device.device.type == "cuda":
        torch.cuda.synchronize()
    elif device.device.type == "mps":
        torch.mps.synchronize()


def share_of_threads(parameters: int) -> int:
    """How many threads one puzzle is worth, for a model of so many parameters.

    Matrices of a small model are too small to share, and where another program holds a core,
    waiting for the second thread took up to 60 times as long as doing without.
    """
    return 1 if parameters < SMALL else torch.get_num_threads()
