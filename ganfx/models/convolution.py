"""Convolution whose sums never depend on the size of the picture or the number of threads.

On a CPU torch picks the library of a convolution by the number of values in its input (measured
with torch 2.14: up to 20,480 go to its own matrix product, more to oneDNN) and, for 1x1 kernels, by
the number of threads. The libraries add up in different orders, so that a window of a picture
would differ from the whole in its last bits. Inference therefore always asks oneDNN, with channels
last: for other layouts oneDNN, too, goes by the size (1x1 kernels of many channels with AVX-512).

With AVX-512 oneDNN computes sixteen values side by side: the outputs of a pixel. Where there are
few, neighbors take the places that are left, as outputs of one wider kernel: twice to ten times as
fast, and the same sums in the same order, but for products of zero.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LANES = 16
"""Values that are computed side by side; and of how many inputs sums go on in one piece."""
ROWS = 64
"""Rows of a large picture that one thread does at once, to stay in the CPU's cache."""


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
        x = x.contiguous(memory_format=torch.channels_last)
        neighbors = _at_once(weight, x.shape[-1] + 2 * padding)
        if neighbors > 1 and has_lanes():
            return _conv2d_of_neighbors(x, weight, bias, padding, neighbors)
        return torch.mkldnn_convolution(x, weight, bias, [padding, padding], [1, 1], [1, 1], 1)
    return F.conv2d(x, weight, bias, padding=padding)


def conv_apart(planes: Tensor, taps: Tensor) -> Tensor:
    """Every plane through a row of taps, then through a column of the same, without padding.

    Args:
        planes: ``(B, C, H, W)``.
        taps: ``(n,)``.

    Returns:
        ``(B, C, H - n + 1, W - n + 1)``.
    """
    batch, channels, height, width = planes.shape
    if (width - len(taps) + 1) % LANES or not (_chooses_library(planes) and has_lanes()):
        across = taps.view(1, 1, 1, -1).expand(channels, 1, 1, -1)
        planes = F.conv2d(planes, across, groups=channels)
        return F.conv2d(planes, across.transpose(2, 3), groups=channels)
    each = planes.reshape(batch * channels, 1, height, width)
    across = _conv2d_of_neighbors(each, taps.view(1, 1, 1, -1), None, 0, LANES)
    found = _conv_columns(across, taps)
    return found.view(batch, channels, *found.shape[2:])


def _conv_columns(planes: Tensor, taps: Tensor) -> Tensor:
    """``(B, 1, H, W)`` to ``(B, 1, H - n + 1, W)``, W a multiple of `LANES`."""
    batch, _, height, width = planes.shape
    # Neighbors in a row have nothing to do with each other: as channels they go side by side.
    beside = planes.reshape(batch, height, width // LANES, LANES).permute(0, 3, 1, 2)
    column = taps.view(1, 1, -1, 1).expand(LANES, 1, -1, 1)
    found = torch.mkldnn_convolution(beside, column, None, [0, 0], [1, 1], [1, 1], LANES)
    return found.permute(0, 2, 3, 1).reshape(batch, 1, -1, width)


def has_lanes() -> bool:
    """Whether this process multiplies with AVX-512: others add up in another order."""
    return torch.backends.cpu.get_cpu_capability() == "AVX512"


def _at_once(weight: Tensor, width: int) -> int:
    """How many neighbors go side by side: a power of two by which rows can be divided.

    Of many inputs oneDNN adds up parts, which depend on the size of the picture; of one, in an
    order of its own. And where half of the places are taken, little is gained.
    """
    outputs, inputs = weight.shape[:2]
    if not 1 < inputs <= LANES or outputs > LANES // 4:
        return 1
    columns, neighbors = width - weight.shape[-1] + 1, 1
    while 2 * neighbors * outputs <= LANES and columns % (2 * neighbors) == 0:
        neighbors *= 2
    return neighbors


def _conv2d_of_neighbors(
    x: Tensor, weight: Tensor, bias: Tensor | None, padding: int, neighbors: int
) -> Tensor:
    """`conv2d` in steps of several pixels, each with its own place in a wider kernel."""
    outputs, inputs, rows, columns = weight.shape
    wide = weight.new_zeros(neighbors, outputs, inputs, rows, columns + neighbors - 1)
    for place, kernel in enumerate(wide):
        kernel[..., place : place + columns] = weight
    sides, step = [padding, padding], [1, neighbors]
    repeated = None if bias is None else bias.repeat(neighbors)
    found = torch.mkldnn_convolution(x, wide.flatten(0, 1), repeated, sides, step, [1, 1], 1)
    batch, _, height, steps = found.shape
    # In memory a pixel's outputs lie side by side, and neighbors one after another: as they should.
    pixels = found.permute(0, 2, 3, 1).reshape(batch, height, steps * neighbors, outputs)
    return pixels.permute(0, 3, 1, 2)


def runs_in_rows(x: Tensor) -> bool:
    """Whether a picture may go through in parts, to stay in a CPU's cache: never with gradients.

    A compiler takes a loop over rows apart, and makes its own.
    """
    return (
        x.device.type == "cpu" and not torch.is_grad_enabled() and not torch.compiler.is_compiling()
    )


def rows_at_once() -> int:
    """Rows of a picture that go through together; no pixel depends on it.

    Several threads wait for each other after every step, and for long where other processes want
    the same cores: then it is fewer steps that count.
    """
    return ROWS if torch.get_num_threads() == 1 else 4 * ROWS


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
