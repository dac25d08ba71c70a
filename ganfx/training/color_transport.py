"""Optimal transport of colors: which of the art's colors each of the photos' becomes.

A linear map keeps a smooth palette smooth. Where art has few inks, its colors lie in clusters, and
so do those that transport brings the photos' to. Only the photos' side is exact: art may show
more of a color than the photos have use for.

Sources: Cuturi, "Sinkhorn Distances" (NIPS 2013); Chizat, Peyré, Schmitzer, Vialard, "Scaling
Algorithms for Unbalanced Optimal Transport Problems" (Math. Comp. 2018), for the relaxed side;
Ferradans, Papadakis, Peyré, Aujol, "Regularized Discrete Optimal Transport" (SIAM J. Imaging
Sci. 2014), for the map: the mean of what a color goes to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLUR = 0.01
"""Squared distance of colors, as luma and chroma of RGB from -1 to 1, over which plans are blurred.
Colors a tenth apart and less go to the same place."""
RELAXED = 0.1
"""Squared distance that the art's side is kept to at the cost of: without it, photos are given
colors that they have no use for; at a fifth of it, rare inks are lost."""
WIDEST, NARROWER = 0.2, 0.8
"""First blur of the plans, and what follows the last."""
ROUNDS = 45
"""Of the plan: the first 14 narrow it."""

Floats = NDArray[np.float64]
Map = Callable[[Floats], Floats]
"""Colors ``(N, 3)`` to colors."""


@dataclass(frozen=True)
class ColorTransport:
    """Where colors go: each to the mean of those of the art that a plan gives it."""

    art: Floats
    """``(M, 3)``."""
    worth: Floats
    """``(M,)``: how far each of these is in demand."""

    def __call__(self, colors: Floats) -> Floats:
        """Colors ``(N, 3)``, whether or not they were fitted to, to ``(N, 3)``."""
        shares = (self.worth - _distances(colors, self.art)) / BLUR
        shares = np.exp(shares - shares.max(axis=1, keepdims=True))
        moved: Floats = shares @ self.art / shares.sum(axis=1, keepdims=True)
        return moved


def fit_transport(photos: Floats, art: Floats) -> ColorTransport:
    """The transport of the least squared distance from the photos' colors to about the art's.

    Args:
        photos: ``(N, 3)``, each counting the same.
        art: ``(M, 3)``.
    """
    apart = _distances(photos, art)
    worth, blur = np.zeros(len(art)), WIDEST
    for _ in range(ROUNDS):
        kept = RELAXED / (RELAXED + blur)
        price = -blur * _log_mean_exp((worth - apart) / blur, axis=1)
        worth = -kept * blur * _log_mean_exp((price[:, None] - apart) / blur, axis=0)
        blur = max(BLUR, NARROWER * blur)
    return ColorTransport(art, worth)


def agreement(one: Floats, other: Floats) -> float:
    """How far two fits move colors the same way: 0 to 1, their moves' cosine.

    Args:
        one: ``(N, 3)``: by how much a fit to one half of the pictures moves some colors.
        other: The same, of the other half.
    """
    common = float((one * other).sum())
    size = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return max(0.0, common / size) if size else 0.0


def _distances(some: Floats, others: Floats) -> Floats:
    """``(N, 3)`` and ``(M, 3)`` to squared distances ``(N, M)``."""
    squares = (some * some).sum(axis=1)[:, None] + (others * others).sum(axis=1)
    apart: Floats = np.maximum(squares - 2 * some @ others.T, 0.0)
    return apart


def _log_mean_exp(values: Floats, axis: int) -> Floats:
    largest = values.max(axis=axis, keepdims=True)
    means = np.exp(values - largest).mean(axis=axis)
    logs: Floats = np.log(means) + largest.squeeze(axis)
    return logs
