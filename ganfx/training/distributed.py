"""Data-parallel training: gradients are averaged, and decisions are the same in all processes.

``torchrun`` starts the processes. Each takes its share of every batch; only the first
writes and tells. The gradients are averaged here, once per network and step, rather than
by torch's wrapper: that one expects a single forward pass per step and no gradient of a
gradient, and a step of this training has several of both.

Terms that are means over crops come out as in one process with the whole batch. Terms
that compare statistics of a batch (``style``, ``gram``, ``swd``, and ``content``, which is
weighted by the strength of edges) see a process's own share of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from ganfx.errors import EXIT_TERMINATED, GanfxError, UsageError
from ganfx.models.devices import is_out_of_memory
from ganfx.training.data import Batch

T = TypeVar("T")

VARIABLES = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
"""Environment variables that torchrun sets in each process."""


@dataclass(frozen=True)
class Team:
    """This process among those of its run; alone unless torchrun started more."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def leads(self) -> bool:
        """Whether it is this process that writes files and tells what happens."""
        return self.rank == 0

    def share(self, batch: Batch) -> Batch:
        """This process's crops of a batch: neighbours, so that kinds that alternate are in each."""
        if self.size == 1:
            return batch
        count = len(batch.photos)
        own = slice(self.rank * count // self.size, (self.rank + 1) * count // self.size)
        painted = None if batch.painted is None else batch.painted[own]
        return Batch(batch.photos[own], batch.art[own], painted)

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace every tensor by its mean over the processes, in one exchange.

        Raises:
            GanfxError: Another process has ended.
        """
        if self.size == 1 or not tensors:
            return
        flat = torch.cat([tensor.detach().flatten() for tensor in tensors])
        with _told_of_losses():
            dist.all_reduce(flat)
        pieces = torch.split(flat.div_(self.size), [tensor.numel() for tensor in tensors])
        for tensor, piece in zip(tensors, pieces, strict=True):
            tensor.detach().copy_(piece.view_as(tensor))

    def agree(self, value: T) -> T:
        """The first process's value, on all of them.

        Raises:
            GanfxError: Another process has ended.
        """
        if self.size == 1:
            return value
        shared = [value]
        with _told_of_losses():
            dist.broadcast_object_list(shared, src=0, device=torch.device("cpu"))
        return shared[0]

    def stops(self, wanted: bool = False) -> bool:
        """Whether any process wants to stop. Asked by all, between any two steps.

        It goes by way of the processors: no device is waited for.

        Raises:
            GanfxError: Another process has ended.
        """
        if self.size == 1:
            return wanted
        flag = torch.tensor(int(wanted))
        with _told_of_losses():
            dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag)

    def wait(self) -> None:
        """Until all processes are here.

        Raises:
            GanfxError: Another process has ended.
        """
        self.agree(None)


class TeamStoppedError(GanfxError):
    """Another process of the run was asked to stop, and so all of them did (exit code 143)."""

    exit_code = EXIT_TERMINATED


def is_launched() -> bool:
    """Whether torchrun started this process as one of several."""
    return all(name in os.environ for name in VARIABLES) and int(os.environ["WORLD_SIZE"]) > 1


def is_follower() -> bool:
    """Whether torchrun started this process as one that neither writes nor tells."""
    return is_launched() and os.environ["RANK"] != "0"


@contextmanager
def joined(device: torch.device, batch_size: int) -> Iterator[Team]:
    """Meet the other processes of the run, if there are any, and part from them at the end.

    Args:
        device: ``cuda`` is the GPU of this process's number on its machine.
        batch_size: Crops of a step, of all processes together.

    Raises:
        UsageError: The batch cannot be shared out, or there are too few GPUs.
    """
    if not is_launched():
        yield Team(device=device)
        return
    rank, local, size = (int(os.environ[name]) for name in VARIABLES[:3])
    if batch_size % size:
        raise UsageError(
            f"train.batch_size = {batch_size} cannot be shared by {size} processes",
            hint=f"set it to a multiple of {size}",
        )
    if device.type == "cuda":
        device = _own_gpu(local)
    founded = not dist.is_initialized()
    if founded:
        dist.init_process_group(_back_end(device))
    try:
        yield Team(rank, size, device)
    finally:
        if founded:
            dist.destroy_process_group()


def _back_end(device: torch.device) -> str:
    """Name of torch's back end: decisions travel by the CPUs, gradients by the GPUs if any."""
    fast = device.type == "cuda" and dist.is_nccl_available()  # Windows has no NCCL
    return "cpu:gloo,cuda:nccl" if fast else "gloo"


def _own_gpu(local: int) -> torch.device:
    available = torch.cuda.device_count()
    if local >= available:
        raise UsageError(
            f"there is no GPU for process {local + 1}: {available} here",
            hint=f"torchrun --nproc-per-node {available}, or --device cpu",
        )
    torch.cuda.set_device(local)
    return torch.device("cuda", local)


@contextmanager
def _told_of_losses() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # what the back ends raise for a connection that is gone
        if is_out_of_memory(error):
            raise
        raise GanfxError(f"another process of this run has ended: {error}") from error
