"""The watercolour teacher: any photograph as washes of transparent pigment on white paper.

Shapes are simplified into washes over a drawing in brown ink, pigment gathers at their edges
as they dry, lights are left as bare paper, shadows are never black, and pigment settles in
grains. Colour is counted as density, as light that goes through pigment twice: a wash laid
over another multiplies.

What happens to a pixel depends on its surroundings, never on where it lies, so that a local
network can learn it: pigment settles where the photograph's own faint texture puts it.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.samples.filters import Plane, gaussian, soft_steps

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

REACH = 0.06
"""How far a wash runs where nothing stops it, of the picture's size."""
RANGE = 0.15
"""How different two colours may be and still run into one wash, of the display range."""
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
"""What bare paper shows of red, green and blue: a little warm."""
GRAINS = (0.8, 2.0, 0.035)
"""Sigma in pixels of the finest and coarsest grain, and how much it changes density."""
FAINTEST = 0.006
"""Texture, of the display range, that makes half of the full grain."""


def watercolor(picture: Picture) -> Picture:
    """Paint ``(H, W, 3)`` uint8 sRGB in watercolour: the same shape."""
    light = picture.astype(np.float32) / np.float32(255.0)
    washes = _washes(picture)
    density = _pigment(washes + np.float32(SEEN) * _drawing(light))
    amount = density.mean(axis=2)
    laid = amount + np.float32(FIRM) * (soft_steps(amount, *GLAZES) - amount)
    density *= (laid * (1.0 + _rims(laid)) / np.maximum(amount, 1e-3))[..., None]
    density += (_grain(light) * np.minimum(amount * 4.0, 1.0))[..., None]
    density += _pen(picture)[..., None] * np.array(INK, np.float32)
    painted = np.exp(-np.clip(density, 0.0, DENSEST)) * np.array(SHEET, np.float32)
    code: Picture = np.clip(painted * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8)
    return code


def _washes(picture: Picture) -> Floats:
    """Areas of one colour with soft and hard edges, 0 to 1."""
    flat, reach = picture, REACH * math.sqrt(picture.shape[0] * picture.shape[1])
    for _ in range(3):
        smooth = cv2.edgePreservingFilter(flat, flags=1, sigma_s=reach, sigma_r=RANGE)
        flat = np.asarray(smooth, dtype=np.uint8)
    flat = np.asarray(cv2.pyrMeanShiftFiltering(flat, 10, 16), dtype=np.uint8)
    washes: Floats = flat.astype(np.float32) / np.float32(255.0)
    return washes


def _drawing(light: Floats) -> Floats:
    """Detail of middle size: windows and branches, but no grain."""
    return _blurred(light, 0.8) - _blurred(light, 4.0)


def _blurred(rgb: Floats, sigma: float) -> Floats:
    blurred = cv2.GaussianBlur(rgb, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, dtype=np.float32)


def _pigment(rgb: Floats) -> Floats:
    """Density of the three primaries, ``(H, W, 3)``: purer than the photograph, and thinner."""
    density = -np.log(np.clip(rgb / PAPER, 0.03, 1.0)).astype(np.float32)
    grey = density.mean(axis=2, keepdims=True)
    pure = grey * np.array(WARM, np.float32) + np.float32(CHROMA) * (density - grey)
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


def _pen(picture: Picture) -> Plane:
    """Density of ink on the dark side of edges, where they are more than texture."""
    sigma, begins, full, strength = LINES
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    for _ in range(2):
        grey = cv2.bilateralFilter(grey, 7, 30.0, 5.0)
    plane = grey.astype(np.float32) / np.float32(255.0)
    valley = gaussian(plane, 2.0 * sigma) - gaussian(plane, sigma)
    line = np.clip((valley - begins) / (full - begins), 0.0, 1.0)
    return np.asarray(strength * line * line * (3.0 - 2.0 * line), dtype=np.float32)


def _grain(light: Floats) -> Plane:
    """Where pigment settles: the photograph's faintest texture, evened out in strength."""
    finest, coarsest, strength = GRAINS
    grey = light.mean(axis=2)
    texture = gaussian(grey, finest) - gaussian(grey, coarsest)
    power = gaussian(texture * texture, 6.0) + np.float32(FAINTEST**2)
    return np.asarray(np.float32(strength) * texture / np.sqrt(power), dtype=np.float32)
