"""Gradient accumulation over micro-batches, for a batch that does not fit the GPU.

The losses of micro-batches are means, weighted by their share of the batch: for terms that are
means over crops the sum of their gradients is the gradient of the whole batch. Terms
that compare statistics of a batch see those of a micro-batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from ganfx.errors import GanfxError
from ganfx.models.devices import is_out_of_memory
from ganfx.stages import stage
from ganfx.training.crops import Crops, Terms
from ganfx.training.state import State

Extra = TypeVar("Extra")
Learn = Callable[[State, Crops], Extra]


def accumulate_gradients(
    state: State,
    crops: Crops,
    loss_of: Callable[[State, Crops], tuple[Tensor, *tuple[Terms, ...]]],
) -> list[Terms]:
    """Back-propagate a loss, one micro-batch after the other.

    Args:
        state: Networks, and how many crops they take at once.
        crops: Of the whole step.
        loss_of: From a micro-batch to its loss and tables of scalars, the same of each.

    Returns:
        The tables, averaged over the micro-batches.
    """
    means: list[Terms] = []
    for part in crops.micro_batches(state.micro_batch):
        total, *tables = loss_of(state, part)
        with stage("backward", device=True):
            (part.share * total).backward()  # type: ignore[no-untyped-call]
        means = means or [{} for _ in tables]
        for mean, table in zip(means, tables, strict=True):
            for name, value in table.items():
                mean[name] = mean.get(name, 0.0) + part.share * value.detach()
    return means


def within_memory(state: State, crops: Crops, learn: Learn[Extra]) -> Extra:
    """Have one network learn; where memory runs out, again with half as many crops at once.

    Raises:
        GanfxError: Not even a single crop fits the device.
    """
    while True:
        try:
            return learn(state, crops)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            if state.micro_batch == 1:
                raise GanfxError(
                    f"not even one crop fits the device's memory: {error}",
                    hint="lower train.crop_size, or model.channels and discriminator.channels",
                ) from None
        # Outside of the except clause, so that the failed attempt's tensors are gone.
        state.micro_batch = -(-state.micro_batch // 2)
        crops.fake = crops.finished = None
        torch.cuda.empty_cache()
        state.notices.append(
            "out of memory: going on with"
            f" {state.micro_batch} of {len(crops.photo)} crops at once, their gradients added up"
        )
