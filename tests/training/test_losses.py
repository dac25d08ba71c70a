"""Loss terms, against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ganfx.training import losses


def scene(seed: int = 0) -> Tensor:
    torch.manual_seed(seed)
    small = torch.rand(2, 3, 8, 8) * 2 - 1
    return torch.nn.functional.interpolate(small, (64, 64), mode="bicubic").clamp(-1, 1)


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


def test_content_allows_any_contrast_but_no_inversion() -> None:
    photo = scene()

    assert float(losses.content_loss(photo, photo)) == pytest.approx(0.0, abs=1e-3)
    assert float(losses.content_loss(photo, 0.5 * photo + 0.2)) < 0.02
    assert float(losses.content_loss(photo, -photo)) == pytest.approx(2.0, abs=0.02)


def test_content_leaves_fine_texture_free() -> None:
    photo = scene()
    stripes = 0.3 * torch.tensor([1.0, -1.0]).repeat(32)

    assert float(losses.content_loss(photo, photo + stripes)) < 0.01


def test_style_is_zero_between_equal_sets_and_the_shift_between_shifted_ones() -> None:
    art = torch.zeros(2, 1, 16, 16)

    assert float(losses.style_loss([art], [art])) == 0.0
    assert float(losses.style_loss([art], [art + 0.25])) == pytest.approx(0.25)


def test_style_sees_the_distribution_and_not_the_positions() -> None:
    torch.manual_seed(0)
    art = torch.randn(1, 3, 64, 64)
    shuffled = art.flatten(2)[..., torch.randperm(64 * 64)].view_as(art)

    same = float(losses.style_loss([art], [shuffled], points=20_000))
    other = float(losses.style_loss([art], [2 * art], points=20_000))
    assert same < 0.05
    assert other > 0.5


def test_color_sees_hue_and_ignores_light_and_texture() -> None:
    photo = scene()
    warm = torch.tensor([0.2, 0.0, 0.0]).view(1, 3, 1, 1)
    stripes = 0.3 * torch.tensor([1.0, -1.0]).repeat(32)

    assert float(losses.color_loss(photo, photo)) == 0.0
    assert float(losses.color_loss(photo, photo + 0.3)) < 1e-4
    assert float(losses.color_loss(photo, photo + stripes)) < 1e-2
    # R-Y moves by 0.2 (1 - 0.2126), B-Y by 0.2 * 0.2126: half of each; borders a little less.
    moved = float(losses.color_loss(photo, photo + warm))
    assert moved == pytest.approx(0.1, rel=0.25)


def test_pixel_is_the_mean_absolute_difference() -> None:
    painted = torch.zeros(1, 3, 4, 4)

    assert float(losses.pixel_loss(painted, painted - 0.5)) == pytest.approx(0.5)


def test_variation_counts_texture_on_flat_areas_only() -> None:
    flat = torch.zeros(1, 3, 16, 16)
    edge = flat.clone()
    edge[..., 8:] = 1.0
    stripes = torch.tensor([0.1, -0.1]).repeat(8).expand(1, 3, 16, 16)

    assert float(losses.variation_loss(flat, flat + 0.5)) == 0.0
    assert float(losses.variation_loss(flat, stripes)) == pytest.approx(0.2)
    assert float(losses.variation_loss(edge, edge)) < 1e-6
