"""Artifact metrics: grids, noise in flat areas, and colour casts on what is grey.

Pictures are uint8 ``(H, W, 3)`` sRGB. Luma is Rec. 709's, of the values as encoded,
0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.color import luma_of
from ganfx.media.portable import use_portable_opencv

Floats = NDArray[np.float64]

AROUND = (3, 4, 5)
"""Distances, in bins of the spectrum, of the neighbours that a grid's frequency is compared
with: beyond the leakage of the window."""
BLOCK = 16
"""Side of the blocks that flat areas are made of, in pixels."""
COARSE = 256
"""Pixels of the longer side at which colors are compared."""
TONES = 24
"""Steps of lightness within which colors are compared."""
FLAT = 0.012
"""Deviation of luma in a block up to which a photo is flat there: sky, with its noise."""


def grid_energy(picture: ImageU8, stride: int, *, both_ways: bool = False) -> float:
    """How much stronger the frequencies of a grid are than those beside them.

    Args:
        picture: At least 16 strides on each side.
        stride: Period of the grid in pixels, at least 2: a network's stride.
        both_ways: Leave out what lines ruled in one direction have at these frequencies: a
            network's grid shows along both axes alike, hatching does not.

    Returns:
        The mean, over all multiples of ``1 / stride`` along both axes, of the power there
        over the mean power `AROUND` it: about 1 without a grid, whatever the texture.

    Raises:
        ValueError: The picture is too small, or the stride.
    """
    if stride < 2 or min(picture.shape[:2]) < 16 * stride:
        raise ValueError(f"a stride of {stride} needs 16 times as many pixels on each side")
    height, width = (size // stride * stride for size in picture.shape[:2])
    luma = _luma_codes(picture[:height, :width])
    window = np.hanning(height)[:, None] * np.hanning(width)
    power = np.abs(np.fft.fft2((luma - luma.mean()) / 255.0 * window)) ** 2 + 1e-12
    rows, columns = height // stride, width // stride
    ratios = {
        (i, j): power[i * rows, j * columns] / _beside(power, i * rows, j * columns)
        for i in range(stride)
        for j in range(stride)
        if i or j
    }
    shown = [_least_of_turned(ratios, *at, stride) if both_ways else ratios[at] for at in ratios]
    return float(np.mean(shown))


def _least_of_turned(
    ratios: Mapping[tuple[int, int], float], row: int, column: int, stride: int
) -> float:
    """The least ratio of a frequency and of those that it is when turned or mirrored.

    Times their number, as noise has: the mean of the least of ``n`` exponentially distributed
    powers is the ``n``-th part of the mean of all.
    """
    turned = {
        (i % stride, j % stride)
        for a, b in ((row, column), (column, row))
        for i, j in ((a, b), (a, -b))  # -a, -b has the power of a, b
    }
    alike = {min(at, (-at[0] % stride, -at[1] % stride)) for at in turned}
    return len(alike) * min(ratios[at] for at in alike)


def _beside(power: Floats, row: int, column: int) -> float:
    """Mean power around a bin; of a bin on an axis, along that axis only.

    Horizons and walls put their power on the axes: beside an axis there is less anyway.
    """
    height, width = power.shape
    steps = [step for around in AROUND for step in (-around, around)]
    across = [power[row, (column + step) % width] for step in steps] if column else []
    down = [power[(row + step) % height, column] for step in steps] if row else []
    return float(np.mean(across + down))


def flat_area_noise(before: ImageU8, after: ImageU8) -> float | None:
    """How much texture a look puts where the photo has none.

    Args:
        before: The photo, at least `BLOCK` pixels on each side.
        after: What became of it, the same shape.

    Returns:
        The mean deviation of luma within the blocks that are flat in the photo, 0 to 1;
        None if none is.

    Raises:
        ValueError: The shapes differ.
    """
    if before.shape != after.shape:
        raise ValueError(f"expected equal shapes, got {before.shape} and {after.shape}")
    flat = _block_deviations(_luma_codes(before)) <= FLAT
    if not flat.any():
        return None
    return float(_block_deviations(_luma_codes(after))[flat].mean())


def _block_deviations(luma: Floats) -> Floats:
    """Standard deviation of every whole block, 0 to 1."""
    rows, columns = (size // BLOCK for size in luma.shape)
    whole = luma[: rows * BLOCK, : columns * BLOCK]
    deviations: Floats = whole.reshape(rows, BLOCK, columns, BLOCK).std(axis=(1, 3)) / 255.0
    return deviations


def mean_chroma(picture: ImageU8) -> tuple[float, float]:
    """Mean a* and b* (CIE L*a*b*, D65): what is grey on average has 0 and 0."""
    use_portable_opencv()
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255.0), cv2.COLOR_RGB2Lab)
    a, b = np.asarray(lab, dtype=np.float64)[..., 1:].mean(axis=(0, 1))
    return float(a), float(b)


def color_variety(picture: ImageU8) -> float:
    """How much colors differ at equal lightness, looked at coarsely.

    A toned print, or one on yellowed paper, has one tint for each lightness: about 0, as gray has.

    Returns:
        Root mean square, in CIE a* and b*, of the distances from the mean of each lightness.
    """
    use_portable_opencv()
    step = max(1, max(picture.shape[:2]) // COARSE)
    small = np.ascontiguousarray(picture[::step, ::step]).astype(np.float32) / np.float32(255.0)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2Lab).reshape(-1, 3).astype(np.float64)
    tones = np.clip(lab[:, 0] / 100.0 * TONES, 0, TONES - 1).astype(np.int64)
    counts = np.maximum(np.bincount(tones, minlength=TONES), 1)
    squares = [
        np.square(lab[:, i] - (np.bincount(tones, lab[:, i], TONES) / counts)[tones])
        for i in (1, 2)
    ]
    return float(np.sqrt(np.mean(squares[0] + squares[1])))


def _luma_codes(picture: ImageU8) -> Floats:
    """Luma in codes of 255; in float64, where the mean of equal ones is exactly that."""
    return luma_of(picture).astype(np.float64)
