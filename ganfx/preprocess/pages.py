"""Page classification of scanned books: two-page spreads, and blank, text and cover pages.

Type differs from drawing by its regularity: letters of one height, set in lines. A page is text
if most of its ink is in such lines and most of its area is bare; a cover is the same on cloth or
board, with light or dark letters.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.color import LUMA
from ganfx.preprocess.pieces import Box, Thumbnail
from ganfx.preprocess.text_detection import PRINTED, Gray, find_ink, find_letters, in_lines

_INK = 22  # codes that ink departs from the ground about it
_BLANK = 0.004  # share of ink on a page that counts as blank
_SMOOTHEST = 3.0  # codes of standard deviation of an even page
_LETTER = (0.006, 0.09)  # height of letters, as a share of the longer side
_LEAST_TYPE = 0.002  # share of ink on a page of text
_LINE_INK = 0.7  # share of the ink in lines of type, on a page of text
_BARE = 0.6  # share of a page of text that is its ground
_FEWEST_LETTERS = 16

_SPREAD_ASPECT = 1.15  # width by height, from which a scan may be two pages
_MIDDLE = (0.42, 0.58)  # where the gutter of a spread lies
_GUTTER_DROP = 12  # codes that a gutter's shadow is darker than the paper beside it
_BANDS = 16  # heights at which a gutter must be there


class TextMeasures(NamedTuple):
    """Features of text on a page."""

    ink: float  # share of the page
    letters: int  # in lines
    in_lines: float  # share of the ink that is letters in lines
    bare: float  # share of the page that is evenly lit ground


def page_problem(thumbnail: Thumbnail) -> str:
    """Classify a page: "blank", "text", "cover", or "" for a picture.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB, with or without its margins.
    """
    gray = _gray(thumbnail)
    measures = [measure_text(side) for side in (gray, 255 - gray)]
    if max(m.ink for m in measures) < _BLANK and unevenness(gray) < _SMOOTHEST:
        return "blank"
    if not any(is_text(m) for m in measures):
        return ""
    return "text" if _is_paper(thumbnail) else "cover"


def unevenness(gray: Gray) -> float:
    """Standard deviation of a page, in codes, from a quadratic model of its lighting."""
    small = cv2.medianBlur(cv2.resize(gray, (32, 32), interpolation=cv2.INTER_AREA), 3)[1:-1, 1:-1]
    return float((small - _lighting(small)).std())


def _lighting(small: Gray) -> NDArray[np.float64]:
    """Lighting of a page, ``(h, w)`` in codes: a quadratic surface, fitted robustly.

    It models the falloff towards the gutter and the edges of a scan. Pixels darker than the
    fit, ink, are given little weight.
    """
    tones = small.ravel().astype(np.float64)
    rows, columns = small.shape
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].reshape(2, -1)
    surface = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    weights = np.ones_like(tones)
    for _ in range(4):
        fit, *_ = np.linalg.lstsq(surface * weights[:, np.newaxis], tones * weights, rcond=None)
        weights = np.where(tones < surface @ fit - 3.0, 0.1, 1.0)
    lighting: NDArray[np.float64] = (surface @ fit).reshape(rows, columns)
    return lighting


def is_text(measures: TextMeasures) -> bool:
    """Whether the features are those of a page of text."""
    return (
        measures.letters >= _FEWEST_LETTERS
        and measures.in_lines >= _LINE_INK
        and measures.bare >= _BARE
    )


def measure_text(gray: Gray) -> TextMeasures:
    """Measure dark type on a lighter background; pass the negative for light type.

    Args:
        gray: uint8 ``(H, W)``.
    """
    ink = find_ink(gray, _INK)
    inked, bare = float(ink.mean()), _bareness(gray)
    if bare < _BARE or inked < _LEAST_TYPE:  # no text, whatever its order
        return TextMeasures(inked, 0, 0.0, bare)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    letters = find_letters(stats[1:], max(gray.shape), _LETTER)
    areas = letters[:, cv2.CC_STAT_AREA]
    if areas.sum() < _LINE_INK * ink.sum():
        return TextMeasures(inked, 0, 0.0, bare)
    in_line = in_lines(letters, PRINTED)
    share = float(areas[in_line].sum() / ink.sum())
    return TextMeasures(inked, int(in_line.sum()), share, bare)


def _bareness(gray: Gray) -> float:
    """Share of a page with the tone of its background, lighting taken into account."""
    small = cv2.resize(gray, (32, 32), interpolation=cv2.INTER_AREA)
    light = cv2.resize(_lighting(small).clip(0, 255).astype(np.uint8), gray.shape[::-1])
    return float((cv2.absdiff(gray, light) <= _INK).mean())


def split_spread(thumbnail: Thumbnail) -> tuple[Box, ...]:
    """Split a scan of an open book at the gutter.

    The gutter is a shadow on paper, or a strip of bare paper, from top to bottom in the middle.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB.

    Returns:
        The left and the right page, or the whole if it is a single page.
    """
    height, width = thumbnail.shape[:2]
    if width < _SPREAD_ASPECT * height:
        return (Box(),)
    gray = _gray(thumbnail)
    column = _shadow(gray)
    if column is None:
        column = _bare_strip(gray)
    if column is None:
        return (Box(),)
    return Box(0.0, 0.0, column / width, 1.0), Box(column / width, 0.0, 1.0, 1.0)


def _shadow(gray: Gray) -> int | None:
    """Column of a gutter's shadow: darker than the paper on both sides, at every height."""
    width = gray.shape[1]
    bands = np.array([np.median(band, axis=0) for band in np.array_split(gray, _BANDS)])
    first, last = (round(share * width) for share in _MIDDLE)
    reach = max(4, width // 40)
    column = first + int(np.argmin(bands[:, first:last].mean(axis=0)))
    beside = np.minimum(
        bands[:, column - reach : column].max(axis=1),
        bands[:, column + 1 : column + 1 + reach].max(axis=1),
    )
    here = bands[:, max(0, column - 1) : column + 2].min(axis=1)
    there = (beside - here >= _GUTTER_DROP) & (beside > 150)
    return column if there.mean() >= 0.9 else None


def _bare_strip(gray: Gray) -> int | None:
    """Middle column of a strip of bare paper between two pages that both have content."""
    width = gray.shape[1]
    tone = int(np.bincount(gray.ravel(), minlength=256).argmax())
    ink = np.abs(gray.astype(np.int16) - tone) > _INK
    inked = ink.mean(axis=0)
    first, last = (round(share * width) for share in _MIDDLE)
    bare = np.flatnonzero(inked[first:last] <= 0.003) + first
    if tone < 150 or len(bare) < max(4, width // 60):
        return None
    runs = np.split(bare, np.flatnonzero(np.diff(bare) > 1) + 1)
    longest = max(runs, key=len)
    column = int(longest[len(longest) // 2])
    sides = (inked[:column].mean(), inked[column:].mean())
    alike = min(sides) > 0.3 * max(sides) and min(sides) > 0.02
    return column if len(longest) >= max(4, width // 60) and alike else None


def _is_paper(thumbnail: Thumbnail) -> bool:
    """Whether the median tone is that of paper: light, and hardly tinted."""
    ground = np.median(thumbnail[::4, ::4].reshape(-1, 3), axis=0)
    return bool(ground @ np.array(LUMA) > 150 and np.ptp(ground) < 70)


def _gray(thumbnail: Thumbnail) -> Gray:
    return cv2.cvtColor(thumbnail, cv2.COLOR_RGB2GRAY).astype(np.uint8)
