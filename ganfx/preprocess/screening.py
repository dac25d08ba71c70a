"""Image quality measures: sharpness, noise and exposure.

All are computed on a thumbnail cropped to the picture. Sharpness and noise are independent of
brightness and contrast.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.portable import use_portable_opencv
from ganfx.preprocess.pieces import Thumbnail

Field = NDArray[np.float32]

FINE = 0.8  # pixels: standard deviations of the two blurs whose gradients are compared
COARSE = 2.5
CELL = 48  # pixels: side of the patches that are measured one by one
SHARP_SHARE = 0.25  # share of the edges, the sharpest, that determine the result
ANGLES = np.arange(32) * (np.pi / 32)  # a shake is within 3 degrees of one of them

NOISE_DECAY = 0.08  # energy left at a four times coarser scale: noise 1/16 and a bit
PICTURE_DECAY = 0.40  # nearly every picture keeps more than this

BLACK = 20  # codes
WHITE = 250
NEAR = 4  # codes from the commonest tone that count as the same
BLACK_SHARE = 0.97
WHITE_SHARE = 0.95
CLIPPED_SHARE = 0.70
BLEACHED_SHARE = 0.10  # of it with colour left, or it is the paper of a drawing
FLAT_SHARE = 0.97


def sharpness(thumbnail: Thumbnail) -> float:
    """Sharpness of the sharpest parts, in the direction in which it is lowest.

    The share of gradient energy at a blur of 0.8 pixels that is lost at 2.5 (after Crete et
    al. 2007, "The blur effect"), less noise. A step edge gives 0.68, fine texture more; an
    edge blurred by a standard deviation of 1 thumbnail pixel 0.52, by 2 pixels 0.33, by 4
    pixels 0.14. Shallow depth of field is accepted: only the sharpest quarter counts. Motion
    blur reduces detail in one direction only, hence the minimum over directions. The measure
    is independent of contrast.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB, cropped to the picture.

    Returns:
        0 (blurred or without detail) to 1.
    """
    gray = _gray(thumbnail)
    height, width = gray.shape
    if min(height, width) < 8:
        return 0.0
    cells = max(1, round(width / CELL)), max(1, round(height / CELL))
    half = _averaged(gray, (width // 2, height // 2))
    coarse_blur = np.sqrt(COARSE**2 - 0.5) / 2  # halving blurs a little, too
    fine = _gradient_energy(_blurred(gray, FINE), cells)
    coarse = _gradient_energy(_blurred(half, coarse_blur), cells) / 4  # per pixel, squared
    noise = np.percentile(fine[0] + fine[len(ANGLES) // 2], 5) / 2  # level of the calmest cells
    ratio = _upper_quantile(np.maximum(fine - noise, 0), np.maximum(coarse, 1e-3))
    return float(1 - 1 / max(1.0, ratio.min()))


def noisiness(thumbnail: Thumbnail) -> float:
    """Degree to which a picture is pure noise: 1 for static or a covered lens.

    The variance of block means of pure noise falls by 16 for every factor of 4 in block size,
    whatever its distribution; that of a picture does not. Second differences are used
    (Hadamard variance), which are insensitive to gradients such as vignetting. A picture with
    noise as strong as itself stays under 0.6.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB, cropped to the picture.

    Returns:
        0 to 1; 0 for sides under 96 pixels, and for a single value.
    """
    gray = _gray(thumbnail)
    if min(gray.shape) < 96:
        return 0.0
    of_4, of_8, of_16, of_32 = _block_variations(gray)
    if of_4 < 1e-3 or of_8 < 1e-3:
        return 0.0
    decay = float(np.sqrt(of_16 / of_4 * (of_32 / of_8)))
    return float(np.clip((PICTURE_DECAY - decay) / (PICTURE_DECAY - NOISE_DECAY), 0, 1))


def exposure_problem(thumbnail: Thumbnail) -> str:
    """Describe an exposure problem, such as "98 % of it is black"; "" if there is none.

    Only for pictures with hardly any content: black, white or one tone nearly everywhere, or
    clipped. Night, snow and pencil on white paper pass.

    Args:
        thumbnail: uint8 ``(H, W, 3)`` sRGB, cropped to the picture.
    """
    gray = _histogram(_gray(thumbnail))
    one_tone = np.convolve(gray, np.ones(2 * NEAR + 1)).max()
    for share, limit, what in (
        (gray[: BLACK + 1].sum(), BLACK_SHARE, "black"),
        (gray[WHITE:].sum(), WHITE_SHARE, "white"),
        (_clipped_share(thumbnail), CLIPPED_SHARE, "clipped"),
        (one_tone, FLAT_SHARE, "one tone"),
    ):
        if share >= limit:
            return f"{round(100 * share)} % of it is {what}"
    return ""


def _clipped_share(thumbnail: Thumbnail) -> float:
    """Share of pixels with a clipped channel in an overexposed photograph; else 0."""
    red, green, blue = cv2.split(thumbnail)
    highest = np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)
    lowest = np.asarray(cv2.min(cv2.min(red, green), blue), np.uint8)
    clipped = float(_histogram(highest)[254:].sum())
    white = float(_histogram(lowest)[WHITE:].sum())
    return clipped if clipped - white >= BLEACHED_SHARE else 0.0


def _gray(thumbnail: Thumbnail) -> NDArray[np.uint8]:
    use_portable_opencv()
    return np.asarray(cv2.cvtColor(thumbnail, cv2.COLOR_RGB2GRAY), np.uint8)


def _blurred(gray: NDArray[np.uint8] | Field, deviation: float) -> Field:
    side = 2 * int(3 * deviation + 0.5) + 1
    blurred = cv2.GaussianBlur(gray.astype(np.float32), (side, side), deviation)
    return np.asarray(blurred, np.float32)


def _averaged(values: NDArray[np.uint8] | Field, size: tuple[int, int]) -> Field:
    """Downscale to ``size`` (width, height) by area averaging; uint8 is rounded to codes."""
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def _gradient_energy(gray: Field, cells: tuple[int, int]) -> Field:
    """Mean squared gradient along each of `ANGLES` in each cell: ``(angles, cells)``."""
    dx = gray[1:-1, 2:] - gray[1:-1, :-2]
    dy = gray[2:, 1:-1] - gray[:-2, 1:-1]
    xx, yy, xy = (_averaged(a * b, cells).ravel() / 4 for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    cos, sin = np.cos(ANGLES)[:, None], np.sin(ANGLES)[:, None]
    return np.asarray(cos**2 * xx + sin**2 * yy + 2 * cos * sin * xy, np.float32)


def _upper_quantile(fine: Field, coarse: Field) -> Field:
    """Energy-weighted upper quartile of fine by coarse energy, by angle: ``(angles,)``."""
    ratio = fine / coarse
    order = np.argsort(ratio, axis=1)
    summed = np.cumsum(np.take_along_axis(coarse, order, 1), axis=1)
    pick = np.sum(summed < (1 - SHARP_SHARE) * summed[:, -1:], axis=1, keepdims=True)
    return np.take_along_axis(ratio, np.take_along_axis(order, pick, 1), 1)[:, 0]


def _block_variations(gray: NDArray[np.uint8]) -> list[float]:
    """Hadamard variance of the means of blocks of 4, 8, 16 and 32 pixels."""
    height, width = (side // 32 * 32 for side in gray.shape)
    means = np.asarray(gray[:height, :width], np.float32)
    variations = []
    for side in (4, 8, 16, 32):
        size = (width // side, height // side)
        means = _averaged(means, size)
        across = means[:, 2:] - 2 * means[:, 1:-1] + means[:, :-2]
        down = means[2:] - 2 * means[1:-1] + means[:-2]
        squares = float(np.square(across).sum() + np.square(down).sum())
        variations.append(squares / (6 * (across.size + down.size)))
    return variations


def _histogram(gray: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Share of each of the 256 values."""
    counts = np.bincount(gray.ravel(), minlength=256)
    return np.asarray(counts / counts.sum(), np.float64)
