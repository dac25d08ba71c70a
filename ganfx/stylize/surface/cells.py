"""Sprite sheets: cells that are pictures of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ganfx.stylize.surface.canvas import Canvas


def cell_canvases(
    height: int, width: int, cell: tuple[int, int], wrap: str = ""
) -> Iterator[Canvas]:
    """The cells of a sheet, row by row, with nothing around them.

    Args:
        height: Of the sheet.
        width: Likewise.
        cell: Width and height of a cell, which divide those of the sheet.
        wrap: Axes along which each cell tiles.
    """
    across, down = cell
    whole = (slice(0, down), slice(0, across))
    inside = np.arange(down)[:, np.newaxis] * width + np.arange(across)
    for top in range(0, height, down):
        for left in range(0, width, across):
            yield Canvas(inside + (top * width + left), down, wrap=wrap, parts=((whole, None),))
