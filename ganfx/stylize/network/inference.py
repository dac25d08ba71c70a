"""A plate through the network, or the networks of a mix: brush size, shares, the plate's color."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ganfx.media.arrays import ImageF32
from ganfx.media.scaling import REACH, resized
from ganfx.stylize.network.brush_scale import brush_scale
from ganfx.stylize.network.look import Look
from ganfx.stylize.network.plate import Prepared
from ganfx.stylize.network.plate_color import with_plate_color
from ganfx.stylize.network.tiling import Band, stylize_image
from ganfx.stylize.options import Options
from ganfx.stylize.surface.canvas import Canvas
from ganfx.stylize.surface.surfaces import Surface
from ganfx.stylize.surface.tiles import Around


class Box(NamedTuple):
    """A part of a picture: rows and columns, each from and up to but without."""

    top: int
    bottom: int
    left: int
    right: int


def run_network(
    look: Look,
    prepared: Prepared,
    options: Options,
    *,
    deep: bool,
    band: Band | None = None,
    box: Box | None = None,
) -> ImageF32:
    """The picture in the look, ``(H, W, 3)`` in [0, 1], without effects.

    Of a tile, all of the window about it; of a face of several files, all faces.

    Args:
        look: One, or a mix.
        prepared: From `prepare`.
        options: For the network, the size of the brush and colour.
        deep: Whether it has more than 8 bits.
        band: Rows to do, where ``prepared`` has these and the halos around them only; for a
            brush of its own size.
        box: What is wanted of a whole picture that does not wrap, where not all is: what is beyond
            may be anything. Pixels are those that they would be without it; instead of ``band``.
    """
    plate, surface = prepared.display, prepared.surface
    if prepared.face is not None:
        whole = prepared.face.whole
        every = Prepared(whole.display, None, whole.display, None, surface=whole.surface)
        return whole.once("styled", lambda: run_network(look, every, options, deep=deep))
    if prepared.around is not None:
        plate = prepared.around.display
        styled = _window(look, prepared.around, options, deep=deep)
    elif surface.in_pieces:
        styled = _in_pieces(look, plate, surface, options, deep=deep)
    else:
        lines = len(plate) if band is None else band.height
        scale = brush_scale(options.scale, look.scale, lines, plate.shape[1])
        styled = _styled(look, plate, scale, surface.wrap, options, deep=deep, band=band, box=box)
    if not options.keep_color:
        return styled
    rows = slice(None) if band is None else slice(band.top - band.first, band.bottom - band.first)
    return with_plate_color(styled, plate[rows])


def _styled(
    look: Look,
    plate: ImageF32,
    scale: float,
    wrap: str,
    options: Options,
    *,
    deep: bool,
    band: Band | None = None,
    box: Box | None = None,
) -> ImageF32:
    """A picture through the networks, with a brush of some size."""
    height, width = plate.shape[:2]
    seen = plate if scale == 1 else _resized(look, plate, scale, wrap)
    if box is None:
        styled = _mixed(look, seen, wrap, options, deep=deep, band=band)
    else:
        part = _band_of(look, box, (height, width), (seen.shape[0], seen.shape[1]))
        styled = np.zeros_like(seen)
        styled[part.top : part.bottom, part.left : part.right] = _mixed(
            look, seen, wrap, options, deep=deep, band=part
        )
    if scale == 1:
        return styled
    return np.clip(resized(styled, width, height, wrap=wrap), 0.0, 1.0)


def _band_of(look: Look, box: Box, size: tuple[int, int], seen: tuple[int, int]) -> Band:
    """What networks make of a picture that they see in some size, for a part of it."""
    rows = _seen(look, (box.top, box.bottom), size[0], seen[0])
    columns = _seen(look, (box.left, box.right), size[1], seen[1])
    return Band(*rows, 0, seen[0], *columns)


def _seen(look: Look, ends: tuple[int, int], size: int, seen: int) -> tuple[int, int]:
    """Ends along an axis as networks see it: whole strides, and what resampling reaches."""
    scale, reach, stride = seen / size, 0 if seen == size else REACH, look.stride
    first = max(0, math.floor(ends[0] * scale) - reach) // stride * stride
    return first, min(seen, math.ceil(ends[1] * scale) + reach)


def _window(look: Look, around: Around, options: Options, *, deep: bool) -> ImageF32:
    """What lies about a tile, and the tile."""
    height, width = around.display.shape[:2]
    styled = _mixed(look, resized(around.display, *around.small), "", options, deep=deep)
    return np.clip(resized(styled, width, height), 0.0, 1.0)


def _in_pieces(
    look: Look, plate: ImageF32, surface: Surface, options: Options, *, deep: bool
) -> ImageF32:
    """A picture whose pieces go through by themselves, each with what lies around it."""
    lines = surface.lines(len(plate))
    scale = brush_scale(options.scale, look.scale, lines, plate.shape[1])

    def paint(canvas: Canvas, piece: ImageF32) -> ImageF32:
        return _styled(look, piece, scale, canvas.wrap, options, deep=deep)

    return surface.painted(plate, reach_of(look, scale), paint)


def reach_of(look: Look, scale: float) -> int:
    """Pixels on either side that a pixel depends on, with a brush of some size."""
    radius = max(each.generator.receptive_radius for each in look.mix)
    return math.ceil((radius + REACH) * scale) + REACH


def _resized(look: Look, plate: ImageF32, scale: float, wrap: str) -> ImageF32:
    """As large as networks see it, for the size of the brush."""
    height, width = plate.shape[:2]
    # Where a resampled texture wraps, the network's stride may go on across the seam, too.
    stride = max(each.generator.stride for each in look.mix)
    steps = (stride if axis in wrap else 1 for axis in "xy")
    pairs = zip((width, height), steps, strict=True)
    sides = [max(step, round(side / scale / step) * step) for side, step in pairs]
    return resized(plate, *sides, wrap=wrap)


def _mixed(
    look: Look,
    display: ImageF32,
    wrap: str,
    options: Options,
    *,
    deep: bool,
    band: Band | None = None,
) -> ImageF32:
    """The sum of all networks of a mix, weighted by their shares."""
    result: ImageF32 | None = None
    for each in look.mix:
        styled = stylize_image(
            each.network,
            display,
            band=band,
            tile=options.tile,
            wrap=wrap,
            device=each.device,
            precision=each.precision(options, deep=deep),
            say=each.remarks.say,
        )
        if look.others:
            styled *= np.float32(each.share)
        result = styled if result is None else result + styled
    assert result is not None
    return result
