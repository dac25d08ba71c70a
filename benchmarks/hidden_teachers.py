"""Teachers of the benchmark alone: looks that no loss and no preset was tuned on.

Each turns ``(H, W, 3)`` uint8 sRGB into a painting of the same shape, the same on every machine.
What happens to a pixel depends on its surroundings, so that a local network can learn it. The
one exception is where the dots of a screen lie: that is the printer's, and no network can know it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.color import LUMA
from ganfx.media.portable import use_portable_opencv
from ganfx.samples import TEACHERS, teach
from ganfx.samples.filters import Plane, even_texture, gaussian, pen_valley, to_light, to_picture

Floats = NDArray[np.float32]

INKS: dict[tuple[float, float], tuple[tuple[int, int, int], ...]] = {
    (22.0, 28.0): ((62, 20, 36), (176, 48, 38), (236, 128, 60), (255, 216, 152)),
    (-16.0, 24.0): ((34, 40, 36), (88, 98, 44), (184, 164, 66), (246, 226, 150)),
    (-2.0, -22.0): ((28, 32, 62), (38, 92, 110), (112, 166, 158), (238, 226, 190)),
    (0.0, 3.0): ((46, 26, 36), (136, 82, 66), (216, 166, 116), (252, 238, 206)),
}
"""Of a poster: a* and b* of an area, and the four inks from dark to light that it is printed in."""
POSTER_TONES = (28.0, 52.0, 76.0)
"""L* from which the next lighter ink is printed."""
SHEET = np.float32((0.985, 0.945, 0.865))
"""Warm paper under a wash."""
WASHES = ((0.84, 0.22), (0.6, 0.34), (0.38, 0.55), (0.18, 0.8))
"""Light below which another layer is laid, and the density of that layer."""
SCREENS = (
    ((1.0, 0.42, 0.36), 75.0, (0.0, 0.0)),
    ((0.05, 0.72, 0.68), 15.0, (1.4, -0.8)),
    ((0.27, 0.17, 0.46), 45.0, (-0.9, 1.1)),
)
"""Coral, turquoise and violet: transmittance, degrees of the screen, and pixels it is off by."""
PERIOD = 5.5
"""Pixels from dot to dot."""
STOCK = np.float32((0.98, 0.955, 0.88))
"""The printer's paper."""
OCHRE = (9.0, 22.0)
"""a* and b* towards which the colours of `aside` are drawn."""


def poster(picture: ImageU8) -> ImageU8:
    """A silkscreen poster: flat areas in few tones of warm inks, and dark drawn outlines."""
    smooth = _smoothed(picture, 0.05, 0.22, 3)
    lab = _to_lab(smooth)
    tone = _steps(lab[..., 0], POSTER_TONES)
    centers = np.float32(list(INKS))
    chroma = cv2.medianBlur(np.ascontiguousarray(lab[..., 1:]), 5)
    apart = ((chroma[:, :, None] - centers) ** 2).sum(axis=-1)
    share = np.exp(-(apart - apart.min(axis=-1, keepdims=True)) / 8.0)
    share /= share.sum(axis=-1, keepdims=True)
    printed = sum(
        share[..., i, None] * _between_inks(tone, inks) for i, inks in enumerate(INKS.values())
    )
    drawn = _smoothstep((pen_valley(picture, 1.6) - 0.018) / 0.022)
    border = _smoothstep((_steepness(tone) - 0.2) / 0.12)
    line = np.maximum(drawn, 0.8 * border)[..., None]
    return to_picture(np.asarray(printed * (1.0 - line) + line * np.float32((0.12, 0.07, 0.1))))


def rimmed(picture: ImageU8) -> ImageU8:
    """Transparent layers of wash over warm paper, each darker along its rim, and granulated."""
    smooth = to_light(_smoothed(picture, 0.04, 0.25, 3))
    light = np.asarray(smooth @ np.float32(LUMA), np.float32)
    hue = smooth / np.maximum(light[..., None], 0.06)
    pigment = np.clip(1.0 - 1.1 * (hue - 1.0) + np.float32((-0.12, 0.0, 0.2)), 0.12, 2.6)
    fine = even_texture(to_light(picture) @ np.float32(LUMA), 0.4, 1.0, faintest=0.01)
    grain = np.clip(fine, -1.2, 1.2)
    density = np.zeros_like(light)
    for below, strength in WASHES:
        wash = 1.0 - _steps(light, (below,))
        rim = wash * np.maximum(wash - gaussian(wash, 2.5), 0.0)
        density += np.float32(strength) * (wash * (0.8 + 0.1 * grain) + 1.9 * rim)
    return to_picture(SHEET * np.exp(-np.maximum(density, 0.0)[..., None] * pigment))


