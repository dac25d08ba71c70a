"""Brush strokes that make the picture: one color, a direction, a width and an end each.

Brushes from broad to fine paint over one another (Hertzmann 1998). Every brush has one stroke in
each cell of a grid; a fine one only where the picture says something that the brush before it is
too broad for. A stroke takes its color from the picture at its anchor, follows the orientation
field, and ends where the color under it changes. Bristles and relief are lit from the upper left.

Anchors and all chances come from a hash of the grid cell, and nothing depends on the canvas, so
that a stroke depends on the picture within a known reach: strips and splits make the same pixels.
In a stabilized shot anchors lie in the keyframes around a frame and are carried to it along the
motion; strokes of one keyframe shrink once those of the next have grown over them. Ends, sizes and
sides are continuous in the picture, so that its noise moves a stroke a little and takes none away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import LUMA
from ganfx.media.portable import use_portable_opencv
from ganfx.preset import StrokesConfig
from ganfx.stylize.effects.effect import Effect, Place
from ganfx.stylize.effects.orientation import blurred, doubled, field_reach, orientation
from ganfx.stylize.effects.sizes import LARGEST, levels_of, of_level
from ganfx.stylize.effects.stroke_anchors import Anchors, anchors_of, of_share
from ganfx.stylize.effects.stroke_paint import Paint, paint
from ganfx.stylize.effects.stroke_shapes import SHARE_OF_LENGTH, outlines, sampled, traced
from ganfx.stylize.effects.stroke_sides import ASIDE, PROBES, beside_edges
from ganfx.stylize.temporal.parallel import each

LINES = 1080  # picture height at which StrokesConfig.size is given in pixels
FINEST = 1.6  # pixels: narrower strokes are noise
RATIO = 0.54  # of a brush's width to that of the one before it
SOFT = 0.25  # sigma of the blur that colors are taken from, in widths
SMEARED = 0.3  # sigma of a stroke's own shape, across and along it, in widths
MISSED = 0.35  # sigma, in widths of the brush before, that it is too broad for
WIDEST = 0.68  # half of the widest stroke, in widths
FLATTEST = 0.35  # of the relief at 1080 lines: what small pictures have at least
WARM = (1.0, 0.15, -1.0)  # what a warm stroke has more of: red, green, blue
EARTH = (1.12, 1.0, 0.85)  # of a luma: burnt umber in black
DARK, VIVID = 0.4, 0.3  # luma and spread of channels from which strokes keep their hue
BLUR = 0.65  # pixels: least sigma of that blur, or a pixel's noise makes a fine stroke flicker
SLOW = 0.6  # share of the need about which a finer stroke grows to its full size
PLAIN = 2.0  # of the detail that a finer brush is taken for, what is not plain
ALL = 0.9  # of the detail that a finer brush is taken for, what a matte of 1 takes away
REDUCED = 3.5
PART = 1 << 13  # strokes at a time: intermediates stay in the CPU's cache

Plane = NDArray[np.float32]
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Brush:
    """One size of brush."""

    level: int
    """0 is the broadest."""
    width: float
    """In pixels."""
    before: float | None
    """Width of the next broader one."""

    @property
    def broader(self) -> float:
        """Width of the next broader one, or its own."""
        return self.width if self.before is None else self.before

    @property
    def reduction(self) -> int:
        """Factor by which its fields are reduced: a power of two."""
        return 1 << max(0, min(3, math.floor(math.log2(max(1.0, self.width / REDUCED)))))


@dataclass(frozen=True, eq=False)
class Seen:
    """What a brush's strokes are told from, reduced as `Brush.reduction` says."""

    soft: ImageF32
    """``(h, w, 3)``: colors."""
    field: Plane
    """Of `orientation`."""
    missed: Plane
    """``(h, w)``: what the brush before is too broad for; of the broadest, what it is itself."""


def brushes(config: StrokesConfig, place: Place) -> list[Brush]:
    """From broad to fine; as many as differ at the picture's height."""
    widths: list[float] = []
    for level in range(config.levels):
        width = config.size * RATIO**level * place.scale * place.height / LINES
        width = max(FINEST, width)
        if not widths or width < 0.8 * widths[-1]:
            widths.append(width)
    before = [None, *widths]
    return [Brush(i, width, before[i]) for i, width in enumerate(widths)]


def strokes_reach(config: StrokesConfig, place: Place) -> int:
    """Rows above and below a pixel that it depends on."""
    return max((_reach(brush, config) for brush in brushes(config, place)), default=0)


def strokes_blur(config: StrokesConfig, place: Place) -> float:
    """Sigma of what its strokes do to a picture's colors: that of a brush of middle size."""
    widths = [brush.width for brush in brushes(config, place)]
    return SMEARED * math.sqrt(widths[0] * widths[-1])


