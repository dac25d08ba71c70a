"""Kuwahara filter: smooths a photo into areas of one colour before the generator sees it.

Paintings have as much detail as photographs have, only of another kind; so neither the
discriminators nor pairs make a small network take a photo's own texture away. Smoothed
first, with edges kept, it has nothing to take away, and learns what to add.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.constants import constant
from ganfx.models.convolution import conv_apart, rows_at_once, runs_in_rows
from ganfx.models.full_precision import in_full
from ganfx.models.image import luma

SECTORS = 8
"""Windows round a pixel, beside the one that lies on it."""
LEAST_VARIANCE = 2e-4
"""Of red, green and blue from -1 to 1 together, summed. Windows below it are alike: none of
them wins by its noise."""
FINE = (1.4, 5.0)
"""Radius of the two blurs between which texture lies: leaves, grass, gravel, cloth."""
SURROUND = 16.0
"""Radius of the blur over which a place is textured or not."""
TEXTURED = (0.026, 0.048)
"""Mean detail, of luma from -1 to 1, from which a place becomes an area, and where it is one."""
LOUDEST = 1.4
"""Of the latter, the detail that counts at most: a single edge is strong, but makes no texture."""


class KuwaharaFilter(nn.Module):
    """Passes of a Kuwahara filter with soft windows; nothing is learned here.

    A pixel takes the means of Gaussian windows around it, weighted by their variances: those
    that lie across an edge count for next to nothing, so that edges stay, and get sharper.
    Source: Papari, Petkov, Campisi, "Artistic Edge and Corner Enhancing Smoothing" (2007),
    with variance to the power of -3 for its weights (q = 6), and windows that are one
    Gaussian moved about, so that it is blurred only once.

    Args:
        radii: Of the passes, in pixels.
        keep_detail: Only texture becomes areas; what stands by itself stays as it is.

    Attributes:
        radius: No value depends on a pixel farther away than this, along either axis.
    """

    def __init__(self, radii: tuple[int, ...], *, keep_detail: bool = False) -> None:
        super().__init__()
        self.radii = radii
        self.keep_detail = keep_detail and bool(radii)
        passes = sum(radius + _half_width(radius) for radius in radii)
        texture = _half_width(max(FINE)) + _half_width(SURROUND) if self.keep_detail else 0
        self.radius = max(passes, texture)

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1] to the same shape and range, float32 for half precision."""
        # Variance is a small difference of large numbers: half precision would lose it. And what
        # weighs next to nothing weighs nothing there, so that windows would have no mean.
        photo = in_full(photo)
        with torch.autocast(photo.device.type, enabled=False):
            areas = photo
            for radius in self.radii:
                areas = _areas(areas, radius)
            return torch.lerp(photo, areas, _textured(photo)) if self.keep_detail else areas


def _textured(photo: Tensor) -> Tensor:
    """Share of the areas, ``(B, 1, H, W)`` from 0 to 1: 1 in the thick of a texture."""
    begins, full = TEXTURED
    gray = luma(photo)
    finest, coarsest = (_gaussian(gray, radius) for radius in FINE)
    detail = (finest - coarsest).abs().clamp_max(LOUDEST * full)
    return ((_gaussian(detail, SURROUND) - begins) / (full - begins)).clamp(0.0, 1.0)


def _areas(photo: Tensor, radius: int) -> Tensor:
    """One pass, with windows whose centres lie ``radius`` pixels away."""
    mean = _gaussian(photo, radius)
    # What is learned through this filter is what a colour should be, not which window wins.
    with torch.no_grad():
        variance = (_gaussian(photo.square(), radius) - mean.square()).clamp_min(0.0)
        weight = (1.0 + variance.sum(dim=1, keepdim=True) / LEAST_VARIANCE).pow(-3)
    pad = (radius,) * 4
    mean, weight = (F.pad(plane, pad, mode="replicate") for plane in (mean, weight))
    if not runs_in_rows(photo):
        return _mixed(mean, weight, radius)
    areas = torch.empty_like(photo, memory_format=torch.contiguous_format)
    step = rows_at_once()
    for top in range(0, photo.shape[-2], step):
        into = areas[..., top : top + step, :]
        seen = (..., slice(top, top + into.shape[-2] + 2 * radius), slice(None))
        into.copy_(_mixed(mean[seen], weight[seen], radius))
    return areas


def _mixed(mean: Tensor, weight: Tensor, radius: int) -> Tensor:
    """Means of the windows, by their weights; both planes with a border of ``radius``."""
    height, width = (side - 2 * radius for side in mean.shape[-2:])
    total = weights = torch.zeros((), device=mean.device, dtype=mean.dtype)
    for row, column in window_centers(radius):
        window = (..., slice(row, row + height), slice(column, column + width))
        total = total + weight[window] * mean[window]
        weights = weights + weight[window]
    return total / weights


def window_centers(radius: int) -> list[tuple[int, int]]:
    """Row and column of each window's first pixel, in planes with a border of ``radius``."""
    angles = [2.0 * math.pi * k / SECTORS for k in range(SECTORS)]
    around = [(round(radius * math.sin(a)), round(radius * math.cos(a))) for a in angles]
    return [(radius + row, radius + column) for row, column in [(0, 0), *around]]


def _half_width(radius: float) -> int:
    """Taps on either side of a window's middle: 2.5 times its sigma of half the radius."""
    return math.ceil(1.25 * radius)


def _gaussian(planes: Tensor, radius: float) -> Tensor:
    taps = constant(
        ("kuwahara", radius), planes, lambda: gaussian_taps(radius, planes.device, planes.dtype)
    )
    planes = F.pad(planes, (_half_width(radius),) * 4, mode="replicate")
    return conv_apart(planes, taps)


def gaussian_taps(
    radius: float, device: torch.device | None = None, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Taps of a window's blur, ``(n,)``, with a sum of 1."""
    half = _half_width(radius)
    steps = torch.arange(-half, half + 1, device=device, dtype=dtype)
    taps = torch.exp(-2.0 * (steps / radius).square())
    return taps / taps.sum()
