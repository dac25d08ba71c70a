"""Dataset color statistics: vividness and the tone curve from the photos to the art."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ganfx.media.arrays import ImageU8
from ganfx.models.image import luma, luma_chroma
from ganfx.quality.sampling import spread
from ganfx.training.data import PictureSet, TrainingSet, to_network
from ganfx.training.losses import TONE_AREA

GRID = 8  # pixels between those whose chroma is measured
MOST_VIVID = 2.0  # times as colourful as their photos that results are asked to be at most
LEVELS = 256  # of a tone curve
SAMPLES = 512  # tones that each picture counts with
Recolor = Callable[[Tensor], Tensor]

MOST = 400  # pictures of a set that are looked at: it should take seconds, not minutes


def unchanged(photo: Tensor) -> Tensor:
    """Photos in their own colors."""
    return photo


def vividness(pictures: TrainingSet, recolor: Recolor = unchanged) -> float:
    """How colourful the art is beside the photos: 0 if it is grey, at most `MOST_VIVID`.

    The mean length of chroma (B-Y and R-Y) in one over that in the other.

    Args:
        pictures: Both sets.
        recolor: What is made of photos first, ``(B, 3, H, W)`` in [-1, 1].
    """
    ratio = _mean_chroma(pictures.wanted) / max(_mean_chroma(pictures.photos, recolor), 1e-3)
    return min(ratio, MOST_VIVID)


def tone_curve(pictures: TrainingSet, recolor: Recolor = unchanged) -> Tensor:
    """The curve that gives the photos' areas the art's distribution of tones.

    Histogram matching (Gonzalez and Woods, "Digital Image Processing", section 3.3) of the
    mean luma of areas of `TONE_AREA` pixels: as large a share of areas is darker than a
    tone in the photos as is darker than the curve's value there in the art.

    Args:
        pictures: Both sets.
        recolor: What is made of photos first, ``(B, 3, H, W)`` in [-1, 1].

    Returns:
        ``(LEVELS,)``, rising, in [-1, 1]: what lumas from -1 to 1, evenly spaced, become.
    """
    tones, place = np.unique(_tones(pictures.photos, recolor), return_inverse=True)
    # A tone that many areas share, such as clipped white, becomes the mean of its share.
    wanted = np.bincount(place, _tones(pictures.wanted)) / np.bincount(place)
    curve = np.interp(np.linspace(-1.0, 1.0, LEVELS), tones, wanted)
    return torch.from_numpy(curve.astype(np.float32))


def _mean_chroma(pictures: PictureSet, recolor: Recolor = unchanged) -> float:
    """Of a coarse grid of pixels of every picture, each counting the same."""
    means = []
    for picture in spread(pictures.pictures, MOST):
        pixels = torch.from_numpy(np.ascontiguousarray(picture[::GRID, ::GRID]))
        rgb = recolor(to_network(pixels.permute(2, 0, 1).unsqueeze(0), torch.device("cpu")))
        means.append(float(luma_chroma(rgb)[:, 1:].square().sum(1).sqrt().mean()))
    return sum(means) / len(means)


def _tones(pictures: PictureSet, recolor: Recolor = unchanged) -> NDArray[np.float64]:
    """Quantiles of the tones of areas, in [-1, 1], every picture counting the same."""
    shares = np.linspace(0.0, 1.0, SAMPLES)
    tones = np.concatenate(
        [np.quantile(_areas(p, recolor), shares) for p in spread(pictures.pictures, MOST)]
    )
    quantiles: NDArray[np.float64] = np.quantile(tones, np.linspace(0.0, 1.0, LEVELS))
    return quantiles


def _areas(picture: ImageU8, recolor: Recolor) -> NDArray[np.float32]:
    """Mean lumas of a picture's areas, in [-1, 1]."""
    pixels = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1).unsqueeze(0)
    gray = luma(recolor(to_network(pixels, torch.device("cpu"))))
    areas: NDArray[np.float32] = F.avg_pool2d(gray, TONE_AREA).numpy()
    return areas
