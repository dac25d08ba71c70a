"""Film grain: new in every frame, the same on every machine. Paper: the same in every frame.

Grain is a function of (seed, frame number, x, y) and nothing else; of paper, without the
number. Along an axis that wraps, x or y begins anew where the picture does. Every pixel
hashes its own position, in integers, so no order of work, tile, thread or library version
changes it. The noise is white below a cutoff, as the grain of film is (Selwyn's law: its
granularity falls with the square root of the area looked at), and shaped by a small Gaussian
in integers too. It shows most in mid-tones: black film base and clear highlights have little
of it, and so have thick paint and bare paper.
"""

from __future__ import annotations

import math
import os
import re
import zlib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageF32
from ganfx.media.color import luma_of
from ganfx.preset import GrainConfig
from ganfx.stylize.effects.effect import Effect, Place
from ganfx.stylize.effects.hashing import Hashes, mixed, mixed_key

Tile = tuple[int | None, int | None]
"""Rows and columns after which the plane repeats; None for never."""

LINES = 1080  # picture height at which GrainConfig.size is given in pixels
FLOOR = 0.12  # share of the mid-tone's amplitude that is left in black and white

_NUMBERED = re.compile(r"[._](-?\d+)$")
_BAND = 64  # rows at a time: intermediates stay in the CPU's cache
_WEIGHT_SUM = 512  # of the integer kernel; twice applied it keeps sums within 31 bits
_BYTES_VARIANCE = 4 * (256**2 - 1) / 12  # of the sum of four uniform bytes
_MEAN_OF_BYTES = 510


def add_grain(rgb: ImageF32, grain: GrainConfig, place: Place) -> ImageF32:
    """Lay grain over a picture, or over some rows of one.

    Args:
        rgb: ``(H, W, 3)`` float32, display-encoded in [0, 1].
        grain: Amount, size, colour, and whether it stays from frame to frame; the size is
            scaled with the picture's height.
        place: Where it lies; grain has one size whatever the brush's.

    Returns:
        A new ``(H, W, 3)`` float32 in [0, 1]; ``rgb`` itself when the amount is 0.
    """
    if grain.amount == 0:
        return rgb
    height, width = rgb.shape[:2]
    frame = 0 if grain.still else place.number
    size = grain.size * place.height / LINES
    tile = (place.height if "y" in place.wrap else None, width if "x" in place.wrap else None)
    # Grains finer than a pixel average out within it (Selwyn's law again).
    amount = np.float32(grain.amount * min(size, 1.0))
    result = np.empty_like(rgb)
    for top in range(0, height, _BAND):
        rows = slice(top, min(top + _BAND, height))
        plane = slice(place.first + rows.start, place.first + rows.stop)
        columns = slice(place.left, place.left + width)
        noise = _channels(grain.color, size, (plane, columns), place.seed, frame, tile)
        band = rgb[rows]
        noise *= amount * _response(band)[..., np.newaxis]
        np.add(band, noise, out=result[rows])
        np.clip(result[rows], 0.0, 1.0, out=result[rows])
    return result


def grain_field(
    size: float,
    rows: slice,
    columns: slice,
    *,
    seed: int,
    frame: int,
    layer: int = 0,
    tile: Tile = (None, None),
) -> ImageF32:
    """One channel of grain for a rectangle of the picture plane.

    Args:
        size: Diameter of a grain in pixels; below 1 it is 1.
        rows: Rows of the plane, start and stop given; any rectangle of an endless plane.
        columns: Likewise.
        seed: Any integer; another one is other grain throughout.
        frame: Frame number; of a file, its `grain_number`.
        layer: Other layers of a frame are independent.
        tile: Rows and columns after which the plane repeats; None for never.

    Returns:
        ``(rows, columns)`` float32 with mean 0 and variance 1, nearly Gaussian.
    """
    weights = _kernel(max(size, 1.0))
    reach = len(weights) // 2
    white = _white(
        slice(rows.start - reach, rows.stop + reach),
        slice(columns.start - reach, columns.stop + reach),
        mixed_key(seed, frame, layer),
        tile,
    )
    height, width = rows.stop - rows.start, columns.stop - columns.start
    across = np.zeros((white.shape[0], width), np.int32)
    for i, weight in enumerate(weights):
        across += np.int32(weight) * white[:, i : i + width]
    blurred = np.zeros((height, width), np.int32)
    for i, weight in enumerate(weights):
        blurred += np.int32(weight) * across[i : i + height]
    # Variances add: a kernel multiplies the variance by the sum of its squares.
    deviation = math.sqrt(_BYTES_VARIANCE) * sum(weight * weight for weight in weights)
    return blurred.astype(np.float32) * np.float32(1 / deviation)


