"""Resampling of pictures to another size."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ganfx.media.arrays import ImageF32
from ganfx.media.portable import use_portable_opencv

REACH = 8
"""Filter support beyond an edge, in pixels of the smaller picture."""


def resized(picture: ImageF32, width: int, height: int, *, wrap: str = "") -> ImageF32:
    """Resample a picture: by area averaging to fewer pixels, cubic to more.

    Args:
        picture: ``(H, W, 3)`` float32.
        width: Width of the result, in pixels.
        height: Height of the result, in pixels.
        wrap: Axes along which a texture tiles: ``x``, ``y`` or ``xy``. The result then tiles
            along them too.

    Returns:
        ``(height, width, 3)`` float32; the picture itself where it has this size.
        Cubic interpolation may leave the picture's range a little.
    """
    if picture.shape[:2] == (height, width):
        return picture
    use_portable_opencv()
    across = _margin(picture.shape[1], width) if "x" in wrap else (0, 0)
    down = _margin(picture.shape[0], height) if "y" in wrap else (0, 0)
    padded = np.pad(picture, ((down[0],) * 2, (across[0],) * 2, (0, 0)), mode="wrap")
    size = (width + 2 * across[1], height + 2 * down[1])
    shrinks = width * height < picture.shape[0] * picture.shape[1]
    kind = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    made = np.asarray(cv2.resize(padded, size, interpolation=kind), dtype=np.float32)
    return np.ascontiguousarray(made[down[1] : down[1] + height, across[1] : across[1] + width])


def _margin(before: int, after: int) -> tuple[int, int]:
    """Padding before and after resampling, whole pixels in both, of `REACH` at least."""
    common = math.gcd(before, after)
    steps = (before // common, after // common)
    times = math.ceil(REACH / min(steps))
    return steps[0] * times, steps[1] * times
