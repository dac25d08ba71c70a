"""Image registration of thumbnails, and similarity of two pictures in their common area."""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Thumbnail = NDArray[np.float32]

SIDE = 32
"""Side of a thumbnail, in pixels; pictures of any aspect ratio are resized to a square."""

_MARGIN = 4  # of a thumbnail that another crop may lack
_WINDOW = SIDE - 2 * _MARGIN
_SCALES = tuple(1.1**step for step in range(-2, 3))  # of the other's content, at first
_LEAST_PROMISING = 0.55  # correlation of the coarse search from which it is refined
_STEPS = 0.5, 0.25, 0.125
_STEP_SIZES = 0.04, 0.04, 1.0, 1.0  # of scale across and down, shift right and down
_MOST_UNEVEN = 1.08  # stretch that is left between two scans of one picture
_DETAIL = 2.0  # standard deviation, in pixels, of the blur that is subtracted for detail
_LESS_MEAN = np.eye(_WINDOW, dtype=np.float32) - np.float32(1 / _WINDOW)  # times a window
_INSIDE = 0.5  # pixels by which a window may reach over the edge


class Similarity(NamedTuple):
    """Correlation of two registered thumbnails; each value from -1 to 1."""

    overall: float
    """Normalised cross-correlation, without the means of rows and of columns."""
    detail: float
    """The same after subtracting a blurred copy: two hills against two skies agree in their
    coarse shapes only."""


class _Placement(NamedTuple):
    """Transform from the middle of one thumbnail to the other."""

    scale_x: float  # pixels of the other per pixel of this
    scale_y: float
    shift_x: float  # between the centres, in pixels of the other
    shift_y: float


def similarity(first: Thumbnail, second: Thumbnail, stretch: float) -> Similarity:
    """Register two thumbnails by shift and scale, and correlate them.

    The middle of each is searched for in the other.

    Args:
        first: ``(SIDE, SIDE)`` float32, any values.
        second: The same.
        stretch: Aspect ratio of the first picture by that of the second,
            ``(width / height) / (width / height)``.

    Returns:
        The better of both directions; 0 without contrast, or without a likely match.
    """
    found: list[tuple[float, _Placement, Thumbnail, Thumbnail, float]] = []
    for one, other, relative in ((first, second, stretch), (second, first, 1 / stretch)):
        middle = np.ascontiguousarray(one[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN])
        place = _search(middle, other, relative)
        found.append(
            (_correlation(_unit(middle), other, place, relative), place, middle, other, relative)
        )
    promise, place, middle, other, relative = max(found, key=itemgetter(0))
    if promise < _LEAST_PROMISING:
        return Similarity(0.0, 0.0)
    overall, place = _climb(_unit(middle), other, place, relative)
    detail = np.vdot(_unit(_detail(middle)), _unit(_detail(_window(other, place))))
    return Similarity(overall, float(detail))


def _search(middle: Thumbnail, other: Thumbnail, stretch: float) -> _Placement:
    """Coarse search: the best of a few scales and whole-pixel shifts."""
    best, place = -1.0, _Placement(1.0, 1.0, 0.0, 0.0)
    for scale in _SCALES:
        width, height = (round(SIDE / scale * stretch**power) for power in (-0.5, 0.5))
        if min(width, height) < _WINDOW:
            continue
        scaled = cv2.resize(other, (width, height), interpolation=cv2.INTER_LINEAR)
        found = cv2.matchTemplate(scaled, middle, cv2.TM_CCOEFF_NORMED)
        _, value, _, (left, top) = cv2.minMaxLoc(found)
        if best < value <= 1.001:  # flat windows give anything
            scale_x, scale_y = SIDE / width, SIDE / height
            right, down = ((at + _WINDOW / 2) for at in (left, top))
            best = value
            place = _Placement(
                scale_x, scale_y, right * scale_x - SIDE / 2, down * scale_y - SIDE / 2
            )
    return place


def _climb(
    middle: Thumbnail, other: Thumbnail, place: _Placement, stretch: float
) -> tuple[float, _Placement]:
    """Refinement near ``place`` by hill climbing with decreasing steps, and its correlation."""
    best = _correlation(middle, other, place, stretch)
    for step in _STEPS:
        for axis in (*range(4), *range(4)):
            for sign in (-1, 1):
                values = list(place)
                values[axis] += sign * step * _STEP_SIZES[axis]
                nearby = _Placement(*values)
                value = _correlation(middle, other, nearby, stretch)
                if value > best:
                    best, place = value, nearby
    return best, place


def _correlation(middle: Thumbnail, other: Thumbnail, place: _Placement, stretch: float) -> float:
    """Correlation of a middle from `_unit` with the area under it; -1 if out of bounds."""
    uneven = place.scale_x / place.scale_y / stretch
    reach_x = abs(place.shift_x) + place.scale_x * _WINDOW / 2
    reach_y = abs(place.shift_y) + place.scale_y * _WINDOW / 2
    if max(uneven, 1 / uneven) > _MOST_UNEVEN or max(reach_x, reach_y) > SIDE / 2 + _INSIDE:
        return -1.0
    return float(np.vdot(middle, _unit(_window(other, place))))


def _window(other: Thumbnail, place: _Placement) -> Thumbnail:
    """Area of ``other`` under the middle of a placed thumbnail, resampled."""
    first, center = (1 - _WINDOW) / 2, (SIDE - 1) / 2
    matrix = np.array(
        [
            [place.scale_x, 0.0, place.scale_x * first + center + place.shift_x],
            [0.0, place.scale_y, place.scale_y * first + center + place.shift_y],
        ]
    )
    window = cv2.warpAffine(
        other,
        matrix,
        (_WINDOW, _WINDOW),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(window, dtype=np.float32)


def _detail(window: Thumbnail) -> Thumbnail:
    around = cv2.GaussianBlur(window, (0, 0), _DETAIL, borderType=cv2.BORDER_REFLECT)
    return np.asarray(window - around, dtype=np.float32)


def _unit(window: Thumbnail) -> Thumbnail:
    """A window without the means of its rows and columns, of norm 1; 0 where flat."""
    rest = _LESS_MEAN @ window @ _LESS_MEAN
    norm = np.sqrt(np.vdot(rest, rest))
    return np.asarray(rest / norm if norm > 1e-3 else rest * 0, dtype=np.float32)
