"""Adversarial terms, against values worked out by hand."""

from __future__ import annotations

import math
from typing import get_args

import pytest
import torch

from ganfx.preset import AdversarialKind, LossConfig
from ganfx.training import losses
from ganfx.training.losses import ADVERSARIAL_LOSSES

KINDS = get_args(AdversarialKind)


def test_every_choice_of_the_preset_has_its_record_and_every_record_its_choice() -> None:
    assert set(ADVERSARIAL_LOSSES) == set(KINDS)
    assert LossConfig.model_fields["adversarial"].annotation == AdversarialKind


@pytest.mark.parametrize(
    ("kind", "discriminator", "generator"),
    [
        # Logits 1 for real and -2 for fake; softplus(x) = ln(1 + e^x).
        ("bce", math.log1p(math.exp(-1)) + math.log1p(math.exp(-2)), math.log1p(math.exp(2))),
        ("lsgan", 0.0 + 4.0, 9.0),
        ("hinge", 0.0 + 0.0, 2.0),
        ("relativistic", math.log1p(math.exp(-3)), math.log1p(math.exp(3))),
    ],
)
def test_adversarial_losses(kind: AdversarialKind, discriminator: float, generator: float) -> None:
    real, fake = torch.full((2, 1, 3, 3), 1.0), torch.full((2, 1, 3, 3), -2.0)
    loss = ADVERSARIAL_LOSSES[kind]

    assert float(loss.discriminator_loss(real, fake)) == pytest.approx(discriminator)
    assert float(loss.generator_loss(real, fake)) == pytest.approx(generator)


@pytest.mark.parametrize("kind", KINDS)
def test_each_side_pulls_the_fake_logits_its_own_way(kind: AdversarialKind) -> None:
    real, fake = torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2, requires_grad=True)
    loss = ADVERSARIAL_LOSSES[kind]

    (down,) = torch.autograd.grad(loss.discriminator_loss(real, fake), fake)
    (up,) = torch.autograd.grad(loss.generator_loss(real, fake), fake)
    assert bool((down >= 0).all())
    assert bool((up < 0).all())


@pytest.mark.parametrize("kind", KINDS)
def test_the_threshold_lies_between_what_the_discriminator_wants(kind: AdversarialKind) -> None:
    """A hundred small steps down its loss bring art above the threshold, and results below."""
    loss = ADVERSARIAL_LOSSES[kind]
    real, fake = (torch.full((1, 1, 2, 2), 0.4, requires_grad=True) for _ in range(2))
    for _ in range(100):
        gradients = torch.autograd.grad(loss.discriminator_loss(real, fake), (real, fake))
        real, fake = (x - 0.1 * g for x, g in zip((real, fake), gradients, strict=True))

    threshold = loss.threshold(real, fake)
    assert bool((real > threshold).all())
    assert bool((fake < threshold).all())


@pytest.mark.parametrize("kind", KINDS)
def test_the_generator_looks_at_art_only_where_the_record_says_so(kind: AdversarialKind) -> None:
    loss, fake = ADVERSARIAL_LOSSES[kind], torch.zeros(1, 1, 2, 2)
    one, other = (loss.generator_loss(torch.full_like(fake, x), fake) for x in (-1.0, 1.0))

    assert (float(one) != float(other)) == loss.generator_sees_real


@pytest.mark.parametrize("side", [8, 24])
def test_the_gradient_penalty_does_not_depend_on_the_crop(side: int) -> None:
    image = torch.randn(4, 3, side, side, requires_grad=True)
    logits = 2.0 * image.sum(dim=1, keepdim=True)  # one logit a pixel: gradient 2, three channels

    assert float(losses.gradient_penalty(image, logits)) == pytest.approx(4.0 * 3)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        # Logits 1 for art; of what is to be rejected 2 in the marked patches, 9 elsewhere.
        ("bce", math.log1p(math.exp(2))),
        ("lsgan", 4.0),
        ("hinge", 3.0),
        ("relativistic", math.log1p(math.exp(1))),
    ],
)
def test_only_marked_patches_are_rejected(kind: AdversarialKind, expected: float) -> None:
    real = torch.ones(1, 1, 2, 2)
    other = torch.tensor([[2.0, 9.0], [9.0, 2.0]]).view(1, 1, 2, 2)
    share = torch.eye(2).view(1, 1, 2, 2)
    loss = ADVERSARIAL_LOSSES[kind]

    assert float(loss.rejection_loss(real, other, share)) == pytest.approx(expected)


def test_what_is_less_than_a_patch_counts_for_less_and_nothing_for_nothing() -> None:
    logits = torch.full((1, 1, 3, 3), 2.0)
    lsgan = ADVERSARIAL_LOSSES["lsgan"]
    quarter = torch.zeros(1, 1, 3, 3)
    quarter[..., 1, 1] = 0.25

    assert float(lsgan.rejection_loss(logits, logits, quarter)) == pytest.approx(1.0)
    assert float(lsgan.rejection_loss(logits, logits, 0 * quarter)) == 0.0


def test_the_gradient_penalty_can_be_minimised_in_turn() -> None:
    """The slope of a linear critic is the penalty's only argument: d(3 w^2)/dw = 6 w."""
    weight = torch.tensor(2.0, requires_grad=True)
    image = torch.randn(2, 3, 8, 8, requires_grad=True)

    penalty = losses.gradient_penalty(image, weight * image.sum(dim=1, keepdim=True))
    (slope,) = torch.autograd.grad(penalty, weight)
    assert float(slope) == pytest.approx(12.0)
