"""Colour under a matte: what the network should see where a picture covers nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]


def fill_uncovered(rgb: Picture, alpha: Picture) -> Picture:
    """Continue a picture's colours into the area where its alpha is 0.

    What is stored there is arbitrary, often black, and would bleed into the edges of
    what is covered. Uses the nearest level of an image pyramid that has colour (push and
    pull: Gortler et al., The Lumigraph, 1996).

    Args:
        rgb: ``(H, W, 3)``.
        alpha: ``(H, W)``.

    Returns:
        ``(H, W, 3)``; covered pixels unchanged. ``rgb`` itself if all or nothing is covered.
    """
    covered = alpha > 0
    if covered.all() or not covered.any():
        return rgb
    return _pull(rgb, covered.astype(np.float32))


def _pull(rgb: Picture, weight: Picture) -> Picture:
    """Fill pixels of weight 0 from the next coarser level."""
    if weight.all():
        return rgb
    height, width = weight.shape
    padding = ((0, height % 2), (0, width % 2))
    weighted = _halved(np.pad(rgb * weight[..., np.newaxis], (*padding, (0, 0))))
    total = _halved(np.pad(weight, padding))
    known = (total > 0).astype(np.float32)
    mean = weighted / (total + (1 - known))[..., np.newaxis]  # 0 / 1 where nothing is known
    coarse = _pull(mean, known)
    filled = coarse.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    return np.where(weight[..., np.newaxis] > 0, rgb, filled)


def _halved(values: Picture) -> Picture:
    """Sum of each 2x2 block."""
    rows = values[0::2] + values[1::2]
    return rows[:, 0::2] + rows[:, 1::2]
