"""Shapes of strokes: lines traced along the orientation field, and outlines about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.preset import StrokesConfig
from ganfx.stylize.effects.effect import Place
from ganfx.stylize.effects.orientation import directions, turned

if TYPE_CHECKING:
    from ganfx.stylize.effects.stroke_anchors import Anchors
    from ganfx.stylize.effects.strokes import Brush

Points = NDArray[np.float64]

HALF = 5
"""Steps from the anchor to either end."""
SHARE_OF_LENGTH = 0.5
"""Of a stroke's length, on either side of its anchor."""
KEEPS = 0.4
"""How far a stroke keeps its direction from step to step."""
STRAYS = (0.14, 0.1, 0.05, 0.03, 0.02)
"""Half tangent by which hands stray from the field, from broad brushes to fine ones."""
CHANGE = (0.16, 0.12, 0.08, 0.06, 0.05)
"""Difference of color, of the display range, at which a stroke ends, likewise."""
GRID = 16
"""Places in a pixel."""
KNOTS = ((16.0, 11), (6.0, 7), (0.0, 5))
"""Points along either side of an outline, by the least width in pixels that has so many."""
_ROW = 256  # samples in a row of OpenCV's map, whose sides are 16 bits


def on_grid(places: Points) -> Points:
    """Places at the nearest 1/16 of a pixel.

    Sums with whole pixels are exact there, so that strokes do not depend on the row that a strip
    begins with, not even in their last bit.
    """
    return np.asarray(np.rint(places * GRID) / GRID)


