"""The anime teacher: any photograph as a painted cel background.

Texture is painted flat, light falls on a few soft steps, colours are clear and strong,
and thin dark lines follow the edges. Flat areas stay clean.

Lightness and colour are CIE L*a*b*, in units of OpenCV's float range: L 0 to 100.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.samples.filters import (
    Plane,
    flattened,
    gaussian,
    guided,
    soft_steps,
    to_light,
    to_picture,
)
from ganfx.samples.pen import Pen, pen_lines

Lab = NDArray[np.float32]

REACH = 0.06
"""How far paint runs where nothing stops it, of the picture's size: 32 pixels at 640x427."""
RANGES = (0.055, 0.17)
"""How different two colours may be and still be painted as one, of the display range: where there
is little to see, so that clouds and faces keep their shapes, and in the thick of a texture, where
leaves become one crown."""
AREAS = ((5, 8), (9, 20))
"""For both, radius in pixels, and in 8-bit codes, within which colours become one."""
THICK = (0.013, 0.024)
"""Deviation of fine texture, of the display range, where the one begins to give way to the other,
and where it is gone."""
STEP = (8.0, 0.045, 150.0)
"""Lightness of a step of shade; radius, as a share of the picture's size, and variance of the
slow change of light that steps stand out from: skies keep their gradient, and edges their place."""
STEPPED = 0.5
"""Share of light that lies on such steps."""
SOFTNESS = 0.35
"""Share of each step that is a ramp to the next; 0 is a hard edge."""
METERED = 0.5
"""How far lightness is stretched to its range: a local network cannot see whole pictures."""
FLAT = 30.0
"""Range of lightness below which a picture is stretched the less, the flatter it is."""
LIFT = 0.85
"""Exponent on lightness; below 1 brightens the mid-tones."""
CHROMA = 1.45
"""Gain of colour; strong colours get less of it, so that none clips."""
FAVORED = ((130.0, 40.0, 0.30, 6.0), (265.0, 40.0, 0.25, 0.0))
"""Hues that the paint box has a fresher colour for, leaves and sky: degrees of the hue, how far
around, further gain of colour, and degrees towards blue that it lies."""
COOL = (40.0, 4.0, -9.0)
"""Lightness below which shadows turn cool, and what black would gain in a* and b*."""
LINE = 0.85
"""Darkness of the lines; 1 is black."""
PENS = (
    (1.0, Pen(0.9, 4.0, faintest=0.006, crowded=1.75, begins=0.5, full=0.9, strong=0.035)),
    (0.7, Pen(2.0, 10.0, faintest=0.006, crowded=2.0, begins=0.6, full=1.1, strong=0.09)),
)
"""Share of that darkness, and the pen: a fine one, and one for soft edges."""


def anime(picture: ImageU8) -> ImageU8:
    """Paint ``(H, W, 3)`` uint8 sRGB as a cel background: the same shape."""
    lit = _daylight(picture)
    toned = _colored(_stepped(_to_lab(_areas(lit))))
    rgb = np.asarray(cv2.cvtColor(toned, cv2.COLOR_Lab2RGB), dtype=np.float32)
    return to_picture(rgb * (1.0 - LINE * _lines(lit))[..., None])


def _areas(picture: ImageU8) -> ImageU8:
    """Areas of one colour: small ones where little is going on, broad ones in thick texture."""
    fine, broad = (
        to_light(flattened(picture, REACH, contrast, area))
        for contrast, area in zip(RANGES, AREAS, strict=True)
    )
    share = _thickness(to_light(picture))[..., None]
    return to_picture(fine + share * (broad - fine))


def _thickness(light: Lab) -> Plane:
    """Share of the broad brush, 0 to 1: 1 in leaves, grass and gravel, 0 along a single edge."""
    gray = np.asarray(cv2.cvtColor(light, cv2.COLOR_RGB2GRAY), dtype=np.float32)
    detail = np.abs(gaussian(gray, 0.7) - gaussian(gray, 2.5))
    # A single edge is strong but narrow: what counts is what there is most of.
    typical = gaussian(np.minimum(detail, 1.4 * THICK[1]), 8.0)
    begins, full = THICK
    share = np.clip((typical - begins) / (full - begins), 0.0, 1.0)
    return np.asarray(gaussian(np.asarray(share, np.float32), 3.0), np.float32)


