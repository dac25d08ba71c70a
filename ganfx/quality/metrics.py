"""Picture metrics: structure and style distance; none needs a trained network.

Pictures are uint8 ``(H, W, 3)`` sRGB. Luma is Rec. 709's, of the values as encoded,
0 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.color import luma_of

Floats = NDArray[np.float64]


def structure(before: ImageU8, after: ImageU8) -> float:
    """How much of a picture's drawing a look keeps: the correlation of luma gradients.

    Args:
        before: ``(H, W, 3)`` uint8, at least 3 pixels on each side.
        after: The same shape.

    Returns:
        -1 to 1: 1 where every edge is where it was (whatever its strength overall), 0 where
        edges are unrelated, -1 for a negative. Two flat pictures give 1, one flat one 0.

    Raises:
        ValueError: If the shapes differ.
    """
    if before.shape != after.shape:
        raise ValueError(f"expected equal shapes, got {before.shape} and {after.shape}")
    first, second = _gradients(before), _gradients(after)
    power = np.sqrt(np.sum(first * first) * np.sum(second * second))
    if power == 0.0:
        return 1.0 if not first.any() and not second.any() else 0.0
    return float(np.clip(np.sum(first * second) / power, -1.0, 1.0))


def mean_of_known(values: Sequence[float | None]) -> float | None:
    """The mean of those that could be measured; None if none could."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def style_distance(
    first: Sequence[ImageU8],
    second: Sequence[ImageU8],
    *,
    patch: int = 7,
    patches: int = 4096,
    directions: int = 128,
    seed: int = 0,
) -> float:
    """How far apart two sets of pictures are in texture and colour, wherever things lie.

    The sliced Wasserstein distance between their square patches (Rabin et al. 2011,
    "Wasserstein Barycenter and Its Application to Texture Mixing"): the mean, over random
    directions, of the distance between the sorted projections.

    Args:
        first: Pictures, each at least ``patch`` pixels on each side; sizes may differ.
        second: The same.
        patch: Side of a patch, in pixels.
        patches: How many are drawn from each set.
        directions: How many projections are averaged.
        seed: Chooses the patches and the directions.

    Returns:
        0 for sets with the same patches, larger the less alike; the mean difference of a
        projected patch, in the display range 0 to 1. Compare only equal ``patch``.

    Raises:
        ValueError: If a set is empty or a picture smaller than a patch.
    """
    rng = np.random.default_rng(seed)
    axes = rng.standard_normal((patch * patch * 3, directions))
    axes /= np.linalg.norm(axes, axis=0)
    drawn = rng.random((patches, 3))  # the same places in both: equal sets are at distance 0
    projected = [np.sort(_patches(s, patch, drawn) @ axes, axis=0) for s in (first, second)]
    return float(np.abs(projected[0] - projected[1]).mean())


def _gradients(picture: ImageU8) -> Floats:
    """Central differences of luma, right and down: ``(2, H - 2, W - 2)``."""
    luma = luma_of(picture).astype(np.float64) / 255.0
    across = luma[1:-1, 2:] - luma[1:-1, :-2]
    down = luma[2:, 1:-1] - luma[:-2, 1:-1]
    return np.stack([across, down])


def _patches(pictures: Sequence[ImageU8], side: int, drawn: Floats) -> Floats:
    """Patches ``(N, side * side * 3)`` at places drawn from [0, 1): picture, row, column."""
    if not pictures or any(min(p.shape[:2]) < side for p in pictures):
        raise ValueError(f"expected pictures of at least {side} pixels on each side")
    found = np.empty((len(drawn), side * side * 3))
    for i, (which, down, across) in enumerate(drawn):
        picture = pictures[int(which * len(pictures))]
        row = int(down * (picture.shape[0] - side + 1))
        column = int(across * (picture.shape[1] - side + 1))
        found[i] = picture[row : row + side, column : column + side].reshape(-1)
    return found / 255.0
