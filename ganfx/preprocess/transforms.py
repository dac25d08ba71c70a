"""Geometric transforms of pictures: scaling, rotation and flipping.

Pixels are uint8, uint16 or float32 ``(H, W, 3)``, display-encoded, floats 0 to 1. All transforms
keep the type: a scan of 100 megapixels takes 1.2 GB as float32.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.portable import use_portable_opencv
from ganfx.media.scans import Pixels

Size = tuple[int, int]
"""Width and height, in pixels."""

_RIM = 2  # pixels, of both edges together, that the cubic filter needs around its result
_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def scaled_size(width: int, height: int, short_side: int, long_side: int) -> Size:
    """Size of a picture downscaled to limits, with its aspect ratio; never upscaled.

    Args:
        width: Width of the picture, in pixels.
        height: Height of the picture, in pixels.
        short_side: Shorter side of the result, in pixels; 0 for no limit.
        long_side: Longer side of the result; the smaller result counts if both are given.
    """
    short, long = sorted((width, height))
    factors = [Fraction(1)]
    if short_side:
        factors.append(Fraction(short_side, short))
    if long_side:
        factors.append(Fraction(long_side, long))
    factor = min(factors)
    half = Fraction(1, 2)
    return max(1, math.floor(width * factor + half)), max(1, math.floor(height * factor + half))


def resized(pixels: Pixels, size: Size) -> Pixels:
    """Resize to exactly this size by area averaging; the picture itself if it has this size."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    use_portable_opencv()
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), pixels.dtype)


def turned_quarter(pixels: Pixels, degrees: Literal[0, 90, 180, 270]) -> Pixels:
    """Rotate a picture clockwise by quarter turns, losslessly."""
    if degrees == 0:
        return pixels
    return np.asarray(cv2.rotate(pixels, _TURNS[degrees]), pixels.dtype)


def flipped(pixels: Pixels, direction: Literal["horizontal", "vertical"]) -> Pixels:
    """Mirror a picture: "horizontal" swaps left and right, "vertical" top and bottom."""
    return np.asarray(cv2.flip(pixels, 1 if direction == "horizontal" else 0), pixels.dtype)


def valid_size(width: int, height: int, degrees: float) -> Size:
    """Size of the result of `rotated_valid`; 0 by 0 if nothing is left.

    The largest axis-aligned rectangle, by area, inside a rotated one. Source: coproc,
    stackoverflow.com/a/16778797.
    """
    if degrees == 0:
        return width, height
    wide, high = width - _RIM, height - _RIM
    if min(wide, high) < 1:
        return 0, 0
    sine, cosine = abs(math.sin(math.radians(degrees))), abs(math.cos(math.radians(degrees)))
    across, down = _largest_inside(wide, high, sine, cosine)
    size = math.floor(across + 1e-6), math.floor(down + 1e-6)  # 50 may be 49.999999999
    return size if min(size) > 0 else (0, 0)


def _largest_inside(wide: int, high: int, sine: float, cosine: float) -> tuple[float, float]:
    """Sides of the largest axis-aligned rectangle inside one rotated by 0 to 90 degrees."""
    short, long = sorted((wide, high))
    if short <= 2 * sine * cosine * long:
        # Narrow: two opposite corners on the long sides, the others somewhere between them.
        sides = short / 2 / sine, short / 2 / cosine
        return sides if wide >= high else sides[::-1]
    # A corner on each side: seen along the turned axes it is just as wide and as high,
    # across * cosine + down * sine = wide and across * sine + down * cosine = high.
    determinant = cosine**2 - sine**2
    across = (wide * cosine - high * sine) / determinant
    down = (high * cosine - wide * sine) / determinant
    return across, down


def rotated_valid(pixels: Pixels, degrees: float) -> Pixels:
    """Rotate a picture counter-clockwise about its centre, and crop to the valid area.

    No pixel of the result depends on edge extension.

    Args:
        pixels: ``(H, W, 3)``.
        degrees: Counter-clockwise.

    Returns:
        ``(h, w, 3)`` of `valid_size`; the picture itself for 0 degrees.
    """
    if degrees == 0:
        return pixels
    size = valid_size(pixels.shape[1], pixels.shape[0], degrees)
    return warped(pixels, degrees, size) if min(size) else pixels[:0, :0]


def rotated_small(pixels: Pixels, degrees: float, size: Size) -> Pixels:
    """Fast `rotated_valid` with downscaling: rotates at a reduced size.

    The picture is scaled to twice the final size, rotated there and scaled again by area
    averaging, which hides the slight blur of the rotation.

    Args:
        pixels: ``(H, W, 3)``.
        degrees: Counter-clockwise.
        size: Size of the result, at most half of `valid_size` each way, and not 0.
    """
    height, width = pixels.shape[:2]
    valid = valid_size(width, height, degrees)
    double = 2 * size[0], 2 * size[1]
    # Rounded up, so that the half pixel around the outermost centres is inside it both ways.
    factor = max(Fraction(double[0], valid[0]), Fraction(double[1], valid[1]))
    small = resized(pixels, (math.ceil(width * factor), math.ceil(height * factor)))
    return resized(warped(small, degrees, double, shown=valid, whole=(width, height)), size)


def warped(
    pixels: Pixels,
    degrees: float,
    size: Size,
    *,
    shown: Size | None = None,
    whole: Size | None = None,
    border: int = cv2.BORDER_CONSTANT,
) -> Pixels:
    """Rotate a picture counter-clockwise about its centre, onto a canvas with that centre.

    Cubic filter; bilinear for a downscaled picture, as it needs no extra pixels at the edges.
    Floats are clipped to 0 to 1, which the cubic filter can exceed.

    Args:
        pixels: ``(H, W, 3)``.
        degrees: Counter-clockwise.
        size: Size of the result.
        shown: Size of the area it shows, in pixels of ``whole``; ``size`` if not given.
        whole: Size of the picture before it was downscaled.
        border: OpenCV's border mode for pixels beyond the edges; by default black.
    """
    use_portable_opencv()
    stored = pixels.shape[1], pixels.shape[0]
    matrix = _sources(degrees, size, shown or size, whole or stored, stored)
    flags = cv2.WARP_INVERSE_MAP | (cv2.INTER_LINEAR if whole else cv2.INTER_CUBIC)
    made = cv2.warpAffine(pixels, matrix, size, flags=flags, borderMode=border)
    if pixels.dtype == np.float32:
        np.clip(made, 0, 1, out=made)
    return np.asarray(made, pixels.dtype)


def _sources(
    degrees: float, size: Size, shown: Size, whole: Size, stored: Size
) -> NDArray[np.float64]:
    """Affine matrix ``(2, 3)`` from pixels of the result to those of the picture.

    The origin of both is the centre of the first pixel.
    """
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    turn = np.array([[cosine, -sine], [sine, cosine]])  # clockwise: back to the picture
    enlarge, reduce = np.divide(shown, size), np.divide(stored, whole)
    linear = reduce[:, np.newaxis] * turn * enlarge
    offset = (np.array(stored) - 1) / 2 - linear @ ((np.array(size) - 1) / 2)
    return np.column_stack([linear, offset])
