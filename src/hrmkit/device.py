"""The one place that chooses what to compute on."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    """What to compute on, in which type, and why; ``reason`` is printed before training."""

    device: torch.device
    autocast: torch.dtype | None
    """The type that matrix products run in, or None for float32 throughout."""
    reason: str


def choose_device() -> Device:
    """Choose the GPU when torch can use one, in bfloat16 where it has it; else the CPU."""
    if torch.cuda.is_available():
        device, name = torch.device("cuda"), torch.cuda.get_device_name()
        if torch.cuda.is_bf16_supported(including_emulation=False):
            return Device(device, torch.bfloat16, f"{name}, with bfloat16 matrix products")
        return Device(device, None, f"{name}, in float32 because it has no bfloat16")
    why = "torch sees no GPU" if torch.version.cuda else "this build of torch knows no GPU"
    return Device(torch.device("cpu"), None, f"float32 on the CPU, because {why}")
