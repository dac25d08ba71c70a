"""Filters that the teachers share, most of them on single planes ``(H, W)`` float32.

All blurs mirror the plane at its borders, so that a border looks like any other place.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8

Plane = NDArray[np.float32]


def to_light(picture: ImageU8) -> Plane:
    """8-bit codes as display values from 0 to 1."""
    return picture.astype(np.float32) / np.float32(255.0)


def to_picture(light: Plane) -> ImageU8:
    """Display values as 8-bit codes, clipped at 0 and 1."""
    code: ImageU8 = np.clip(light * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8)
    return code


def gaussian(plane: Plane, sigma: float) -> Plane:
    """Gaussian blur of ``sigma`` pixels; wide ones on a smaller picture: equal to the eye."""
    step = max(1, int(sigma / 4.0))
    if step == 1:
        blurred = cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
        return np.asarray(blurred, dtype=np.float32)
    height, width = plane.shape
    small = (max(4, width // step), max(4, height // step))
    reduced = cv2.resize(plane, small, interpolation=cv2.INTER_AREA)
    scale = small[0] / width
    reduced = cv2.GaussianBlur(reduced, (0, 0), sigma * scale, borderType=cv2.BORDER_REFLECT)
    enlarged = cv2.resize(reduced, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(enlarged, dtype=np.float32)


def box(plane: Plane, radius: int) -> Plane:
    """Mean over the square of side ``2 * radius + 1``."""
    window = (2 * radius + 1, 2 * radius + 1)
    return np.asarray(cv2.blur(plane, window, borderType=cv2.BORDER_REFLECT), dtype=np.float32)


def soft_steps(plane: Plane, step: float, softness: float) -> Plane:
    """Put values on steps, from one to the next over a smooth ramp.

    Args:
        plane: Any range, 0 or more.
        step: Height of a step.
        softness: Share of each step that is ramp; near 0 is a hard edge.
    """
    layers = plane / np.float32(step)
    whole = np.floor(layers)
    ramp = np.clip((layers - whole - 0.5) / softness + 0.5, 0.0, 1.0)
    return np.asarray((whole + ramp * ramp * (3.0 - 2.0 * ramp)) * step, dtype=np.float32)


def guided(plane: Plane, radius: int, variance: float) -> Plane:
    """Edge-preserving mean: the guided filter with the plane as its own guide.

    Args:
        plane: Any range.
        radius: Of the square window, in pixels.
        variance: In the plane's units squared; where a window varies more, edges stay.

    Source: He, Sun, Tang, "Guided Image Filtering" (2010), equations 5, 6 and 8.
    """
    mean = box(plane, radius)
    spread = box(plane * plane, radius) - mean * mean
    gain = np.asarray(spread / (spread + variance), dtype=np.float32)
    return box(gain, radius) * plane + box(mean - gain * mean, radius)


def valley(plane: Plane, sigma: float) -> Plane:
    """Difference of two blurs: how much darker each place is than its surroundings."""
    return gaussian(plane, 2.0 * sigma) - gaussian(plane, sigma)


def pen_valley(picture: ImageU8, sigma: float) -> Plane:
    """Valleys of a picture for a pen to follow: its edges, without its texture."""
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    for _ in range(2):
        gray = cv2.bilateralFilter(gray, 7, 30.0, 5.0)
    return valley(to_light(np.asarray(gray, dtype=np.uint8)), sigma)


def flattened(picture: ImageU8, reach: float, contrast: float, area: tuple[int, int]) -> ImageU8:
    """Texture painted over and edges kept: three smoothings, then areas of one colour.

    Paint runs as far as ``reach``, a share of the picture's size, unless colours that differ by
    ``contrast`` (of the display range) stop it. ``area`` is the radius in pixels, and in 8-bit
    codes, within which colours become one.
    """
    pixels = reach * math.sqrt(picture.shape[0] * picture.shape[1])
    for _ in range(3):
        smooth = cv2.edgePreservingFilter(picture, flags=1, sigma_s=pixels, sigma_r=contrast)
        picture = np.asarray(smooth, dtype=np.uint8)
    return np.asarray(cv2.pyrMeanShiftFiltering(picture, *area), dtype=np.uint8)


def even_texture(
    plane: Plane, finest: float, coarsest: float, *, faintest: float, strength: float = 1.0
) -> Plane:
    """Texture between two sigmas, of about equal ``strength`` (its deviation) everywhere.

    Texture weaker than ``faintest``, in the plane's units, fades out.
    """
    texture = gaussian(plane, finest) - gaussian(plane, coarsest)
    power = gaussian(texture * texture, 6.0) + np.float32(faintest**2)
    return np.asarray(np.float32(strength) * texture / np.sqrt(power), dtype=np.float32)
