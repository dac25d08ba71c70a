"""Halftone detection in the Fourier spectrum, and descreening.

A halftone screen is a square lattice of dots. In the spectrum of a scan it is a handful of
peaks, at the same frequencies in every part of the picture, and symmetric under quarter
turns. Hatching, weaves, bricks and windows have ridges, or peaks in some parts only.
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
PERIODS = (2.6, 14.0)  # range of screen periods that are searched for, in pixels
PROMINENCE = 2.2  # nats by which the mean log power of a peak exceeds its surroundings
AXIS = 2.1  # bins: peaks nearer to an axis are of JPEG blocks or sensor grids
STRONG = 8.0  # codes of amplitude: stronger dots are smoothed, weaker ones notch-filtered
SHARE = 0.6  # of the tiles must have the peak: a fence or a dress is not everywhere
ALIKE = 2.5  # nats between the powers of a lattice's two directions
_NEARBY = 8  # bins around a peak that count as its surroundings

SMOOTHING = 0.48  # periods: standard deviation that leaves 1 % of the lattice
EDGE_REACH = 1.2  # periods: radius over which an edge is fitted
EDGE_NOISE = 60.0  # squared codes of variation that are not an edge
BAND = 1 << 21  # pixels at a time, in whole rows
NOTCH = 2.5  # bins: radius of the notch filter around a peak


@dataclass(frozen=True)
class Halftone:
    """Halftone screen of a printed picture."""

    period: float
    """Screen period: pixels from dot to dot."""
    strength: float
    """Amplitude of the screen's fundamental, in codes of 255; geometric mean over tiles."""
    peaks: tuple[Peak, ...]
    """Frequencies of the peaks of a weak screen, in cycles per pixel across and down; one of
    each conjugate pair. Empty for a strong screen."""


def find_halftone(pixels: Pixels) -> Halftone | None:
    """Find the halftone screen of a scanned print.

    Args:
        pixels: ``(H, W, 3)`` display-encoded, at full resolution: downscaling blurs the dots,
            or leaves a moire.

    Returns:
        None without a screen, and for a picture with a side under 256 pixels.
    """
    use_portable_opencv()
    if min(pixels.shape[:2]) < TILE:
        return None
    powers = [_log_power(_gray(tile)) for tile in _tiles(pixels)]
    level = _unrolled(np.mean(powers, axis=0, dtype=np.float32))
    excess = level - cv2.blur(level, (21, 21), borderType=cv2.BORDER_REFLECT)
    fundamental = _fundamental(level, excess)
    if fundamental is None or not _is_everywhere(powers, *fundamental):
        return None
    y, x = fundamental
    period = 1 / np.hypot(*_refined(excess, y, x))
    amplitude = 2 * np.exp(level[y, x] / 2) / _window().sum()
    weak = amplitude < STRONG
    peaks = tuple(_refined(excess, *peak) for peak in _spectral_peaks(excess)) if weak else ()
    return Halftone(float(period), float(amplitude), peaks)


