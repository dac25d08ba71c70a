"""The lines of a phasor field at every pixel: how far each is from the nearest one.

Waves of the four cells whose centers are around a pixel, blended smoothly. A plane wave is a
product of one factor by row and one by column, so that a pixel costs four products and no sine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganfx.stylize.effects.phasor import Field, unit
from ganfx.stylize.temporal.parallel import each

Plane = NDArray[np.float32]
Numbers = NDArray[np.int64]
Factors = tuple[Plane, Plane]
"""Real and imaginary part."""

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
    rows = np.floor(places).astype(np.int64)
    starts = np.flatnonzero(np.diff(rows, prepend=rows[0] - 1)).tolist()
    columns = _Columns.of(field)

    def fill(run: tuple[int, int]) -> None:
        first, last = run
        parts = (places[first:last] - rows[first]).astype(np.float32)
        result[first:last] = _of_row(field, int(rows[first]), parts, columns)

    each(fill, zip(starts, [*starts[1:], len(rows)], strict=True), pixels=result.size)
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


def _of_row(field: Field, row: int, parts: Plane, columns: _Columns) -> Plane:
    """Of pixels between the centers of a row of cells and the next, at ``parts`` of the way."""
    size = (len(parts), len(columns.own))
    real, imaginary = np.zeros(size, np.float32), np.zeros(size, np.float32)
    for corner in CORNERS:
        (ur, ui), down = _factors(field, row, corner, parts, columns)
        vr, vi = (np.take(plane, columns.own, axis=1) for plane in down)
        term = ur * vr
        term -= ui * vi
        real += term
        np.multiply(ur, vi, out=term)
        imaginary += term
        np.multiply(ui, vr, out=term)
        imaginary += term
    imaginary *= imaginary
    imaginary += real * real
    np.sqrt(imaginary, out=imaginary)
    real /= np.maximum(imaginary, _LEAST, out=imaginary)
    return _arc(real)


def _factors(
    field: Field, row: int, corner: tuple[int, int], parts: Plane, columns: _Columns
) -> tuple[Factors, Factors]:
    """The windowed wave of cells, as a product.

    Returns:
        ``(columns,)`` by pixel right, and ``(rows, cells)`` by pixel down.
    """
    normals, phases = _waves(field, row, corner, columns.cells)
    x, y = columns.parts - np.float32(corner[0]), parts[:, np.newaxis] - np.float32(corner[1])
    turns = normals * np.float32(field.frequency)
    right: Plane = turns[columns.own, 0] * (x * np.float32(field.right.side))
    cosine, sine = unit(right)
    real, imaginary = (part[columns.own] for part in phases)
    across: Factors = (cosine * real - sine * imaginary, cosine * imaginary + sine * real)
    down = unit(turns[:, 1] * (y * np.float32(field.down.side)))
    return _windowed(across, x), _windowed(down, y)


def _waves(
    field: Field, row: int, corner: tuple[int, int], cells: Numbers
) -> tuple[Plane, Factors]:
    """Normals and phases of cells beside those of a row, counted in the sense of these."""
    own = field.down.index(np.array([row])), field.right.index(cells)
    beside = field.down.index(np.array([row + corner[1]])), field.right.index(cells + corner[0])
    normals, here = field.normals[beside], field.normals[own]
    agreement = normals[:, 0] * here[:, 0] + normals[:, 1] * here[:, 1]
    sense = np.where(agreement < 0, -1.0, 1.0)
    turned: Plane = (normals * sense[:, np.newaxis]).astype(np.float32)
    cosines = field.cosines[beside].astype(np.float32)
    return turned, (cosines, (field.sines[beside] * sense).astype(np.float32))


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
