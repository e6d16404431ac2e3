"""Several processes that train one model: each computes a share of every batch's rows.

Every process draws the same random numbers for the whole batch and keeps its own rows, so that a
training does not depend on how many there are.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True)
class ProcessGroup:
    """This process, number `rank` of `world` processes."""

    rank: int = 0
    world: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes files and prints."""
        return self.rank == 0

    def share(self, rows: int) -> slice:
        """This process's rows of a batch. Shares differ by one row at most."""
        return slice(*(rows * place // self.world for place in (self.rank, self.rank + 1)))

    def gather(self, mine: Tensor, rows: int) -> Tensor:
        """The rows of all processes, in order, from this process's share."""
        if self.world == 1:
            return mine
        most = -(-rows // self.world)
        padded = mine.new_zeros(most, *mine.shape[1:])
        padded[: len(mine)] = mine
        parts: list[Tensor] = [torch.empty_like(padded) for _ in range(self.world)]
        dist.all_gather(parts, padded)
        kept: list[Tensor] = []
        for rank, part in enumerate(parts):
            share = ProcessGroup(rank, self.world).share(rows)
            kept.append(part[: share.stop - share.start])
        return torch.cat(kept)

    def sum(self, tensor: Tensor) -> Tensor:
        """The sum over all processes."""
        if self.world > 1:
            tensor = tensor.clone()
            dist.all_reduce(tensor)
        return tensor

    def first(self, value: float) -> float:
        """The leading process's value."""
        if self.world == 1:
            return value
        return float(self.sum(torch.tensor(value if self.leads else 0.0, **self.double)))

    @property
    def double(self) -> dict[str, Any]:
        """dtype and device of numbers that can be sent to other processes."""
        device = "cuda" if dist.get_backend() == "nccl" else "cpu"
        return {"dtype": torch.float64, "device": device}

    def any(self, *flags: bool) -> tuple[bool, ...]:
        """For each flag, whether any process has it set."""
        if self.world == 1:
            return flags
        raised = self.sum(torch.tensor(flags, **self.double))
        return tuple(bool(count) for count in raised)

    def sum_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Add up every gradient over all processes, in place; sparse ones row by row."""
        if self.world == 1:
            return
        having = [p for p in parameters if p.grad is not None]
        dense = [p.grad for p in having if p.grad is not None and not p.grad.is_sparse]
        if dense:
            flat = self.sum(torch.cat([gradient.flatten() for gradient in dense]))
            sizes = [gradient.numel() for gradient in dense]
            for gradient, part in zip(dense, torch.split(flat, sizes), strict=True):
                gradient.copy_(part.view_as(gradient))
        for p in having:
            if p.grad is not None and p.grad.is_sparse:
                p.grad = self.sum_sparse(p.grad)

    def sum_sparse(self, gradient: Tensor) -> Tensor:
        """A sparse gradient `[ids, width]` with the rows of all processes."""
        gradient = gradient.coalesce()
        ids, rows = gradient.indices()[0], gradient.values()
        counts = torch.zeros(self.world, dtype=torch.int64, device=ids.device)
        counts[self.rank] = len(ids)
        counts = self.sum(counts)
        most = int(counts.max())
        all_ids = self.gather(_padded(ids, most), most * self.world)
        all_rows = self.gather(_padded(rows, most), most * self.world)
        real = torch.cat([torch.arange(most, device=ids.device) < count for count in counts])
        return torch.sparse_coo_tensor(
            all_ids[real][None], all_rows[real], gradient.shape, check_invariants=False
        )


def _padded(rows: Tensor, most: int) -> Tensor:
    """`rows` with zeros below, so that there are `most`."""
    return torch.cat((rows, rows.new_zeros(most - len(rows), *rows.shape[1:])))


@contextmanager
def joined() -> Generator[ProcessGroup]:
    """Join the processes that `torchrun` started; without it, a group of one."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield ProcessGroup()
        return
    # Its functions have the group that is there when it is imported as a default, and keep that for
    # ever: the group's threads would then outlive Python, which aborts the process now and then.
    import torch.distributed.nn  # pyright: ignore[reportUnusedImport]

    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield ProcessGroup(dist.get_rank(), world)
    finally:
        dist.destroy_process_group()
