"""Adversarial losses: one record for each, and the gradient penalty that R1 and R2 share.

To add one: a record in `ADVERSARIAL_LOSSES`, and its name in `ganfx.preset.AdversarialKind`.
The training step and the training statistics ask the record, never the name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.preset import AdversarialKind

Penalty = Literal["r1", "r2"]
"""`gradient_penalty` at the art (R1), or at the generated pictures (R2)."""


@dataclass(frozen=True)
class AdversarialLoss:
    """One adversarial loss: the objectives of both sides, and how its logits are read.

    Terms are elementwise: from logits ``(B, 1, h, w)`` to one value a patch.
    """

    real_term: Callable[[Tensor], Tensor] | None
    """Discriminator, logits of art; None where art is only ever compared with results."""
    fake_term: Callable[[Tensor, Tensor], Tensor]
    """Discriminator, logits of art and of results."""
    generator_term: Callable[[Tensor, Tensor], Tensor]
    """Generator (the non-saturating side), logits of art and of results."""
    threshold: Callable[[Tensor, Tensor], Tensor | float]
    """From a batch's logits of art and of results to the logit above which a patch is taken for
    art, and below which for a result."""
    generator_sees_real: bool = False
    """Whether `generator_term` looks at the logits of art: it costs another forward pass."""
    penalties: tuple[Penalty, ...] = ()
    """Gradient penalties of the discriminators, each weighted by half of ``loss.r1_gamma``. They
    are differentiated twice, so the discriminators then run in full precision."""

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The discriminator's objective, a scalar; penalties not included."""
        fake = self.fake_term(real_logits, fake_logits).mean()
        return fake if self.real_term is None else self.real_term(real_logits).mean() + fake

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The generator's objective, a scalar.

        Args:
            real_logits: Of art; only looked at where `generator_sees_real`.
            fake_logits: Of results, from discriminators that do not learn.
        """
        return self.generator_term(real_logits, fake_logits).mean()

    def rejection_loss(self, real_logits: Tensor, other_logits: Tensor, share: Tensor) -> Tensor:
        """The discriminator's objective for pictures of which only some patches are fake.

        Args:
            real_logits: ``(B, 1, h, w)``, of art.
            other_logits: The same shape, of the pictures to be rejected in places.
            share: The same shape, 0 to 1: how much of each patch is to be rejected.

        Returns:
            The mean over patches, weighted by ``share``; 0 where nothing is to be rejected.
        """
        terms = self.fake_term(real_logits, other_logits)
        # Less than one whole patch counts for less, so that a speck does not weigh like a crop.
        return (terms * share).sum() / share.sum().clamp_min(1.0)


def _constant(value: float) -> Callable[[Tensor, Tensor], float]:
    return lambda real, fake: value


def _midpoint(real: Tensor, fake: Tensor) -> Tensor:
    """Halfway between both means, where only differences of logits have a meaning."""
    return (real.mean() + fake.mean()) / 2


BCE = AdversarialLoss(
    real_term=lambda real: F.softplus(-real),
    fake_term=lambda real, fake: F.softplus(fake),
    generator_term=lambda real, fake: F.softplus(-fake),
    threshold=_constant(0.0),
)
"""Cross-entropy (Goodfellow et al. 2014)."""

LSGAN = AdversarialLoss(
    real_term=lambda real: (real - 1).square(),
    fake_term=lambda real, fake: fake.square(),
    generator_term=lambda real, fake: (fake - 1).square(),
    threshold=_constant(0.5),  # targets are 0 and 1
)
"""Least squares (Mao et al. 2017)."""

HINGE = AdversarialLoss(
    real_term=lambda real: F.relu(1 - real),
    fake_term=lambda real, fake: F.relu(1 + fake),
    generator_term=lambda real, fake: -fake,
    threshold=_constant(0.0),
)
"""Lim and Ye 2017."""

RELATIVISTIC = AdversarialLoss(
    real_term=None,
    fake_term=lambda real, fake: F.softplus(fake - real),
    generator_term=lambda real, fake: F.softplus(real - fake),
    threshold=_midpoint,
    generator_sees_real=True,
    penalties=("r1", "r2"),
)
"""Relativistic pairing (Jolicoeur-Martineau 2018) with R1 and R2, as Huang et al. 2024."""

ADVERSARIAL_LOSSES: Mapping[AdversarialKind, AdversarialLoss] = {
    "bce": BCE,
    "lsgan": LSGAN,
    "hinge": HINGE,
    "relativistic": RELATIVISTIC,
}
"""By their names in ``loss.adversarial``."""


def gradient_penalty(image: Tensor, logits: Tensor) -> Tensor:
    """R1 or R2: squared norm of d(sum of logits)/d(image), per logit (Mescheder et al. 2018).

    Dividing by the number of logits makes one gamma fit any crop size: the raw sum
    grows with the area. The result is differentiated a second time, which compiled
    modules cannot do: never put a discriminator that is penalized through
    ``torch.compile``.

    Args:
        image: ``(B, 3, H, W)``, requires grad.
        logits: ``(B, 1, h, w)``, computed from ``image`` in full precision.
    """
    (gradient,) = torch.autograd.grad(logits.sum(), image, create_graph=True)
    return gradient.square().sum() / logits.numel()