def _reach(brush: Brush, config: StrokesConfig) -> int:
    along = SHARE_OF_LENGTH * config.length * 1.4 * brush.width + WIDEST * brush.width
    seen = field_reach(brush.width) + 3 * max(SOFT * brush.width, BLUR)
    seen += (ASIDE + PROBES[-1]) * brush.width
    if brush.before is not None or config.calm > 0:
        seen += 3 * MISSED * brush.broader + 1.5 * brush.width
    return math.ceil(along + seen) + 4 * brush.reduction


def add_strokes(rgb: ImageF32, strokes: StrokesConfig, place: Place) -> ImageF32:
    """Paint a picture over with strokes, or some rows of it.

    Args:
        rgb: ``(H, W, 3)`` float32, display-encoded in [0, 1].
        strokes: Their size, length, colors and relief; sizes go by the picture's height.
        place: Where it lies.

    Returns:
        A new ``(H, W, 3)`` float32 in [0, 1]; ``rgb`` itself when the amount is 0.
    """
    if strokes.amount == 0:
        return rgb
    use_portable_opencv()
    margin = _margins(rgb, strokes, place)
    around, detail, direction, sizes = (
        None if plane is None else _wrapped(plane, margin)
        for plane in (rgb, place.detail, place.direction, place.sizes)
    )
    assert around is not None
    told = replace(place, detail=detail, direction=direction, sizes=sizes)
    painted = _painted(around, strokes, told, margin)
    inner = painted[margin[0] : margin[0] + len(rgb), margin[1] : margin[1] + rgb.shape[1]]
    result: ImageF32 = rgb + np.float32(strokes.amount) * (inner - rgb)
    return result


def _margins(rgb: ImageF32, strokes: StrokesConfig, place: Place) -> tuple[int, int]:
    """Rows and columns of its own other end around a picture that tiles: whole cells of 8."""
    largest = place if place.sizes is None else of_level(place, LARGEST)
    reach = math.ceil(strokes_reach(strokes, largest) / 8) * 8
    return (reach if "y" in place.wrap else 0, reach if "x" in place.wrap else 0)


def _wrapped(plane: ImageF32, margin: tuple[int, int]) -> ImageF32:
    """A plane of any channels with margins."""
    around = ((margin[0],) * 2, (margin[1],) * 2, (0, 0))[: plane.ndim]
    return np.pad(plane, around, mode="wrap")


def _painted(
    image: ImageF32, strokes: StrokesConfig, place: Place, margin: tuple[int, int]
) -> ImageF32:
    """The picture in strokes alone, over itself."""
    canvas = np.empty((*image.shape[:2], 4), np.uint8)
    code = np.clip(image, 0, 1)
    code *= np.float32(255)
    code += np.float32(0.5)
    canvas[..., :3], canvas[..., 3] = code, 128
    del code
    laid = list(_by_brush(image, strokes, place, margin))
    laid.sort(key=lambda each: -each[0])  # broad ones first, whatever size they are of
    paint(canvas, [strokes_of for _, strokes_of in laid])
    return _lit(canvas, strokes, place)


def _by_brush(
    image: ImageF32, strokes: StrokesConfig, place: Place, margin: tuple[int, int]
) -> Iterator[tuple[float, Paint]]:
    """Widths of brushes with their strokes; where sizes differ, of the brushes of each size."""
    size = image.shape[0], image.shape[1]
    for level, share in levels_of(place.sizes, slow=True):
        sized = of_level(place, level)
        all_brushes = brushes(strokes, sized)
        anchors = anchors_of(all_brushes, sized, size, margin)
        for brush, own in zip(all_brushes, anchors, strict=True):
            if share is not None:
                own = of_share(own, share)
            if len(own.x):
                yield brush.width, _strokes(image, brush, own, strokes, sized)


def _strokes(
    image: ImageF32, brush: Brush, anchors: Anchors, strokes: StrokesConfig, place: Place
) -> Paint:
    """A brush's strokes, in the order in which they are laid."""
    reduce = partial(_reduced, factor=brush.reduction)
    small, width = reduce(image), brush.width / brush.reduction
    told = None if place.direction is None else reduce(doubled(place.direction))
    seen = Seen(
        soft=blurred(small, max(SOFT * width, BLUR)),
        field=orientation(small, width, told),
        missed=_missed(small, brush),
    )

    def shaped(part: slice) -> Paint:
        return _shaped(anchors.some(part), seen, brush, strokes, place)

    parts = (slice(first, first + PART) for first in range(0, len(anchors.x), PART))
    return Paint.of(each(shaped, parts, pixels=image.size))


def _shaped(
    anchors: Anchors, seen: Seen, brush: Brush, strokes: StrokesConfig, place: Place
) -> Paint:
    """Strokes at some anchors."""
    if brush.before is not None:
        anchors = _needed(anchors, seen.missed, brush, strokes.detail, place.detail)
    anchors = beside_edges(anchors, seen.field, seen.soft, strokes, place, brush)
    colors = sampled(seen.soft, anchors.x, anchors.y, float(brush.reduction))
    lines, ends = traced(seen.field, seen.soft, anchors, colors, strokes, place, brush)
    differ = anchors.grown * _lively(anchors, seen.missed, brush, strokes) / (1 + brush.level)
    laid = _laid(colors, anchors, strokes, differ)
    return Paint(outlines(lines, ends, anchors, brush.width), laid, anchors.order)


