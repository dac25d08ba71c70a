"""Drawn lines that make the picture: a burin's, a woodcutter's knife's, a pencil's.

The network says how dark a place is and where contours are; lines of ink on bare paper carry
that. They lie along the form (`ganfx.stylize.effects.orientation`), evenly spaced, forking where
the form widens (`ganfx.stylize.effects.phasor`); they swell where the picture is dark, taper to
nothing where it is light, and are crossed by a second layer in the darks. What is darker than
the places around it is drawn as a contour, and what is lighter cuts the lines.

A pencil's lines have soft edges, and the tooth of the paper shows in them. In stabilized
shots lines go with the scene; strips and splits make the same pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of
from ganfx.media.portable import use_portable_opencv
from ganfx.preset import LinesConfig
from ganfx.stylize.effects.effect import Effect, Place
from ganfx.stylize.effects.grain import grain_field
from ganfx.stylize.effects.orientation import (
    FAINT,
    blurred,
    directions,
    doubled,
    field_reach,
    orientation,
)
from ganfx.stylize.effects.phasor import phasor_field, reach_of
from ganfx.stylize.effects.phasor_distance import distances
from ganfx.stylize.effects.sizes import levels_of, of_level
from ganfx.stylize.effects.stroke_shapes import sampled
from ganfx.stylize.temporal.parallel import bands, each

Plane = NDArray[np.float32]
Points = NDArray[np.float64]

HEIGHT = 1080  # picture height at which LinesConfig.spacing is given in pixels
FINEST = 4.0  # pixels between lines: closer ones are a grey, or beat with the pixels
FORM = 5.0  # spacings over which the form is looked at
AROUND = 0.8  # sigma in spacings: what differs from its surroundings of this size is a contour
FINE = 0.12  # likewise: what is finer is the network's own texture
BROAD = 0.2  # likewise: the tone that lines swell with
SPREAD = 0.4  # likewise: lines and the paper between them are one tone
CORE = np.float32(0.02)  # contrast, of the display range, that no contour is drawn of
SHARP = 8.0  # contrast of contours, beside that of the picture
SWAY = 0.15  # half tangent: lines of a sky are nearly straight
RULED = 0.05  # least share of the form in the direction of lines
TOOTH = 1.8  # pixels at 1080 lines: the paper's grain
TEETH = (0.35, 0.15)  # deviation of ink that paper causes: in half-covered pixels, and in full ink
PAPER = 9  # layer of the grain that is the paper's tooth


def add_lines(rgb: ImageF32, lines: LinesConfig, place: Place) -> ImageF32:
    """Draw a picture in lines, or some rows of it.

    Args:
        rgb: ``(H, W, 3)`` float32, display-encoded in [0, 1].
        lines: Their spacing, tones and contours; the spacing goes by the picture's height.
        place: Where it lies.

    Returns:
        A new ``(H, W, 3)`` float32 in [0, 1]; ``rgb`` itself when the amount is 0.
    """
    if lines.amount == 0:
        return rgb
    use_portable_opencv()
    luma = luma_of(rgb)
    ink, result = _ink(rgb, luma, lines, place), np.empty_like(rgb)

    def draw(rows: slice) -> None:
        drawn = _inked(rgb[rows], luma[rows], ink[rows], lines)
        drawn -= rgb[rows]
        drawn *= np.float32(lines.amount)
        drawn += rgb[rows]
        np.clip(drawn, 0.0, 1.0, out=result[rows])

    each(draw, bands(len(rgb)), pixels=luma.size)
    return result


def spacing_of(lines: LinesConfig, place: Place) -> float:
    """Pixels between lines."""
    return max(FINEST, lines.spacing * place.scale * place.height / HEIGHT)


def lines_reach(lines: LinesConfig, place: Place) -> int:
    """Rows above and below a pixel that it depends on."""
    spacing = spacing_of(lines, place)
    return reach_of(spacing) + _seen(spacing)


def lines_blur(lines: LinesConfig, place: Place) -> float:
    """Sigma within which lines have the tone that they were drawn of; less if laid over paint."""
    return SPREAD * spacing_of(lines, place) * (1 - lines.over)


def _seen(spacing: float) -> int:
    """Pixels on either side that direction and tone of a place depend on."""
    return field_reach(FORM * spacing) + math.ceil(3 * AROUND * spacing) + 2


def _ink(rgb: ImageF32, luma: Plane, lines: LinesConfig, place: Place) -> Plane:
    """``(H, W)``: how much of each pixel ink covers."""
    bare = None
    for level, share in levels_of(place.sizes):
        drawn = _bare(rgb, luma, lines, of_level(place, level), share)
        bare = drawn if bare is None else bare * drawn
    assert bare is not None, "there is a size at least"
    return _toothed(1 - bare, lines, place)


def _bare(
    rgb: ImageF32, luma: Plane, lines: LinesConfig, place: Place, share: Plane | None
) -> Plane:
    """``(H, W)``: how much of each pixel lines of one size leave bare.

    Where they are wanted by a share alone, they are as much thinner: those of one size taper into
    those of the next.
    """
    spacing = spacing_of(lines, place)
    beside = partial(_beside, place=place, margin=_seen(spacing))
    led = beside(lambda seen: _form(seen, spacing), _with_direction(rgb, place))
    broad, fine = (beside(part, luma) for part in _parts(spacing))
    size = (luma.shape[0], luma.shape[1])
    if place.warp is not None:  # once for all layers: it is as large as the picture
        place = replace(place, warp=place.warp.of_size(*size))
    # Contours are drawn by themselves, and swell the lines that end at them.
    contours, lights = _contours(fine, lines)
    bare: Plane = np.clip(1 + (contours if share is None else contours * share), 0.0, 1.0)
    for layer, cover in enumerate(_covers(broad + contours + lights, lines)):
        if share is not None:
            cover *= share
        if cover.any():
            along = partial(_along, led, lines, place, lines.crossing * layer)
            field = phasor_field(spacing, size, place, along, layer)
            _cover(bare, distances(field), cover, spacing, lines.soft)
    return bare


def _beside(function: Callable[[Plane], Plane], plane: Plane, place: Place, margin: int) -> Plane:
    """What a function makes of a picture that sees its own other end where it tiles."""
    sides = [margin if axis in place.wrap else 0 for axis in "yx"]
    if not any(sides):
        return function(plane)
    padding = [(side, side) for side in sides] + [(0, 0)] * (plane.ndim - 2)
    made = function(np.ascontiguousarray(np.pad(plane, padding, mode="wrap")))
    rows, columns = plane.shape[:2]
    return np.ascontiguousarray(made[sides[0] : sides[0] + rows, sides[1] : sides[1] + columns])


def _with_direction(rgb: ImageF32, place: Place) -> Plane:
    """The picture, and beside its channels the doubled angle of what direction is told."""
    if place.direction is None:
        return rgb
    return np.concatenate([rgb, doubled(place.direction)], axis=-1)


def _form(seen: Plane, spacing: float) -> Plane:
    """Along which lines lie: `orientation` of `_with_direction`."""
    told = seen[..., 3:] if seen.shape[-1] > 3 else None
    return orientation(np.ascontiguousarray(seen[..., :3]), FORM * spacing, told)


def _along(
    led: Plane, lines: LinesConfig, place: Place, turn: float, x: Points, y: Points
) -> Points:
    """Directions of lines that are turned from those along the form."""
    ruled = FAINT / max(lines.form, RULED) ** 4
    form = sampled(led, x, y)
    at = (x + place.left, y + place.first, lines.angle, place.height)
    found = directions(form, *at, faint=ruled, sway=SWAY)
    cosine, sine = round(math.cos(math.radians(turn)), 9), round(math.sin(math.radians(turn)), 9)
    right, down = found[:, 0], found[:, 1]
    return np.stack([right * cosine - down * sine, right * sine + down * cosine], axis=-1)


def _parts(spacing: float) -> tuple[Callable[[Plane], Plane], Callable[[Plane], Plane]]:
    """What lines swell with, and what is darker or lighter than around it."""

    def fine(luma: Plane) -> Plane:
        return blurred(luma, FINE * spacing) - blurred(luma, AROUND * spacing)

    return lambda luma: blurred(luma, BROAD * spacing), fine


def _contours(fine: Plane, lines: LinesConfig) -> tuple[Plane, Plane]:
    """How much darker and lighter contours are, 0 or less and 0 or more: lights half as much."""
    contrast = SHARP * lines.contour
    darks = np.minimum(fine + CORE, np.float32(0)) * np.float32(contrast)
    return darks, np.maximum(fine - CORE, np.float32(0)) * np.float32(contrast / 2)


def _covers(tone: Plane, lines: LinesConfig) -> list[Plane]:
    """Shares of the plane that layers of lines cover; what they leave bare multiplies."""
    black, span = lines.black, max(lines.white - lines.black, 0.01)
    bare = np.clip((tone - np.float32(black)) / np.float32(span), 0.0, 1.0)
    if lines.open:
        bare += np.float32(lines.open) * (np.sqrt(bare) - bare)
    if lines.cross == 0:
        return [1 - bare]
    start = np.float32(min(max((lines.cross - black) / span, 0.02), 0.98))
    # Below that tone both layers darken alike.
    second = np.sqrt(np.minimum(bare / start, np.float32(1)))
    return [1 - np.maximum(bare, start * second), 1 - second]


def _cover(bare: Plane, distance: Plane, cover: Plane, spacing: float, soft: float) -> None:
    """Take from what is bare what lines cover."""

    def draw(rows: slice) -> None:
        bare[rows] *= 1 - _stroke(distance[rows], cover[rows], spacing, soft)

    each(draw, bands(len(bare)), pixels=bare.size)


def _stroke(distance: Plane, cover: Plane, spacing: float, soft: float) -> Plane:
    """Ink of lines: their profile, blurred by a box of a pixel, or of a soft lead's width."""
    box = max(1.0, soft * spacing)
    half = cover * np.float32(spacing / 2 / box)
    way = distance * np.float32(spacing / 2 / box)
    near = _part(half - way)
    near -= _part(-half - way)
    near += _part(way + half - np.float32(spacing / box))
    return near


