"""The noir teacher: any photograph as a frame of a film noir.

Black and white through an orange-red filter, a low key with crushed blacks, hard local
contrast and highlights that glow like an old uncoated lens. No grain (that comes after
the network) and no vignette: what happens to a pixel depends on its surroundings, never
on where in the frame it lies, so that a local network can learn it.

Exposure is counted in stops (log2 of linear light), as on a light meter.
"""

from __future__ import annotations

import math

import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.color import display_to_linear, linear_to_display
from ganfx.samples.filters import Plane, gaussian, guided, to_light, to_picture

RED_FILTER = (0.78, 0.36, -0.14)
"""Share of linear red, green and blue: blue skies go dark and skin goes bright."""
FLOOR = 0.004
"""Light of the lens itself, linear: keeps noise in the deepest shadows from being stretched."""
HARDNESS = 1.45
"""Contrast of areas against their wide surroundings; 1 leaves it."""
DIM = -4.2
"""Stops of a surround in which the eye opens up, and the lab prints lighter."""
OPENING = 0.3
"""Contrast between surrounds that are dimmer than that: a dark shot is low in key, not lost."""
DETAIL = 1.15
"""Contrast of texture inside an area; 1 leaves it."""
TONES = ((17.0, 0.035), (50.0, 0.16), (83.0, 0.46), (97.0, 0.93))
"""The tone scale of the print: percent of the picture, and the tone that as much is darker than."""
HOUSE = (-5.0, -2.55, -0.65, 0.25)
"""Stops that print as those tones in a lab that never looks at the picture."""
METERED = 0.4
"""How far a print is exposed for its own picture rather than by the house's standard. A local
network cannot see whole pictures: what it cannot see it would average to grey."""
LEAST_STOPS = 0.48
"""Two of those tones that lie closer in the picture than this are printed closer together."""
DIMMEST_WHITE = math.log2(0.1)
"""Stops that may print as white: a frame fading to black stays dark."""
BLACK = 0.003
"""Linear light that prints as pure black: the glow must not veil the shadows."""
GLOW = ((0.006, 0.3), (0.02, 0.36), (0.055, 0.42))
"""Radius, as a share of the picture's size, and strength of each glow round the highlights."""


def noir(picture: ImageU8) -> ImageU8:
    """Grade ``(H, W, 3)`` uint8 sRGB as film noir: the same shape, all channels equal."""
    size = math.sqrt(picture.shape[0] * picture.shape[1])
    gray = _red_filtered(picture)
    stops = np.log2(gray + np.float32(FLOOR))
    lit = _hard_light(stops, size)
    print_ = _print(lit)
    glowing = _glow(print_, size)
    soft = _old_lens(glowing, size)
    return np.repeat(to_picture(linear_to_display(soft[..., None])), 3, axis=2)


def _red_filtered(picture: ImageU8) -> Plane:
    linear = display_to_linear(to_light(picture))
    gray = linear @ np.array(RED_FILTER, dtype=np.float32)
    least = np.float32(0.12) * linear.mean(axis=2)
    return np.asarray(np.maximum(gray, least), dtype=np.float32)


def _hard_light(stops: Plane, size: float) -> Plane:
    """Push areas away from their surroundings, without touching the edges between them."""
    clean = guided(stops, max(1, round(size * 0.004)), 0.01)
    area = guided(clean, max(2, round(size * 0.035)), 0.35)
    around = gaussian(area, size * 0.16)
    key = np.float32(np.median(area))
    texture = _cored(clean - area, 0.08) * np.float32(DETAIL)
    opened = np.where(around < DIM, DIM + np.float32(OPENING) * (around - DIM), around)
    lit: Plane = key + 1.1 * (opened - key) + HARDNESS * (area - around) + texture
    return lit


def _cored(detail: Plane, noise: float) -> Plane:
    """Fade out texture weaker than ``noise`` stops: sky noise and JPEG blocks."""
    square = detail * detail
    faded: Plane = detail * (square / (square + np.float32(noise * noise)))
    return faded


def _print(lit: Plane) -> Plane:
    """Choose exposure and paper: stops to linear light in [0, 1], low key, black blacks."""
    shares, tones = zip(*TONES, strict=True)
    knots = np.percentile(lit, shares)
    for above in range(1, len(knots)):  # a flat picture stays rather flat: no contrast from noise
        knots[above] = max(knots[above], knots[above - 1] + LEAST_STOPS)
    knots -= max(0.0, knots[-1] - np.percentile(lit, 98.5))  # but its brightest is paper white
    knots += max(0.0, DIMMEST_WHITE - knots[-1])  # unless all of it is dark
    metered = METERED * knots + (1 - METERED) * np.array(HOUSE)
    ends = np.array([metered[0] - 1.5, *metered, metered[-1] + 1.0])
    stops = np.linspace(ends[0] - 2.0, ends[-1] + 2.0, 1024)
    sharp = np.interp(stops, ends, (0.0, *tones, 1.0)).astype(np.float32)
    sigma = 0.06 * (metered[-1] - metered[0]) / (stops[1] - stops[0])
    curve = gaussian(np.repeat(sharp[None], 4, axis=0), float(sigma))[0]
    display = np.interp(lit, stops, curve).astype(np.float32)
    return np.asarray(display_to_linear(display[..., None])[..., 0], dtype=np.float32)


def _glow(light: Plane, size: float) -> Plane:
    """Screen blurred highlights over the picture: a lamp glows, a wide white wall does not."""
    bright = np.clip((light - 0.35) / 0.6, 0.0, 1.0) ** 2
    lamps = np.maximum(bright - 0.85 * gaussian(bright, size * 0.1), 0.0)
    dark = 1.0 - light
    for radius, strength in GLOW:
        dark *= 1.0 - np.minimum(strength * gaussian(lamps, radius * size), 0.6)
    screened: Plane = np.maximum(1.0 - BLACK - dark, 0.0) / (1.0 - BLACK)
    return screened


def _old_lens(light: Plane, size: float) -> Plane:
    soft: Plane = 0.65 * light + 0.35 * gaussian(light, size * 0.0018)
    return soft
