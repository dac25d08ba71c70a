"""The watercolour teacher: any photograph as washes of transparent pigment on white paper.

Shapes are simplified into washes over a drawing in brown ink, pigment gathers at their edges
as they dry, lights are left as bare paper, shadows are never black, and pigment settles in
grains. Colour is counted as density, as light that goes through pigment twice: a wash laid
over another multiplies.

What happens to a pixel depends on its surroundings, never on where it lies, so that a local
network can learn it: pigment settles where the photograph's own faint texture puts it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.samples.filters import (
    Plane,
    even_texture,
    flattened,
    gaussian,
    pen_valley,
    soft_steps,
    to_light,
    to_picture,
)

Floats = NDArray[np.float32]

REACH = 0.06
"""How far a wash runs where nothing stops it, of the picture's size."""
RANGE = 0.15
"""How different two colours may be and still run into one wash, of the display range."""
AREA = (10, 16)
"""Radius in pixels, and in 8-bit codes, within which washes become one colour."""
SEEN = 0.35
"""Share of the photograph's own drawing that is left within washes."""
PAPER = 0.95
"""Display value from which lights are bare paper."""
GLAZES = (0.14, 0.45)
"""Density of one wash, and the share of it that is a soft ramp to the next."""
FIRM = 0.7
"""Share of density that lies in such steps; the rest is graded, so that pale skies stay."""
DEEPEST = 1.9
"""Density of the darkest pigment: natural logarithm of paper over pigment."""
WASH = (0.42, 0.13)
"""Density of washes, of what the photograph has, and how that grows with its square: lights
are transparent, shadows are laid over and over."""
CHROMA = 1.15
"""Gain of colour against grey: pigments are purer than photographs."""
WARM = (1.0, 0.97, 0.90)
"""Tint of shadows, as density of red, green and blue against grey: they turn blue."""
RIM = (1.0, 6.0, 0.8)
"""Sigma in pixels inside and outside of the rim where pigment gathers, and how much."""
HALO = -0.08
"""Of a rim, how much of the pigment comes from outside: no white outlines."""
LINES = (0.8, 0.005, 0.028, 1.1)
"""Sigma in pixels of the pen, depth of the valleys where it begins and is full, and its
density."""
INK = (0.85, 1.0, 1.15)
"""Density of the ink in red, green and blue, of its own: brown."""
DENSEST = 2.6
"""Density of ink over the darkest wash."""
SHEET = (1.0, 0.985, 0.95)
"""Red, green and blue of bare paper: a little warm."""
GRAINS = (0.8, 2.0, 0.035)
"""Sigma in pixels of the finest and coarsest grain, and how much it changes density."""
FAINTEST = 0.006
"""Texture, of the display range, that makes half of the full grain."""


def watercolor(picture: ImageU8) -> ImageU8:
    """Paint ``(H, W, 3)`` uint8 sRGB in watercolour: the same shape."""
    light = to_light(picture)
    washes = to_light(flattened(picture, REACH, RANGE, AREA))
    density = _pigment(washes + np.float32(SEEN) * _drawing(light))
    amount = density.mean(axis=2)
    laid = amount + np.float32(FIRM) * (soft_steps(amount, *GLAZES) - amount)
    density *= (laid * (1.0 + _rims(laid)) / np.maximum(amount, 1e-3))[..., None]
    density += (_grain(light) * np.minimum(amount * 4.0, 1.0))[..., None]
    density += _pen(picture)[..., None] * np.array(INK, np.float32)
    return to_picture(np.exp(-np.clip(density, 0.0, DENSEST)) * np.array(SHEET, np.float32))


def _drawing(light: Floats) -> Floats:
    """Detail of middle size: windows and branches, but no grain."""
    return _blurred(light, 0.8) - _blurred(light, 4.0)


def _blurred(rgb: Floats, sigma: float) -> Floats:
    blurred = cv2.GaussianBlur(rgb, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, dtype=np.float32)


def _pigment(rgb: Floats) -> Floats:
    """Density of the three primaries, ``(H, W, 3)``: purer than the photograph, and thinner."""
    density = -np.log(np.clip(rgb / PAPER, 0.03, 1.0)).astype(np.float32)
    gray = density.mean(axis=2, keepdims=True)
    pure = gray * np.array(WARM, np.float32) + np.float32(CHROMA) * (density - gray)
    # Shadows are built of washes: they get near the deepest pigment, never there.
    laid = np.maximum(pure, 0.0)
    laid *= np.float32(WASH[0]) + np.float32(WASH[1]) * laid
    thin = np.float32(DEEPEST) * np.tanh(laid / np.float32(DEEPEST))
    return np.asarray(thin, dtype=np.float32)


def _rims(amount: Plane) -> Plane:
    """More pigment just inside the edge of a wash, less where it came from."""
    inside, outside, strength = RIM
    rim = (gaussian(amount, inside) - gaussian(amount, outside)) / (0.15 + amount)
    return np.asarray(np.maximum(np.float32(strength) * np.tanh(6.0 * rim), HALO), dtype=np.float32)


def _pen(picture: ImageU8) -> Plane:
    """Density of ink on the dark side of edges, where they are more than texture."""
    sigma, begins, full, strength = LINES
    line = np.clip((pen_valley(picture, sigma) - begins) / (full - begins), 0.0, 1.0)
    return np.asarray(strength * line * line * (3.0 - 2.0 * line), dtype=np.float32)


def _grain(light: Floats) -> Plane:
    """Pigment that settles in the photograph's faintest texture, evened out in strength."""
    finest, coarsest, strength = GRAINS
    return even_texture(light.mean(axis=2), finest, coarsest, faintest=FAINTEST, strength=strength)
