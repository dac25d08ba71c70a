"""Strokes laid on a canvas in their order, tile by tile.

Strokes are many and small: at each, OpenCV lets other threads run for microseconds, and two that
paint wait for one another more than they paint. So one paints at a time.

A tile is painted with some pixels around it, so that no edge of an outline that its own pixels
show is cut off: tiles make the same pixels as the whole.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.stylize.effects.hashing import Hashes
from ganfx.stylize.effects.stroke_shapes import GRID

Canvas = NDArray[np.uint8]

ROWS, COLUMNS = 256, 960
"""Of a tile, which stays in the CPU's cache; of smaller ones, too many show broad strokes."""
_ONE_AT_A_TIME = threading.Lock()
_SMOOTHED = 2  # pixels beside an outline that its smooth edge is seen in
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
        """Rows or columns that an edge of an outline runs over at the most."""
        if not len(self.order):
            return 0
        steps = np.abs(np.diff(self.outlines, axis=1, append=self.outlines[:, :1]))
        return math.ceil(int(steps.max()) / GRID)


@dataclass(frozen=True)
class _Tile:
    """A part of the canvas, and what is painted around it."""

    own: tuple[slice, slice]
    """Rows and columns of the canvas."""
    wide: tuple[slice, slice]
    """Those and the ones around them, as far as there are any."""

    @classmethod
    def at(cls, top: int, left: int, size: tuple[int, int], around: int) -> _Tile:
        """One of a canvas of a size."""
        ends = min(top + ROWS, size[0]), min(left + COLUMNS, size[1])
        own = slice(top, ends[0]), slice(left, ends[1])
        rows, columns = (
            slice(max(0, part.start - around), min(side, part.stop + around))
            for part, side in zip(own, size, strict=True)
        )
        return cls(own, (rows, columns))

    @property
    def inner(self) -> tuple[slice, slice]:
        """Its own rows and columns, in the wide ones."""
        rows, columns = (
            slice(own.start - wide.start, own.stop - wide.start)
            for own, wide in zip(self.own, self.wide, strict=True)
        )
        return rows, columns


class _Laid:
    """Strokes of one brush, as tiles ask for them."""

    def __init__(self, brush: Paint) -> None:
        self._brush = brush
        points = np.ascontiguousarray(brush.outlines.transpose(1, 2, 0))
        self._least, self._most = points.min(axis=0), points.max(axis=0)

    def on(self, tile: _Tile) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Outlines in the wide tile, and codes, of strokes that the tile shows."""
        shown = np.ones(len(self._brush.order), bool)
        for least, most, part in zip(self._least, self._most, tile.own[::-1], strict=True):
            shown &= most > (part.start - _SMOOTHED) * GRID
            shown &= least < (part.stop + _SMOOTHED) * GRID
        rows, columns = tile.wide
        corner = np.array([columns.start * GRID, rows.start * GRID], np.int32)
        return self._brush.outlines[shown] - corner, self._brush.codes[shown]


def paint(canvas: Canvas, brushes: Sequence[Paint]) -> None:
    """Lay strokes of brushes over one another.

    Args:
        canvas: ``(H, W, 4)`` uint8; it is painted on.
        brushes: One after the other.
    """
    height, width = canvas.shape[:2]
    around = 4 + max((brush.longest for brush in brushes), default=0)
    laid = [_Laid(brush) for brush in brushes]
    corners = product(range(0, height, ROWS), range(0, width, COLUMNS))
    tiles = [_Tile.at(top, left, (height, width), around) for top, left in corners]

    with _ONE_AT_A_TIME:
        for tile in tiles:
            part = canvas[tile.wide].copy()
            for brush in laid:
                _lay(part, *brush.on(tile))
            canvas[tile.own] = part[tile.inner]


def _lay(canvas: Canvas, outlines: NDArray[np.int32], codes: NDArray[np.uint8]) -> None:
    # One list a channel: as many as there are strokes would keep the garbage collector busy.
    colors = zip(*(channel.tolist() for channel in codes.T), strict=True)
    for outline, color in zip(outlines, colors, strict=True):
        cv2.fillPoly(canvas, [outline], color, cv2.LINE_AA, _SHIFT)
