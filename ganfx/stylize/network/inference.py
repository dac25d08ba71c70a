"""A plate through the network, or the networks of a mix: brush size, shares, the plate's color."""

from __future__ import annotations

import numpy as np

from ganfx.media.arrays import ImageF32
from ganfx.media.scaling import resized
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
    seen = plate if options.scale == 1 else _resized(look, plate, options)
    styled = _mixed(look, seen, options, deep=deep, band=band)
    if options.scale != 1:
        height, width = plate.shape[:2]
        styled = np.clip(resized(styled, width, height, wrap=options.wrap), 0.0, 1.0)
    if not options.keep_color:
        return styled
    rows = slice(None) if band is None else slice(band.top - band.first, band.bottom - band.first)
    return with_plate_color(styled, plate[rows])


def _resized(look: Look, plate: ImageF32, options: Options) -> ImageF32:
    """As large as networks see it, for the size of the brush."""
    height, width = plate.shape[:2]
    sides = [_seen(look, side, axis, options) for side, axis in ((width, "x"), (height, "y"))]
    return resized(plate, *sides, wrap=options.wrap)


def _seen(look: Look, side: int, axis: str, options: Options) -> int:
    """Pixels that networks see of a side."""
    # Where a resampled texture wraps, the network's stride may go on across the seam, too.
    step = max(each.generator.stride for each in look.mix) if axis in options.wrap else 1
    return max(step, round(side / options.scale / step) * step)


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
        )
        if look.others:
            styled *= np.float32(each.share)
        result = styled if result is None else result + styled
    assert result is not None
    return result
