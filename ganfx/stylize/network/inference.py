"""A plate through the network, or the networks of a mix: brush size, shares, the plate's color."""

from __future__ import annotations

import numpy as np

from ganfx.media.arrays import ImageF32
from ganfx.media.scaling import resized
from ganfx.stylize.network.brush_scale import brush_scale
from ganfx.stylize.network.look import Look
from ganfx.stylize.network.plate import Prepared
from ganfx.stylize.network.plate_color import with_plate_color
from ganfx.stylize.network.tiling import Band, stylize_image
from ganfx.stylize.options import Options


def run_network(
    look: Look, prepared: Prepared, options: Options, *, deep: bool, band: Band | None = None
) -> ImageF32:
    """The picture in the look, ``(H, W, 3)`` in [0, 1], without effects.

    Args:
        look: One, or a mix.
        prepared: From `prepare`.
        options: For the network, the size of the brush and colour.
        deep: Whether it has more than 8 bits.
        band: Rows to do, where ``prepared`` has these and the halos around them only; for a
            brush of its own size.
    """
    plate = prepared.display
    height, width = plate.shape[:2]
    whole = height if band is None else band.height
    scale = brush_scale(options.scale, look.scale, whole, width)
    seen = plate if scale == 1 else _resized(look, plate, scale, options.wrap)
    styled = _mixed(look, seen, options, deep=deep, band=band)
    if scale != 1:
        styled = np.clip(resized(styled, width, height, wrap=options.wrap), 0.0, 1.0)
    if not options.keep_color:
        return styled
    rows = slice(None) if band is None else slice(band.top - band.first, band.bottom - band.first)
    return with_plate_color(styled, plate[rows])


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
    look: Look, display: ImageF32, options: Options, *, deep: bool, band: Band | None = None
) -> ImageF32:
    """The sum of all networks of a mix, weighted by their shares."""
    result: ImageF32 | None = None
    for each in look.mix:
        styled = stylize_image(
            each.network,
            display,
            band=band,
            tile=options.tile,
            wrap=options.wrap,
            device=each.device,
            precision=each.precision(options, deep=deep),
            say=each.remarks.say,
        )
        if look.others:
            styled *= np.float32(each.share)
        result = styled if result is None else result + styled
    assert result is not None
    return result
