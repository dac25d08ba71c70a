"""Filters on single planes, ``(H, W)`` float32, that the teachers share.

All mirror the plane at its borders, so that a border looks like any other place.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


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