def _part(pixels: Plane) -> Plane:
    """How much of a pixel lies on the inner side of an edge so far away."""
    pixels += np.float32(0.5)
    return np.clip(pixels, 0.0, 1.0, out=pixels)


def _toothed(ink: Plane, lines: LinesConfig, place: Place) -> Plane:
    """Ink on the heights of the paper sooner than in its valleys."""
    if lines.tooth == 0:
        return ink
    height, width = ink.shape
    tile = (place.height if "y" in place.wrap else None, width if "x" in place.wrap else None)
    rows = slice(place.first, place.first + height)
    columns = slice(place.left, place.left + width)
    size = max(1.0, TOOTH * place.height / HEIGHT)
    noise = grain_field(size, rows, columns, seed=place.seed, frame=0, layer=PAPER, tile=tile)
    noise *= np.float32(lines.tooth) * ink
    noise *= np.float32(4 * TEETH[0]) * (1 - ink) + np.float32(TEETH[1])
    noise += ink
    return np.clip(noise, 0.0, 1.0, out=noise)


def _inked(rgb: ImageF32, luma: Plane, ink: Plane, lines: LinesConfig) -> ImageF32:
    """Ink on paper; as far as it is colored, in the colors of the picture."""
    color, paper = np.asarray(lines.ink, np.float32), np.asarray(lines.paper, np.float32)
    if lines.over:
        paper = paper + np.float32(lines.over) * (rgb - paper)
    if lines.colored:
        # The picture's colors as dark as ink: at most a third of its lights.
        dark = np.minimum(np.float32(1 / 3) / np.maximum(luma, np.float32(0.01)), np.float32(1))
        color = color + np.float32(lines.colored) * (rgb * dark[..., np.newaxis] - color)
    return np.asarray(paper + ink[..., np.newaxis] * (color - paper), dtype=np.float32)


LINES = Effect(
    "lines",
    section=lambda header: header.lines,
    apply=add_lines,
    reach=lines_reach,
    blur=lines_blur,
    follows_scene=True,
    takes_sizes=True,
    options={"amount": "lines", "spacing": "line_spacing"},
    probe=LinesConfig(amount=0.5, cross=0.5, contour=0.3, tooth=0.5),
)
