"""Printers' dots: found by their lattice in the spectrum, and removed.

A halftone is a square lattice of dots. In the spectrum of a scan that is a handful of
needles, at the same place whatever part of the picture is looked at, and again after a
quarter turn. Hatching, weaves, bricks and windows have ridges, or needles here and there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.portable import use_portable_opencv
from ganfx.media.scans import Pixels

Field = NDArray[np.float32]
Peak = tuple[float, float]

TILE = 256  # pixels: side of the tiles whose spectra are taken
MIDDLE = TILE // 2
TILES = 9
PERIODS = (2.6, 14.0)  # pixels between dots that are looked for
STANDOUT = 2.2  # nats by which the mean log power of a needle exceeds its surroundings
AXIS = 2.1  # bins: what is regular along rows or columns is a grid of JPEG blocks or sensors
STRONG = 8.0  # codes of amplitude: stronger dots are smoothed, weaker ones picked out
SHARE = 0.6  # of the tiles must have the needle: a fence or a dress is not everywhere
ALIKE = 2.5  # nats between the powers of a lattice's two directions
_NEARBY = 8  # bins around a needle that count as its surroundings

SMOOTHING = 0.48  # periods: standard deviation that leaves 1 % of the lattice
EDGE_REACH = 1.2  # periods: radius over which an edge is fitted
EDGE_NOISE = 60.0  # squared codes of variation that are not an edge
BAND = 1 << 21  # pixels at a time, in whole rows
NOTCH = 2.5  # bins: radius around a needle that is cut to the level of its surroundings


@dataclass(frozen=True)
class Halftone:
    """The dots of a printed picture."""

    period: float
    """Pixels from dot to dot."""
    strength: float
    """Amplitude of the lattice's ground wave, in codes of 255; typical over the picture."""
    peaks: tuple[Peak, ...]
    """Cycles per pixel across and down of the needles of weak dots, one of each pair."""


def find_halftone(pixels: Pixels) -> Halftone | None:
    """Find the dots of a print that was scanned in enough detail to show them.

    Args:
        pixels: ``(H, W, 3)`` at full resolution: reducing a scan blurs its dots, or leaves
            a moire that is found as well, if at all.

    Returns:
        None without dots, and for a picture with a side under 256 pixels.
    """
    use_portable_opencv()
    if min(pixels.shape[:2]) < TILE:
        return None
    powers = [_log_power(_gray(tile)) for tile in _tiles(pixels)]
    level = _unrolled(np.mean(powers, axis=0, dtype=np.float32))
    excess = level - cv2.blur(level, (21, 21), borderType=cv2.BORDER_REFLECT)
    ground = _ground_wave(level, excess)
    if ground is None or not _is_everywhere(powers, *ground):
        return None
    y, x = ground
    period = 1 / np.hypot(*_refined(excess, y, x))
    amplitude = 2 * np.exp(level[y, x] / 2) / _window().sum()
    weak = amplitude < STRONG
    peaks = tuple(_refined(excess, *needle) for needle in _needles(excess)) if weak else ()
    return Halftone(float(period), float(amplitude), peaks)


def descreened(pixels: Pixels, halftone: Halftone) -> Pixels:
    """The picture without its dots, type kept.

    Strong dots are smoothed away and edges drawn anew by a guided filter (He et al.
    2010), in whose windows the dotted picture is fitted by its smoothed self. Weak ones,
    as reduced scans have them, are picked out of the spectrum and leave all else alone.

    Args:
        pixels: ``(H, W, 3)``, at the resolution at which the dots were found.
        halftone: What `find_halftone` says of this picture.
    """
    use_portable_opencv()
    weak = halftone.peaks
    bands = _notched(pixels, halftone) if weak else _smoothed(pixels, halftone)
    result = np.empty_like(pixels)
    row = 0
    for band in bands:
        rows = result[row : row + len(band)]
        rows[...] = _stored(band[: len(rows)], pixels.dtype)
        row += len(rows)
    return result


