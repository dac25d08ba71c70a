"""The discriminators: what each can and cannot see."""

from __future__ import annotations

import pytest
import torch

from ganfx.models.discriminators import Discriminators
from ganfx.models.image import luma
from ganfx.preset import DiscriminatorConfig

CONFIG = DiscriminatorConfig(channels=4)


def test_luma_weighs_green_most() -> None:
    image = torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]).view(3, 3, 1, 1)

    assert luma(image).flatten().tolist() == pytest.approx([0.2126, 0.7152, 0.0722])


@torch.no_grad()
def test_the_texture_network_cannot_tell_hues_of_equal_luma_apart() -> None:
    networks = Discriminators(CONFIG).eval()
    gray = torch.full((1, 3, 64, 64), 0.2)
    hue = torch.tensor([0.3, 0.0, -0.3 * 0.2126 / 0.0722]).view(1, 3, 1, 1)  # luma stays

    ours, theirs = networks(gray), networks(gray + hue)
    assert torch.allclose(ours["texture"], theirs["texture"], atol=1e-5)
    assert not torch.allclose(ours["palette"], theirs["palette"], atol=1e-3)


@torch.no_grad()
def test_the_palette_network_cannot_see_fine_texture() -> None:
    torch.manual_seed(0)
    networks = Discriminators(CONFIG).eval()
    gray = torch.full((1, 3, 256, 256), 0.2)
    stripes = 0.2 * torch.tensor([1.0, -1.0]).repeat(128)

    ours, theirs = networks(gray), networks(gray + stripes)
    inner = (..., slice(7, -7), slice(7, -7))  # stripes end at the border, and that is seen
    assert torch.allclose(ours["palette"][inner], theirs["palette"][inner], atol=1e-6)
    assert float((ours["texture"] - theirs["texture"]).abs().mean()) > 1e-3


def test_spectral_norm_bounds_every_layer_but_the_last() -> None:
    torch.manual_seed(0)
    networks = Discriminators(CONFIG)
    image = torch.rand(1, 3, 64, 64)
    for _ in range(50):  # its estimate of the norm sharpens with every forward pass
        networks(image)
    for network in (networks.texture.patches, networks.palette):
        for layer in network[:-1:2]:
            matrix = layer.weight.detach().flatten(1)
            assert float(torch.linalg.matrix_norm(matrix, 2)) == pytest.approx(1.0, abs=0.05)


def test_there_is_one_logit_for_every_four_by_four_pixels() -> None:
    logits = Discriminators(CONFIG)(torch.zeros(2, 3, 64, 96))

    assert logits["texture"].shape == (2, 1, 16, 24)
    assert logits["palette"].shape == (2, 1, 4, 6)


def seen_by_one_logit(logits: torch.Tensor, image: torch.Tensor) -> tuple[int, int]:
    """Height and width of what the logit in the middle depends on."""
    rows, columns = (size // 2 for size in logits.shape[2:])
    (gradient,) = torch.autograd.grad(logits[0, 0, rows, columns], image)
    _, _, down, across = gradient.nonzero(as_tuple=True)
    return int(down.max() - down.min()) + 1, int(across.max() - across.min()) + 1


def test_a_logit_sees_a_patch() -> None:
    # Backwards through kernels 3, 3, 4, 4, 3 with strides 1, 1, 2, 2, 1: 3, 5, 12, 26, 28.
    # Local contrast adds two means of a reach of 5 pixels on either side; a quarter of the
    # size is halved twice by 4 taps: 2 * (28 - 1) + 4 = 58, and 2 * (58 - 1) + 4 = 118.
    torch.manual_seed(0)
    networks = Discriminators(CONFIG).double()
    gray = torch.rand(1, 2, 96, 96, dtype=torch.float64, requires_grad=True)
    image = torch.rand(1, 3, 192, 192, dtype=torch.float64, requires_grad=True)
    logits = networks(image)

    assert seen_by_one_logit(networks.texture.patches(gray), gray) == (28, 28)
    assert seen_by_one_logit(logits["texture"], image) == (48, 48)
    assert seen_by_one_logit(logits["palette"], image) == (118, 118)
