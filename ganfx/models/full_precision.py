"""Full precision in parts of networks that run in half precision: float16 or bfloat16.

Convolutions bear it, sums of products that they are. Small differences of large numbers do not:
variances, edges in a clear sky, the change that is added to a picture. Nor do fixed filters whose
taps sum to zero. These parts stay in float32, whether a network runs under autocast or was
converted, as by ``network.half()``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import torch
from torch import Tensor, nn

HALF = (torch.float16, torch.bfloat16)


def in_full(x: Tensor) -> Tensor:
    """A tensor of any shape in float32 if it is in half precision; else the same one."""
    return x.float() if x.dtype in HALF else x


class FullPrecision(nn.Module):
    """A module whose fixed values stay as they are where a network is put into half precision.

    It still goes from device to device, and to float64 and back.
    """

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:  # as torch's
        def unrounded(values: Tensor) -> Tensor:
            moved = fn(values)
            return values.to(moved.device, torch.float32) if moved.dtype in HALF else moved

        super()._apply(unrounded, recurse)  # type: ignore[no-untyped-call]
        return self
