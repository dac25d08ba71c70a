"""Phasor noise: evenly spaced lines along a field of directions, that fork where they must.

A plane wave in each cell of a grid, whose crests run along the cell's direction; the phase of a
blend of the nearest waves is the distance to the nearest line (Tricard et al., Procedural Phasor
Noise, 2019). Phases begin as hashes of the cells and are aligned with those of neighbors in a few
sweeps, which mends most breaks.

In a stabilized shot hashes belong to cells of the keyframes and are carried along the motion,
so that lines go with the scene. Everything is sums and products of places in the picture, the same
on every machine; alignment over n sweeps reaches n cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ganfx.stylize.effects.effect import Place
from ganfx.stylize.effects.hashing import Hashes, drawn_anew, mixed
from ganfx.stylize.effects.stroke_shapes import on_grid, sampled

Points = NDArray[np.float64]
Numbers = NDArray[np.int64]
F = TypeVar("F", bound=np.floating)
Waves = tuple[Points, Points]
"""Cosines and sines of phases."""
Directions = Callable[[Points, Points], Points]
"""Unit vectors ``(N, 2)`` at places right and down, in pixels of the rows at hand."""

CELL = 1.3
"""Side of a cell, in spacings of the lines."""
SWEEPS = 12
"""In which phases are aligned."""
_AROUND = tuple((right, down) for down in (-1, 0, 1) for right in (-1, 0, 1))
_NEIGHBORS = tuple(near for near in _AROUND if near != (0, 0))
_SINE = tuple(
    (-1) ** n * (2 * math.pi) ** (2 * n + 1) / math.factorial(2 * n + 1) for n in range(7)
)


@dataclass(frozen=True, eq=False)
class Axis:
    """Cells along a side of the picture."""

    numbers: Numbers
    side: float
    """In pixels."""
    count: int
    """After how many they repeat; 0 for never."""
    start: int
    """Pixel of the picture that those at hand begin with."""
    length: int
    """Pixels at hand."""

    @property
    def centers(self) -> Points:
        """In pixels at hand, at 1/16 of a pixel."""
        return on_grid((self.numbers.astype(np.float64) + 0.5) * self.side - 0.5) - self.start

    @property
    def places(self) -> Points:
        """Pixels at hand, in cells from the center of cell 0."""
        pixels = np.arange(self.start, self.start + self.length).astype(np.float64)
        return (pixels + 0.5) / self.side - 0.5

    def index(self, numbers: Numbers) -> Numbers:
        """Where cells are in ``numbers``."""
        index: Numbers = self.repeated(numbers) - self.numbers[0]
        return index

    def repeated(self, numbers: Numbers) -> Numbers:
        """Numbers of the same cells, each cell by one number."""
        return numbers % self.count if self.count else numbers


def axis_of(spacing: float, start: int, length: int, period: int) -> Axis:
    """Cells for lines of a spacing, and one more at either end.

    Args:
        spacing: In pixels.
        start: Pixel of the picture that those at hand begin with.
        length: Pixels at hand.
        period: After which the picture repeats; 0 for never.
    """
    side = CELL * spacing
    if period:
        count = max(1, round(period / side))
        return Axis(np.arange(count), period / count, count, start, length)
    first, last = math.floor(start / side) - 1, math.floor((start + length - 1) / side) + 2
    return Axis(np.arange(first, last), side, 0, start, length)


@dataclass(frozen=True, eq=False)
class Field:
    """Waves of all cells."""

    down: Axis
    right: Axis
    frequency: float
    """Lines in a pixel."""
    normals: Points
    """``(rows, columns, 2)``: across the lines."""
    cosines: Points
    """``(rows, columns)``, of the phases at the centers."""
    sines: Points

    def with_waves(self, waves: Waves) -> Field:
        """The same cells with other phases."""
        return replace(self, cosines=waves[0], sines=waves[1])


def reach_of(spacing: float) -> int:
    """Pixels on either side whose directions a line depends on."""
    return math.ceil((SWEEPS + 3) * CELL * spacing) + 2


def phasor_field(
    spacing: float, size: tuple[int, int], place: Place, directions: Directions, layer: int
) -> Field:
    """Aligned waves for lines of a spacing.

    Args:
        spacing: In pixels.
        size: Rows and columns at hand.
        place: Where they lie.
        directions: Along which lines run.
        layer: Others are independent.
    """
    down = axis_of(spacing, place.first, size[0], place.height if "y" in place.wrap else 0)
    right = axis_of(spacing, place.left, size[1], size[1] if "x" in place.wrap else 0)
    y, x = (plane.ravel() for plane in np.meshgrid(down.centers, right.centers, indexing="ij"))
    shape = (len(down.numbers), len(right.numbers))
    along = directions(x, y).reshape(*shape, 2)
    normals = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    nothing = np.zeros(shape)
    field = Field(down, right, 1 / spacing, normals, nothing, nothing)
    return _aligned(field.with_waves(_begun(field, x, y, place, _turns_of(place, layer))))


@dataclass(frozen=True)
class _Turns:
    """At which the waves of cells begin: by the key of the seed, or by that of a drawing."""

    key: np.uint32
    other: np.uint32 | None = None
    share: float = 0.0
    """Of cells whose waves are the drawing's."""

    def of(self, columns: Hashes, rows: Hashes) -> Points:
        hashes = self._hashed(columns, rows, self.key)
        if self.other is not None:
            hashes = drawn_anew(hashes, self._hashed(columns, rows, self.other), self.share)
        return hashes.astype(np.float64) / 2**32

    def _hashed(self, columns: Hashes, rows: Hashes, key: np.uint32) -> Hashes:
        salted: Hashes = mixed(mixed(rows) ^ key)
        return mixed(salted ^ mixed(columns + np.uint32(0x9E3779B9)))


