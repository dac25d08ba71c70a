"""Convolution whose sums never depend on the size of the picture or the number of threads.

On a CPU torch picks the library of a convolution by the number of values in its input (measured
with torch 2.14: up to 20,480 go to its own matrix product, more to oneDNN) and, for 1x1 kernels, by
the number of threads. The libraries add up in different orders, so that a window of a picture
would differ from the whole in its last bits. Inference therefore always asks oneDNN, with channels
last: for other layouts oneDNN, too, goes by the size (1x1 kernels of many channels with AVX-512).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Conv2d(nn.Conv2d):
    """`torch.nn.Conv2d` with zero padding, through `conv2d`."""

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, H, W)`` to ``(B, C', H', W')``."""
        padding = self.padding[0]
        assert isinstance(padding, int), "padding by name is not for windows of pictures"
        return conv2d(x, self.weight, self.bias, padding=padding)


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, *, padding: int = 0) -> Tensor:
    """`torch.nn.functional.conv2d` of stride 1; by oneDNN in float32 on a CPU, without gradients.

    Args:
        x: ``(B, C, H, W)``.
        weight: ``(C', C, h, w)``.
        bias: ``(C',)``.
        padding: Zeros on each side.

    Returns:
        ``(B, C', H', W')``.
    """
    if _chooses_library(x):
        sides = [padding, padding]
        x = x.contiguous(memory_format=torch.channels_last)
        return torch.mkldnn_convolution(x, weight, bias, sides, [1, 1], [1, 1], 1)
    return F.conv2d(x, weight, bias, padding=padding)


def _chooses_library(x: Tensor) -> bool:
    """Whether torch would choose by size: in half precision it always takes oneDNN."""
    return (
        x.device.type == "cpu"
        and x.dtype == torch.float32
        and not torch.is_grad_enabled()
        and not torch.is_autocast_enabled("cpu")
        and not torch.compiler.is_compiling()
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    )
