"""The ink teacher: any photograph as a pen drawing.

Outlines follow the edges and hatching follows the tone: none on bright areas, then one,
two and three directions of lines that grow broader, then solid black. The paper is white
and the ink black; grey is only where the border of a line crosses a pixel.

A pen is as wide on a large picture as on a small one: sizes are in pixels. What happens
to a pixel depends on its surroundings, never on the whole picture. Lines of a hatch keep
their distance, but lie where the photograph's own texture puts them, so that a local
network can learn where. Only where there is no texture at all do they follow a ruler.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.color import LUMA
from ganfx.samples.filters import Plane, gaussian, guided, to_light, valley


@dataclass(frozen=True)
class Hatch:
    """One direction of parallel lines."""

    degrees: float  # of the lines, anticlockwise from the x axis
    period: float  # pixels from line to line
    begins: float  # darkness, 0 to 1, of the first lines
    full: float  # darkness at which they are broadest


HATCHES = (
    Hatch(degrees=50.0, period=4.8, begins=0.31, full=0.85),
    Hatch(degrees=-12.0, period=5.2, begins=0.60, full=0.95),
    Hatch(degrees=-68.0, period=4.6, begins=0.76, full=1.0),
)
"""Laid over each other as it gets darker."""
FINEST, BROADEST = 0.4, 1.05
"""Half the width of a hatching line, in pixels, where it begins and where it is full."""
TAPER = 8.0
"""Pixels of half a width that a line loses for each unit of darkness below its beginning."""
SOLID = (0.88, 0.97)
"""Darkness from which gaps fill, and at which all is ink."""
IN_STEP = 5.0
"""Sigma in pixels over which the lines of a hatch keep their distance."""
RULER = 0.0005
"""Pull of ruled lines, where full texture pulls with 1: enough for a cloudless sky."""
SURROUNDINGS = 18.0
"""Sigma in pixels of the surroundings that an area is set off against."""
CONTRAST = 0.55
"""Strength of that."""
OUTLINES = ((0.7, 0.009, 0.026), (1.3, 0.020, 0.055))
"""Sigma in pixels of fine and broad ones; depth of the valley where ink begins and is full."""
BLACK = 14
"""Code value of the ink."""


def ink(picture: ImageU8) -> ImageU8:
    """Draw ``(H, W, 3)`` uint8 sRGB with a pen: the same shape, all channels equal."""
    light = to_light(picture) @ np.array(LUMA, dtype=np.float32)
    dark = _darkness(light)
    bare = 1.0 - _outlines(light)
    for hatch in HATCHES:
        bare *= 1.0 - _lines(dark, _phase(light, hatch), hatch)
    bare *= 1.0 - _between(dark, *SOLID)
    code = (BLACK + (255 - BLACK) * bare + 0.5).astype(np.uint8)
    return np.repeat(code[..., None], 3, axis=2)


def _darkness(light: Plane) -> Plane:
    """Tone to draw, 0 paper to 1 black: areas without their texture, set off a little."""
    area = guided(light, 4, 0.004)
    apart = area - gaussian(area, SURROUNDINGS)
    dark: Plane = np.clip(1.0 - area - np.float32(CONTRAST) * apart, 0.0, 1.0)
    return dark


def _lines(dark: Plane, phase: Plane, hatch: Hatch) -> Plane:
    """Ink of one direction of lines, 0 to 1."""
    below = np.minimum(dark - hatch.begins, 0.0)
    share = _between(dark, hatch.begins, hatch.full)
    half = FINEST + (BROADEST - FINEST) * share + TAPER * below
    away = np.abs(phase) * (hatch.period / (2.0 * math.pi))
    covered: Plane = np.clip(half - away + 0.5, 0.0, 1.0).astype(np.float32)
    return covered


def _phase(light: Plane, hatch: Hatch) -> Plane:
    """Place of each pixel between two lines, -pi to pi; a line runs along 0.

    The phase of the texture's response to a Gabor filter of the hatch's direction and
    period (computed on the ruled wave, where the filter is a plain blur).
    """
    height, width = light.shape
    angle, rate = math.radians(hatch.degrees), 2.0 * math.pi / hatch.period
    x, y = np.arange(width), np.arange(height)[:, None]
    ruled = np.exp(1j * rate * (math.sin(angle) * x + math.cos(angle) * y)).astype(np.complex64)
    shifted = _texture(light) * ruled.conj()
    even, odd = (gaussian(part.copy(), IN_STEP) for part in (shifted.real, shifted.imag))
    phase: Plane = np.angle((even + RULER + 1j * odd) * ruled).astype(np.float32)
    return phase


def _texture(light: Plane) -> Plane:
    """Detail, -1 to 1: strong edges count for little more than a leaf or a thread."""
    detail = gaussian(light, 0.7) - gaussian(light, 4.0)
    texture: Plane = detail / (np.abs(detail) + np.float32(0.05))
    return texture


def _outlines(light: Plane) -> Plane:
    """Ink of the outlines, 0 to 1: on the dark side of edges, and in dark creases."""
    clean = guided(light, 2, 0.002)
    total = np.zeros_like(light)
    for sigma, begins, full in OUTLINES:
        total = np.maximum(total, _between(valley(clean, sigma), begins, full))
    return total


def _between(value: Plane, low: float, high: float) -> Plane:
    """0 at ``low`` and below, 1 at ``high`` and above, a straight line between."""
    share: Plane = np.clip((value - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    return share
