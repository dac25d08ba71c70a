"""Deskewing of scans: the skew angle of a picture's frame, and rotation by it.

On each side, the border of the margin is traced by rays from outside: each finds the first
pixel that departs from the margin's tone. Where the picture has a frame or straight edges,
these pixels lie on a straight line. A scan counts as skewed only if the lines of several sides
agree; a tilted horizon, a house in perspective or the ragged edge of a drawing give no two
such lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.portable import use_portable_opencv
from ganfx.media.scans import Pixels
from ganfx.preprocess.pieces import Thumbnail
from ganfx.preprocess.transforms import warped

_LARGEST = 5.0  # degrees that a scan may be turned
_SMALLEST = 0.2  # degrees that are worth a resampling
_AGREEMENT = 0.3  # degrees that sides may differ
_DEEPEST = 0.35  # of the picture, where a margin ends at the latest
_STRIP = slice(1, 5)  # the outermost pixels of a margin, but for the very first
_BLOCKS = 16  # along a side, between which the margin's tone may differ
_RANGE = 60.0  # by how much it may, in codes of 255
_NOISE = 8.0  # standard deviation in a margin, at most
_LEAST_DIFFERENCE = 14.0  # codes, from the margin's tone to something else
_NOISE_FACTOR = 5.0
_SPECKS = 0.05  # share of the strip that may be something else
_SLOPES = np.tan(np.radians(np.linspace(-6.0, 6.0, 121)))
_NEAR = 1.5  # pixels from a line within which a point is on it
_ON_LINE = 0.7  # share of the rays between its ends that meet a line
_LEAST_LINES = 64  # rays on a side: fewer give no reliable angle
_LENGTH = 0.5  # of the side, along which it must reach
_RESIDUAL = 0.8  # pixels of its points, root mean square

Planes = NDArray[np.uint8]


class _Border(NamedTuple):
    """The straight border of one side's margin."""

    angle: float  # degrees counter-clockwise that make it straight
    length: int  # pixels along the side
    upright: bool  # left or right


def skew_angle(thumbnail: Thumbnail) -> float:
    """Estimate the rotation that straightens a scan.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB.

    Returns:
        Degrees counter-clockwise; 0 if the picture is straight, skewed by more than
        `_LARGEST` degrees, or has no straight borders.
    """
    borders = _borders(thumbnail)
    agreeing = max((_agreeing(border, borders) for border in borders), key=len, default=[])
    both_ways = len({border.upright for border in agreeing}) == 2
    if not both_ways or (len(agreeing) == 2 and len(borders) > 2):
        return 0.0
    angle = float(np.average([b.angle for b in agreeing], weights=[b.length for b in agreeing]))
    return angle if _SMALLEST <= abs(angle) <= _LARGEST else 0.0


def _agreeing(border: _Border, borders: Sequence[_Border]) -> list[_Border]:
    return [other for other in borders if abs(other.angle - border.angle) <= _AGREEMENT]


def _borders(thumbnail: Thumbnail) -> list[_Border]:
    """The straight borders of the margins, of all sides that have one."""
    use_portable_opencv()
    rows = np.stack(cv2.split(thumbnail))
    columns = np.stack([cv2.transpose(plane) for plane in rows])
    found = []
    for upright, planes in ((True, rows), (False, columns)):
        deepest = round(_DEEPEST * planes.shape[2])
        if planes.shape[1] < _LEAST_LINES or deepest <= _STRIP.stop:
            continue
        for step in (1, -1):
            line = _straight_border(np.ascontiguousarray(planes[:, :, ::step][:, :, :deepest]))
            if line is not None:
                slope, length = line
                turn = math.degrees(math.atan(slope)) * step
                found.append(_Border(-turn if upright else turn, length, upright))
    return found