def dots(picture: ImageU8) -> ImageU8:
    """Screen-printed dots of three inks at their angles, a little out of register."""
    light = to_light(_smoothed(picture, 0.02, 0.2, 1))
    gray = light @ np.float32(LUMA)
    red, green, blue = cv2.split(light)
    cold = 0.5 * (green + blue) - red
    amounts = (1.0 - green - 0.6 * cold, 0.4 * (1.0 - red) + 1.4 * cold, 1.3 * (0.46 - gray))
    printed = np.broadcast_to(STOCK, light.shape)
    for amount, (ink, degrees, off) in zip(amounts, SCREENS, strict=True):
        covered = _screened(np.asarray(amount, np.float32), degrees, off)[..., None]
        printed = printed * (1.0 - covered * (1.0 - np.float32(ink)))
    return to_picture(printed)


def aside(picture: ImageU8) -> ImageU8:
    """Flat areas of gouache drawn towards ochre, with an even brown line round each area.

    For final checks alone: nothing may be tuned on it, nor chosen by its scores.
    """
    flat = cv2.pyrMeanShiftFiltering(_smoothed(picture, 0.04, 0.2, 2), 6, 18)
    lab = _to_lab(np.asarray(flat, np.uint8))
    border = np.zeros(lab.shape[:2], np.float32)
    for channel, weight in zip(cv2.split(lab), (1.0, 0.8, 0.8), strict=True):
        border = np.maximum(border, weight * _steepness(channel))
    tone = _steps(lab[..., 0], (18.0, 34.0, 50.0, 66.0, 82.0))
    lab[..., 0] = 12.0 + 16.5 * tone
    lab[..., 1:] = 0.7 * lab[..., 1:] + 0.8 * np.float32(OCHRE)
    gouache = np.asarray(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), np.float32)
    line = 0.9 * _smoothstep((border - 2.2) / 2.5)[..., None]
    return to_picture(gouache * (1.0 - line) + line * np.float32((0.2, 0.11, 0.07)))


_ALONE: dict[str, Callable[[ImageU8], ImageU8]] = {
    "poster": poster,
    "rimmed": rimmed,
    "dots": dots,
    "aside": aside,
}
PAINTERS = (*TEACHERS, *_ALONE)
"""Names of all teachers that can be hidden."""
KEPT_ASIDE = "aside"
"""The one that is only used when it is named."""


def paint(teacher: str, picture: ImageU8) -> ImageU8:
    """Paint ``(H, W, 3)`` uint8 sRGB as one of `PAINTERS` does: the same shape and type."""
    if teacher in TEACHERS:
        return teach(teacher, picture)
    use_portable_opencv()
    return _ALONE[teacher](picture)


def _smoothed(picture: ImageU8, reach: float, contrast: float, times: int) -> ImageU8:
    """Texture painted over and edges kept; ``reach`` is a share of the picture's size."""
    pixels = reach * math.sqrt(picture.shape[0] * picture.shape[1])
    for _ in range(times):
        smooth = cv2.edgePreservingFilter(picture, flags=1, sigma_s=pixels, sigma_r=contrast)
        picture = np.asarray(smooth, np.uint8)
    return picture


def _to_lab(picture: ImageU8) -> Floats:
    return np.asarray(cv2.cvtColor(to_light(picture), cv2.COLOR_RGB2Lab), np.float32)


def _steps(plane: Plane, thresholds: tuple[float, ...]) -> Plane:
    """How many thresholds a place is above; each is crossed within two pixels, however slowly."""
    smooth = gaussian(plane, 1.0)
    pixel = 2.0 * np.maximum(_steepness(smooth), np.float32(1e-4 * thresholds[-1]))
    steps = [_smoothstep((smooth - np.float32(t)) / pixel + 0.5) for t in thresholds]
    return np.asarray(sum(steps), np.float32)


def _between_inks(tone: Plane, inks: tuple[tuple[int, int, int], ...]) -> Floats:
    at = np.arange(len(inks))
    channels = [np.interp(tone, at, [ink[c] / 255.0 for ink in inks]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _screened(amount: Plane, degrees: float, off: tuple[float, float]) -> Plane:
    """Ink on each pixel, 0 to 1, of round dots that grow with the amount of ink."""
    height, width = amount.shape
    angle, rate = math.radians(degrees), 2.0 * math.pi / PERIOD
    x = np.arange(width, dtype=np.float32) + np.float32(off[0])
    y = np.arange(height, dtype=np.float32)[:, None] + np.float32(off[1])
    along = rate * (math.cos(angle) * x + math.sin(angle) * y)
    across = rate * (math.cos(angle) * y - math.sin(angle) * x)
    threshold = 0.5 - 0.25 * (np.cos(along) + np.cos(across))
    return np.asarray(np.clip((amount - threshold) * 3.5 + 0.5, 0.0, 1.0), np.float32)


def _steepness(plane: Plane) -> Plane:
    """Length of the gradient, in units per pixel, over an edge as wide as a line."""
    smooth = gaussian(plane, 0.9)
    dx, dy = (
        cv2.Sobel(smooth, cv2.CV_32F, *d, ksize=3, scale=0.125, borderType=cv2.BORDER_REFLECT)
        for d in ((1, 0), (0, 1))
    )
    return np.asarray(np.hypot(dx, dy), np.float32)


def _smoothstep(value: Floats) -> Floats:
    """0 at 0 and below, 1 at 1 and above, a smooth ramp between."""
    t = np.clip(value, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)
