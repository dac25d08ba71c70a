"""Pictures reduced to means of squares of pixels, and enlarged again, the same in any rows.

Squares lie on a grid from the first row and column at hand; their sides are powers of two, so
that places in them are exact.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

_GRID = np.float32(64)  # places along a square's side: sums are exact, wherever a strip begins
_WIDEST = 1 << 14  # columns at a time: OpenCV counts them in 16 bits


def reduced(image: Plane, side: int) -> Plane:
    """Means of squares of pixels, from the first on; the last square is filled up."""
    if side == 1:
        return image
    height, width = image.shape[:2]
    padding = [(0, -height % side), (0, -width % side), (0, 0)][: image.ndim]
    full = np.pad(image, padding, mode="edge")
    size = (full.shape[1] // side, full.shape[0] // side)
    return np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def enlarged(small: Plane, side: int, rows: slice, width: int) -> Plane:
    """Some rows of pixels between the middles of squares.

    Args:
        small: ``(h, w)`` or ``(h, w, C)`` of up to 4 channels.
        side: Of a square.
        rows: Start and stop row, in pixels.
        width: Columns, in pixels.
    """
    if side == 1:
        return small[rows, :width]
    first = max(0, rows.start // side - 1)
    last = min(len(small), -(-rows.stop // side) + 1)
    size = (small.shape[1] * side, (last - first) * side)
    made = cv2.resize(small[first:last], size, interpolation=cv2.INTER_LINEAR)
    top = rows.start - first * side
    return np.asarray(made[top : top + rows.stop - rows.start, :width], dtype=np.float32)


def displaced(image: Plane, moved: Plane, most: int) -> Plane:
    """What lies some pixels right and down of each one.

    Args:
        image: ``(h, w, C)``.
        moved: ``(h, w, 2)``.
        most: Pixels that nothing is displaced by more than.
    """
    moved = np.rint(np.clip(moved, -most, most) * _GRID) * (1 / _GRID)
    height, width = image.shape[:2]
    around = np.pad(image, ((most + 1,) * 2, (most + 1,) * 2, (0, 0)), mode="edge")
    result = np.empty_like(image)
    for left in range(0, width, _WIDEST):
        part = slice(left, min(left + _WIDEST, width))
        for top in range(0, height, _WIDEST):
            rows = slice(top, min(top + _WIDEST, height))
            result[rows, part] = _looked_up(around, moved[rows, part], left, top, most + 1)
    return result


def _looked_up(around: Plane, moved: Plane, left: int, top: int, most: int) -> Plane:
    height, width = moved.shape[:2]
    whole = slice(top, top + height + 2 * most), slice(left, left + width + 2 * most)
    x = np.arange(most, most + width, dtype=np.float32) + moved[..., 0]
    y = np.arange(most, most + height, dtype=np.float32)[:, np.newaxis] + moved[..., 1]
    found = cv2.remap(around[whole], x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.float32)
