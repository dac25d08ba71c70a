"""Windows cut out of a picture: where they lie. A corner is ``(x, y)``, the top left pixel."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.scans import Pixels, quantized
from ganfx.preprocess.transforms import resized

Corner = tuple[int, int]

_LOOK_SIDE = 512  # pixels along the long side of what texture is measured on
_CAP = 4  # times the mean: what one pixel's gradient energy counts at most


def center_corner(width: int, height: int, crop_width: int, crop_height: int) -> Corner:
    """The corner of a window in the middle; half a pixel to the top left if need be."""
    return (width - crop_width) // 2, (height - crop_height) // 2


def random_corner(
    width: int, height: int, crop_width: int, crop_height: int, across: float, down: float
) -> Corner:
    """The corner of a window anywhere: evenly distributed if ``across`` and ``down`` are.

    Both are at least 0 and below 1, for the leftmost or topmost place to the last.
    """
    return int(across * (width - crop_width + 1)), int(down * (height - crop_height + 1))


def grid_corners(
    width: int, height: int, crop_width: int, crop_height: int, overlap: float
) -> list[Corner]:
    """The corners of tiles that cover a picture, row by row.

    Neighbours have at least the share ``overlap``, below 1, of a tile's side in common;
    more where the tiles would not end evenly at the far edge otherwise.
    """
    columns = _starts(width, crop_width, overlap)
    return [(x, y) for y in _starts(height, crop_height, overlap) for x in columns]


def _starts(length: int, tile: int, overlap: float) -> list[int]:
    """Where tiles begin along one side: the fewest, evenly spread, the last at the far edge."""
    step = max(1, int(tile * (1 - overlap) + 1e-9))  # 0.9 of 10 is 9, not 8.999...
    gaps = -(-(length - tile) // step)
    return [index * (length - tile) // max(gaps, 1) for index in range(gaps + 1)]


def smart_corner(pixels: Pixels, crop_width: int, crop_height: int) -> Corner:
    """The corner of the window with most texture; of equals, the one nearest the middle.

    Texture is the sum of squared differences between neighbouring pixels, each pixel
    counting no more than `_CAP` times the mean: so the hard edge of a margin, or one
    outline, does not outweigh a field of strokes, and flat margins stay outside.

    ``pixels`` are `Pixels`, at least as large as the window.
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
    """Gradient energy of the grey picture, capped; in whole numbers, so that equals are equal."""
    gray = _small_gray(pixels).astype(np.int64)
    energy = np.zeros_like(gray)
    energy[:, 1:] += np.square(np.diff(gray, axis=1))
    energy[1:] += np.square(np.diff(gray, axis=0))
    return np.minimum(energy, _CAP * -(-int(energy.sum()) // energy.size))


def _small_gray(pixels: Pixels) -> NDArray[np.uint8]:
    """The grey picture, uint8 ``(H, W)``, at most `_LOOK_SIDE` long; only that is converted."""
    height, width = pixels.shape[:2]
    factor = min(1.0, _LOOK_SIDE / max(width, height))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = quantized(resized(pixels, size), "uint8")
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def _window_sums(energy: NDArray[np.int64], width: int, height: int) -> NDArray[np.int64]:
    """The sum over every window of this size, through an integral image (Crow, 1984)."""
    integral = np.pad(energy, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    bands = integral[height:] - integral[:-height]
    sums: NDArray[np.int64] = bands[:, width:] - bands[:, :-width]
    return sums


def _best_corner(sums: NDArray[np.int64]) -> Corner:
    """Where the largest sum is; of equals, the one nearest the middle, then the first."""
    rows, columns = np.nonzero(sums == sums.max())
    high, wide = sums.shape
    away = np.square(2 * rows - (high - 1)) + np.square(2 * columns - (wide - 1))
    nearest = int(np.argmin(away))
    return int(columns[nearest]), int(rows[nearest])


def _enlarged(start: int, room: int, full_room: int) -> int:
    """A window's start, of ``room`` places in the small picture, in the full one."""
    return (2 * start * full_room + room) // (2 * room) if room else full_room // 2
