"""Border padding: how many pixels of mirror image a picture needs around it.

With as much as the receptive radius nothing beyond a picture's border counts at all. But a
radius is where the faintest influence ends: what lies beyond a third of it hardly ever changes
a pixel, and a 1080p frame with all of it around has a third more pixels to compute.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganfx.models.generator import Generator

TOLERANCE = 0.5 * 2 / 255
"""Half a step of 8 bits, in [-1, 1]: the most that any pixel may differ for want of border."""


def measure_border(generator: Generator, photos: Tensor) -> int:
    """The fewest pixels of mirror image that give what the whole receptive radius would.

    Args:
        generator: A trained one.
        photos: ``(B, 3, H, W)`` in [-1, 1], to measure it on; they may be small.

    Returns:
        A multiple of the generator's stride, or its radius where nothing less will do.
    """
    with torch.inference_mode():
        exact = list(_surrounded(generator, photos, generator.receptive_radius))
        for border in range(generator.stride, generator.receptive_radius, generator.stride):
            rough = _surrounded(generator, photos, border)
            if all((a - b).abs().max() <= TOLERANCE for a, b in zip(exact, rough, strict=True)):
                return border
    return generator.receptive_radius


def mirrored(start: int, stop: int, size: int) -> NDArray[np.intp]:
    """Indices ``start..stop`` into ``size`` pixels that mirror at both ends, without end.

    The edge pixel is repeated (``c b a | a b c | c b a``), so a single pixel will do.
    """
    phase = np.arange(start, stop) % (2 * size)
    return np.minimum(phase, 2 * size - 1 - phase)


def _surrounded(generator: Generator, photos: Tensor, border: int) -> Iterator[Tensor]:
    """Photos as the generator makes them with that much around, in [-1, 1], each when asked for."""
    stride, (height, width) = generator.stride, photos.shape[-2:]
    border = round_up(border, stride)
    rows, columns = (
        torch.from_numpy(mirrored(-border, round_up(size, stride) + border, size)).to(photos.device)
        for size in (height, width)
    )
    inside = (..., slice(border, border + height), slice(border, border + width))
    wide = (photo[:, rows][..., columns].unsqueeze(0) for photo in photos)
    return (generator(photo)[inside].clamp(-1.0, 1.0) for photo in wide)


def round_up(value: int, multiple: int) -> int:
    """The least multiple that is no smaller than ``value``."""
    return math.ceil(value / multiple) * multiple
