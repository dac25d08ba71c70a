"""Areas that become washes, and the lines that are drawn over them, of a network's output.

Areas are means over the calmest of the neighborhoods around a pixel, as in the filter of Kuwahara
et al. (1976), weighted by calm as Papari et al. (2007) do, so that they are flat and end at edges.
Where there is form, small neighborhoods; where there is only texture (foliage, fur), broad ones.

Lines are what a closing fills: dark and thin. They have to be long, or by themselves: dots that
stand close together are texture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of
from ganfx.stylize.effects.orientation import blurred

Plane = NDArray[np.float32]

FINE, BROAD = 2.4, 8.0
"""Sigmas of the small neighborhoods and the broad ones, in units of a wash."""
SHARP = np.float32(0.4)
"""Share of the picture itself in small neighborhoods."""
CALM = np.float32(2e-4)
"""Variance, of the display range, at which a neighborhood counts half."""
FORM = (0.015, 0.065)
"""Difference of small and broad areas from which it is form, and from where it is all kept."""
BUSY = 0.045
"""Mean of that difference, nearby, from which it may be texture."""
LED = (0.25, 0.65)
"""Coherence of the structure tensor from which it is form nevertheless."""
SALIENT = (-0.015, 0.02)
"""Likewise, of what there is more of it near than round about: eyes."""
NEAR = (10.0, 28.0)
"""Sigmas of what is near and of what is round about, in units."""
LINE = (0.1, 0.48)
"""Contrast from which a thin dark place is a line, and from where it is all ink."""
DOT = (0.3, 0.6)
"""Likewise for what is no longer than it is wide."""
DOTTED = (0.03, 0.12)
"""Share of lines and dots, round about, from which dots are texture."""
CROWDED = (0.15, 0.4)
"""Share of lines, round about, from which they are texture."""
ROUND = 3.5
"""Sigma of what is round about a line, in radii of what is thin."""
KEPT = np.float32(0.2)
"""What is left of lines and dots in it."""

_DIRECTIONS = 8
_EIGHTHS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


@dataclass(frozen=True)
class Widths:
    """Sizes in pixels of a reduced picture."""

    unit: float
    """Of a wash: 1 is a pixel at 1080 lines."""
    line: int
    """Radius of what is thin."""
    long: int
    """Radius of what is long."""

    @property
    def reach(self) -> int:
        """Pixels around one that its area depends on."""
        inked = 2 * self.line + 2 * self.long + _half(ROUND * self.line)
        fine, broad = (
            _half(sigma * self.unit) + _step(sigma * self.unit) for sigma in (FINE, BROAD)
        )
        texture = _half(2 * self.unit) + _half(NEAR[1] * self.unit) + 4
        return inked + fine + broad + texture


class Areas(NamedTuple):
    """Of a reduced picture."""

    color: ImageF32
    """``(h, w, 3)``."""
    lines: Plane
    """``(h, w)``, 0 to 1: how much of what is thin and dark is a line."""


def areas(image: ImageF32, widths: Widths, detail: Plane | None = None) -> Areas:
    """Flat areas without lines, and where lines are.

    Args:
        image: ``(h, w, 3)``, display-encoded, reduced.
        widths: What is thin, long and broad there.
        detail: ``(h, w)``, 0 to 1: 1 keeps the picture's detail, whatever it is.
    """
    lines, ink = _lines(luma_of(image), widths)
    closed = _closed(image, widths.line)
    bare = image + smooth(2 * ink)[..., np.newaxis] * (closed - image)
    fine = _calmest(bare, max(0.7, FINE * widths.unit))
    broad = _calmest(fine, max(1.2, BROAD * widths.unit))
    form = _form(luma_of(bare), np.abs(fine - broad), widths.unit)
    sharp: Plane | np.float32 = SHARP
    if detail is not None:
        form = np.maximum(form, detail)
        sharp = np.maximum(SHARP, detail)[..., np.newaxis]
    fine += sharp * (bare - fine)
    return Areas(broad + form[..., np.newaxis] * (fine - broad), lines)


def thin(luma: Plane, radius: int) -> Plane:
    """How much darker than what is around it a place is that is thin, as a share of that."""
    closed = _closed(luma, radius)
    contrast: Plane = (closed - luma) / (closed + np.float32(0.15))
    return contrast


def inked(contrast: Plane) -> Plane:
    """How much ink there is in a line of some contrast."""
    return ramp(contrast, *LINE)


def ramp(plane: Plane, start: float, end: float) -> Plane:
    """0 up to a value, 1 from another on, smooth between them."""
    return smooth((plane - np.float32(start)) * np.float32(1 / (end - start)))


def smooth(x: Plane) -> Plane:
    """The cubic from 0 to 1 with level ends."""
    x = np.clip(x, np.float32(0), np.float32(1))
    result: Plane = x * x * (np.float32(3) - np.float32(2) * x)
    return result


def _lines(luma: Plane, widths: Widths) -> tuple[Plane, Plane]:
    """The share of thin places that are lines, and their ink."""
    contrast = thin(luma, widths.line)
    long = _longest(contrast, widths.long)
    around = ROUND * widths.line
    alone = 1 - ramp(blurred(inked(contrast), around), *DOTTED)
    found = long + (KEPT + (1 - KEPT) * alone * ramp(contrast, *DOT)) * (contrast - long)
    crowd = ramp(blurred(inked(found), around), *CROWDED)
    share = (found + np.float32(1e-4)) / (contrast + np.float32(1e-4))
    share = share * (1 - (1 - KEPT) * crowd)
    return share, inked(share * contrast)


def _longest(contrast: Plane, radius: int) -> Plane:
    """What lasts for a length in one of eight directions: the greatest of openings by lines."""
    result: Plane = np.zeros_like(contrast)
    for direction in range(_DIRECTIONS):
        kernel = _segment(radius, direction)
        opened = cv2.dilate(cv2.erode(contrast, kernel), kernel)
        np.maximum(result, opened, out=result)
    return result


def _segment(radius: int, direction: int) -> NDArray[np.uint8]:
    """Pixels of a line through the middle, at some of eight angles."""
    kernel = np.zeros((2 * radius + 1, 2 * radius + 1), np.uint8)
    turn = math.pi * direction / _DIRECTIONS
    right, down = round(math.cos(turn), 9), round(math.sin(turn), 9)
    for k in range(-2 * radius, 2 * radius + 1):
        kernel[round(radius + k / 2 * down), round(radius + k / 2 * right)] = 1
    return kernel


def _closed(plane: Plane, radius: int) -> Plane:
    """What is dark and thin filled: by a disk, so that a curve is as thin all the way round."""
    down, right = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    disk = (down * down + right * right <= (radius + 0.5) ** 2).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(plane, cv2.MORPH_CLOSE, disk), dtype=np.float32)


def _calmest(image: ImageF32, sigma: float) -> ImageF32:
    """Means over the calmest of nine neighborhoods of a pixel."""
    mean = blurred(image, sigma)
    red, green, blue = cv2.split(np.maximum(blurred(image * image, sigma) - mean * mean, 0))
    weight = np.float32(1) / (red + green + blue + CALM)
    weight *= weight
    weight *= weight
    weighted = np.dstack([mean * weight[..., np.newaxis], weight])
    step = _step(sigma)
    around = cv2.copyMakeBorder(weighted, step, step, step, step, cv2.BORDER_REFLECT_101)
    height, width = image.shape[:2]
    total = np.float32(0.5) * weighted
    for down, right in _EIGHTHS:
        reach = step if down == 0 or right == 0 else round(step * math.sqrt(0.5))
        top, left = step + down * reach, step + right * reach
        total += around[top : top + height, left : left + width]
    result: ImageF32 = total[..., :3] / total[..., 3:]
    return result


def _form(luma: Plane, differences: ImageF32, unit: float) -> Plane:
    """0 to 1: where small areas say what broad ones do not, and it is more than texture."""
    red, green, blue = cv2.split(differences)
    difference = np.maximum(np.maximum(red, green), blue)
    here = blurred(difference, max(0.7, 2 * unit))
    near, around = (blurred(difference, max(1.5, sigma * unit)) for sigma in NEAR)
    salient = ramp(near - np.float32(1.1) * around, *SALIENT)
    led = np.maximum(ramp(_coherence(luma, unit), *LED), salient)
    result: Plane = ramp(here, *FORM) * (1 - ramp(near, BUSY, 2 * BUSY) * (1 - led))
    return result


def _coherence(luma: Plane, unit: float) -> Plane:
    """How far gradients agree in their direction, 0 to 1, by the structure tensor."""
    soft = blurred(luma, max(0.7, 1.5 * unit))
    right = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    tensor = np.dstack([right * right - down * down, 2 * right * down, right * right + down * down])
    cosine, sine, total = cv2.split(blurred(tensor, max(1.5, 9 * unit)))
    result: Plane = np.sqrt(cosine * cosine + sine * sine) / (total + np.float32(1e-5))
    return result


def _step(sigma: float) -> int:
    """Pixels from a neighborhood's middle to the next one's."""
    return max(1, round(1.6 * sigma))


def _half(sigma: float) -> int:
    return max(4, math.ceil(2.5 * sigma))
