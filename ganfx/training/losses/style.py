"""Style losses: texture statistics compared with the art's, wherever textures lie."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

TINY = 1e-8
FAINT = 0.02
"""Least unit of a feature of `style_loss`: what the art has nothing of counts, noise does not."""
DIRECTIONS = 24
"""Random projections at every scale."""
POINTS = 2048
"""Places compared at every scale, of each set: sorting more took longer than it helped."""


def style_loss(art: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
    """Sliced Wasserstein distance between texture features (Heitz et al. 2021).

    At every scale the feature vectors of both sets are projected on random directions
    and compared in sorted order, so their whole distribution counts, not only their
    covariance. Every feature is measured in units of the art's own deviation: a faint
    hatching counts as much as bold shadows. Random numbers come from torch's global generator.

    Args:
        art: Feature vectors ``(N, C)``, one set for each scale.
        fake: As many of the generated pictures.
    """
    terms = []
    for theirs, ours in zip(art, fake, strict=True):
        unit = theirs.std(dim=0).add(FAINT)
        terms.append(_sliced(theirs / unit, ours / unit))
    return torch.stack(terms).mean()


def texture_loss(art: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
    """The same distance between feature maps, in units of the deviation of all the art's.

    Single features of a deep network may be silent in all art: their own deviation is no unit.

    Args:
        art: Feature maps ``(B, C, h, w)`` of a feature network, one for each scale.
        fake: The same of the generated pictures.
    """
    terms = []
    for theirs, ours in zip(art, fake, strict=True):
        unit = theirs.float().std().add(TINY)
        terms.append(_sliced(_draw(theirs) / unit, _draw(ours) / unit))
    return torch.stack(terms).mean()


def gram_loss(art: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
    """Difference of the Gram matrices of both sets, relative to the art's (Gatys et al. 2016).

    At every scale the sum of absolute differences over the sum of absolute values, so
    that one weight fits features of any magnitude: 0 for equal statistics, 1 for a
    picture without features.

    Args:
        art: Feature maps ``(B, C, h, w)``, one for each scale.
        fake: The same of the generated pictures.
    """
    terms = []
    for theirs, ours in zip(map(gram_matrix, art), map(gram_matrix, fake), strict=True):
        terms.append((ours - theirs).abs().sum() / theirs.abs().sum().add(TINY))
    return torch.stack(terms).mean()


def gram_matrix(features: Tensor) -> Tensor:
    """``(B, C, h, w)`` to ``(C, C)``: the mean product of any two channels, over the set."""
    vectors = features.float().movedim(1, 0).flatten(1)  # (C, B h w)
    return vectors @ vectors.T / vectors.shape[1]


def _sliced(art: Tensor, fake: Tensor) -> Tensor:
    axes = F.normalize(torch.randn(art.shape[1], DIRECTIONS, device=art.device), dim=0)
    # One projection a row: rows are sorted faster than columns.
    ours, theirs = ((vectors @ axes).T.contiguous() for vectors in (fake, art))
    return (ours.sort(dim=1).values - theirs.sort(dim=1).values).abs().mean()


def _draw(features: Tensor) -> Tensor:
    """Random feature vectors, ``(POINTS, C)``, with replacement."""
    vectors = features.movedim(1, -1).reshape(-1, features.shape[1])
    return vectors[torch.randint(len(vectors), (POINTS,), device=vectors.device)].float()
