"""Whether textures are distributed as in the art, wherever they lie."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

TINY = 1e-8


def style_loss(
    art: Sequence[Tensor], fake: Sequence[Tensor], directions: int = 24, points: int = 4096
) -> Tensor:
    """Sliced Wasserstein distance between texture features (Heitz et al. 2021).

    At every scale the feature vectors of both sets are projected on random directions
    and compared in sorted order, so their whole distribution counts, not only their
    covariance. Random numbers come from torch's global generator.

    Args:
        art: Feature maps ``(B, C, h, w)``, one for each scale.
        fake: The same of the generated pictures.
        directions: Random projections at every scale.
        points: Positions drawn from each set at every scale.
    """
    terms = [_sliced(a, f, directions, points) for a, f in zip(art, fake, strict=True)]
    return torch.stack(terms).mean()


def texture_loss(art: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
    """`style_loss` in units of the art's own spread, for features of any magnitude.

    Args:
        art: Feature maps ``(B, C, h, w)`` of a feature network, one for each scale.
        fake: The same of the generated pictures.
    """
    scales = [a.float().std().add(TINY) for a in art]
    return style_loss(
        [a.float() / scale for a, scale in zip(art, scales, strict=True)],
        [f.float() / scale for f, scale in zip(fake, scales, strict=True)],
    )


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


def _sliced(art: Tensor, fake: Tensor, directions: int, points: int) -> Tensor:
    channels = art.shape[1]
    axes = F.normalize(torch.randn(channels, directions, device=art.device), dim=0)
    ours, theirs = (_draw(features, points) @ axes for features in (fake, art))
    return (ours.sort(dim=0).values - theirs.sort(dim=0).values).abs().mean()


def _draw(features: Tensor, points: int) -> Tensor:
    """``points`` random feature vectors, ``(points, C)``, with replacement."""
    vectors = features.float().movedim(1, -1).reshape(-1, features.shape[1])
    return vectors[torch.randint(len(vectors), (points,), device=vectors.device)]