def _missed(small: ImageF32, brush: Brush) -> Plane:
    """What the brush before is too broad for, of a reduced picture."""
    factor = brush.reduction
    red, green, blue = cv2.split(np.abs(small - blurred(small, MISSED * brush.broader / factor)))
    missed = np.maximum(np.maximum(red, green), blue)
    return blurred(missed, max(0.5 * brush.width / factor, 0.5))


def _needed(
    anchors: Anchors, missed: Plane, brush: Brush, detail: float, wanted: Plane | None
) -> Anchors:
    """Those where the picture has what the brush before is too broad for; more where wanted."""
    found = sampled(missed, anchors.x, anchors.y, float(brush.reduction))[:, 0]
    least = np.full(len(found), detail * 0.75 ** (brush.level - 1))
    if wanted is not None:
        least *= 1 - ALL * sampled(wanted[..., np.newaxis], anchors.x, anchors.y)[:, 0]
    need = found / (least * (0.6 + 0.8 * anchors.chance(2)))
    size = np.clip((need - 1) / SLOW + 0.5, 0.0, 1.0)
    return replace(anchors, grown=anchors.grown * size).some(size > 0.15)


def _lively(
    anchors: Anchors, missed: Plane, brush: Brush, strokes: StrokesConfig
) -> NDArray[np.float64]:
    """How far strokes differ, 0 to 1: less where the picture is plain, beside which they show."""
    found = sampled(missed, anchors.x, anchors.y, float(brush.reduction))[:, 0]
    plain = 1 - np.clip(found / (PLAIN * strokes.detail), 0.0, 1.0)
    lively: NDArray[np.float64] = 1 - strokes.calm * plain
    return lively


def _laid(
    colors: NDArray[np.float64],
    anchors: Anchors,
    strokes: StrokesConfig,
    jitter: NDArray[np.float64],
) -> Codes:
    """Colors with their jitter, and the height of the paint, as codes of 8 bits.

    Fine brushes draw: their colors are truer. So are those of strokes that come and go.
    """
    tone = jitter * strokes.tone * (2 * anchors.chance(5) - 1)
    warmth = jitter * strokes.hue * (2 * anchors.chance(6) - 1)
    jittered = _earthen(colors, strokes.earth) + tone[:, None] + warmth[:, None] * np.array(WARM)
    height = 128 + 90 * (anchors.chance(7) - 0.5) * jitter
    code = np.concatenate([np.clip(jittered, 0, 1) * 255, height[:, None]], axis=1)
    codes: Codes = np.rint(code).astype(np.uint8)
    return codes


def _earthen(colors: NDArray[np.float64], earth: float) -> NDArray[np.float64]:
    """Colors ``(N, 3)`` whose dull darks are mixed with earth of their own tone."""
    red, green, blue = (colors[:, c] * weight for c, weight in enumerate(LUMA))
    luma = red + green + blue
    vivid = colors.max(axis=1) - colors.min(axis=1)
    share = earth * np.clip(1 - luma / DARK, 0.0, 1.0) * np.clip(1 - vivid / VIVID, 0.0, 1.0)
    toward = luma[:, np.newaxis] * np.array(EARTH) - colors
    mixed: NDArray[np.float64] = colors + share[:, np.newaxis] * toward
    return mixed


def _lit(canvas: Codes, strokes: StrokesConfig, place: Place) -> ImageF32:
    """The canvas with the edges of the paint lit from the upper left."""
    painted = canvas[..., :3].astype(np.float32) * np.float32(1 / 255)
    if strokes.relief == 0:
        return painted
    height = canvas[..., 3].astype(np.float32) * np.float32(1 / 255)
    height = blurred(height, max(0.5, 1.1 * place.height / LINES))
    right = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    # As high whatever the resolution, but for small pictures.
    steep = np.float32(strokes.relief * max(place.height / LINES, FLATTEST))
    light = np.clip(-steep * (right + down), -0.08, 0.08)
    result: ImageF32 = np.clip(painted + light[..., np.newaxis], 0.0, 1.0)
    return result


def _reduced(image: ImageF32, factor: int) -> ImageF32:
    """Means of squares of pixels, from the first on; the last square is filled up."""
    if factor == 1:
        return image
    height, width = image.shape[:2]
    padding = ((0, -height % factor), (0, -width % factor), (0, 0))
    full = np.pad(image, padding, mode="edge")
    size = (full.shape[1] // factor, full.shape[0] // factor)
    return np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


STROKES = Effect(
    "strokes",
    section=lambda header: header.strokes,
    apply=add_strokes,
    reach=strokes_reach,
    blur=strokes_blur,
    follows_scene=True,
    takes_sizes=True,
    options={"amount": "strokes", "size": "stroke_size", "length": "stroke_length"},
    probe=StrokesConfig(amount=0.5),
)
