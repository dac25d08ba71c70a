"""Guide channels: edges, lines and local contrast as fixed inputs of the generator.

A stroke follows an edge, hatching follows a faint change of tone. A network that gets both
as they are need not learn to find them first, and learns a look in fewer steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.constants import constant
from ganfx.models.convolution import conv2d, rows_at_once
from ganfx.models.filters import ORIENTATIONS, SIZE, oriented_kernels
from ganfx.models.full_precision import FullPrecision, in_full
from ganfx.models.image import luma

REACH = 5
"""Pixels on either side that a pixel's local contrast is measured against."""
FAINTEST = 0.04
"""Deviation, of luma from -1 to 1, from which local contrast is raised fully: noise in a clear
sky stays faint."""
EDGE_GAIN = 4.0
"""Of edges and lines: a typical one is then as strong as the photo itself."""


class Guides(FullPrecision):
    """Guide channels of a photo; nothing is learned here.

    Attributes:
        channels: Planes: local contrast, then an edge and a line filter for every orientation.
        radius: No value depends on a pixel farther away than this, along either axis.
    """

    channels: ClassVar[int] = 1 + 2 * ORIENTATIONS
    radius: ClassVar[int] = max(2 * REACH, SIZE // 2)
    kernels: Tensor

    def __init__(self) -> None:
        super().__init__()
        with torch.device("cpu"):  # they are no weights: there is nothing to load later
            kernels = EDGE_GAIN * oriented_kernels()
        self.register_buffer("kernels", kernels, persistent=False)

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1] to ``(B, channels, H, W)``, float32 for half precision."""
        # In half precision the differences of a smooth sky would be rounding alone.
        with torch.autocast(photo.device.type, enabled=False):
            gray = luma(in_full(photo))
            return torch.cat([local_contrast(gray), self._edges(_padded(gray))], dim=1)

    def in_rows(self, photo: Tensor, dtype: torch.dtype) -> Iterator[tuple[slice, slice, Tensor]]:
        """A photo and its guides, some rows at a time: they need not be in memory all at once.

        Args:
            photo: ``(B, 3, H, W)`` in [-1, 1].
            dtype: Of the result.

        Yields:
            Rows of the photo; where they are in the strip, which has one more above and below if
            there is one; and the strip, ``(B, 3 + channels, h, W)``.
        """
        photo = in_full(photo)
        gray = luma(photo)
        contrast, padded = local_contrast(gray), _padded(gray)
        height, step = photo.shape[-2], rows_at_once()
        for top in range(0, height, step):
            bottom = min(top + step, height)
            first, last = max(top - 1, 0), min(bottom + 1, height)
            near = (..., slice(first, last), slice(None))
            edges = self._edges(padded[..., first : last + SIZE - 1, :])
            strip = _side_by_side([photo[near], contrast[near], edges], dtype)
            yield slice(top, bottom), slice(top - first, bottom - first), strip

    def _edges(self, padded: Tensor) -> Tensor:
        # A generator's caller may be under autocast whenever it asks for more.
        with torch.autocast(padded.device.type, enabled=False):
            return conv2d(padded, self.kernels)


def _side_by_side(pictures: Sequence[Tensor], dtype: torch.dtype) -> Tensor:
    """Channels of some pictures, as a convolution reads them; faster than to join and reorder."""
    batch, _, height, width = pictures[0].shape
    shape = (batch, sum(picture.shape[1] for picture in pictures), height, width)
    joined = torch.empty(
        shape, dtype=dtype, device=pictures[0].device, memory_format=torch.channels_last
    )
    place = 0
    for picture in pictures:
        # To convert and to spread at once takes twice as long.
        joined[:, place : place + picture.shape[1]] = picture.to(dtype)
        place += picture.shape[1]
    return joined


def _padded(gray: Tensor) -> Tensor:
    return F.pad(gray, (SIZE // 2,) * 4, mode="replicate")


def local_contrast(gray: Tensor) -> Tensor:
    """Luma less its local mean, over its local deviation (Jarrett et al. 2009, section 2).

    Args:
        gray: ``(B, 1, H, W)``.

    Returns:
        The same shape; a faint texture about as strong as a bold one, around 0.
    """
    difference = gray - _local_mean(gray)
    power = _local_mean(difference.square())
    # Not sqrt: MKL computes that one, with other last bits on other CPUs. rsqrt is made of the
    # CPU's own root and division, which are exact.
    return difference * (power + FAINTEST**2).rsqrt()


def _local_mean(gray: Tensor) -> Tensor:
    """Mean of the pixels within `REACH`, of those that there are near a border."""
    height, width = gray.shape[-2:]
    count = _within_reach(height, gray)[:, None] * _within_reach(width, gray)
    return _running_sum(_running_sum(gray, -1), -2) / count


def _running_sum(plane: Tensor, dim: int) -> Tensor:
    """Sum of the pixels within `REACH` along an axis; beyond the border there is nothing.

    Sums of 2, 4 and 8 neighbours, each of two of the ones before: half of the time of pooling.
    Written out for a reach of 5, whose 11 pixels are 8, 2 and 1.
    """
    size = plane.shape[dim]
    one = F.pad(plane, (REACH, REACH) if dim == -1 else (0, 0, REACH, REACH))
    two = one.narrow(dim, 0, size + 9) + one.narrow(dim, 1, size + 9)
    four = two.narrow(dim, 0, size + 7) + two.narrow(dim, 2, size + 7)
    eight = four.narrow(dim, 0, size + 3) + four.narrow(dim, 4, size + 3)
    return eight.narrow(dim, 0, size) + two.narrow(dim, 8, size) + one.narrow(dim, 10, size)


def _within_reach(size: int, like: Tensor) -> Tensor:
    """How many pixels lie within `REACH` of each along an axis, itself among them."""
    return constant(("within_reach", size), like, lambda: _counted_within_reach(size, like))


def _counted_within_reach(size: int, like: Tensor) -> Tensor:
    place = torch.arange(size, device=like.device)
    first, last = (place - REACH).clamp_min(0), (place + REACH).clamp_max(size - 1)
    return (last - first + 1).to(like.dtype)
