"""Adversarial terms, against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from ganfx.training import losses


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
def test_adversarial_losses(
    kind: losses.Adversarial, discriminator: float, generator: float
) -> None:
    real, fake = torch.full((2, 1, 3, 3), 1.0), torch.full((2, 1, 3, 3), -2.0)

    assert float(losses.discriminator_loss(kind, real, fake)) == pytest.approx(discriminator)
    assert float(losses.adversarial_loss(kind, real, fake)) == pytest.approx(generator)


@pytest.mark.parametrize("kind", ["bce", "lsgan", "hinge", "relativistic"])
def test_each_side_pulls_the_fake_verdict_its_own_way(kind: losses.Adversarial) -> None:
    real, fake = torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2, requires_grad=True)

    (down,) = torch.autograd.grad(losses.discriminator_loss(kind, real, fake), fake)
    (up,) = torch.autograd.grad(losses.adversarial_loss(kind, real, fake), fake)
    assert bool((down >= 0).all())
    assert bool((up < 0).all())


@pytest.mark.parametrize("side", [8, 24])
def test_the_gradient_penalty_does_not_depend_on_the_crop(side: int) -> None:
    image = torch.randn(4, 3, side, side, requires_grad=True)
    logits = 2.0 * image.sum(dim=1, keepdim=True)  # one logit a pixel: gradient 2, three channels

    assert float(losses.gradient_penalty(image, logits)) == pytest.approx(4.0 * 3)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        # Logits 1 for art; of what is to be refused 2 in the marked patches, 9 elsewhere.
        ("bce", math.log1p(math.exp(2))),
        ("lsgan", 4.0),
        ("hinge", 3.0),
        ("relativistic", math.log1p(math.exp(1))),
    ],
)
def test_only_marked_patches_are_refused(kind: losses.Adversarial, expected: float) -> None:
    real = torch.ones(1, 1, 2, 2)
    other = torch.tensor([[2.0, 9.0], [9.0, 2.0]]).view(1, 1, 2, 2)
    share = torch.eye(2).view(1, 1, 2, 2)

    assert float(losses.rejection_loss(kind, real, other, share)) == pytest.approx(expected)


def test_what_is_less_than_a_patch_counts_for_less_and_nothing_for_nothing() -> None:
    logits = torch.full((1, 1, 3, 3), 2.0)
    quarter = torch.zeros(1, 1, 3, 3)
    quarter[..., 1, 1] = 0.25

    assert float(losses.rejection_loss("lsgan", logits, logits, quarter)) == pytest.approx(1.0)
    assert float(losses.rejection_loss("lsgan", logits, logits, 0 * quarter)) == 0.0


def test_the_gradient_penalty_can_be_minimised_in_turn() -> None:
    """The slope of a linear critic is the penalty's only argument: d(3 w^2)/dw = 6 w."""
    weight = torch.tensor(2.0, requires_grad=True)
    image = torch.randn(2, 3, 8, 8, requires_grad=True)

    penalty = losses.gradient_penalty(image, weight * image.sum(dim=1, keepdim=True))
    (slope,) = torch.autograd.grad(penalty, weight)
    assert float(slope) == pytest.approx(12.0)