def _turns_of(place: Place, layer: int) -> _Turns:
    def key(seed: int) -> np.uint32:
        return np.uint32((seed * 0x9E3779B1 + (layer + 1) * 0x632BE5AB) & 0xFFFFFFFF)

    if place.redraw is None:
        return _Turns(key(place.seed))
    return _Turns(key(place.seed), key(place.redraw.seed), place.redraw.share)


def _begun(field: Field, x: Points, y: Points, place: Place, key: _Turns) -> Waves:
    """Waves of the keyframes, where the cells of the frame were in them."""
    if place.warp is None:
        return _found(field, np.zeros((len(x), 2)), key)
    warp = place.warp.of_size(field.down.length, field.right.length)
    share = sampled(warp.share[..., np.newaxis], x, y)[:, 0].reshape(field.cosines.shape)
    before, after = (_found(field, sampled(f, x, y), key) for f in (warp.before, warp.after))
    cosines, sines = ((1 - share) * a + share * b for a, b in zip(before, after, strict=True))
    return cosines, sines


def _found(field: Field, moved: Points, key: _Turns) -> Waves:
    """Waves at moved centers of cells: a smooth blend of those of the nine cells about each.

    Args:
        field: For its cells and directions.
        moved: ``(N, 2)``: pixels right and down.
        key: By which waves begin.
    """
    shape = field.cosines.shape
    right, down = np.meshgrid(field.right.numbers, field.down.numbers)
    steps = moved.reshape(*shape, 2) / np.array([field.right.side, field.down.side])
    whole = np.rint(steps)
    parts = steps - whole
    columns, rows = right + whole[..., 0].astype(np.int64), down + whole[..., 1].astype(np.int64)
    cosines, sines = np.zeros(shape), np.zeros(shape)
    for a, b in _AROUND:
        beyond = parts - np.array([a, b])
        turns = _between(field, field.normals, beyond[..., 0], beyond[..., 1])
        cosine, sine = unit(turns + _hashed(field, columns + a, rows + b, key))
        weight = _spline(beyond[..., 0]) * _spline(beyond[..., 1])
        cosines += weight * cosine
        sines += weight * sine
    return cosines, sines