def sampled(plane: NDArray[np.float32], x: Points, y: Points, factor: float = 1.0) -> Points:
    """``(N, C)`` values of a plane at places in pixels, of a picture that is larger by a factor."""
    count = len(x)
    size = max(1, -(-count // _ROW)) * _ROW
    maps = np.zeros((2, size), np.float32)
    maps[0, :count], maps[1, :count] = (
        at if factor == 1 else (at + 0.5) / factor - 0.5 for at in (x, y)
    )
    across, down = maps.reshape(2, -1, _ROW)
    found = cv2.remap(plane, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return found.reshape(size, -1)[:count].astype(np.float64)


def traced(
    doubled: NDArray[np.float32],
    soft: NDArray[np.float32],
    anchors: Anchors,
    colors: Points,
    strokes: StrokesConfig,
    place: Place,
    brush: Brush,
) -> tuple[Points, Points]:
    """Lines of strokes, and where they end.

    Args:
        doubled: Of `orientation`, reduced as ``brush`` says.
        soft: ``(h, w, 3)``, reduced likewise: a stroke ends where its color changes there.
        anchors: Of the brush.
        colors: ``(N, 3)`` of the strokes.
        strokes: For length and direction.
        place: Where the rows lie.
        brush: Its width.

    Returns:
        ``(N, 2 HALF + 1, 2)`` places, and ``(N, 2)`` the first and last step of each.
    """
    factor, level = float(brush.reduction), min(brush.level, len(STRAYS) - 1)
    length = strokes.length * brush.width * (0.6 + 0.8 * anchors.chance(3)) * anchors.grown
    step = (SHARE_OF_LENGTH / HALF) * length
    stray = STRAYS[level] * (2 * anchors.chance(4) - 1)

    def led(x: Points, y: Points) -> tuple[Points, Points]:
        field, places = sampled(doubled, x, y, factor), (x + anchors.left, y + anchors.top)
        right, down = turned(directions(field, *places, strokes.angle, place.height), stray).T
        return right, down

    begun = led(anchors.x, anchors.y)
    lines = np.empty((len(anchors.x), 2 * HALF + 1, 2))
    lines[:, HALF, 0], lines[:, HALF, 1] = anchors.x, anchors.y
    ends = np.full((len(anchors.x), 2), float(HALF))
    for side, sense in enumerate((-1, 1)):
        x, y = anchors.x, anchors.y
        heading = np.zeros_like(x), np.zeros_like(x)
        before, going = np.zeros(len(x)), np.ones(len(x), bool)
        for number in range(1, HALF + 1):
            heading = _onward(begun if number == 1 else led(x, y), heading, sense)
            x, y = x + on_grid(step * heading[0]), y + on_grid(step * heading[1])
            lines[:, HALF + sense * number, 0], lines[:, HALF + sense * number, 1] = x, y
            differs = np.abs(sampled(soft, x, y, factor) - colors)
            change = np.maximum(np.maximum(differs[:, 0], differs[:, 1]), differs[:, 2])
            reached = np.clip((CHANGE[level] - before) / np.maximum(change - before, 1e-6), 0, 1)
            within = change < CHANGE[level]
            ends[:, side] += sense * np.where(going, np.where(within, 1, reached), 0)
            going &= within
            before = change
    # However soon its color changes, a stroke is a dab at least.
    ends[:, 0], ends[:, 1] = np.minimum(ends[:, 0], HALF - 1), np.maximum(ends[:, 1], HALF + 1)
    return lines, ends


def _onward(
    along: tuple[Points, Points], heading: tuple[Points, Points], sense: int
) -> tuple[Points, Points]:
    """The direction of the next step: the field's, in the sense in which a stroke goes."""
    same = along[0] * heading[0] + along[1] * heading[1]
    begins = heading[0] * heading[0] + heading[1] * heading[1] == 0
    senses = np.where(begins, sense, np.where(same < 0, -1.0, 1.0))
    right, down = (
        (1 - KEEPS) * a * senses + KEEPS * h for a, h in zip(along, heading, strict=True)
    )
    size = np.sqrt(right * right + down * down) + 1e-9
    return right / size, down / size


def _knots(width: float) -> Points:
    """Places of the points along a side, from -1 to 1: closer where an end is rounded."""
    count = next(count for least, count in KNOTS if width >= least)
    evenly = np.linspace(-1, 1, count)
    return evenly if count == KNOTS[0][1] else evenly * (1.5 - 0.5 * evenly * evenly)


def outlines(lines: Points, ends: Points, anchors: Anchors, width: float) -> NDArray[np.int32]:
    """``(N, 2 M, 2)`` outlines in 1/16 of pixels: blunt at first, thinner where a stroke ends."""
    along = _knots(width)
    middles = lines[:, HALF]
    points = _between_ends(lines, ends, along)
    tangents = [_tangents(plane) for plane in points]
    size = np.sqrt(tangents[0] ** 2 + tangents[1] ** 2) + 1e-9
    normals = (-tangents[1] / size, tangents[0] / size)
    half = 0.5 * width * (0.8 + 0.5 * anchors.chance(8)) * np.sqrt(anchors.grown)
    profile = np.sqrt(np.maximum(1 - 0.85 * along**4, 0.05)) * (1 - 0.18 * along)
    breadth = half[:, np.newaxis] * profile
    fixed = np.empty((len(lines), 2 * len(along), 2), np.int32)
    there, back = fixed[:, : len(along)], fixed[:, : len(along) - 1 : -1]
    for axis, (plane, normal) in enumerate(zip(points, normals, strict=True)):
        across, start = breadth * normal, middles[:, axis, np.newaxis] * GRID
        there[..., axis] = np.rint((plane + across) * GRID) + start
        back[..., axis] = np.rint((plane - across) * GRID) + start
    return fixed


def _between_ends(lines: Points, ends: Points, along: Points) -> tuple[Points, Points]:
    """``(N, M)`` places right of the middles of lines and below them.

    Every stroke has as many points, between its own ends.
    """
    steps = lines.shape[1]
    at = ends[:, :1] + (along + 1) / 2 * (ends[:, 1:] - ends[:, :1])
    low = np.minimum(at.astype(np.int64), steps - 2)
    part = at - low
    rest = 1 - part
    low += np.arange(0, steps * len(lines), steps)[:, np.newaxis]  # in all lines, end to end
    right, down = (
        about.take(low) * rest + about.take(low + 1) * part
        for about in ((lines[..., axis] - lines[:, HALF, axis, np.newaxis]) for axis in (0, 1))
    )
    return right, down


def _tangents(places: Points) -> Points:
    """Along some points ``(N, M)`` of each line."""
    tangents = np.empty_like(places)
    tangents[:, 1:-1] = places[:, 2:] - places[:, :-2]
    tangents[:, 0] = places[:, 1] - places[:, 0]
    tangents[:, -1] = places[:, -1] - places[:, -2]
    return tangents
