"""Text detection: lines of printed or handwritten letters, as opposed to drawing.

Ink is segmented into connected strokes. Strokes of letter size and shape that follow each
other on one baseline, with similar heights, are a line of text.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[Any]
"""uint8 ``(H, W)``, OpenCV's grey (Rec. 601 luma)."""
Strokes = NDArray[np.int32]
"""``(N, 5)``: left, top, width, height and area of connected components, in pixels (OpenCV)."""

_GROUND = 15  # side of the median filter that estimates the background, in pixels of half size
_MOST_LETTERS = 4000  # that are considered: more make no difference
_LOOK_BACK = 400  # candidates to the left for the preceding letter


class LineTolerances(NamedTuple):
    """Regularity of a line of text; lengths are in heights of its letters."""

    gap: float  # between neighbours, at most
    rise: float  # between the baselines of neighbours, at most
    alike: float  # height of the lower of two neighbours by the higher, at least
    fewest: int  # letters in a line
    span: float  # of their widths together, at least


PRINTED = LineTolerances(gap=1.6, rise=0.22, alike=0.5, fewest=4, span=0.0)
HANDWRITTEN = LineTolerances(
    gap=2.2, rise=0.4, alike=0.4, fewest=2, span=4.0
)  # its letters run together


def find_ink(gray: Gray, depth: int) -> Gray:
    """Mask of ink, uint8 ``(H, W)``: 1 where darker than the background by over ``depth`` codes.

    The background is a median filter at half size.
    """
    half = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    ground = cv2.resize(cv2.medianBlur(half, _GROUND), (gray.shape[1], gray.shape[0]))
    return (cv2.subtract(ground.astype(np.uint8), gray) > depth).astype(np.uint8)


def find_letters(strokes: NDArray[Any], side: int, heights: tuple[float, float]) -> Strokes:
    """Filter strokes by the size and shape of letters; only the largest, if there are many.

    Args:
        strokes: ``(N, 5)``, see `Strokes`.
        side: Side of the page, in pixels.
        heights: Minimum and maximum height of letters, as shares of ``side``.
    """
    height, width = strokes[:, cv2.CC_STAT_HEIGHT], strokes[:, cv2.CC_STAT_WIDTH]
    area = strokes[:, cv2.CC_STAT_AREA]
    low, high = heights
    possible = (height >= max(4, low * side)) & (height <= high * side)
    possible &= (width <= 6 * height) & (area >= 0.12 * height * width)
    found = np.flatnonzero(possible)
    if len(found) > _MOST_LETTERS:
        found = np.sort(found[np.argsort(area[found], kind="stable")[-_MOST_LETTERS:]])
    return strokes[found]


def in_lines(letters: Strokes, tolerances: LineTolerances) -> NDArray[np.bool_]:
    """Mask ``(N,)`` of the letters that are in a line of text, by ``tolerances``."""
    if len(letters) < tolerances.fewest:
        return np.zeros(len(letters), bool)
    order = np.argsort(letters[:, cv2.CC_STAT_LEFT], kind="stable")
    previous = _previous(letters, order, tolerances)
    wide = letters[:, cv2.CC_STAT_WIDTH] / letters[:, cv2.CC_STAT_HEIGHT]
    size = np.stack([np.ones(len(letters)), wide], axis=1)  # of the line up to a letter
    for index in order:
        if previous[index] >= 0:
            size[index] += size[previous[index]]
    for index in order[::-1]:
        if previous[index] >= 0:
            size[previous[index]] = np.maximum(size[previous[index]], size[index])
    return np.asarray((size >= (tolerances.fewest, tolerances.span)).all(axis=1), np.bool_)


def _previous(
    letters: Strokes, order: NDArray[np.intp], tolerances: LineTolerances
) -> NDArray[np.intp]:
    """Index of the preceding letter in the line of each letter, or -1."""
    height = letters[:, cv2.CC_STAT_HEIGHT].astype(np.float32)
    foot = letters[:, cv2.CC_STAT_TOP] + height
    left = letters[:, cv2.CC_STAT_LEFT].astype(np.float32)
    right = left + letters[:, cv2.CC_STAT_WIDTH]
    previous = np.full(len(letters), -1)
    for at, index in enumerate(order):
        before = order[max(0, at - _LOOK_BACK) : at]
        gap = left[index] - right[before]
        tall = np.maximum(height[before], height[index])
        near = (gap > -0.3 * tall) & (gap < tolerances.gap * tall)
        near &= np.abs(foot[before] - foot[index]) < tolerances.rise * tall
        near &= np.minimum(height[before], height[index]) > tolerances.alike * tall
        if near.any():
            candidates = before[near]
            previous[index] = candidates[np.argmax(right[candidates])]
    return previous
