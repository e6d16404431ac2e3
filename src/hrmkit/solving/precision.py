"""Where a model computes, and in which type its matrix products run."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any, TypeVar

import torch

from hrmkit.bounds import check_threads
from hrmkit.device import Device, choose_device, share_of_threads
from hrmkit.model.hrm import HRM, count_parameters

Model = TypeVar("Model", bound=HRM)


def placed(model: Model, device: Device) -> Model:
    """The model on the device, its matrix products in the device's type; returns `model`."""
    model.compute_dtype = device.autocast or torch.float32
    return model.to(device.device)


def use_threads(model: HRM, count: int | None = None) -> None:
    """Compute on `count` CPU threads from here on, or on as many as the model's size is worth."""
    if count is not None:
        check_threads(count)
    torch.set_num_threads(count or share_of_threads(count_parameters(model)))


def compute_dtype(model: HRM) -> torch.dtype:
    """The type that the model's matrix products run in.

    It is what `placed` chose, else what `choose_device` would. A model in float64 is there to be
    exact, so it computes in float64.
    """
    where = model.low_init
    if where.dtype != torch.float32:
        return where.dtype
    return model.compute_dtype or fast_type(where.device.type)


def precision(model: HRM) -> AbstractContextManager[Any]:
    """Autocast to `compute_dtype`; it does nothing where that is the weights' own type."""
    dtype, where = compute_dtype(model), model.low_init
    return torch.autocast(where.device.type, dtype, enabled=dtype != where.dtype)


@cache
def fast_type(device: str) -> torch.dtype:
    """The type for matrix products on this kind of device, where it is the one to compute on."""
    chosen = choose_device()
    return (chosen.autocast if device == chosen.device.type else None) or torch.float32
