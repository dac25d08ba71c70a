"""Tiles of one picture: a tile with parts of those around it, in the plane of all tiles.

A network and marks see a window of the plane, whose pixels do not depend on which tile it is for;
so what they make of a place near the border of two tiles is the same in both. A missing tile is
filled with mirror images of those around it, each the more the nearer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32

Place = tuple[int, int]
"""u and v of a tile: right, and up."""
Read = Callable[[Place], ImageF32 | None]
"""The picture of a tile, ``(H, W, 3)``; None if it is missing."""

ALIGNMENT = 8
ROWS = 100
"""Rows of tiles below which row 0 of the plane lies, so that no tile has a negative place."""
_FINE = 16
"""Parts of a tile that windows go by, at least, where a tile is resampled for the network."""


class Span(NamedTuple):
    """A window along an axis, in pixels of the plane."""

    first: int
    last: int
    small: int
    """Pixels that networks see of it."""


@dataclass(frozen=True, eq=False)
class Around:
    """A window of the plane about a tile."""

    display: ImageF32
    """``(h, w, 3)``, as the network takes it."""
    rows: Span
    columns: Span
    row: int
    """Of the tile's first pixel, in the plane."""
    column: int

    @property
    def small(self) -> tuple[int, int]:
        """Width and height that networks see of it."""
        return self.columns.small, self.rows.small

    def cut(self, plane: ImageF32, size: tuple[int, int], margin: int) -> tuple[ImageF32, Place]:
        """The tile and at least some margin around it, and the place of its first pixel.

        Args:
            plane: ``(h, w, 3)``, of the window.
            size: Height and width of the tile.
            margin: Pixels around it.
        """
        spans = ((self.row, size[0], self.rows), (self.column, size[1], self.columns))
        ends = [
            (
                max(span.first, (start - margin) // ALIGNMENT * ALIGNMENT),
                min(span.last, start + length + margin),
            )
            for start, length, span in spans
        ]
        rows, columns = (
            slice(first - span.first, last - span.first)
            for (first, last), (_, _, span) in zip(ends, spans, strict=True)
        )
        return plane[rows, columns], (ends[0][0], ends[1][0])


def span_of(number: int, length: int, margin: int, scale: float, stride: int) -> Span:
    """The window of a tile along an axis.

    Args:
        number: Of the tile, along the axis.
        length: Of a tile in pixels.
        margin: Pixels around it; no more than the next tile has.
        scale: Size of the brush: networks see a tile so much smaller.
        stride: Of the networks, on whose grid windows begin.
    """
    start = number * length
    if scale == 1:
        step = math.lcm(stride, ALIGNMENT)
        margin = max(0, min(margin, length - step))
        first, last = (start - margin) // step * step, -(-(start + length + margin) // step) * step
        return Span(first, last, last - first)
    step = math.lcm(stride, _FINE)
    small = max(step, round(length / scale / step) * step)
    unit = math.lcm(small // math.gcd(length, small), stride)  # whole pixels on either scale
    whole = unit * length // small
    units = -(-min(margin, length) // whole)
    return Span(start - units * whole, start + length + units * whole, small + 2 * units * unit)


def around(place: Place, size: tuple[int, int], read: Read, spans: tuple[Span, Span]) -> Around:
    """A window of the plane about a tile.

    Args:
        place: Of the tile.
        size: Height and width of all tiles.
        read: Reads a tile.
        spans: Of rows and of columns, from `span_of`.
    """
    rows, columns = spans
    height, width = size
    display = np.zeros((rows.last - rows.first, columns.last - columns.first, 3), np.float32)
    for down in range(rows.first // height, -(-rows.last // height)):
        for across in range(columns.first // width, -(-columns.last // width)):
            inside = _overlap(rows, down, height), _overlap(columns, across, width)
            to = tuple(
                slice(part.start + n * side - span.first, part.stop + n * side - span.first)
                for part, n, side, span in zip(
                    inside, (down, across), size, (rows, columns), strict=True
                )
            )
            here = (across, ROWS - down)
            found = read(here)
            display[to] = _missing(here, size, read, inside) if found is None else found[inside]
    return Around(display, rows, columns, row_of(place[1]) * height, place[0] * width)


def row_of(v: int) -> int:
    """Row of tiles, from above, of a v."""
    return ROWS - v


def _overlap(span: Span, number: int, side: int) -> slice:
    """What a window has of a tile along an axis."""
    return slice(max(0, span.first - number * side), min(side, span.last - number * side))


def _missing(
    place: Place, size: tuple[int, int], read: Read, inside: tuple[slice, slice]
) -> ImageF32:
    """Part of a missing tile, of mirror images of those around it."""
    height, width = size
    rows, columns = (np.arange(part.start, part.stop) for part in inside)
    total = np.zeros((len(rows), len(columns), 3), np.float32)
    weight = np.zeros((len(rows), len(columns), 1), np.float32)
    for (right, up), tile in _beside(place, read).items():
        seen = tile[rows if not up else height - 1 - rows][
            :, columns if not right else width - 1 - columns
        ]
        away = _away(rows, height, -up)[:, np.newaxis] + _away(columns, width, right)
        share = np.float32(1) / away[..., np.newaxis]
        total += share * seen
        weight += share
    total /= np.maximum(weight, np.float32(1e-20))
    return total


def _beside(place: Place, read: Read) -> Mapping[Place, ImageF32]:
    """The tiles around one, by the steps to them."""
    steps = ((a, b) for b in (-1, 0, 1) for a in (-1, 0, 1) if (a, b) != (0, 0))
    found = {(a, b): read((place[0] + a, place[1] + b)) for a, b in steps}
    return {step: tile for step, tile in found.items() if tile is not None}


def _away(pixels: NDArray[np.intp], side: int, sense: int) -> NDArray[np.float32]:
    """Squared distances from the border towards which a step leads; 0 where it leads nowhere."""
    if sense == 0:
        return np.zeros(len(pixels), np.float32)
    away = pixels + 0.5 if sense < 0 else side - pixels - 0.5
    return np.asarray(away * away, dtype=np.float32)
