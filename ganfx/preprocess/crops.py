"""Placement of crop windows: centre, random, grid and by texture.

A corner is ``(x, y)``, the top left pixel of the window. Sizes are in pixels.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.scans import Pixels, quantized
from ganfx.preprocess.transforms import resized

Corner = tuple[int, int]

_LOOK_SIDE = 512  # pixels along the long side of the picture that texture is measured on
_CAP = 4  # times the mean: upper limit of one pixel's gradient energy


def center_corner(width: int, height: int, crop_width: int, crop_height: int) -> Corner:
    """Corner of a centred window; half a pixel to the top left for odd differences."""
    return (width - crop_width) // 2, (height - crop_height) // 2


def random_corner(
    width: int, height: int, crop_width: int, crop_height: int, across: float, down: float
) -> Corner:
    """Corner of a window at a random position: uniform if ``across`` and ``down`` are.

    Args:
        width: Picture width.
        height: Picture height.
        crop_width: Window width, at most ``width``.
        crop_height: Window height, at most ``height``.
        across: Horizontal position, from 0 (left) to below 1 (right).
        down: Vertical position, from 0 (top) to below 1 (bottom).
    """
    return int(across * (width - crop_width + 1)), int(down * (height - crop_height + 1))


def grid_corners(
    width: int, height: int, crop_width: int, crop_height: int, overlap: float
) -> list[Corner]:
    """Corners of tiles that cover a picture, row by row.

    Neighbouring tiles overlap by at least ``overlap`` of their side, from 0 to below 1, and by
    more where the last tile would not end at the picture's edge otherwise.
    """
    columns = _starts(width, crop_width, overlap)
    return [(x, y) for y in _starts(height, crop_height, overlap) for x in columns]


def _starts(length: int, tile: int, overlap: float) -> list[int]:
    """Start positions of tiles along one side: the fewest, evenly spread, from edge to edge."""
    step = max(1, int(tile * (1 - overlap) + 1e-9))  # 0.9 of 10 is 9, not 8.999...
    gaps = -(-(length - tile) // step)
    return [index * (length - tile) // max(gaps, 1) for index in range(gaps + 1)]


def smart_corner(pixels: Pixels, crop_width: int, crop_height: int) -> Corner:
    """Corner of the window with the most texture; of equals, the one nearest the centre.

    Texture is gradient energy: the sum of squared differences between neighbouring pixels,
    with each pixel capped at `_CAP` times the mean, so that a margin's hard edge or a single
    outline does not outweigh an area of strokes.

    Args:
        pixels: ``(H, W, 3)`` display-encoded, at least as large as the window.
        crop_width: Window width.
        crop_height: Window height.
    """
    height, width = pixels.shape[:2]
    energy = _texture(pixels)
    rows, columns = energy.shape
    wide = min(columns, max(1, round(crop_width * columns / width)))
    high = min(rows, max(1, round(crop_height * rows / height)))
    x, y = _best_corner(_window_sums(energy, wide, high))
    return (
        _enlarged(x, columns - wide, width - crop_width),
        _enlarged(y, rows - high, height - crop_height),
    )


def _texture(pixels: Pixels) -> NDArray[np.int64]:
    """Capped gradient energy of the grey picture, ``(H, W)``; integers, so that ties are exact."""
    gray = _small_gray(pixels).astype(np.int64)
    energy = np.zeros_like(gray)
    energy[:, 1:] += np.square(np.diff(gray, axis=1))
    energy[1:] += np.square(np.diff(gray, axis=0))
    return np.minimum(energy, _CAP * -(-int(energy.sum()) // energy.size))


def _small_gray(pixels: Pixels) -> NDArray[np.uint8]:
    """Grey picture, uint8 ``(H, W)``, downscaled to `_LOOK_SIDE`."""
    height, width = pixels.shape[:2]
    factor = min(1.0, _LOOK_SIDE / max(width, height))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = quantized(resized(pixels, size), "uint8")
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def _window_sums(energy: NDArray[np.int64], width: int, height: int) -> NDArray[np.int64]:
    """Sums over all windows of a size, by an integral image (Crow, 1984)."""
    integral = np.pad(energy, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    bands = integral[height:] - integral[:-height]
    sums: NDArray[np.int64] = bands[:, width:] - bands[:, :-width]
    return sums


def _best_corner(sums: NDArray[np.int64]) -> Corner:
    """Position of the largest sum; of equals, the one nearest the centre, then the first."""
    rows, columns = np.nonzero(sums == sums.max())
    high, wide = sums.shape
    away = np.square(2 * rows - (high - 1)) + np.square(2 * columns - (wide - 1))
    nearest = int(np.argmin(away))
    return int(columns[nearest]), int(rows[nearest])


def _enlarged(start: int, span: int, full_span: int) -> int:
    """Scale a window's start from ``span`` positions to ``full_span``, rounded."""
    return (2 * start * full_span + span) // (2 * span) if span else full_span // 2