def named_number(path: Path) -> int | None:
    """The number that a file's name ends with, after a dot or an underscore; None without one."""
    numbered = _NUMBERED.search(path.stem)
    return int(numbered[1]) if numbered else None


def grain_number(path: Path, frame: int | None = None) -> int:
    """The number by which a file gets its grain.

    It comes from the name alone, so that a frame has the same grain whether it is done by
    itself or with its sequence: the frame number after a dot or an underscore, else a
    checksum of the name.

    Args:
        path: The file.
        frame: Its frame number, if it is one of a sequence. Where the name ends in another number,
            as that of a subframe ("b.1001.25"), all frames would have the same grain.
    """
    named = named_number(path)
    if named is not None and frame in (None, named):
        return named
    return zlib.crc32(os.fsencode(path.stem))


def _channels(
    color: float, size: float, part: tuple[slice, slice], seed: int, frame: int, tile: Tile
) -> ImageF32:
    """Grain of a part, ``(h, w, 3)``, or ``(h, w, 1)`` when it has no colour.

    ``color`` is the share of its variance that a channel has for itself.
    """
    rows, columns = part

    def field(layer: int) -> ImageF32:
        return grain_field(size, rows, columns, seed=seed, frame=frame, layer=layer, tile=tile)

    shared = field(0)
    if color == 0:
        return shared[..., np.newaxis]
    own = [field(layer) for layer in (1, 2, 3)]
    together, apart = np.float32(math.sqrt(1 - color)), np.float32(math.sqrt(color))
    return np.stack([together * shared + apart * each for each in own], axis=-1)


def _response(rgb: ImageF32) -> ImageF32:
    """Amplitude by brightness, ``(h, w)``: 1 at mid-grey, `FLOOR` in black and white."""
    luma = luma_of(rgb)
    luma *= np.float32(4 * (1 - FLOOR)) * (1 - luma)
    luma += np.float32(FLOOR)
    return luma


@cache
def _kernel(size: float) -> tuple[int, ...]:
    """Integer taps of a Gaussian whose full width at half maximum is ``size`` pixels."""
    sigma = size / (2 * math.sqrt(2 * math.log(2)))
    reach = max(1, math.ceil(2.5 * sigma))
    bells = [math.exp(-0.5 * (x / sigma) ** 2) for x in range(-reach, reach + 1)]
    return tuple(round(_WEIGHT_SUM * bell / sum(bells)) for bell in bells)


def _white(rows: slice, columns: slice, key: int, tile: Tile) -> NDArray[np.int32]:
    """White noise, an integer for every position: the sum of a hash's four bytes."""
    y, x = _positions(rows, tile[0]), _positions(columns, tile[1])
    row = mixed(mixed(y) ^ np.uint32(key))
    hashes = mixed(row[:, np.newaxis] ^ mixed(x)[np.newaxis, :])
    pairs = (hashes & np.uint32(0x00FF00FF)) + ((hashes >> np.uint32(8)) & np.uint32(0x00FF00FF))
    total = (pairs & np.uint32(0xFFFF)) + (pairs >> np.uint32(16))
    return total.astype(np.int32) - np.int32(_MEAN_OF_BYTES)


def _positions(span: slice, period: int | None) -> Hashes:
    positions = np.arange(span.start, span.stop, dtype=np.int64)
    return (positions if period is None else positions % period).astype(np.uint32)


GRAIN = Effect(
    "grain",
    section=lambda header: header.grain,
    apply=add_grain,
    per_frame=True,
    in_every_fingerprint=True,
)
