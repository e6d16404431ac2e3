"""The one place that chooses what to compute on."""

from __future__ import annotations

import platform
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import torch

from hrmkit.errors import UserError

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
DtypeName = Literal["auto", "float32", "bfloat16"]
SMALL = 1_000_000
"""Parameters of a model from which on more than one thread pays."""
INSTRUCTIONS = {
    "x86": {"avx512_bf16": "AVX512-BF16", "amx_bf16": "AMX-BF16", "amx_tile": "AMX"},
    "arm": {"bf16": "Arm bf16", "arm_bf16": "Arm bf16", "sve_bf16": "SVE bf16"},
}
"""Names that torch and Linux have for what multiplies bfloat16, and what people call it."""


@dataclass(frozen=True)
class Device:
    """What to compute on, in which type, and why; ``reason`` is printed before training."""

    device: torch.device
    autocast: torch.dtype | None
    """The type that matrix products run in, or None for float32 throughout."""
    reason: str

    @property
    def dtype(self) -> str:
        """The name of the type that matrix products run in."""
        return "bfloat16" if self.autocast else "float32"


def choose_device(name: str = "auto", dtype: str = "auto") -> Device:
    """The device of that name, or the best there is: an NVIDIA GPU, an Apple one, the CPU.

    `dtype` is what matrix products run in: bfloat16 where the device multiplies it natively, which
    is told apart from emulating it, else float32; or the one that is named. Raises `UserError` for
    an unknown name, and for a device that this machine or this build of torch has not.
    """
    for what, value, known in (
        ("device", name, get_args(DeviceName)),
        ("dtype", dtype, get_args(DtypeName)),
    ):
        if value not in known:
            raise UserError(f"no {what} is called {value!r}: choose {', '.join(known)}")
    cuda, apple = torch.cuda.is_available(), torch.backends.mps.is_available()
    if (name == "cuda" and not cuda) or (name == "mps" and not apple):
        raise UserError(f"{name} is not available: {missing_gpu()}; choose auto or cpu")
    if name == "cuda" or (name == "auto" and cuda):
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
        has = "it multiplies bfloat16 natively" if fast else "it has no bfloat16 of its own"
        return in_dtype(torch.device("cuda"), torch.cuda.get_device_name(), dtype, fast, has)
    if name == "mps" or (name == "auto" and apple):
        has = "bfloat16 was never measured on one"
        return in_dtype(torch.device("mps"), "the Apple GPU", dtype, False, has)
    why = "" if name == "cpu" else f" ({missing_gpu()})"
    instructions = cpu_bfloat16()
    has = f"it has {instructions}" if instructions else "it has no bfloat16 instructions"
    return in_dtype(torch.device("cpu"), f"the CPU{why}", dtype, bool(instructions), has)


def in_dtype(device: torch.device, called: str, dtype: str, fast: bool, has: str) -> Device:
    """The device in the type asked for, or in the one it is `fast` in; `has` says why."""
    wanted = ("bfloat16" if fast else "float32") if dtype == "auto" else dtype
    why = f"because {has}" if dtype == "auto" else "as asked for"
    autocast = torch.bfloat16 if wanted == "bfloat16" else None
    return Device(device, autocast, f"{wanted} on {called}, {why}")


@cache
def cpu_bfloat16() -> str | None:
    """What this processor multiplies bfloat16 with; None where that would be emulated.

    Emulated, it takes 16 to 20 times as long as float32.
    """
    arm = platform.machine().lower() in ("arm64", "aarch64")
    found: Mapping[str, Any] = {}
    if hasattr(torch.cpu, "get_capabilities"):
        found = torch.cpu.get_capabilities()
    for name, called in INSTRUCTIONS["arm" if arm else "x86"].items():
        if found.get(name):
            return called
    # Older builds of torch name only this one.
    return "AVX512-BF16" if not arm and torch.cpu._is_avx512_bf16_supported() else None  # pyright: ignore[reportPrivateUsage]


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
    """How many threads pay for a model of so many parameters.

    Matrices of a small model are too small to share, and where another program holds a core,
    waiting for the second thread took up to 60 times as long as doing without.
    """
    return 1 if parameters < SMALL else torch.get_num_threads()


@contextmanager
def on_threads(count: int) -> Generator[None]:
    """Compute on `count` CPU threads inside, and on as many as before after that."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
