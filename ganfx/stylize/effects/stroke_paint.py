"""Strokes laid on a canvas in their order, in bands of rows on all cores.

A band is painted with some rows around it, so that no edge of an outline that its own rows show
is cut off: bands make the same pixels as the whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.stylize.effects.hashing import Hashes
from ganfx.stylize.effects.stroke_shapes import GRID
from ganfx.stylize.temporal.parallel import each

Canvas = NDArray[np.uint8]

ROWS = 256
"""Of a band: with fewer, too many broad strokes are in several."""
_SMOOTHED = 2  # rows beside an outline that its smooth edge is seen in
_SHIFT = GRID.bit_length() - 1  # binary places of OpenCV's coordinates


@dataclass(frozen=True, eq=False)
class Paint:
    """Strokes of one brush."""

    outlines: NDArray[np.int32]
    """``(N, M, 2)`` in 1/16 of pixels."""
    codes: NDArray[np.uint8]
    """``(N, 4)``: color, and height of the paint."""
    order: Hashes
    """``(N,)``: the least is laid first."""

    @classmethod
    def of(cls, parts: Sequence[Paint]) -> Paint:
        """All strokes of some parts, in their order."""
        order = np.concatenate([part.order for part in parts])
        first = np.argsort(order, kind="stable")
        outlines = np.concatenate([part.outlines for part in parts])[first]
        return cls(outlines, np.concatenate([part.codes for part in parts])[first], order[first])

    @property
    def longest(self) -> int:
        """Rows that an edge of an outline runs over at the most."""
        if not len(self.order):
            return 0
        down = self.outlines[..., 1]
        steps = np.abs(np.diff(down, axis=1, append=down[:, :1]))
        return math.ceil(int(steps.max()) / GRID)

    def some(self, chosen: NDArray[np.bool_]) -> Paint:
        """Those that are chosen."""
        return Paint(self.outlines[chosen], self.codes[chosen], self.order[chosen])


class _Laid:
    """Strokes of one brush, as bands ask for them."""

    def __init__(self, brush: Paint) -> None:
        self._brush = brush
        down = np.ascontiguousarray(brush.outlines[..., 1].T)
        self._highest, self._lowest = down.min(axis=0), down.max(axis=0)

    def near(self, rows: slice) -> Paint:
        """Strokes that some rows show, with what is smoothed beside their edges."""
        shown = self._lowest > (rows.start - _SMOOTHED) * GRID
        shown &= self._highest < (rows.stop + _SMOOTHED) * GRID
        return self._brush.some(shown)


def paint(canvas: Canvas, brushes: Sequence[Paint]) -> None:
    """Lay strokes of brushes over one another.

    Args:
        canvas: ``(H, W, 4)`` uint8; it is painted on.
        brushes: One after the other.
    """
    height = len(canvas)
    around = 4 + max((brush.longest for brush in brushes), default=0)
    laid = [_Laid(brush) for brush in brushes]

    def painted(top: int) -> Canvas:
        own = slice(top, min(top + ROWS, height))
        rows = slice(max(0, own.start - around), min(height, own.stop + around))
        band = canvas[rows].copy()
        for brush in laid:
            _lay(band, brush.near(own), rows.start)
        return band[own.start - rows.start : own.stop - rows.start]

    tops = range(0, height, ROWS)
    for top, band in zip(tops, each(painted, tops, pixels=canvas.size), strict=True):
        canvas[top : top + ROWS] = band


def _lay(canvas: Canvas, brush: Paint, first: int) -> None:
    """Lay strokes on rows of a canvas, from the first one on."""
    outlines = brush.outlines - np.array([0, first * GRID], np.int32)
    # One list a channel: as many as there are strokes would keep the garbage collector busy.
    channels = (brush.codes[:, channel].tolist() for channel in range(4))
    for outline, *code in zip(outlines, *channels, strict=True):
        cv2.fillPoly(canvas, [outline], code, cv2.LINE_AA, _SHIFT)
