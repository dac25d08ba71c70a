"""Fixed multi-scale filters: a feature network that nobody has to download.

Derivatives of a Gaussian in several directions, on luma, over a pyramid. Shallow
multi-scale filters are enough for texture statistics (Ustyuzhaninov et al. 2016,
arXiv 1606.00021), and being fixed they carry no licence and no training set.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.image import blur_down, luma, luma_chroma

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
        features = []
        for level in self._levels(image if self.color else luma(image)):
            planes = level.shape[1]
            kernels = self.kernels.repeat(planes, 1, 1, 1)
            answers = F.conv2d(_padded(level), kernels, groups=planes)
            features.append(torch.cat([level, answers], dim=1))
        return features

    def sample(self, image: Tensor, points: int) -> list[Tensor]:
        """Texture at random places: luma and its filters, and the filters of chroma.

        Chroma itself is left out: it is palette, and no texture. Places are drawn with
        replacement, from torch's global generator; far cheaper than the maps.

        Args:
            image: ``(B, 3, H, W)`` in [-1, 1].
            points: How many places, at every scale.

        Returns:
            One ``(points, 1 + 6 * ORIENTATIONS)`` for every scale: luma, its filters,
            those of B-Y, and those of R-Y.
        """
        features = []
        for level in self._levels(luma_chroma(image)):
            patches = _random_patches(_padded(level), points)
            answers = patches @ self.kernels.flatten(1).T
            middle = patches[:, :1, SIZE * SIZE // 2]
            features.append(torch.cat([middle, answers.flatten(1)], dim=1))
        return features

    def _levels(self, level: Tensor) -> Iterator[Tensor]:
        """The pyramid: ``(B, C, H, W)`` at every scale, each half the size of the one before."""
        yield level
        for _ in range(1, self.scales):
            level = blur_down(level)
            yield level


def _padded(level: Tensor) -> Tensor:
    pad = SIZE // 2
    return F.pad(level, (pad, pad, pad, pad), mode="replicate")


def _random_patches(padded: Tensor, points: int) -> Tensor:
    """Neighbourhoods of a filter's size, ``(points, planes, SIZE * SIZE)``."""
    batch, planes, height, width = padded.shape
    device = padded.device
    image, top, left = (
        torch.randint(count, (points, 1, 1), device=device)
        for count in (batch, height - SIZE + 1, width - SIZE + 1)
    )
    plane = torch.arange(planes, device=device).unsqueeze(1)
    tap = torch.arange(SIZE, device=device)
    within = (tap.unsqueeze(1) * width + tap).flatten()
    place = ((image * planes + plane) * height + top) * width + left
    patches: Tensor = padded.flatten()[place + within]
    return patches


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
