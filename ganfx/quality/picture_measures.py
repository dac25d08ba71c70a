"""Picture statistics: what a picture's colour, tones, texture, lines and marks are like.

Pictures are uint8 ``(H, W, 3)`` sRGB. Luma is Rec. 709's, of the values as encoded, 0 to 1.
Lengths are in the picture's own pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.color import luma_of
from ganfx.media.portable import use_portable_opencv
from ganfx.quality.artifacts import color_variety

Plane = NDArray[np.float32]

SIDE = 1024
"""Pixels of the middle that are looked at, along either axis: enough of any texture."""
AREA = 7
"""Side of the areas within which tone is steady or not, in pixels."""
STEADY = 0.015
"""Deviation of luma within an area up to which it is flat, once scanner noise is blurred."""
STRONG = 0.08
"""Deviation from which there is an edge."""
PALE = 0.7
"""Luma from which the commonest tone can be that of bare paper."""
NEAR = 0.06
"""Luma by which paper differs from its commonest tone."""
LINE = 5
"""Side of what thin lines do not fill, in pixels."""
INK = 0.2
"""Luma by which a thin line is darker than what is beside it."""
BLOCK = 24
"""Side of the blocks in which marks are looked for, in pixels."""
BROAD = 3.0
"""Sigma of the tone that marks stand out from: broader ones are areas."""
MARKED = 0.03
"""Deviation of luma from which a block has marks."""
PARALLEL = 0.4
"""Coherence of the gradients from which the marks of a block lie one way."""


@dataclass(frozen=True)
class PictureMeasures:
    """Statistics of one picture."""

    height: int
    width: int
    chroma: float
    """Mean distance from grey, CIE a* and b*."""
    cast: float
    """Length of the mean a* and b*: a tint of the whole."""
    variety: float
    """`ganfx.quality.artifacts.color_variety`: 0 for a print in one ink, toned or not."""
    broken_color: float
    """Deviation of a* and b* from their surroundings: touches of other hues side by side."""
    dark: float
    """Luma that 2 % of the picture are darker than."""
    middle: float
    """Median luma."""
    light: float
    """Luma that 2 % of the picture are lighter than."""
    fine: float
    """Deviation of luma in detail of about 2 pixels."""
    coarse: float
    """The same in detail of about 10 pixels."""
    flat: float
    """Share of the picture without texture."""
    edged: float
    """Edges to texture: share of strong contrasts over that of fainter ones. Where areas of one
    colour meet, there are more of the former."""
    paper: float
    """Share that is pale, of one tone and without texture."""
    line: float
    """Share that dark thin lines cover."""
    line_bias: float
    """-1 to 1: above 0 where thin detail is dark on light, as drawn contours are."""
    ink: float
    """Luma that a fifth of the pixels in dark thin lines are darker than; without any, `dark`."""
    marked: float
    """Share that is covered with marks: lines, hatching, strokes, grain."""
    mark_width: float
    """Pixels across a mark, half of the mean period of texture; 0 without marks."""
    parallel: float
    """Share of the marks that lie one way with their neighbours."""
    mark_cosine: float
    """Mean cosine of twice the angle by which parallel marks fall to the right."""
    mark_sine: float
    """The mean sine of it; both are near 0 where marks lie in all directions."""


def measure_picture(picture: ImageU8) -> PictureMeasures:
    """Measure a picture; its texture in its middle, if it is large.

    Args:
        picture: ``(H, W, 3)``, at least 2 pixels on each side.
    """
    use_portable_opencv()
    middle = _middle(picture)
    luma = luma_of(middle) / np.float32(255.0)
    soft = _blurred(luma, 1.0)
    uneven = _deviation(soft)
    steady, strong = uneven < STEADY, uneven >= STRONG
    dark, median, light = (float(q) for q in np.percentile(luma, [2, 50, 98]))
    chroma, cast, variety, broken_color = _color(middle)
    fine, coarse = _detail(luma)
    line, line_bias, ink = _lines(luma)
    marked, mark_width, parallel, cosine, sine = _marks(luma)
    return PictureMeasures(
        height=picture.shape[0],
        width=picture.shape[1],
        chroma=chroma,
        cast=cast,
        variety=variety,
        broken_color=broken_color,
        dark=dark,
        middle=median,
        light=light,
        fine=fine,
        coarse=coarse,
        flat=float(steady.mean()),
        edged=float(strong.mean() / max(1e-3, (~(steady | strong)).mean())),
        paper=_paper_share(luma, steady),
        line=line,
        line_bias=line_bias,
        ink=dark if ink is None else ink,
        marked=marked,
        mark_width=mark_width,
        parallel=parallel,
        mark_cosine=cosine,
        mark_sine=sine,
    )


def median_measures(pictures: Sequence[PictureMeasures]) -> PictureMeasures:
    """The typical picture: the median of each measure.

    Raises:
        ValueError: There is none.
    """
    if not pictures:
        raise ValueError("expected at least one picture")
    height, width, *rest = np.median([astuple(each) for each in pictures], axis=0).tolist()
    return PictureMeasures(round(height), round(width), *rest)


def _middle(picture: ImageU8) -> ImageU8:
    height, width = picture.shape[:2]
    top, left = max(0, (height - SIDE) // 2), max(0, (width - SIDE) // 2)
    return np.ascontiguousarray(picture[top : top + SIDE, left : left + SIDE])


def _color(picture: ImageU8) -> tuple[float, float, float, float]:
    """Chroma, cast, variety and broken colour."""
    rgb = picture.astype(np.float32) / np.float32(255.0)
    ab = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2Lab), np.float32)[..., 1:]
    detail = ab - _blurred(ab, 2 * BROAD)
    return (
        float(np.hypot(ab[..., 0], ab[..., 1]).mean(dtype=np.float64)),
        float(np.hypot(*ab.mean(axis=(0, 1), dtype=np.float64))),
        color_variety(picture),
        float(np.sqrt(2 * np.square(detail).mean(dtype=np.float64))),
    )


def _detail(luma: Plane) -> tuple[float, float]:
    """Deviation of the finest octave, and of one four times as coarse."""
    fine = luma - _blurred(luma, 0.8)
    coarse = _blurred(luma, 3.2) - _blurred(luma, 6.4)
    return float(fine.std(dtype=np.float64)), float(coarse.std(dtype=np.float64))


def _paper_share(luma: Plane, steady: NDArray[np.bool_]) -> float:
    """Share of pixels of the commonest pale tone, where nothing is drawn."""
    counts = np.bincount((luma * 63.999).astype(np.int64).ravel(), minlength=64)
    counts[: round(PALE * 64)] = 0
    commonest = (int(np.convolve(counts, np.ones(5), "same").argmax()) + 0.5) / 64
    return float(((np.abs(luma - commonest) < NEAR) & steady).mean())


def _lines(luma: Plane) -> tuple[float, float, float | None]:
    """Share of dark thin lines, how much more of them there is than of light ones, their ink."""
    square = np.ones((LINE, LINE), np.uint8)
    dark = cv2.morphologyEx(luma, cv2.MORPH_CLOSE, square) - luma
    light = luma - cv2.morphologyEx(luma, cv2.MORPH_OPEN, square)
    ink, bare = float(dark.mean(dtype=np.float64)), float(light.mean(dtype=np.float64))
    drawn = luma[dark > INK]
    tone = float(np.percentile(drawn, 20)) if drawn.size else None
    return drawn.size / luma.size, (ink - bare) / (ink + bare + 1e-6), tone


def _marks(luma: Plane) -> tuple[float, float, float, float, float]:
    """Share of marks, their width, the share of parallel ones, and where these point.

    The mean period of a texture is 2 pi times its deviation over that of its slope (Rice
    1945, "Mathematical Analysis of Random Noise"), taken across the marks: along the first
    axis of the structure tensor.
    """
    detail = luma - _blurred(luma, BROAD)
    falling, rising = detail[1:, 1:] - detail[:-1, :-1], detail[1:, :-1] - detail[:-1, 1:]
    # Of two by two pixels: noise then leans neither way, and fine lines keep their slope.
    half = np.float32(0.5)
    right, down = (falling - rising) * half, (falling + rising) * half
    power = _block_means(detail[1:, 1:] * detail[1:, 1:])
    across, along, cross = (
        _block_means(each) for each in (right * right, down * down, right * down)
    )
    spread = np.hypot(across - along, 2 * cross)
    coherence = spread / np.maximum(across + along, 1e-12)
    marked = power > MARKED**2
    if not marked.any():
        return 0.0, 0.0, 0.0, 0.0, 0.0
    period = 2 * np.pi * np.sqrt(power / np.maximum((across + along + spread) / 2, 1e-12))
    lying = marked & (coherence > PARALLEL)
    # A quarter turn from the gradient is half a turn of the doubled angle.
    turned = np.stack([along - across, -2 * cross])[:, lying] / np.maximum(spread[lying], 1e-12)
    cosine, sine = turned.mean(axis=1) if lying.any() else (0.0, 0.0)
    width = float(np.median(period[lying if lying.any() else marked])) / 2
    share = float(lying.sum() / marked.sum())
    return float(marked.mean()), width, share, float(cosine), float(sine)


def _block_means(plane: Plane) -> NDArray[np.float64]:
    """Means of whole blocks; of a picture smaller than one, of all of it."""
    rows, columns = (max(1, side // BLOCK) for side in plane.shape)
    whole = plane[: rows * BLOCK, : columns * BLOCK].astype(np.float64)
    height, width = whole.shape[0] // rows, whole.shape[1] // columns
    means: NDArray[np.float64] = whole.reshape(rows, height, columns, width).mean(axis=(1, 3))
    return means


def _deviation(plane: Plane) -> Plane:
    """Standard deviation in the area around each pixel."""
    mean = cv2.blur(plane, (AREA, AREA))
    square = cv2.blur(plane * plane, (AREA, AREA))
    return np.sqrt(np.maximum(square - mean * mean, 0))


def _blurred(plane: Plane, sigma: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)
