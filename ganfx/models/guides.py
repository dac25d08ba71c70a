"""What can be seen in a photo without learning: edges, lines, local contrast, flat areas.

A stroke follows an edge, hatching follows a faint change of tone, a wash covers what differs
little. A network that gets these as they are need not learn to find them first, and learns a
look in fewer steps.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.filters import ORIENTATIONS, SIZE, oriented_kernels
from ganfx.models.image import luma

REACH = 5
"""Pixels on either side that a pixel's local contrast is measured against."""
FAINTEST = 0.04
"""Deviation, of luma from -1 to 1, from which local contrast is raised fully: noise in a clear
sky stays faint."""
EDGE_GAIN = 4.0
"""Of edges and lines: a typical one is then as strong as the photo itself."""
FLATTENED = ((1, 0.06), (3, 0.16))
"""For each smoothing: radius in coarse pixels, and the deviation, of values from -1 to 1, below
which an area becomes flat."""
HALVINGS = 2
"""How often the photo is halved to find how much each area differs."""
COARSE = 2**HALVINGS
"""Side of a coarse pixel."""


class Guides(nn.Module):
    """A photo, and beside it what guides a brush; nothing is learned here.

    Attributes:
        channels: Planes beside the photo: its local contrast, an edge and a line filter for
            every orientation, then the photo smoothed, once finely and once coarsely.
        stride: Height and width must be multiples of this.
    """

    channels: ClassVar[int] = 1 + 2 * ORIENTATIONS + 3 * len(FLATTENED)
    stride: ClassVar[int] = COARSE
    kernels: Tensor

    def __init__(self) -> None:
        super().__init__()
        with torch.device("cpu"):  # they are no weights: there is nothing to load later
            kernels = EDGE_GAIN * oriented_kernels()
        self.register_buffer("kernels", kernels, persistent=False)

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1] to ``(B, 3 + channels, H, W)``."""
        # In half precision the differences of a smooth sky would be rounding alone.
        with torch.autocast(photo.device.type, enabled=False):
            grey = luma(photo)
            pad = SIZE // 2
            padded = F.pad(grey, (pad, pad, pad, pad), mode="replicate")
            edges = F.conv2d(padded, self.kernels)
            return torch.cat([photo, local_contrast(grey), edges, *flattened(photo)], dim=1)

    @staticmethod
    def needed(low: int, high: int) -> tuple[int, int]:
        """Pixels along an axis that the planes' pixels ``low..high`` are made of.

        A coarse pixel ``q`` is made of the pixels ``n q - (n - 1)`` to ``n q + 2 n - 2``, for
        ``n`` = `COARSE`; it is averaged twice, and two of them are interpolated between.
        """
        n, areas = COARSE, 2 * max(reach for reach, _ in FLATTENED)
        first, last = ((2 * pixel + 1 - n) // (2 * n) for pixel in (low, high))
        direct = max(2 * REACH, SIZE // 2)
        return (
            min(low - direct, n * (first - areas) - (n - 1)),
            max(high + direct, n * (last + 1 + areas) + 2 * n - 2),
        )


def local_contrast(grey: Tensor) -> Tensor:
    """Luma less its local mean, over its local deviation (Jarrett et al. 2009, section 2).

    Args:
        grey: ``(B, 1, H, W)``.

    Returns:
        The same shape; a faint texture about as strong as a bold one, around 0.
    """
    difference = grey - _local_mean(grey, REACH)
    power = _local_mean(difference.square(), REACH)
    return difference / (power + FAINTEST**2).sqrt()


def flattened(photo: Tensor) -> list[Tensor]:
    """Smooth what differs little and keep edges: fast guided filters, the photo its own guide.

    Args:
        photo: ``(B, C, H, W)``; H and W multiples of `COARSE`.

    Returns:
        A picture of the same shape for each of `FLATTENED`.

    Source: He and Sun, "Fast Guided Filter" (2015), algorithm 2.
    """
    coarse = photo
    for _ in range(HALVINGS):
        coarse = _halved(coarse)
    return [_guided(photo, coarse, *smoothing) for smoothing in FLATTENED]


def _guided(photo: Tensor, coarse: Tensor, reach: int, faintest: float) -> Tensor:
    mean, square = _local_mean(torch.cat([coarse, coarse.square()], dim=1), reach).chunk(2, dim=1)
    variance = (square - mean.square()).clamp(min=0)
    gain = variance / (variance + faintest**2)
    line = _local_mean(torch.cat([gain, mean * (1 - gain)], dim=1), reach)
    line = F.interpolate(line, scale_factor=COARSE, mode="bilinear", align_corners=False)
    gain, offset = line.chunk(2, dim=1)
    return gain * photo + offset


def _halved(image: Tensor) -> Tensor:
    """`blur_down`, with the border continued."""
    channels = image.shape[1]
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], device=image.device, dtype=image.dtype) / 8
    kernel = torch.outer(taps, taps).expand(channels, 1, 4, 4)
    padded = F.pad(image, (1, 1, 1, 1), mode="replicate")
    return F.conv2d(padded, kernel, stride=2, groups=channels)


def _local_mean(planes: Tensor, reach: int) -> Tensor:
    """Mean of the pixels within ``reach``, of those that there are near a border."""
    size = 2 * reach + 1
    across = F.avg_pool2d(planes, (1, size), 1, (0, reach), count_include_pad=False)
    return F.avg_pool2d(across, (size, 1), 1, (reach, 0), count_include_pad=False)