def _tiles(pixels: Pixels) -> list[Pixels]:
    """The tiles nearest to mid-tones, where dots show best; spread over the picture."""
    rows, columns = (
        np.linspace(0, side - TILE, min(6, max(3, side // TILE))).round().astype(int)
        for side in pixels.shape[:2]
    )
    corners = {(int(y), int(x)) for y in rows for x in columns}

    def off_middle(corner: tuple[int, int]) -> tuple[float, tuple[int, int]]:
        y, x = corner
        return abs(_codes(pixels[y : y + TILE : 8, x : x + TILE : 8]).mean() - 128), corner

    chosen = sorted(corners, key=off_middle)[:TILES]
    return [pixels[y : y + TILE, x : x + TILE] for y, x in chosen]


def _codes(pixels: Pixels) -> Field:
    """As float32 in codes of 255, whatever the type."""
    return pixels.astype(np.float32) * np.float32(255 / _most(pixels.dtype))


def _stored(codes: Field, dtype: np.dtype[Any]) -> Pixels:
    """Codes of 255 in another type, rounded and clipped."""
    most = _most(dtype)
    values = codes * np.float32(most / 255)
    if dtype.kind == "u":
        values = np.floor(values + np.float32(0.5))
    return np.asarray(np.clip(values, 0, most), dtype)


def _most(dtype: np.dtype[Any]) -> int:
    """What white is stored as."""
    return (1 << 8 * dtype.itemsize) - 1 if dtype.kind == "u" else 1


def _gray(tile: Pixels) -> Field:
    return np.asarray(cv2.cvtColor(_codes(tile), cv2.COLOR_RGB2GRAY), np.float32)


def _window() -> Field:
    hann = np.hanning(TILE)
    return np.outer(hann, hann).astype(np.float32)


def _log_power(gray: Field) -> Field:
    spectrum = np.fft.rfft2((gray - gray.mean()) * _window())
    return np.asarray(np.log(spectrum.real**2 + spectrum.imag**2 + 1e-2), np.float32)


def _unrolled(half: Field) -> Field:
    """A whole spectrum with its origin in the middle, from that of a real picture."""
    right = np.roll(half, MIDDLE, axis=0)  # columns 0 to TILE / 2
    whole = np.empty((TILE, TILE), np.float32)
    whole[:, MIDDLE:] = right[:, :MIDDLE]
    whole[1:, 1:MIDDLE] = right[:0:-1, MIDDLE - 1 : 0 : -1]
    whole[0, 1:MIDDLE] = right[0, MIDDLE - 1 : 0 : -1]
    whole[:, 0] = right[:, MIDDLE]
    return whole


def _ground_wave(level: Field, excess: Field) -> tuple[int, int] | None:
    """Bin of the strongest needle, if a quarter turn on there is another one like it."""
    needles = _needles(excess, AXIS)
    if not needles:
        return None
    y, x = max(needles, key=lambda needle: (float(level[needle]), needle))
    turned = level[x - 1 : x + 2, TILE - y - 1 : TILE - y + 2].max()
    alike = abs(turned - level[y, x]) < ALIKE
    return (y, x) if alike and _standout(excess, x, TILE - y) > STANDOUT else None


def _is_everywhere(powers: list[Field], y: int, x: int) -> bool:
    tiles = [_standout(_unrolled(power), y, x) > 1 for power in powers]
    return sum(tiles) >= SHARE * len(tiles)


def _needles(excess: Field, off_axis: float = -1.0) -> list[tuple[int, int]]:
    """Bins in the right half of what stands out: lattices, their overtones and their sums."""
    highest = cv2.dilate(excess, np.ones((5, 5), np.uint8))
    down, across = np.mgrid[-MIDDLE:MIDDLE, -MIDDLE:MIDDLE]
    radius = np.hypot(down, across)
    sought = (radius > TILE / PERIODS[1]) & (across > off_axis) & (np.abs(down) > off_axis)
    if off_axis > 0:
        sought &= radius < TILE / PERIODS[0]
    bins = np.argwhere(sought & (excess == highest) & (excess > STANDOUT)).tolist()
    return [(y, x) for y, x in bins if _standout(excess, y, x) > STANDOUT]


def _standout(excess: Field, y: int, x: int) -> float:
    """By how much a peak exceeds nearly all around it: little on a ridge, much as a needle."""
    if not all(_NEARBY <= place < TILE - _NEARBY for place in (y, x)):
        return 0.0
    peak = excess[y - 1 : y + 2, x - 1 : x + 2].max()
    around = excess[y - _NEARBY : y + _NEARBY + 1, x - _NEARBY : x + _NEARBY + 1]
    distance = np.hypot(*np.mgrid[-_NEARBY : _NEARBY + 1, -_NEARBY : _NEARBY + 1])
    return float(peak - np.quantile(around[(distance >= 4) & (distance <= _NEARBY)], 0.9))


def _refined(excess: Field, y: int, x: int) -> Peak:
    """Cycles per pixel across and down, by the parabola through a peak and its neighbours."""
    offsets = []
    for before, at, after in (
        (excess[y, x - 1], excess[y, x], excess[y, x + 1]),
        (excess[y - 1, x], excess[y, x], excess[y + 1, x]),
    ):
        bend = before - 2 * at + after
        offsets.append(float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend else 0.0)
    return (x - MIDDLE + offsets[0]) / TILE, (y - MIDDLE + offsets[1]) / TILE


def _smoothed(pixels: Pixels, halftone: Halftone) -> Iterator[Field]:
    """Bands of rows, smoothed; their edges fitted at a fraction of the resolution."""
    step = max(1, round(halftone.period / 4))
    halo = step * int(np.ceil(5 * halftone.period / step))
    height = step * max(1, min(BAND // pixels.shape[1], len(pixels) + step - 1) // step)
    side = (-pixels.shape[1]) % step
    for top in range(0, len(pixels), height):
        first, last = max(0, top - halo), min(len(pixels), top + height + halo)
        lacking = (halo - (top - first), height + halo - (last - top), 0, side)
        band = _mirrored(_codes(pixels[first:last]), lacking)
        yield _redrawn(band, halftone.period, step)[halo:-halo, : pixels.shape[1]]


def _redrawn(dotted: Field, period: float, step: int) -> Field:
    """Smoothed, and the edges fitted to the dotted picture ("fast guided filter", He 2015)."""
    deviation = SMOOTHING * period
    side = 2 * round(3 * deviation) + 1
    smooth = np.asarray(cv2.GaussianBlur(dotted, (side, side), deviation), np.float32)
    height, width = dotted.shape[:2]
    small = (width // step, height // step)
    guide, target = (_resized(values, small, cv2.INTER_AREA) for values in (smooth, dotted))
    reach = 2 * round(EDGE_REACH * period / step) + 1

    def mean(values: Field) -> Field:
        return np.asarray(cv2.blur(values, (reach, reach)), np.float32)

    guide_mean, target_mean = mean(guide), mean(target)
    shared = mean(guide * target) - guide_mean * target_mean
    own = mean(guide * guide) - guide_mean * guide_mean
    slope = np.asarray(shared / (own + EDGE_NOISE), np.float32)
    offset = mean(np.asarray(target_mean - slope * guide_mean))
    whole = (width, height)
    fitted = _resized(mean(slope), whole, cv2.INTER_LINEAR) * smooth
    fitted += _resized(offset, whole, cv2.INTER_LINEAR)
    return fitted


def _notched(pixels: Pixels, halftone: Halftone) -> Iterator[Field]:
    """Bands of half a tile's rows, from tiles that overlap by half and add up to one."""
    height, width = pixels.shape[:2]
    sides = (0, 0, MIDDLE, MIDDLE + (-width) % MIDDLE)
    near = _nearness(halftone.peaks)
    pending = np.zeros((1, 1, 1), np.float32)
    for top in range(-MIDDLE, height, MIDDLE):
        rows = np.abs(np.arange(top, top + TILE))  # mirrored at both ends
        rows = np.minimum(rows, 2 * (height - 1) - rows).clip(0)
        done = _notched_row(_mirrored(_codes(pixels[rows]), sides), near)
        if top >= 0:
            yield (pending + done[:MIDDLE])[:, MIDDLE : MIDDLE + width]
        pending = done[MIDDLE:]


def _notched_row(band: Field, near: Field) -> Field:
    """One row of tiles, cleaned and added up where they overlap."""
    sine = np.sin(np.pi * (np.arange(TILE, dtype=np.float32) + np.float32(0.5)) / TILE)
    window = np.outer(sine, sine)
    done = np.zeros_like(band)
    for left in range(0, band.shape[1] - MIDDLE, MIDDLE):
        part = slice(left, left + TILE)
        for channel in range(3):
            spectrum = np.fft.rfft2(band[:, part, channel] * window)
            cleaned = np.fft.irfft2(spectrum * _gain(spectrum, near), s=(TILE, TILE))
            done[:, part, channel] += cleaned.astype(np.float32) * window
    return done


def _mirrored(values: Field, borders: tuple[int, int, int, int]) -> Field:
    """With borders at the top, bottom, left and right."""
    return np.asarray(cv2.copyMakeBorder(values, *borders, cv2.BORDER_REFLECT), np.float32)


def _resized(values: Field, size: tuple[int, int], how: int) -> Field:
    return np.asarray(cv2.resize(values, size, interpolation=how), np.float32)


def _nearness(peaks: tuple[Peak, ...]) -> Field:
    """1 at the needles, falling to 0 around them, in the layout of a real picture's spectrum."""
    down = np.fft.fftfreq(TILE)[:, None]
    across = np.fft.rfftfreq(TILE)[None]
    near = np.zeros((TILE, MIDDLE + 1), np.float32)
    for x, y in peaks:
        for sign in (1, -1):
            distance = np.hypot(across - sign * x, down - sign * y) * TILE
            near = np.maximum(near, np.exp(-((distance / NOTCH) ** 4))).astype(np.float32)
    return near


def _gain(spectrum: NDArray[np.complexfloating], near: Field) -> Field:
    """What brings the bins near needles down to the level of those around."""
    level = np.log(np.abs(spectrum) + 1e-3).astype(np.float32)
    over = np.maximum(level - np.asarray(cv2.blur(level, (21, 21))), 0)
    return np.asarray(1 - near * (1 - np.exp(-over)), np.float32)