def descreened(pixels: Pixels, halftone: Halftone) -> Pixels:
    """Remove the halftone dots of a picture; size and type are kept.

    A strong screen is smoothed, and edges are restored by a guided filter (He et al. 2010),
    whose windows fit the smoothed picture to the dotted one. A weak screen, as of a
    downscaled scan, is removed by notch filters in the spectrum.

    Args:
        pixels: ``(H, W, 3)``, at the resolution at which the screen was found.
        halftone: From `find_halftone` for this picture.
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
    """Tiles nearest to mid-tones, where dots are strongest; spread over the picture."""
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
    """Convert to float32 in codes of 0 to 255."""
    return pixels.astype(np.float32) * np.float32(255 / _most(pixels.dtype))


def _stored(codes: Field, dtype: np.dtype[Any]) -> Pixels:
    """Convert codes of 0 to 255 to another type, rounded and clipped."""
    most = _most(dtype)
    values = codes * np.float32(most / 255)
    if dtype.kind == "u":
        values = np.floor(values + np.float32(0.5))
    return np.asarray(np.clip(values, 0, most), dtype)


def _most(dtype: np.dtype[Any]) -> int:
    """Value of white in a type: 255, 65535, or 1 for floats."""
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
    """Full spectrum with its origin in the middle, from the half spectrum of real pixels."""
    right = np.roll(half, MIDDLE, axis=0)  # columns 0 to TILE / 2
    whole = np.empty((TILE, TILE), np.float32)
    whole[:, MIDDLE:] = right[:, :MIDDLE]
    whole[1:, 1:MIDDLE] = right[:0:-1, MIDDLE - 1 : 0 : -1]
    whole[0, 1:MIDDLE] = right[0, MIDDLE - 1 : 0 : -1]
    whole[:, 0] = right[:, MIDDLE]
    return whole


def _fundamental(level: Field, excess: Field) -> tuple[int, int] | None:
    """Bin of the strongest peak, if there is a similar one at a quarter turn."""
    peaks = _spectral_peaks(excess, AXIS)
    if not peaks:
        return None
    y, x = max(peaks, key=lambda peak: (float(level[peak]), peak))
    turned = level[x - 1 : x + 2, TILE - y - 1 : TILE - y + 2].max()
    alike = abs(turned - level[y, x]) < ALIKE
    return (y, x) if alike and _prominence(excess, x, TILE - y) > PROMINENCE else None


def _is_everywhere(powers: list[Field], y: int, x: int) -> bool:
    tiles = [_prominence(_unrolled(power), y, x) > 1 for power in powers]
    return sum(tiles) >= SHARE * len(tiles)


def _spectral_peaks(excess: Field, off_axis: float = -1.0) -> list[tuple[int, int]]:
    """Bins of the peaks in the right half: fundamentals, harmonics and intermodulations."""
    highest = cv2.dilate(excess, np.ones((5, 5), np.uint8))
    down, across = np.mgrid[-MIDDLE:MIDDLE, -MIDDLE:MIDDLE]
    radius = np.hypot(down, across)
    sought = (radius > TILE / PERIODS[1]) & (across > off_axis) & (np.abs(down) > off_axis)
    if off_axis > 0:
        sought &= radius < TILE / PERIODS[0]
    bins = np.argwhere(sought & (excess == highest) & (excess > PROMINENCE)).tolist()
    return [(y, x) for y, x in bins if _prominence(excess, y, x) > PROMINENCE]


def _prominence(excess: Field, y: int, x: int) -> float:
    """Prominence of a peak, in nats over the 90th percentile around it: low on a ridge."""
    if not all(_NEARBY <= place < TILE - _NEARBY for place in (y, x)):
        return 0.0
    peak = excess[y - 1 : y + 2, x - 1 : x + 2].max()
    around = excess[y - _NEARBY : y + _NEARBY + 1, x - _NEARBY : x + _NEARBY + 1]
    distance = np.hypot(*np.mgrid[-_NEARBY : _NEARBY + 1, -_NEARBY : _NEARBY + 1])
    return float(peak - np.quantile(around[(distance >= 4) & (distance <= _NEARBY)], 0.9))


def _refined(excess: Field, y: int, x: int) -> Peak:
    """Subbin frequency of a peak, in cycles per pixel across and down, by parabolic fit."""
    offsets = []
    for before, at, after in (
        (excess[y, x - 1], excess[y, x], excess[y, x + 1]),
        (excess[y - 1, x], excess[y, x], excess[y + 1, x]),
    ):
        bend = before - 2 * at + after
        offsets.append(float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend else 0.0)
    return (x - MIDDLE + offsets[0]) / TILE, (y - MIDDLE + offsets[1]) / TILE


def _smoothed(pixels: Pixels, halftone: Halftone) -> Iterator[Field]:
    """Smoothed bands of rows, with edges restored by a guided filter at lower resolution."""
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
    """Smooth, and restore edges of the dotted picture ("fast guided filter", He 2015)."""
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
    """Notch-filtered bands of rows, by overlap-add of tiles that overlap by half."""
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
    """One row of notch-filtered tiles, overlap-added."""
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
    """Pad by reflection at the top, bottom, left and right."""
    return np.asarray(cv2.copyMakeBorder(values, *borders, cv2.BORDER_REFLECT), np.float32)


def _resized(values: Field, size: tuple[int, int], how: int) -> Field:
    return np.asarray(cv2.resize(values, size, interpolation=how), np.float32)


def _nearness(peaks: tuple[Peak, ...]) -> Field:
    """Notch mask: 1 at the peaks, falling to 0 around them, in the layout of ``rfft2``."""
    down = np.fft.fftfreq(TILE)[:, None]
    across = np.fft.rfftfreq(TILE)[None]
    near = np.zeros((TILE, MIDDLE + 1), np.float32)
    for x, y in peaks:
        for sign in (1, -1):
            distance = np.hypot(across - sign * x, down - sign * y) * TILE
            near = np.maximum(near, np.exp(-((distance / NOTCH) ** 4))).astype(np.float32)
    return near


def _gain(spectrum: NDArray[np.complexfloating], near: Field) -> Field:
    """Gain of the notch filters: attenuates bins near peaks to the level of their surroundings."""
    level = np.log(np.abs(spectrum) + 1e-3).astype(np.float32)
    over = np.maximum(level - np.asarray(cv2.blur(level, (21, 21))), 0)
    return np.asarray(1 - near * (1 - np.exp(-over)), np.float32)
