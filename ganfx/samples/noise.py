"""Noise for textures: the same on every machine, and of any size.

A lattice of hashed numbers, smoothed by quadratic B-splines. Every function has mean 0
and a standard deviation of about 1, so that thresholds read as "how rare". Coordinates
are in picture heights; ``cell`` is the lattice spacing in the same units. ``u`` and ``v``
broadcast: a row ``(1, W)`` against a column ``(H, 1)`` takes a path that is ten times
quicker than two full planes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Plane = NDArray[np.float32]
Coordinates = NDArray[np.float64]

Index = NDArray[np.int32]

PERIOD = 128
"""Lattice cells after which the noise repeats: a power of two."""
LACUNARITY = 2.03
"""Each octave's cells are this much smaller; not 2, so that their edges never line up."""
SPREAD_1D = 0.2141  # standard deviation of one smoothed uniform lattice: sqrt(0.55 / 12)
SPREAD_2D = 0.1588  # and of one smoothed in both directions: 0.55 / sqrt(12)


def hashed(seed: int, *keys: ArrayLike) -> NDArray[np.float32]:
    """Uniform numbers in [0, 1) from integers: equal in, equal out, on any machine."""
    shape = np.broadcast_shapes(*(np.shape(k) for k in keys))
    bits = np.full(shape, seed & 0xFFFFFFFF, dtype=np.uint32) * np.uint32(0x9E3779B1)
    for key in keys:
        word = (np.asarray(key, dtype=np.int64) & 0xFFFFFFFF).astype(np.uint32)
        bits = _mixed(bits ^ (word * np.uint32(0x85EBCA77)))
    return (_mixed(bits) >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


def chance(seed: int, key: int, low: float = 0.0, high: float = 1.0) -> float:
    """One number in ``[low, high)`` for this seed and key."""
    return low + (high - low) * float(hashed(seed, np.array([key]))[0])


def noise(u: Coordinates, v: Coordinates, seed: int) -> Plane:
    """One octave with a cell of 1."""
    table = _lattice(seed)
    if u.shape[0] == 1 and v.shape[1] == 1:
        return _separable(u[0], v[:, 0], table)
    columns, across = _spline(u)
    rows, down = _spline(v)
    flat = table.ravel()
    total = np.zeros(np.broadcast_shapes(u.shape, v.shape), dtype=np.float32)
    for row, weight in zip(rows, down, strict=True):
        base = row * PERIOD
        line = across[0] * flat.take(base + columns[0])
        line += across[1] * flat.take(base + columns[1])
        line += across[2] * flat.take(base + columns[2])
        line *= weight
        total += line
    return total


def noise_line(u: Coordinates, seed: int) -> Plane:
    """One octave along a line, with a cell of 1; any shape."""
    table = (_lattice(seed)[0] * np.float32(SPREAD_2D / SPREAD_1D)).astype(np.float32)
    columns, across = _spline(u)
    total = across[0] * table.take(columns[0])
    total += across[1] * table.take(columns[1])
    return np.asarray(total + across[2] * table.take(columns[2]), dtype=np.float32)


def fbm(
    u: Coordinates,
    v: Coordinates,
    seed: int,
    *,
    cell: tuple[float, float],
    octaves: int,
    pixel: float | Coordinates,
    gain: float = 0.5,
) -> Plane:
    """Octaves of noise, from ``cell`` (across, down) to ever smaller.

    ``pixel`` is the size of a pixel in the units of the smaller side of ``cell``: octaves
    that it cannot show fade out, so that nothing flickers. A plane or column of sizes fades
    each place by its own.
    """
    total = np.zeros(np.broadcast_shapes(u.shape, v.shape), dtype=np.float32)
    weight, power = 1.0, 0.0
    for octave in range(octaves):
        scale = LACUNARITY**octave
        shown = _shown(min(cell) / scale, pixel)
        shift = 7.31 * octave  # moves each octave's lattice off the origin
        if np.any(shown > 0):
            part = noise(
                u * (scale / cell[0]) + shift, v * (scale / cell[1]) + shift, seed + octave
            )
            total += np.asarray(weight * shown, dtype=np.float32) * part
        power += weight * weight
        weight *= gain
    return total / np.float32(np.sqrt(power))


def fbm_line(
    u: Coordinates, seed: int, *, cell: float, octaves: int, pixel: float, gain: float = 0.5
) -> Plane:
    """The same along a line: the outline of a ridge."""
    total = np.zeros(u.shape, dtype=np.float32)
    weight, power = 1.0, 0.0
    for octave in range(octaves):
        scale = LACUNARITY**octave
        shown = float(_shown(cell / scale, pixel))
        if shown > 0:
            part = noise_line(u * (scale / cell) + 7.31 * octave, seed + octave)
            total += np.float32(weight * shown) * part
        power += weight * weight
        weight *= gain
    return total / np.float32(np.sqrt(power))


def smoothstep(low: float | Plane, high: float | Plane, value: Plane | Coordinates) -> Plane:
    """0 below ``low``, 1 above ``high``, a smooth ramp between."""
    t = np.clip((value - low) / (np.asarray(high) - low), 0.0, 1.0).astype(np.float32)
    return np.asarray(t * t * (np.float32(3.0) - np.float32(2.0) * t), dtype=np.float32)


def _shown(cell: float, pixel: float | Coordinates) -> Coordinates:
    """1 for cells of 3 pixels and more, 0 for less than 1.5."""
    return np.clip((cell / np.asarray(pixel, dtype=np.float64) - 1.5) / 1.5, 0.0, 1.0)


def _mixed(bits: NDArray[np.uint32]) -> NDArray[np.uint32]:
    bits = (bits ^ (bits >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    bits = (bits ^ (bits >> np.uint32(12))) * np.uint32(0x297A2D39)
    return bits ^ (bits >> np.uint32(15))


@lru_cache(maxsize=512)
def _lattice(seed: int) -> Plane:
    index = np.arange(PERIOD)
    numbers = hashed(seed, index[:, None], index[None, :])
    return ((numbers - np.float32(0.5)) / np.float32(SPREAD_2D)).astype(np.float32)


def _spline(x: Coordinates) -> tuple[tuple[Index, Index, Index], tuple[Plane, Plane, Plane]]:
    """The three lattice indices around each place, and their quadratic B-spline weights."""
    first = np.floor(x)
    t = (x - first).astype(np.float32)
    half = np.float32(0.5)
    low = half * (np.float32(1.0) - t) ** 2
    high = half * t * t
    index = first.astype(np.int32)
    wrapped = tuple((index + j) & (PERIOD - 1) for j in range(3))
    return (wrapped[0], wrapped[1], wrapped[2]), (low, np.float32(1.0) - low - high, high)


def _separable(u: Coordinates, v: Coordinates, table: Plane) -> Plane:
    """Noise on the grid of a row and a column: along the row once per lattice line."""
    columns, across = _spline(u)
    rows, down = _spline(v)
    lines = np.unique(np.concatenate(rows))
    place = np.zeros(PERIOD, dtype=np.int32)
    place[lines] = np.arange(lines.size)
    part = table[lines]
    along = across[0] * part[:, columns[0]]
    along += across[1] * part[:, columns[1]]
    along += across[2] * part[:, columns[2]]
    total = down[0][:, None] * along[place[rows[0]]]
    total += down[1][:, None] * along[place[rows[1]]]
    total += down[2][:, None] * along[place[rows[2]]]
    return np.asarray(total, dtype=np.float32)
