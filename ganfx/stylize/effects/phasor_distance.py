"""The lines of a phasor field at every pixel: how far each is from the nearest one.

Waves of the four cells whose centers are around a pixel, blended smoothly. A plane wave is a
product of one factor by row and one by column, so that a pixel costs four products and no sine.
Factors are made for many rows of cells at once, their products for one row at a time, which stays
in the CPU's cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganfx.stylize.effects.phasor import Field, unit
from ganfx.stylize.temporal.parallel import each

Plane = NDArray[np.float32]
Points = NDArray[np.float64]
Numbers = NDArray[np.int64]
Factors = tuple[Plane, Plane]
"""Real and imaginary part."""

ROWS = 16
"""Rows of cells whose factors are made at once."""
CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))
"""Cells right and down of the one whose center is up and left of a pixel."""

# arccos(c) / pi by Abramowitz and Stegun, Handbook of Mathematical Functions, 4.4.45.
_ARC = tuple(np.float32(a / np.pi) for a in (1.5707288, -0.2121144, 0.0742610, -0.0187293))
_LEAST = np.float32(1e-6)


def distances(field: Field) -> Plane:
    """How far pixels are from the nearest line.

    Returns:
        ``(rows, columns)`` float32: 0 in the middle of a line, 1 in the middle between two. Every
        value from 0 to 1 is as frequent, so that a share of the plane is below a threshold of
        that share.
    """
    result = np.empty((field.down.length, field.right.length), np.float32)
    places = field.down.places
    cells = np.floor(places).astype(np.int64)
    parts = (places - cells).astype(np.float32)
    starts = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1)).tolist()
    ends = [*starts[1:], len(cells)]
    columns = _Columns.of(field)

    def fill(first: int) -> None:
        top, bottom = starts[first], ends[min(first + ROWS, len(starts)) - 1]
        rows = _Rows(cells[top:bottom] - cells[top], int(cells[top]), parts[top:bottom])
        waves = _waves(field, rows, columns)
        for row in range(first, min(first + ROWS, len(starts))):
            span = slice(starts[row] - top, ends[row] - top)
            result[starts[row] : ends[row]] = _of_row(waves, row - first, span, columns.own)

    each(fill, range(0, len(starts), ROWS), pixels=result.size)
    return result


@dataclass(frozen=True, eq=False)
class _Columns:
    """Where the pixels of a row lie among the cells."""

    cells: Numbers
    """Numbers of those whose centers are left of pixels, each once."""
    own: Numbers
    """``(columns,)``: which of them."""
    parts: Plane
    """``(columns,)``: how far beyond its center, in cells."""

    @classmethod
    def of(cls, field: Field) -> _Columns:
        """All of the pixels at hand."""
        places = field.right.places
        low = np.floor(places)
        cells = np.arange(int(low[0]), int(low[-1]) + 1)
        return cls(cells, (low - low[0]).astype(np.int64), (places - low).astype(np.float32))


@dataclass(frozen=True, eq=False)
class _Rows:
    """Where some rows of pixels lie among the cells."""

    own: Numbers
    """``(rows,)``: in which row of cells, from the first on."""
    first: int
    """Number of that."""
    parts: Plane
    """``(rows,)``: how far below its center, in cells."""

    @property
    def cells(self) -> Numbers:
        """Numbers of the rows of cells whose centers are above or below these."""
        return np.arange(self.first, self.first + int(self.own[-1]) + 2)


@dataclass(frozen=True, eq=False)
class _Waves:
    """Windowed waves as products, of the cells left of pixels or right of them."""

    across: Factors
    """``(rows of cells, columns)``: by pixel right."""
    down: tuple[Factors, Factors]
    """``(rows, cells)``: by pixel down, of the cells above and of those below."""
    senses: tuple[Plane, Plane]
    """``(rows of cells, columns)``: -1 where such a cell, above or below, counts its phase against
    the one that is left and above."""


def _waves(field: Field, rows: _Rows, columns: _Columns) -> tuple[_Waves, _Waves]:
    """Waves of the cells left of pixels, and of those right of them."""
    down = field.down.index(rows.cells)[:, np.newaxis]
    indices = [(down, field.right.index(columns.cells + right)) for right in (0, 1)]
    here = field.normals[indices[0]]
    left, right = (
        _Waves(
            _across(field, index, columns, side),
            _down(field, index, rows),
            _senses(here, field.normals[index], columns),
        )
        for side, index in enumerate(indices)
    )
    return left, right


def _across(field: Field, index: tuple[Numbers, Numbers], columns: _Columns, side: int) -> Factors:
    own, x = columns.own, columns.parts - np.float32(side)
    turns = field.normals[index][..., 0].astype(np.float32) * np.float32(field.frequency)
    turned: Plane = np.take(turns, own, axis=1) * (x * np.float32(field.right.side))
    cosine, sine = unit(turned)
    real, imaginary = (
        np.take(phases[index].astype(np.float32), own, axis=1)
        for phases in (field.cosines, field.sines)
    )
    wave = (cosine * real - sine * imaginary, cosine * imaginary + sine * real)
    return _windowed(wave, x)


def _down(field: Field, index: tuple[Numbers, Numbers], rows: _Rows) -> tuple[Factors, Factors]:
    turns = field.normals[index][..., 1].astype(np.float32) * np.float32(field.frequency)
    factors = []
    for below in (0, 1):
        y = rows.parts[:, np.newaxis] - np.float32(below)
        turned: Plane = turns[rows.own + below] * (y * np.float32(field.down.side))
        factors.append(_windowed(unit(turned), y))
    return factors[0], factors[1]


def _senses(here: Points, normals: Points, columns: _Columns) -> tuple[Plane, Plane]:
    above, below = (
        np.where(_products(here[:-1], each) < 0, np.float32(-1), np.float32(1))
        for each in (normals[:-1], normals[1:])
    )
    return np.take(above, columns.own, axis=1), np.take(below, columns.own, axis=1)


def _products(one: Points, other: Points) -> Points:
    product: Points = one[..., 0] * other[..., 0] + one[..., 1] * other[..., 1]
    return product


def _of_row(waves: tuple[_Waves, _Waves], row: int, span: slice, own: Numbers) -> Plane:
    """Of pixels between the centers of a row of cells and the next.

    Args:
        waves: Of the cells left of pixels and right of them.
        row: Of the cells.
        span: Their rows of pixels.
        own: ``(columns,)``: which cells they lie in.
    """
    size = (span.stop - span.start, len(own))
    real, imaginary = np.zeros(size, np.float32), np.zeros(size, np.float32)
    term, other = np.empty(size, np.float32), np.empty(size, np.float32)
    for side, below in CORNERS:
        wave = waves[side]
        ur, ui = (part[row + below] for part in wave.across)
        vr, vi = (np.take(part[span], own, axis=1) for part in wave.down[below])
        np.multiply(ur, vr, out=term)
        term -= np.multiply(ui, vi, out=other)
        real += term
        # Of a wave that is counted against the sense, the imaginary part is turned round.
        sense = wave.senses[below][row]
        imaginary += np.multiply(ur * sense, vi, out=term)
        imaginary += np.multiply(ui * sense, vr, out=term)
    imaginary *= imaginary
    imaginary += np.multiply(real, real, out=term)
    np.sqrt(imaginary, out=imaginary)
    real /= np.maximum(imaginary, _LEAST, out=imaginary)
    return _arc(real)


def _windowed(wave: Factors, at: Plane) -> Factors:
    """Times a smooth window, whose values for a cell and the next are 1 in sum."""
    left = np.float32(1) - np.abs(at)
    window: Plane = left * left * (np.float32(3) - np.float32(2) * left)
    return wave[0] * window, wave[1] * window


def _arc(cosine: Plane) -> Plane:
    """``arccos(cosine) / pi``, within 3e-5."""
    size = np.minimum(np.abs(cosine), np.float32(1))
    arc = np.full_like(size, _ARC[-1])
    for factor in _ARC[-2::-1]:
        arc *= size
        arc += factor
    arc *= np.sqrt(np.float32(1) - size)
    result: Plane = np.where(cosine < 0, np.float32(1) - arc, arc)
    return result
