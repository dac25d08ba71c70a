"""Colour under a matte: what the network should see where a picture covers nothing."""

from __future__ import annotations

import numpy as np

from ganfx.media.arrays import ImageF32

LEVELS = 7
"""Of the pyramid: blocks of 128 pixels at its top, as far as networks see beyond an edge."""
BLOCK = 2**LEVELS
"""Pixels of a side of the largest blocks, which lie from (0, 0) on. What a pixel is filled with
depends on its own block and those around it, and on nothing farther away."""


def edge_extend(rgb: ImageF32, alpha: ImageF32, *, wrap: str = "") -> ImageF32:
    """Continue a picture's colours into the area where its alpha is 0.

    What is stored there is arbitrary, often black, and would bleed into the edges of
    what is covered. Uses the nearest level of an image pyramid that has colour (push and
    pull: Gortler et al., The Lumigraph, 1996). Where a block of 128 pixels is all
    uncovered it takes the mean of the blocks around it; farther away there is black, which
    no network sees from anything that is covered.

    Args:
        rgb: ``(H, W, 3)``.
        alpha: ``(H, W)``.
        wrap: Axes along which the picture tiles, and what is filled has to: ``x``, ``y``, ``xy``
            or none.

    Returns:
        ``(H, W, 3)``; covered pixels unchanged. ``rgb`` itself if all of it is covered.
    """
    covered = alpha > 0
    if covered.all():
        return rgb
    weight = covered.astype(np.float32)
    if not wrap:
        return _pull(rgb, weight, LEVELS)
    height, width = weight.shape
    down, across = _around(height, "y" in wrap), _around(width, "x" in wrap)
    repeated = np.pad(rgb, (down, across, (0, 0)), mode="wrap")
    filled = _pull(repeated, np.pad(weight, (down, across), mode="wrap"), LEVELS)
    return filled[down[0] : down[0] + height, across[0] : across[0] + width]


def _around(size: int, wraps: bool) -> tuple[int, int]:
    """Pixels to repeat before and after a side: to whole blocks, which stay where they lie."""
    return (BLOCK, BLOCK + -size % BLOCK) if wraps else (0, 0)


def _pull(rgb: ImageF32, weight: ImageF32, levels: int) -> ImageF32:
    """Fill pixels of weight 0 from the next coarser level."""
    if weight.all():
        return rgb
    if not levels:
        return _from_around(rgb, weight)
    height, width = weight.shape
    padding = ((0, height % 2), (0, width % 2))
    weighted = _halved(np.pad(rgb * weight[..., np.newaxis], (*padding, (0, 0))))
    mean, known = _mean(weighted, _halved(np.pad(weight, padding)))
    coarse = _pull(mean, known, levels - 1)
    filled = coarse.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    return np.where(weight[..., np.newaxis] > 0, rgb, filled)


def _from_around(rgb: ImageF32, weight: ImageF32) -> ImageF32:
    """Fill pixels of weight 0 with the mean of their eight neighbours that have some."""
    height, width = weight.shape
    total, count = np.zeros_like(rgb), np.zeros_like(weight)
    padded = np.pad(rgb * weight[..., np.newaxis], ((1, 1), (1, 1), (0, 0)))
    weights = np.pad(weight, 1)
    for row in range(3):
        for column in range(3):
            total += padded[row : row + height, column : column + width]
            count += weights[row : row + height, column : column + width]
    mean, _ = _mean(total, count)
    return np.where(weight[..., np.newaxis] > 0, rgb, mean)


def _mean(total: ImageF32, count: ImageF32) -> tuple[ImageF32, ImageF32]:
    """The mean of what was added up, 0 where that was nothing; and where it was something."""
    known = (count > 0).astype(np.float32)
    return total / (count + (1 - known))[..., np.newaxis], known


def _halved(values: ImageF32) -> ImageF32:
    """Sum of each 2x2 block."""
    rows = values[0::2] + values[1::2]
    return rows[:, 0::2] + rows[:, 1::2]
