"""What can be seen in a photo without learning: edges, lines and local contrast.

A stroke follows an edge, hatching follows a faint change of tone. A network that gets both
as they are need not learn to find them first, and learns a look in fewer steps.
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


class Guides(nn.Module):
    """What guides a brush, in a photo; nothing is learned here.

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
        """``(B, 3, H, W)`` in [-1, 1] to ``(B, channels, H, W)``."""
        # In half precision the differences of a smooth sky would be rounding alone.
        with torch.autocast(photo.device.type, enabled=False):
            grey = luma(photo)
            pad = SIZE // 2
            padded = F.pad(grey, (pad, pad, pad, pad), mode="replicate")
            edges = F.conv2d(padded, self.kernels)
            return torch.cat([local_contrast(grey), edges], dim=1)


def local_contrast(grey: Tensor) -> Tensor:
    """Luma less its local mean, over its local deviation (Jarrett et al. 2009, section 2).

    Args:
        grey: ``(B, 1, H, W)``.

    Returns:
        The same shape; a faint texture about as strong as a bold one, around 0.
    """
    difference = grey - _local_mean(grey)
    power = _local_mean(difference.square())
    # Not sqrt: MKL computes that one, with other last bits on other CPUs. rsqrt is made of the
    # CPU's own root and division, which are exact.
    return difference * (power + FAINTEST**2).rsqrt()


def _local_mean(grey: Tensor) -> Tensor:
    """Mean of the pixels within `REACH`, of those that there are near a border."""
    size = 2 * REACH + 1
    across = F.avg_pool2d(grey, (1, size), 1, (0, REACH), count_include_pad=False)
    return F.avg_pool2d(across, (size, 1), 1, (REACH, 0), count_include_pad=False)
