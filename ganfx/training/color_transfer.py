"""Linear color transfer: the affine map of colours that turns the photos' palette into the art's.

Of all maps that give the photos' colours the art's mean and covariance it moves colours the
least, so that dark stays dark and red stays reddish: the Monge-Kantorovich map.

Source: Pitié, Kokaram, "The Linear Monge-Kantorovitch Linear Colour Mapping for Example-Based
Colour Transfer" (CVMP 2007), section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from ganfx.media.arrays import ImageU8
from ganfx.training.data import to_network
from ganfx.training.losses import TONE_AREA

MOST = 400  # pictures of a set that are looked at: it should take seconds, not minutes
MOST_GAIN = 3.0  # of any direction in RGB: photos without colour have only noise to amplify
NOISE = 1e-6  # variance added to both sets, an eighth of an 8-bit code squared: none is singular

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ColorMoments:
    """What a linear transfer knows about the colours of a set's areas."""

    mean: Floats  # (3,), of RGB in [-1, 1] or linear in it
    covariance: Floats  # (3, 3)


def area_colors(picture: ImageU8) -> Floats:
    """Mean colours ``(N, 3)``, in [-1, 1], of a picture's areas of `TONE_AREA` pixels.

    The texture of ink or of printers' dots is not contrast: it is the tone that it has from afar.
    """
    pixels = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1).unsqueeze(0)
    areas = F.avg_pool2d(to_network(pixels, torch.device("cpu")), TONE_AREA)
    colors: Floats = areas.squeeze(0).flatten(1).T.double().numpy()
    return colors


def linear_transfer(photos: ColorMoments, art: ColorMoments) -> tuple[Floats, Floats]:
    """Matrix ``(3, 3)`` and offset ``(3,)`` of the Monge-Kantorovich map.

    With A and B the covariances, it is ``A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2``: of all matrices T
    with ``T A T' = B`` the symmetric one. Gains above `MOST_GAIN` are held there.
    """
    noise = NOISE * np.eye(3)
    root = _power(photos.covariance + noise, 0.5)
    inverse = _power(photos.covariance + noise, -0.5)
    matrix = inverse @ _power(root @ (art.covariance + noise) @ root, 0.5) @ inverse
    gains, axes = np.linalg.eigh(0.5 * (matrix + matrix.T))
    matrix = (axes * np.minimum(gains, MOST_GAIN)) @ axes.T
    return matrix, art.mean - matrix @ photos.mean


def _power(matrix: Floats, exponent: float) -> Floats:
    """Of a symmetric matrix without negative eigenvalues, but for rounding."""
    values, axes = np.linalg.eigh(matrix)
    raised: Floats = (axes * np.maximum(values, NOISE**2) ** exponent) @ axes.T
    return raised
