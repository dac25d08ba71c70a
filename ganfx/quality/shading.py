"""Shading: whether the areas of pictures are each of one tone, as ink and cels are."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.portable import use_portable_opencv
from ganfx.models.edge_avoiding import EdgeAvoidingFilter
from ganfx.models.image import luma
from ganfx.quality.sampling import spread

MOST = 32
"""Pictures of a set that are looked at, evenly spread."""
SIDE = 672
"""Longest side of a picture as it is looked at: slopes go by its size."""
CONTRAST = 0.3
"""Of the edges between areas, as ``model.flatten`` has it: paper and grain are taken off first."""
SOFT, BROAD = 1.0, 2.0
"""Sigma of the blur that edges are looked for in, and of that which slopes are measured in."""
AREA, NEAR = 7, 5
"""Sides of the squares in which tone is uneven at an edge, and that are left out around one."""
UNEVEN = 0.03
"""Deviation of luma, 0 to 1, in such a square, from which there is an edge."""
LEAST = 100
"""Pixels inside areas without which a picture says nothing."""

Plane = NDArray[np.float32]


def shading(pictures: Sequence[ImageU8]) -> float | None:
    """How steeply luma slopes inside areas: the median picture's median, in 1 / pixel.

    Photographs have 0.0023, screen prints and cels less than a quarter of that. Pictures are
    smoothed first, so that neither grain nor paper counts.

    Args:
        pictures: ``(H, W, 3)`` each; `MOST` of them are looked at.

    Returns:
        None where no picture has areas without edges.
    """
    use_portable_opencv()
    slopes = [_slope(picture) for picture in spread(pictures, MOST)]
    found = [slope for slope in slopes if slope is not None]
    return float(np.median(found)) if found else None


def _slope(picture: ImageU8) -> float | None:
    gray = _flattened(picture)
    if min(gray.shape) < AREA:
        return None
    soft = _blurred(gray, BROAD)
    right, down = np.gradient(soft, axis=1), np.gradient(soft, axis=0)
    inner = np.hypot(right, down)[~_near_edges(gray)]
    return float(np.median(inner)) if inner.size >= LEAST else None


def _flattened(picture: ImageU8) -> Plane:
    """Luma from 0 to 1 of the picture's areas."""
    scale = min(1.0, SIDE / max(picture.shape[:2]))
    size = [max(1, round(side * scale)) for side in picture.shape[1::-1]]
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    rgb = torch.from_numpy(small).permute(2, 0, 1)[None].float() / 127.5 - 1
    gray = luma(EdgeAvoidingFilter(CONTRAST)(rgb))[0, 0]
    return np.asarray((gray.numpy() + 1) / 2, np.float32)


def _near_edges(gray: Plane) -> NDArray[np.bool_]:
    soft = _blurred(gray, SOFT)
    mean = cv2.blur(soft, (AREA, AREA))
    variance = cv2.blur(soft * soft, (AREA, AREA)) - mean * mean
    edges = (np.sqrt(np.maximum(variance, 0)) > UNEVEN).astype(np.uint8)
    return np.asarray(cv2.dilate(edges, np.ones((NEAR, NEAR), np.uint8)) > 0)


def _blurred(plane: Plane, sigma: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)
