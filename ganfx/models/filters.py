"""Fixed multi-scale filters: a feature network that nobody has to download.

Derivatives of a Gaussian in several directions, on luma, over a pyramid. Shallow
multi-scale filters are enough for texture statistics (Ustyuzhaninov et al. 2016,
arXiv 1606.00021), and being fixed they carry no licence and no training set.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.generator import blur_down, luma

SIZE = 7  # taps of a filter, per axis
SIGMA = 1.2  # of its Gaussian, in pixels of its pyramid level
ORIENTATIONS = 4


class FilterBank(nn.Module):
    """Luma, edges and lines at several scales.

    Attributes:
        scales: Pyramid levels, each half the size of the one before.
        color: Whether red, green and blue are filtered each, in place of luma.
        channels: Features at every level: the plane itself, then one edge and one line
            filter for every orientation; three times as many in colour.
    """

    kernels: Tensor

    def __init__(self, scales: int = 3, *, color: bool = False) -> None:
        super().__init__()
        self.scales = scales
        self.color = color
        self.channels = (3 if color else 1) * (1 + 2 * ORIENTATIONS)
        self.register_buffer("kernels", oriented_kernels(), persistent=False)

    def forward(self, image: Tensor) -> list[Tensor]:
        """Filter ``(B, 3, H, W)`` in [-1, 1].

        Returns:
            One ``(B, channels, H/2^i, W/2^i)`` for every scale i. Filter responses
            are zero in flat areas and about the size of the luma step at an edge.
        """
        level = image if self.color else luma(image)
        features = []
        for scale in range(self.scales):
            if scale:
                level = blur_down(level)
            pad = SIZE // 2
            padded = F.pad(level, (pad, pad, pad, pad), mode="replicate")
            planes = level.shape[1]
            answers = F.conv2d(padded, self.kernels.repeat(planes, 1, 1, 1), groups=planes)
            features.append(torch.cat([level, answers], dim=1))
        return features


def oriented_kernels() -> Tensor:
    """First and second derivatives of a Gaussian, ``(2 * ORIENTATIONS, 1, SIZE, SIZE)``.

    Each sums to zero and has absolute sum 2, so a unit step answers with about 1.
    """
    axis = torch.arange(SIZE, dtype=torch.float32) - SIZE // 2
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    gaussian = torch.exp(-(x * x + y * y) / (2 * SIGMA**2))
    kernels = []
    for k in range(ORIENTATIONS):
        angle = math.pi * k / ORIENTATIONS
        along = x * math.cos(angle) + y * math.sin(angle)
        edge = along * gaussian
        line = (along * along / SIGMA**2 - 1) * gaussian
        kernels += [edge, line]
    stack = torch.stack(kernels)
    stack = stack - stack.mean(dim=(1, 2), keepdim=True)
    return (2 * stack / stack.abs().sum(dim=(1, 2), keepdim=True)).unsqueeze(1)
