"""The orientation field: which way marks lie, along edges and forms, slowly turning elsewhere.

The smoothed structure tensor (Bigun and Granlund 1987) as a doubled angle, so that opposite
directions agree and strong edges count for more. Only additions, products and square roots, so
that every machine gets the same field; its reach is finite.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of

Plane = NDArray[np.float32]
Points = NDArray[np.float64]

FINE, BROAD = 0.12, 0.6
"""Sigmas of the picture's blur and of the tensor's, in widths of a mark."""
SUPPORT = 2.5
"""Sigmas on either side that a blur looks at."""
FAINT = 2e-5
"""Weight of the slow field beside the squared gradient of luma: noise in a sky leads nobody."""
TURNS = ((0.0023, 0.0011, 0.0), (-0.0009, 0.0031, 0.37))
"""Waves of the slow field: turns in the height of a 1080-line picture's pixel, right and down."""
LINES = 1080
SWAY = 0.45
"""Half tangent by which the slow field sways."""


def field_reach(width: float) -> int:
    """Pixels on either side that the field at a place depends on."""
    return _half(FINE * width) + _half(BROAD * width) + 2


def orientation(image: ImageF32, width: float, told: Plane | None = None) -> Plane:
    """The direction of edges for marks of a width, or the one that is told.

    Args:
        image: ``(H, W, 3)``, display-encoded.
        width: Of the marks, in pixels.
        told: ``(H, W, 2)`` of `doubled`, or its means over pixels; the picture leads where it is 0.

    Returns:
        ``(H, W, 2)``: cosine and sine of the doubled angle, times the squared strength.
    """
    luma = blurred(luma_of(image), max(FINE * width, 0.6))
    right = cv2.Sobel(luma, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(luma, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    # A quarter turn from the gradient is half a turn of the doubled angle.
    tensor = np.stack([down * down - right * right, -2 * right * down], axis=-1)
    field = blurred(tensor, max(BROAD * width, 0.6))
    if told is None:
        return field
    led = blurred(told, max(FINE * width, 0.6))
    sure = np.sqrt(np.sum(led * led, axis=-1, keepdims=True))
    guided: Plane = led + np.maximum(np.float32(1) - sure, np.float32(0)) * field
    return guided


def doubled(vectors: Plane) -> Plane:
    """Unit vectors of twice the angle of some ``(..., 2)``; 0 where these are.

    Opposite vectors agree in it, so that means of it are those of lines.
    """
    x, y = vectors[..., 0], vectors[..., 1]
    # Scaled first: squares of large and of tiny numbers leave the range of float32.
    size = np.maximum(np.abs(x), np.abs(y))
    right, down = (each / np.where(size > 0, size, np.float32(1)) for each in (x, y))
    square = np.maximum(right * right + down * down, np.float32(1e-6))
    cosine, sine = right * right - down * down, 2 * right * down
    return np.stack([cosine / square, sine / square], axis=-1).astype(np.float32)


def blurred(plane: Plane, sigma: float) -> Plane:
    """A Gaussian blur of known support."""
    side = 2 * _half(sigma) + 1
    return np.asarray(
        cv2.GaussianBlur(plane, (side, side), sigma, borderType=cv2.BORDER_REFLECT_101),
        dtype=np.float32,
    )


def directions(
    doubled: Points,
    x: Points,
    y: Points,
    angle: float,
    height: int,
    *,
    faint: float = FAINT,
    sway: float = SWAY,
) -> Points:
    """Unit vectors along the field at some places.

    Args:
        doubled: ``(N, 2)`` of `orientation`, sampled there.
        x: Places in the picture, right, in pixels.
        y: Likewise, down.
        angle: Degrees by which marks fall to the right where nothing leads.
        height: Of the picture.
        faint: Weight of the slow field: more of it is a ruled direction.
        sway: How far it sways.

    Returns:
        ``(N, 2)``; of the two senses, the one to the right.
    """
    slow = _slow(x, y, angle, height, sway)
    cosine, sine = doubled[:, 0] + faint * slow[0], doubled[:, 1] + faint * slow[1]
    length = np.sqrt(cosine * cosine + sine * sine) + 1e-12
    cosine = cosine / length
    # Half of the angle, without trigonometry.
    right = np.sqrt(np.maximum((1 + cosine) / 2, 0))
    down = np.sqrt(np.maximum((1 - cosine) / 2, 0))
    return np.stack([right, np.where(sine < 0, -down, down)], axis=-1)


def turned(vectors: Points, tangent: Points) -> Points:
    """Vectors turned by twice the arc tangent of small numbers ``(N,)``."""
    return np.stack(_turned(vectors[:, 0], vectors[:, 1], tangent), axis=-1)


def _turned(x: Points | float, y: Points | float, tangent: Points) -> tuple[Points, Points]:
    square = tangent * tangent
    cosine, sine = (1 - square) / (1 + square), 2 * tangent / (1 + square)
    return x * cosine - y * sine, x * sine + y * cosine


def _slow(x: Points, y: Points, angle: float, height: int, by: float) -> tuple[Points, Points]:
    """Doubled angle of a field that sways about one direction over a third of the picture."""
    unit = LINES / height
    sway = sum(_wave(x * unit * a + y * unit * b + start) for a, b, start in TURNS) * by
    base = math.radians(2 * angle)
    cosine, sine = round(math.cos(base), 9), round(math.sin(base), 9)
    return _turned(cosine, sine, np.asarray(sway))


def _wave(turns: Points) -> Points:
    """Parabolas that look like a sine, in [-1, 1]."""
    f = 2 * (turns - np.floor(turns)) - 1
    wave: Points = 4 * f * (1 - np.abs(f))
    return wave


def _half(sigma: float) -> int:
    return max(1, math.ceil(SUPPORT * sigma))
