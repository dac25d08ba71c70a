"""Lat-long maps: the left end meets the right one, and over a pole the other half goes on.

The row above the first is the first again, half a turn on, and seen upside down.
"""

from __future__ import annotations

import numpy as np

from ganfx.stylize.surface.canvas import Canvas, ramp


def latlong_canvas(height: int, margin: int, band: int) -> Canvas:
    """All of a map, with rows beyond either pole.

    Args:
        height: Of the map, which is twice as wide.
        margin: Rows beyond a pole, at most ``height``.
        band: Rows beyond a pole that fade into what they are on the map, at most ``margin``.
    """
    width = 2 * height
    rows = np.arange(-margin, height + margin)
    beyond = (rows < 0) | (rows >= height)
    source = np.where(rows < 0, -1 - rows, np.where(rows >= height, 2 * height - 1 - rows, rows))
    columns = (np.arange(width) + np.where(beyond, width // 2, 0)[:, np.newaxis]) % width
    whole, faded = slice(0, width), np.broadcast_to(ramp(band)[:, np.newaxis], (band, width))
    return Canvas(
        source[:, np.newaxis] * width + columns,
        height,
        top=margin,
        wrap="x",
        parts=(
            ((slice(margin, margin + height), whole), None),
            ((slice(margin - band, margin), whole), faded[::-1]),
            ((slice(margin + height, margin + height + band), whole), faded),
        ),
    )
