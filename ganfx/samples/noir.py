"""The noir teacher: any photograph as a frame of a film noir.

Black and white through an orange-red filter, a low key with crushed blacks, hard local
contrast and highlights that glow like an old uncoated lens. No grain (that comes after
the network) and no vignette: what happens to a pixel depends on its surroundings, never
on where in the frame it lies, so that a local network can learn it.

Exposure is counted in stops (log2 of linear light), as on a light meter.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.color import display_to_linear, linear_to_display
from ganfx.samples.filters import Plane, gaussian, guided, to_light, to_picture

RED_FILTER = (0.78, 0.36, -0.14)
"""Share of linear red, green and blue: blue skies go dark and skin goes bright."""
FLOOR = 0.004
"""Light of the lens itself, linear: keeps noise in the deepest shadows from being stretched."""
HARDNESS = 1.6
"""Contrast of what stands out from its surround; 1 leaves it."""
DODGE = (
    (-9.0, -7.5, -6.5, -5.2, -4.0, -2.6, -1.0, 0.0),
    (-8.8, -6.6, -5.0, -3.8, -2.9, -1.95, -0.6, 0.4),
)
"""Stops of a surround, and the stops that it is printed at: where it is dark, the lab shades it
under the enlarger, so that faces in it stay readable; what has no light at all stays black."""
SURROUND = (0.09, 0.25)
"""Radius of a surround, as a share of the picture's size, and the variance in stops squared from
which it ends at an edge: a wall beside a dark coat is no brighter there than elsewhere."""
DETAIL = 1.15
"""Contrast of texture inside an area; 1 leaves it."""
WINDOW = 0.1
"""Radius, as a share of the picture's size, within which a picture wants a black."""
BLACKS = (-4.8, 1.8, (1.2, 2.6))
"""Stops that print near black; the stops at most by which the darkest within `WINDOW` is printed
down towards them; and the range in stops there from which that begins, and where it is full."""
TONES = ((17.0, 0.035), (50.0, 0.16), (83.0, 0.46), (97.0, 0.93))
"""The tone scale of the print: percent of the picture, and the tone that as much is darker than."""
HOUSE = (-5.0, -2.55, -0.65, 0.25)
"""Stops that print as those tones in a lab that never looks at the picture."""
METERED = 0.2
"""How far a print is exposed for its own picture rather than by the house's standard. A local
network cannot see whole pictures: what it cannot see it would average to grey."""
LEAST_STOPS = 0.48
"""Two of those tones that lie closer in the picture than this are printed closer together."""
DIMMEST_WHITE = math.log2(0.1)
"""Stops that may print as white: a frame fading to black stays dark."""
LAMP = 0.045
"""Radius of the widest lamp, as a share of the picture's size: what is wider does not glow."""
FAINT = 0.3
"""How much brighter than its surroundings, of white, a lamp is where its glow begins."""
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
    """Dodge dark surrounds, push what stands out from them, and give each window its black."""
    clean = guided(stops, max(1, round(size * 0.004)), 0.01)
    area = guided(clean, max(2, round(size * 0.035)), 0.35)
    radius, variance = SURROUND
    around = guided(area, max(2, round(size * radius)), variance)
    coarse = gaussian(clean, 2.0)
    texture = np.float32(DETAIL) * (coarse - area + _cored(clean - coarse, 0.08))
    dodged = np.interp(around, *DODGE).astype(np.float32)
    lit = dodged + np.float32(HARDNESS) * (area - around)
    return _blackened(lit, size) + texture


def _blackened(lit: Plane, size: float) -> Plane:
    """Print the darks of bright places down to black: a white room is hard, not grey."""
    black, most, (begins, full) = BLACKS
    radius = max(2, round(size * WINDOW))
    window = np.ones((2 * radius + 1, 1), np.uint8)
    low, high = (
        gaussian(np.asarray(extreme(extreme(lit, window), window.T), np.float32), size * WINDOW / 2)
        for extreme in (cv2.erode, cv2.dilate)
    )
    share = np.clip((high - low - begins) / (full - begins), 0.0, 1.0)
    down = np.clip(low - np.float32(black), 0.0, most) * share
    depth = np.clip((high - lit) / np.maximum(high - low, 0.1), 0.0, 1.0)
    return np.asarray(lit - down * depth**4, dtype=np.float32)


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
    lamps = np.clip((bright - _opened(bright, size * LAMP) - FAINT) / (1.0 - FAINT), 0.0, 1.0)
    dark = 1.0 - light
    for radius, strength in GLOW:
        dark *= 1.0 - np.minimum(strength * gaussian(lamps, radius * size), 0.6)
    screened: Plane = np.maximum(1.0 - BLACK - dark, 0.0) / (1.0 - BLACK)
    return screened


def _opened(plane: Plane, radius: float) -> Plane:
    """Without bright places that are narrower than twice the radius: a soft edge is kept."""
    pixels = max(1, round(radius))
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    opened = cv2.morphologyEx(plane, cv2.MORPH_OPEN, disk, borderType=cv2.BORDER_REFLECT)
    return np.minimum(gaussian(np.asarray(opened, np.float32), radius / 4.0), plane)


def _old_lens(light: Plane, size: float) -> Plane:
    soft: Plane = 0.65 * light + 0.35 * gaussian(light, size * 0.0018)
    return soft
