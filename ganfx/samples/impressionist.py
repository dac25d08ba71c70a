"""The impressionist teacher: any photograph in visible strokes of broken colour.

Strokes lie along the shapes: colour and paint are drawn out along the direction in which a
picture changes least (line integral convolution: Cabral and Leedom 1993, along the structure
tensor as in Kyprianidis and Doellner 2008), and then flattened to dabs (mean shift: Comaniciu
and Meer 2002). Paint lies thicker and thinner from stroke to stroke, neighbouring strokes
differ in hue, shadows are blue and violet, and nothing is black. Beside strong edges the paint
is even: texture there is the edge's own, and would be drawn round it as an outline.

What happens to a pixel depends on its surroundings, never on where it lies: strokes begin
where the photograph's own texture puts them, so that a local network can learn it.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.samples.filters import Plane, even_texture, gaussian, to_light, to_picture

Floats = NDArray[np.float32]

FORM = 4.0
"""Sigma in pixels over which the direction of strokes is decided."""
LENGTH = 7
"""Half the length of a stroke, in pixels."""
STEP = 1.0
"""Pixels between two samples along a stroke."""
BRISTLES = (0.9, 2.6)
"""Sigma in pixels of the finest and coarsest texture that strokes are drawn from: their width."""
RELIEF = 6.0
"""Deviation of lightness between strokes, L* 0 to 100."""
BROKEN = 10.0
"""Deviation of a* and b* between strokes."""
FAINTEST = 0.006
"""Texture, of the display range, that makes half of the full strokes."""
EDGE = 0.012
"""Slope of the display range a pixel, over `NEAR`, at which strokes are half as strong."""
NEAR = 3.0
"""Sigma in pixels of how far an edge keeps strokes away."""
DAB = (4.0, 12.0)
"""Radius in pixels, and in 8-bit codes, within which colours run into one dab."""
LIFT = 0.82
"""Exponent on lightness; below 1 lifts shadows."""
CHROMA = 1.35
"""Gain of colour."""
SHADE = (45.0, 5.0, -14.0)
"""Lightness below which shadows turn to violet, and what black would gain in a* and b*."""
DARKEST = 10.0
"""Lightness of the darkest paint."""


def impressionist(picture: ImageU8) -> ImageU8:
    """Paint ``(H, W, 3)`` uint8 sRGB in broken colour: the same shape."""
    light = to_light(picture)
    along = _directions(light)
    drawn = _drawn_out(_drawn_out(light, along, LENGTH), along, LENGTH // 2)
    lab = np.asarray(cv2.cvtColor(np.clip(drawn, 0, 1), cv2.COLOR_RGB2Lab), dtype=np.float32)
    paint = [_strokes(np.asarray(light @ weights, np.float32), along) for weights in _MIXTURES]
    rgb = np.asarray(cv2.cvtColor(_palette(lab, paint), cv2.COLOR_Lab2RGB), dtype=np.float32)
    dabs = cv2.pyrMeanShiftFiltering(to_picture(rgb), *DAB, maxLevel=0)
    return np.asarray(dabs, dtype=np.uint8)


_MIXTURES = tuple(
    np.array(weights, np.float32)
    for weights in ((0.30, 0.59, 0.11), (0.70, 0.20, 0.10), (0.10, 0.30, 0.60))
)
"""Planes whose texture decides lightness, a* and b* of a stroke: alike, and not the same."""


def _directions(light: Floats) -> Floats:
    """Unit vectors along which the picture changes least, ``(H, W, 2)``: x and y."""
    gray = gaussian(light.mean(axis=2), 1.0)
    dx, dy = _slopes(gray, 1 / 16)
    xx, xy, yy = (gaussian(p, FORM) for p in (dx * dx, dx * dy, dy * dy))
    # A little pull towards the diagonal: where there is no form, strokes still agree.
    angle = 0.5 * np.arctan2(2.0 * xy + 2e-6, xx - yy) + np.pi / 2.0
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float32)


def _drawn_out(image: Floats, along: Floats, length: int) -> Floats:
    """Mean of an image along the strokes, up to ``length`` pixels either way."""
    total, weights = image.copy(), 1.0
    for side in (1.0, -1.0):
        for number, (x, y) in enumerate(_walk(along, side, length), start=1):
            weight = 1.0 - number / (length + 1.0)
            total += np.float32(weight) * _at(image, x, y)
            weights += weight
    return np.asarray(total / np.float32(weights), dtype=np.float32)


def _walk(along: Floats, side: float, length: int) -> Iterator[tuple[Plane, Plane]]:
    """Places along the stroke through every pixel, one step after the other."""
    height, width = along.shape[:2]
    x, y = (p.astype(np.float32) for p in np.meshgrid(np.arange(width), np.arange(height)))
    heading = along * np.float32(side)
    for _ in range(length):
        x, y = x + STEP * heading[..., 0], y + STEP * heading[..., 1]
        yield x, y
        ahead = _at(along, x, y)
        # A direction has no sign of its own: go on, do not turn back.
        turns = np.sum(ahead * heading, axis=-1, keepdims=True) < 0
        heading = np.where(turns, -ahead, ahead)


def _at(image: Floats, x: Plane, y: Plane) -> Floats:
    sampled = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(sampled, dtype=np.float32)


def _strokes(plane: Plane, along: Floats) -> Plane:
    """Thick and thin paint, about 1 in deviation off edges: faint texture, drawn out."""
    streaks = _drawn_out(even_texture(plane, *BRISTLES, faintest=FAINTEST), along, LENGTH)
    strength = np.sqrt(gaussian(streaks * streaks, 8.0) + np.float32(0.15**2))
    return np.asarray(_calm(plane) * streaks / strength, dtype=np.float32)


def _calm(plane: Plane) -> Plane:
    """1 far from edges, towards 0 at them."""
    dx, dy = _slopes(gaussian(plane, 1.5), 1 / 32)
    slope = gaussian(dx * dx + dy * dy, NEAR)
    return np.asarray(1.0 / (1.0 + slope / np.float32(EDGE**2)), dtype=np.float32)


def _slopes(plane: Plane, scale: float) -> tuple[Plane, Plane]:
    """Derivatives to the right and down."""
    return (
        np.asarray(cv2.Scharr(plane, cv2.CV_32F, 1, 0, scale=scale, borderType=cv2.BORDER_REFLECT)),
        np.asarray(cv2.Scharr(plane, cv2.CV_32F, 0, 1, scale=scale, borderType=cv2.BORDER_REFLECT)),
    )


def _palette(lab: Floats, paint: list[Plane]) -> Floats:
    """Fresh colours, violet shadows, and every stroke a little different."""
    light = 100.0 * np.clip(lab[..., 0] / 100.0, 0.0, 1.0) ** LIFT
    light = DARKEST + (100.0 - DARKEST) / 100.0 * light
    below, shade_a, shade_b = SHADE
    shade = np.clip(1.0 - light / below, 0.0, 1.0)
    broken = BROKEN * np.clip((100.0 - light) / 25.0, 0.25, 1.0)  # whites stay white
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    gain = 1.0 + (CHROMA - 1.0) * np.exp(-((chroma / 70.0) ** 2))
    out = np.empty_like(lab)
    out[..., 0] = np.clip(light + RELIEF * paint[0], 0.0, 100.0)
    out[..., 1] = lab[..., 1] * gain + shade_a * shade + broken * paint[1]
    out[..., 2] = lab[..., 2] * gain + shade_b * shade + broken * paint[2]
    return out
