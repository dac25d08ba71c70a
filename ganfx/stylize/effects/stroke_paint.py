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

    def near(self, rows: slice) -> Paint:
        """Strokes that some rows show, in pixels below the first of them."""
        down = self.outlines[..., 1]
        shown = (down.max(axis=1) > (rows.start - 2) * GRID) & (
            down.min(axis=1) < (rows.stop + 2) * GRID
        )
        moved = self.outlines[shown] - np.array([0, rows.start * GRID], np.int32)
        return Paint(moved, self.codes[shown], self.order[shown])


def paint(canvas: Canvas, brushes: Sequence[Paint]) -> None:
    """Lay strokes of brushes over one another.

    Args:
        canvas: ``(H, W, 4)`` uint8; it is painted on.
        brushes: One after the other.
    """
    height = len(canvas)
    around = 4 + max((brush.longest for brush in brushes), default=0)

    def painted(top: int) -> Canvas:
        bottom = min(top + ROWS, height)
        rows = slice(max(0, top - around), min(height, bottom + around))
        band = canvas[rows].copy()
        for brush in brushes:
            _lay(band, brush.near(rows))
        return band[top - rows.start : bottom - rows.start]

    tops = range(0, height, ROWS)
    for top, band in zip(tops, each(painted, tops, pixels=canvas.size), strict=True):
        canvas[top : top + ROWS] = band


def _lay(canvas: Canvas, brush: Paint) -> None:
    for outline, code in zip(brush.outlines, brush.codes.tolist(), strict=True):
        cv2.fillPoly(canvas, [outline], code, cv2.LINE_AA, _SHIFT)