def _to_lab(picture: ImageU8) -> Lab:
    return np.asarray(cv2.cvtColor(to_light(picture), cv2.COLOR_RGB2Lab), dtype=np.float32)


def _daylight(picture: ImageU8) -> ImageU8:
    """Stretch lightness to its range and lift the mid-tones, so that the rest sees contrast."""
    lab = _to_lab(picture)
    low, high = (float(v) for v in np.percentile(lab[..., 0], (1.0, 99.0)))
    light = np.clip((lab[..., 0] - low) / max(high - low, 1.0), 0.0, 1.0)
    dark, bright = min(low, 10.0), min(max(high, 60.0) + 8.0, 98.0)
    stretched = dark + (bright - dark) * light**LIFT
    # A flat picture has no range to stretch: it keeps its light, lifted.
    share = min((high - low) / FLAT, 1.0)
    lifted = 100.0 * np.clip(lab[..., 0] / 100.0, 0.0, 1.0) ** LIFT
    share *= METERED
    lab[..., 0] = share * stretched + (1.0 - share) * lifted
    return to_picture(np.asarray(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), dtype=np.float32))


def _stepped(lab: Lab) -> Lab:
    """Put shades on soft steps, up and down from the slow change of light around them."""
    height, radius, variance = STEP
    size = math.sqrt(lab.shape[0] * lab.shape[1])
    slow = guided(np.ascontiguousarray(lab[..., 0]), max(2, round(radius * size)), variance)
    away = lab[..., 0] - slow + np.float32(100.0 + 0.5 * height)
    shade = slow + soft_steps(away, height, SOFTNESS) - np.float32(100.0 + 0.5 * height)
    out = lab.copy()
    out[..., 0] = np.clip(lab[..., 0] + np.float32(STEPPED) * (shade - lab[..., 0]), 0.0, 100.0)
    return out


def _colored(lab: Lab) -> Lab:
    """Colour as out of a paint box: strong, leaves and skies fresh, shadows cool."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.arctan2(lab[..., 2], lab[..., 1])
    gain, turn = np.full_like(chroma, CHROMA - 1.0), np.zeros_like(chroma)
    for degrees, width, more, towards in FAVORED:
        away = (np.degrees(hue) - degrees + 180.0) % 360.0 - 180.0
        near = np.exp(-((away / width) ** 2))
        gain += more * near
        turn += np.radians(towards) * near
    chroma *= 1.0 + gain * np.exp(-((chroma / 75.0) ** 2))
    below, cool_a, cool_b = COOL
    shade = np.clip(1.0 - lab[..., 0] / below, 0.0, 1.0)
    # Black itself stays black: what has no light has no colour.
    shade *= np.minimum(lab[..., 0] / 10.0, 1.0)
    out = lab.copy()
    out[..., 1] = chroma * np.cos(hue + turn) + cool_a * shade
    out[..., 2] = chroma * np.sin(hue + turn) + cool_b * shade
    return out


def _lines(picture: ImageU8) -> Plane:
    """Ink of the lines, 0 to 1: on the dark sides of edges, fine and strong, soft and fainter."""
    light = _drawn(picture)
    ink = [np.float32(share) * pen_lines(light, pen) for share, pen in PENS]
    return np.asarray(np.maximum.reduce(ink), dtype=np.float32)


def _drawn(picture: ImageU8) -> Plane:
    """Light to draw after, 0 to 1: grain is gone, edges are left."""
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    for _ in range(2):
        gray = np.asarray(cv2.bilateralFilter(gray, 7, 18.0, 3.0), dtype=np.uint8)
    return to_light(gray)
