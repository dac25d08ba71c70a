"""A pen that follows form: lines along edges, long and tapering, and none in texture.

A line lies on the dark side of an edge. Along it, what the edge shows is added up, so that gaps
close and ends taper; a place full of edges that run every way cancels itself out. What is left
is weighed against how busy the place is: a faint edge in a clear sky counts as much as a strong
one in a crowd, and a leaf among leaves counts for nothing.

Source of the lines: Kang, Lee, Chui, "Coherent Line Drawing" (2007), section 2: differences of
Gaussians across an edge, added up along it; here along the structure tensor's field.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ganfx.samples.filters import Plane, gaussian

FIELD = 2.5
"""Sigma in pixels of the window in which an edge has one direction."""
SURROUND = 1.6
"""Sigma outside an edge over that inside it: close to a second derivative."""
STEP = 1.0
"""Pixels from one sample along a line to the next."""
BUSY = 8.0
"""Sigma in pixels of the surroundings that a line is weighed against."""


@dataclass(frozen=True)
class Pen:
    """A pen, and what it draws."""

    width: float  # sigma in pixels across: of the inside of an edge
    length: float  # sigma in pixels along
    faintest: float  # dip, of the display range, that counts half in an empty place
    crowded: float  # how much the dips around it count against it
    begins: float  # of its share of these, where ink begins
    full: float  # and where the line is full
    strong: float  # dip from which a line is black: fainter edges get paler lines


def pen_lines(light: Plane, pen: Pen) -> Plane:
    """Ink of the lines, 0 to 1, of ``(H, W)`` light from 0 to 1."""
    across = _direction(light)
    dips = _across(light, across, pen.width)
    along = _along(dips, across, pen.length)
    busy = gaussian(np.abs(dips), BUSY)
    share = np.maximum(along, 0.0) / (np.float32(pen.faintest) + np.float32(pen.crowded) * busy)
    ink = np.clip((share - pen.begins) / (pen.full - pen.begins), 0.0, 1.0)
    pressed = np.clip(along / np.float32(pen.strong), 0.0, 1.0)
    return np.asarray(ink * ink * (3.0 - 2.0 * ink) * pressed, dtype=np.float32)


def _direction(light: Plane) -> tuple[Plane, Plane]:
    """Unit vectors across the edges, x and y: of the larger eigenvalue of the structure tensor."""
    smooth = gaussian(light, 1.0)
    dx = cv2.Scharr(smooth, cv2.CV_32F, 1, 0, borderType=cv2.BORDER_REFLECT)
    dy = cv2.Scharr(smooth, cv2.CV_32F, 0, 1, borderType=cv2.BORDER_REFLECT)
    xx, yy, xy = (gaussian(np.asarray(p, np.float32), FIELD) for p in (dx * dx, dy * dy, dx * dy))
    half = 0.5 * (xx - yy)
    root = np.sqrt(half * half + xy * xy)
    # The two forms of the eigenvector: the longer one is exact where the other vanishes.
    x = np.where(half >= 0.0, half + root, xy)
    y = np.where(half >= 0.0, xy, root - half)
    size = np.sqrt(x * x + y * y) + np.float32(1e-12)
    return np.asarray(x / size, np.float32), np.asarray(y / size, np.float32)


def _across(light: Plane, across: tuple[Plane, Plane], width: float) -> Plane:
    """How much darker each place is than its surroundings, along a line across the edge."""
    reach = round(2.5 * width * SURROUND)
    at = np.arange(-reach, reach + 1, dtype=np.float32)
    inside, outside = (np.exp(-0.5 * (at / s) ** 2) for s in (width, width * SURROUND))
    taps = outside / outside.sum() - inside / inside.sum()
    rows, columns = _places(light.shape)
    total = np.zeros_like(light)
    for distance, tap in zip(at, taps, strict=True):
        x, y = columns + distance * across[0], rows + distance * across[1]
        total += np.float32(tap) * _sampled(light, x, y)
    return total


def _along(dips: Plane, across: tuple[Plane, Plane], length: float) -> Plane:
    """Weighted mean of the dips along the line through each place."""
    total, weights = dips.copy(), 1.0
    steps = round(2.0 * length / STEP)
    for way in (-1.0, 1.0):
        x, y = (np.array(p, np.float32) for p in np.broadcast_arrays(*_places(dips.shape)[::-1]))
        heading = (-way * across[1], way * across[0])
        for step in range(1, steps + 1):
            x, y = x + STEP * heading[0], y + STEP * heading[1]
            weight = float(np.exp(-0.5 * (step * STEP / length) ** 2))
            total += np.float32(weight) * _sampled(dips, x, y)
            weights += weight
            heading = _onward(heading, across, x, y)
    return np.asarray(total / np.float32(weights), np.float32)


def _onward(
    heading: tuple[Plane, Plane], across: tuple[Plane, Plane], x: Plane, y: Plane
) -> tuple[Plane, Plane]:
    """Direction of the line at ``x``, ``y``: of its two ways the one that does not turn back."""
    along_x, along_y = -_nearest(across[1], x, y), _nearest(across[0], x, y)
    same = np.where(along_x * heading[0] + along_y * heading[1] < 0.0, -1.0, 1.0)
    return (np.asarray(same * along_x, np.float32), np.asarray(same * along_y, np.float32))


def _places(shape: tuple[int, ...]) -> tuple[Plane, Plane]:
    """Rows ``(H, 1)`` and columns ``(1, W)`` of pixels."""
    height, width = shape
    return np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None]


def _sampled(plane: Plane, x: Plane, y: Plane) -> Plane:
    sampled = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(sampled, np.float32)


def _nearest(plane: Plane, x: Plane, y: Plane) -> Plane:
    sampled = cv2.remap(plane, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(sampled, np.float32)
