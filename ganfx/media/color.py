"""Transfer functions: the sRGB curve, luma, and highlights above 1.

Pictures are float32 ``(H, W, 3)``. The curves are computed in float64 and rounded once,
so that a value does not depend on the CPU's vector unit, whose float32 powers differ in
the last bit.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32

LUMA = (0.2126, 0.7152, 0.0722)
"""Luma coefficients of red, green and blue (ITU-R BT.709), for encoded values."""

# IEC 61966-2-1 rounds its two limits (0.0031308, 0.04045), which leaves a step where the
# line meets the power. These are the crossing itself, so that the curve is continuous and
# its inverse takes the same branch.
_LINEAR_LIMIT = 0.0031306684425006
_DISPLAY_LIMIT = 12.92 * _LINEAR_LIMIT
_CHUNK = 1 << 16  # values at a time: float64 intermediates stay in the CPU's cache


def luma_of(rgb: ImageF32 | NDArray[np.uint8]) -> ImageF32:
    """Luma ``(H, W)``, float32, of a picture ``(H, W, 3)`` in its own range.

    Bit-identical on every CPU: the summation order of a matrix product would depend on it.
    """
    red, green, blue = (rgb[..., c] * np.float32(share) for c, share in enumerate(LUMA))
    red += green
    red += blue
    return red


def linear_to_display(rgb: ImageF32) -> ImageF32:
    """Encode scene-linear light with the sRGB curve (IEC 61966-2-1).

    Args:
        rgb: Float32 of any shape and range; 0 to 1 is the display's range. Negative values
            are encoded as the negative of their magnitude (odd extension).

    Returns:
        The same shape, float32; 0 stays 0 and 1 stays 1.
    """
    return _mapped(rgb, _encode)


def display_to_linear(rgb: ImageF32) -> ImageF32:
    """Decode the sRGB curve to linear light: the inverse of `linear_to_display`."""
    return _mapped(rgb, _decode)


def fold_highlights(linear: ImageF32) -> tuple[ImageF32, ImageF32]:
    """Divide highlights above 1 into the display range, and return the divisor.

    Args:
        linear: ``(H, W, 3)`` scene-linear.

    Returns:
        ``display``, ``(H, W, 3)``, sRGB-encoded and at most 1 (a channel below 0 stays
        below), and ``gain``, ``(H, W, 1)``, at least 1: the divisor of each pixel, its
        brightest channel. The division preserves hue.
    """
    red, green, blue = (linear[..., channel] for channel in range(3))
    most = np.maximum(np.maximum(red, green), blue)  # pixel by pixel is much slower
    gain: ImageF32 = np.maximum(most, np.float32(1.0))[..., np.newaxis]
    return linear_to_display(linear / gain), gain


def unfold_highlights(display: ImageF32, gain: ImageF32) -> ImageF32:
    """Multiply the highlights back: the inverse of `fold_highlights`.

    Args:
        display: ``(H, W, 3)`` sRGB-encoded, possibly changed since `fold_highlights`.
        gain: ``(H, W, 1)`` from `fold_highlights`.

    Returns:
        ``(H, W, 3)`` scene-linear. A recoloured lamp of value 50 stays near 50.
    """
    return np.multiply(display_to_linear(display), gain, dtype=np.float32)


def _mapped(rgb: ImageF32, curve: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> ImageF32:
    """Apply a curve, given for values from 0 on, to all values by odd symmetry."""
    values = np.ascontiguousarray(rgb, dtype=np.float32)
    result = np.empty_like(values)
    flat, out = values.reshape(-1), result.reshape(-1)
    for start in range(0, flat.size, _CHUNK):
        chunk = flat[start : start + _CHUNK]
        magnitude = curve(np.abs(chunk, dtype=np.float64))
        out[start : start + _CHUNK] = np.copysign(magnitude, chunk)
    return result


def _encode(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(x <= _LINEAR_LIMIT, 12.92 * x, 1.055 * np.power(x, 1 / 2.4) - 0.055)


def _decode(y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(y <= _DISPLAY_LIMIT, y / 12.92, np.power((y + 0.055) / 1.055, 2.4))