def _straight_border(rays: Planes) -> tuple[float, int] | None:
    """Slope and length of the straight line at which rays leave the margin.

    Args:
        rays: ``(3, N, M)``: N rays of M pixels, which start in the margin.

    Returns:
        Slope in pixels inwards per ray, and length in rays; None without such a line.
    """
    depths = _trace(rays)
    if depths is None:
        return None
    rows = np.flatnonzero(depths)
    if len(rows) < _LENGTH * _ON_LINE * len(depths):
        return None
    slope, offset = _vote(rows, depths[rows])
    for _ in range(3):  # the slope voted for is one of a few
        on = rows[np.abs(depths[rows] - slope * rows - offset) <= _NEAR]
        if len(on) < _LENGTH * _ON_LINE * len(depths):
            return None
        slope, offset = _least_squares(on, depths[on])
    length = int(on[-1] - on[0]) + 1
    residual = float(np.sqrt(np.mean(np.square(depths[on] - slope * on - offset))))
    straight = len(on) >= _ON_LINE * length and residual <= _RESIDUAL
    return (slope, length) if straight and length >= _LENGTH * len(depths) else None


def _trace(rays: Planes) -> NDArray[np.intp] | None:
    """Position at which each ray departs from the margin's tone; 0 where it does not.

    Returns:
        ``(N,)`` pixels from outside; None if the rays do not start in a margin (an even
        strip, but for specks).
    """
    strip = rays[:, :, _STRIP]
    tone = _margin_tone(strip)
    noise = 1.4826 * np.median(np.abs(strip - tone[..., np.newaxis]), axis=(1, 2))
    if noise.max() > _NOISE or np.ptp(tone, axis=1).max() > _RANGE:
        return None
    limit = np.maximum(_LEAST_DIFFERENCE, _NOISE_FACTOR * noise)[:, np.newaxis]
    low = np.clip(tone - limit, 0, 255).astype(np.uint8)[..., np.newaxis]
    high = np.clip(tone + limit, 0, 255).astype(np.uint8)[..., np.newaxis]
    # Values below ``low`` wrap around to large numbers: one comparison for both limits.
    departs = np.logical_or.reduce((rays - low) > (high - low))
    return departs.argmax(axis=1) if departs[:, _STRIP].mean() <= _SPECKS else None


def _margin_tone(strip: Planes) -> NDArray[np.float32]:
    """Margin tone ``(3, N)`` along a side: medians of blocks, robust against specks."""
    lines = strip.shape[1]
    size = lines // _BLOCKS
    blocks = strip[:, : size * _BLOCKS].reshape(3, _BLOCKS, -1)
    middles = (np.arange(_BLOCKS) + 0.5) * size - 0.5
    at = np.arange(lines)
    tones = [np.interp(at, middles, plane) for plane in np.median(blocks, axis=2)]
    return np.array(tones, np.float32)


def _vote(rows: NDArray[np.intp], depths: NDArray[np.intp]) -> tuple[float, float]:
    """Slope and offset of the line near most points (Hough transform)."""
    thin = slice(None, None, 1 + len(rows) // 256)
    offsets = depths[thin] - _SLOPES[:, np.newaxis] * rows[thin]
    first = float(offsets.min())
    bins = ((offsets - first) / _NEAR).astype(np.intp)
    count = int(bins.max()) + 2
    bins += count * np.arange(len(_SLOPES))[:, np.newaxis]
    votes = np.bincount(bins.ravel(), minlength=count * len(_SLOPES))
    best = int(np.argmax(votes[:-1] + votes[1:]))  # a line may lie between two bins
    return float(_SLOPES[best // count]), first + (best % count + 1) * _NEAR


def _least_squares(x: NDArray[np.intp], y: NDArray[np.intp]) -> tuple[float, float]:
    """Slope and offset of the least-squares line through points."""
    middle = x.mean()
    away = x - middle
    slope = float(away @ y / (away @ away))
    return slope, float(y.mean() - slope * middle)


def turned(pixels: Pixels, angle: float) -> Pixels:
    """Rotate a picture counter-clockwise about its centre, with edge extension.

    Args:
        pixels: ``(H, W, 3)`` display-encoded.
        angle: Degrees counter-clockwise.

    Returns:
        The same size and type; pixels from outside repeat the edge.
    """
    size = pixels.shape[1], pixels.shape[0]
    return warped(pixels, angle, size, border=cv2.BORDER_REPLICATE)
