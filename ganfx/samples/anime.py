"""The anime teacher: any photograph as a painted cel background.

Texture is painted flat, light falls on a few soft steps, colours are clear and strong,
and thin dark lines follow the edges. Flat areas stay clean.

Lightness and colour are CIE L*a*b*, in units of OpenCV's float range: L 0 to 100.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.samples.filters import (
    Plane,
    flattened,
    pen_valley,
    soft_steps,
    to_light,
    to_picture,
)

Lab = NDArray[np.float32]

STEPS = 7
"""Steps of light from black to white."""
SOFTNESS = 0.5
"""Share of each step that is a ramp to the next; 0 is a hard edge."""
REACH = 0.075
"""How far paint runs where nothing stops it, of the picture's size: 40 pixels at 640x427."""
RANGE = 0.11
"""How different two colours may be and still be painted as one, of the display range."""
AREA = (8, 14)
"""Radius in pixels, and in 8-bit codes, within which colours become one."""
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


def anime(picture: ImageU8) -> ImageU8:
    """Paint ``(H, W, 3)`` uint8 sRGB as a cel background: the same shape."""
    lit = _daylight(picture)
    toned = _colored(_stepped(_to_lab(flattened(lit, REACH, RANGE, AREA))))
    rgb = np.asarray(cv2.cvtColor(toned, cv2.COLOR_Lab2RGB), dtype=np.float32)
    return to_picture(rgb * (1.0 - LINE * _lines(lit))[..., None])


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
    lab[..., 0] = share * stretched + (1.0 - share) * lifted
    return to_picture(np.asarray(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), dtype=np.float32))


def _stepped(lab: Lab) -> Lab:
    """Put lightness on soft steps."""
    out = lab.copy()
    out[..., 0] = soft_steps(lab[..., 0], 100.0 / STEPS, SOFTNESS)
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
    """Ink of the lines, 0 to 1: thin, on the dark sides of edges."""
    ink = np.clip((pen_valley(picture, 0.8) - 0.009) / 0.028, 0.0, 1.0)
    return np.asarray(ink * ink * (3.0 - 2.0 * ink), dtype=np.float32)
