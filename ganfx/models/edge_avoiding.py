"""Edge-avoiding smoothing: a photo becomes the flat areas that it shows.

Where a Kuwahara filter moves edges by its radius, this one leaves them where they are, and
reaches farther: for art that is flat. Source: Dammertz, Sewtz, Hanika, Lensch, "Edge-Avoiding
À-Trous Wavelet Transform for fast Global Illumination Filtering" (HPG 2010), on color alone,
with 3x3 taps, and the widest level first, so that the last one leaves no rings of single pixels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.full_precision import in_full

STEPS = (8, 4, 2, 1)
"""Pixels between the taps of each level."""
MIDDLE, SIDE, CORNER = 0.25, 0.125, 0.0625
"""Binomial weights of 3x3 taps."""
TAPS = tuple(
    (row, column, SIDE if 0 in (row, column) else CORNER)
    for row in (-1, 0, 1)
    for column in (-1, 0, 1)
    if (row, column) != (0, 0)
)
"""Of the eight neighbors: rows and columns away, in steps, and weight."""


class EdgeAvoidingFilter(nn.Module):
    """Smooths within areas, not across their edges; nothing is learned here.

    Args:
        contrast: Distance between colors, in RGB from -1 to 1, from which they are apart; 0 leaves
            pictures as they are.

    Attributes:
        radius: No value depends on a pixel farther away than this, along either axis.
    """

    def __init__(self, contrast: float) -> None:
        super().__init__()
        self.contrast = contrast
        self.radius = sum(STEPS) if contrast else 0

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1] to the same shape and range, in full precision."""
        if not self.contrast:
            return photo
        with torch.no_grad(), torch.autocast(photo.device.type, enabled=False):
            areas = in_full(photo)
            for step in STEPS:
                areas = self._level(areas, step)
            return areas

    def _level(self, areas: Tensor, step: int) -> Tensor:
        height, width = areas.shape[-2:]
        padded = F.pad(areas, (step,) * 4, mode="replicate")
        total, weights = MIDDLE * areas, torch.full_like(areas[:, :1], MIDDLE)
        sharpness = -0.5 / self.contrast**2
        for row, column, share in TAPS:
            top, left = step * (1 + row), step * (1 + column)
            beside = padded[..., top : top + height, left : left + width]
            apart = (beside - areas).square_().sum(dim=1, keepdim=True)
            weight = apart.mul_(sharpness).exp_().mul_(share)
            total.addcmul_(weight, beside)
            weights += weight
        return total.div_(weights)