def _spline(at: Points) -> Points:
    """The quadratic B-spline: those of the three nearest cells sum to 1."""
    size = np.abs(at)
    outer = np.maximum(1.5 - size, 0.0)
    return np.where(size < 0.5, 0.75 - size * size, 0.5 * outer * outer)


def _between(field: Field, normals: Points, right: Points | float, down: Points | float) -> Points:
    """Turns of a wave over some cells right and down."""
    x, y = right * field.right.side, down * field.down.side
    turns: Points = field.frequency * (normals[..., 0] * x + normals[..., 1] * y)
    return turns


def _hashed(field: Field, columns: Numbers, rows: Numbers, key: _Turns) -> Points:
    """Turns at which the waves of cells begin."""
    down = field.down.repeated(rows).astype(np.uint32)
    right = field.right.repeated(columns).astype(np.uint32)
    return key.of(right, down)


def _aligned(field: Field) -> Field:
    """After some sweeps, in each of which a phase becomes the mean of those around it."""
    links = list(_links(field))
    waves = _of_unit_length(field.cosines, field.sines)
    for _ in range(SWEEPS):
        total = [plane.copy() for plane in waves]
        around = [_padded(field, plane) for plane in waves]
        for near, (weight, sense, (cosine, sine)) in zip(_NEIGHBORS, links, strict=True):
            real, imaginary = (_beside(plane, near) for plane in around)
            imaginary = imaginary * sense
            total[0] += weight * (cosine * real - sine * imaginary)
            total[1] += weight * (cosine * imaginary + sine * real)
        waves = _of_unit_length(*total)
    return field.with_waves(waves)


def _links(field: Field) -> Iterator[tuple[Points, Points, Waves]]:
    """How a neighbor's phase counts in a cell: weight, sense, and the wave from there to here."""
    around = _padded(field, field.normals)
    for near in _NEIGHBORS:
        normals = _beside(around, near)
        products = field.normals * normals
        agreement = products[..., 0] + products[..., 1]
        sense = np.where(agreement < 0, -1.0, 1.0)
        mean = (field.normals + sense[..., np.newaxis] * normals) / 2
        wave = unit(-_between(field, mean, *near))
        yield agreement * agreement * (0.5 if all(near) else 1.0), sense, wave


def _padded(field: Field, plane: Points) -> Points:
    """With the neighbors of the outermost cells around it: nothing, or its own other end."""
    for axis, side in enumerate((field.down, field.right)):
        padding = [(1, 1) if i == axis else (0, 0) for i in range(plane.ndim)]
        plane = np.pad(plane, padding, mode="wrap") if side.count else np.pad(plane, padding)
    return plane


def _beside(padded: Points, near: tuple[int, int]) -> Points:
    """For each cell what its neighbor some cells right and down has."""
    rows, columns = padded.shape[0] - 2, padded.shape[1] - 2
    return padded[1 + near[1] :, 1 + near[0] :][:rows, :columns]


def _of_unit_length(cosines: Points, sines: Points) -> Waves:
    size = np.sqrt(cosines * cosines + sines * sines)
    size = np.maximum(size, 1e-12)
    return cosines / size, sines / size


def unit(turns: NDArray[F]) -> tuple[NDArray[F], NDArray[F]]:
    """Cosines and sines of turns by polynomials: the same on every machine, within 1e-5."""
    turns = turns - np.rint(turns)
    size = np.abs(turns)
    quarter = turns.dtype.type(0.25)
    sines = _sine(quarter - np.abs(size - quarter))
    return _sine(quarter - size), np.where(turns < 0, -sines, sines)


def _sine(turns: NDArray[F]) -> NDArray[F]:
    """For at most a quarter turn either way: Taylor's series."""
    kind = turns.dtype.type
    square = turns * turns
    total = np.full_like(turns, _SINE[-1])
    for factor in _SINE[-2::-1]:
        total *= square
        total += kind(factor)
    total *= turns
    return total
