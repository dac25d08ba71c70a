"""Loss terms: pure functions from tensors to one scalar.

Images are ``(B, 3, H, W)`` floats in [-1, 1]. Logits are a discriminator's raw
output, ``(B, 1, h, w)``: one verdict per patch, high for "real". All terms are
means, so none depends on the crop's size or on the number of crops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.generator import blur_down, luma

Adversarial = Literal["bce", "lsgan", "hinge", "relativistic"]

COARSE_LEVELS = 2  # content is compared at a quarter of the size: texture stays free
COLOR_LEVELS = 4  # colour at a sixteenth
FLAT = 0.03  # luma difference between neighbours, of 2, below which a photo counts as flat


def discriminator_loss(kind: Adversarial, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """What a discriminator minimises.

    ``bce`` is cross-entropy (Goodfellow et al. 2014), ``lsgan`` least squares (Mao et
    al. 2017), ``hinge`` Lim and Ye 2017, and ``relativistic`` the paired softplus of
    Jolicoeur-Martineau 2018 (to be used with `gradient_penalty`, as Huang et al. 2024).
    """
    match kind:
        case "bce":
            return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
        case "lsgan":
            return (real_logits - 1).square().mean() + fake_logits.square().mean()
        case "hinge":
            return F.relu(1 - real_logits).mean() + F.relu(1 + fake_logits).mean()
        case "relativistic":
            return F.softplus(fake_logits - real_logits).mean()


def adversarial_loss(kind: Adversarial, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """What the generator minimises: the non-saturating side of `discriminator_loss`.

    Only ``relativistic`` looks at ``real_logits``.
    """
    match kind:
        case "bce":
            return F.softplus(-fake_logits).mean()
        case "lsgan":
            return (fake_logits - 1).square().mean()
        case "hinge":
            return -fake_logits.mean()
        case "relativistic":
            return F.softplus(real_logits - fake_logits).mean()


def gradient_penalty(image: Tensor, logits: Tensor) -> Tensor:
    """R1 or R2: squared norm of d(sum of logits)/d(image), per logit (Mescheder et al. 2018).

    Dividing by the number of logits makes one gamma fit any crop size: the raw sum
    grows with the area.

    Args:
        image: ``(B, 3, H, W)``, requires grad.
        logits: Computed from ``image`` in full precision.
    """
    (gradient,) = torch.autograd.grad(logits.sum(), image, create_graph=True)
    return gradient.square().sum() / logits.numel()


def content_loss(photo: Tensor, fake: Tensor) -> Tensor:
    """How far the coarse light-and-dark structure turned away from the photo's; 0 to 2.

    One minus the cosine between the luma gradients of both pictures at a quarter of
    their size, averaged with the photo's gradient as weight. Contrast may change
    freely and texture is not seen; only moving or inverting an edge costs.
    """
    ours, theirs = (_gradient(_coarse_luma(image)) for image in (fake, photo))
    strength = theirs.square().sum(1).add(1e-6).sqrt()
    cosine = F.cosine_similarity(ours, theirs, dim=1, eps=1e-3)
    return ((1 - cosine) * strength).sum() / strength.sum()


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


def color_loss(photo: Tensor, fake: Tensor) -> Tensor:
    """Mean absolute difference of low-frequency chroma (R-Y and B-Y at a sixteenth)."""
    differences = []
    for image in (photo, fake):
        for _ in range(COLOR_LEVELS):
            image = blur_down(image)
        differences.append(image[:, 0::2] - luma(image))
    return F.l1_loss(differences[1], differences[0])


def pixel_loss(painted: Tensor, fake: Tensor) -> Tensor:
    """Mean absolute difference to the painted version of the same photo."""
    return F.l1_loss(fake, painted)


def variation_loss(photo: Tensor, fake: Tensor) -> Tensor:
    """Mean absolute luma difference between neighbours, where the photo is flat."""
    total = fake.new_zeros(())
    for axis in (2, 3):
        before, after = _steps(photo, axis), _steps(fake, axis)
        total = total + (torch.exp(-before.abs() / FLAT) * after.abs()).mean()
    return total


def _coarse_luma(image: Tensor) -> Tensor:
    coarse = luma(image)
    for _ in range(COARSE_LEVELS):
        coarse = blur_down(coarse)
    return coarse


def _gradient(grey: Tensor) -> Tensor:
    """``(B, 1, h, w)`` to ``(B, 2, h-2, w-2)``: central differences along x and y."""
    x = grey[:, :, 1:-1, 2:] - grey[:, :, 1:-1, :-2]
    y = grey[:, :, 2:, 1:-1] - grey[:, :, :-2, 1:-1]
    return torch.cat([x, y], dim=1)


def _steps(image: Tensor, axis: int) -> Tensor:
    grey = luma(image)
    size = grey.shape[axis]
    return grey.narrow(axis, 1, size - 1) - grey.narrow(axis, 0, size - 1)


def _sliced(art: Tensor, fake: Tensor, directions: int, points: int) -> Tensor:
    channels = art.shape[1]
    axes = F.normalize(torch.randn(channels, directions, device=art.device), dim=0)
    ours, theirs = (_draw(features, points) @ axes for features in (fake, art))
    return (ours.sort(dim=0).values - theirs.sort(dim=0).values).abs().mean()


def _draw(features: Tensor, points: int) -> Tensor:
    """``points`` random feature vectors, ``(points, C)``, with replacement."""
    vectors = features.float().movedim(1, -1).reshape(-1, features.shape[1])
    return vectors[torch.randint(len(vectors), (points,), device=vectors.device)]
