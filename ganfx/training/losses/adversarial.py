"""What the discriminators and the generator want of each other."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

Adversarial = Literal["bce", "lsgan", "hinge", "relativistic"]


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


def rejection_loss(
    kind: Adversarial, real_logits: Tensor, other_logits: Tensor, share: Tensor
) -> Tensor:
    """The fake side of `discriminator_loss`, for pictures of which only parts are fake.

    Args:
        kind: As there; only ``relativistic`` looks at ``real_logits``.
        real_logits: ``(B, 1, h, w)``, of the art.
        other_logits: The same of what the discriminator shall learn to refuse.
        share: The same shape, 0 to 1: how much of each patch is to be refused.

    Returns:
        The mean over patches, weighted by ``share``; 0 where nothing is to be refused.
    """
    match kind:
        case "bce":
            terms = F.softplus(other_logits)
        case "lsgan":
            terms = other_logits.square()
        case "hinge":
            terms = F.relu(1 + other_logits)
        case "relativistic":
            terms = F.softplus(other_logits - real_logits)
    # Less than one whole patch counts for less, so that a speck does not weigh like a crop.
    return (terms * share).sum() / share.sum().clamp_min(1.0)


def gradient_penalty(image: Tensor, logits: Tensor) -> Tensor:
    """R1 or R2: squared norm of d(sum of logits)/d(image), per logit (Mescheder et al. 2018).

    Dividing by the number of logits makes one gamma fit any crop size: the raw sum
    grows with the area. The result is differentiated a second time, which compiled
    modules cannot do: never put a discriminator that is penalised through
    ``torch.compile``.

    Args:
        image: ``(B, 3, H, W)``, requires grad.
        logits: Computed from ``image`` in full precision.
    """
    (gradient,) = torch.autograd.grad(logits.sum(), image, create_graph=True)
    return gradient.square().sum() / logits.numel()
