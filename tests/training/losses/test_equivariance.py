"""Steadiness: what follows its photo costs nothing, what does not costs what it strays."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig
from ganfx.training import losses
from ganfx.training.losses.equivariance import NOISE


def negative(photo: Tensor) -> Tensor:
    """A look that decides pixel by pixel: it follows every move exactly."""
    return 0.2 - photo


def grid(photo: Tensor) -> Tensor:
    """A look with a grid that stays where it is: +-0.1 by row and +-0.1 by column."""
    rows, columns = (torch.arange(size).remainder(2).mul(0.2).sub(0.1) for size in photo.shape[2:])
    return photo + rows.view(-1, 1) + columns


def smooth_scene() -> Tensor:
    torch.manual_seed(1)
    return F.interpolate(torch.rand(2, 3, 8, 8), (64, 64), mode="bicubic")


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_a_look_that_decides_pixel_by_pixel_costs_nothing(seed: int) -> None:
    torch.manual_seed(seed)
    photo = torch.rand(2, 3, 32, 32)
    fake = negative(photo)

    assert float(losses.shift_loss(negative, photo, fake, stride=4, margin=0)) < 1e-6
    assert float(losses.warp_loss(negative, photo, fake, margin=0)) < 1e-5


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_a_grid_that_stays_costs_twice_its_height(seed: int) -> None:
    """A move by a row or a column turns one sign everywhere: 0.2. By both, |+-0.2 +-0.2|: 0.2."""
    photo = torch.zeros(1, 3, 32, 32)
    torch.manual_seed(seed)

    loss = losses.shift_loss(grid, photo, grid(photo), stride=2, margin=3)
    assert float(loss) == pytest.approx(0.2, abs=1e-6)


def test_a_warp_sees_the_grid_too() -> None:
    photo = smooth_scene()

    assert float(losses.warp_loss(grid, photo, grid(photo), margin=8)) > 0.02


def test_a_network_without_stride_has_nothing_to_learn_from_shifts() -> None:
    photo = torch.rand(1, 3, 16, 16)

    assert float(losses.shift_loss(grid, photo, grid(photo), stride=1, margin=0)) == 0.0


def test_padding_is_left_out_by_the_margin() -> None:
    """A 9-pixel blur with zeros outside: exact 4 pixels inside, wrong at the border."""

    def blur(photo: Tensor) -> Tensor:
        return F.avg_pool2d(photo, 9, stride=1, padding=4)

    photo = torch.rand(1, 3, 64, 64)
    fake = blur(photo)
    torch.manual_seed(0)
    assert float(losses.shift_loss(blur, photo, fake, stride=8, margin=4)) < 1e-6
    assert float(losses.shift_loss(blur, photo, fake, stride=8, margin=0)) > 1e-3


def test_the_generator_itself_strays_when_moved_by_less_than_its_stride() -> None:
    torch.manual_seed(0)
    generator = Generator(ModelConfig(channels=(4, 6), blocks=0, guides=False))
    torch.nn.init.normal_(generator.change.weight)
    photo = torch.rand(1, 3, 64, 64)
    margin = losses.border_margin(generator.receptive_radius, 64)

    assert margin == generator.receptive_radius
    fake = generator(photo)
    loss = losses.shift_loss(generator, photo, fake, stride=2, margin=margin)
    assert float(loss.detach()) > 1e-3


@pytest.mark.parametrize(
    ("radius", "side", "margin"), [(92, 256, 92), (92, 192, 80), (92, 32, 0), (10, 256, 10)]
)
def test_the_margin_leaves_a_middle_to_compare(radius: int, side: int, margin: int) -> None:
    assert losses.border_margin(radius, side) == margin


def test_a_warp_by_whole_pixels_is_a_shift() -> None:
    image = torch.rand(1, 3, 20, 24)
    flow = torch.tensor([3.0, -2.0]).view(1, 2, 1, 1).expand(1, 2, 20, 24)

    inside = losses.warp(image, flow)[..., 4:16, 0:20]
    assert torch.allclose(inside, image[..., 2:14, 3:23], atol=1e-5)


def test_displacements_are_small_and_smooth() -> None:
    torch.manual_seed(0)
    flow = losses.smooth_flow(torch.zeros(4, 3, 96, 96))

    assert float(flow.abs().max()) <= losses.WARP
    assert float(flow.abs().max()) > 2
    assert float(flow.diff(dim=-1).abs().max()) < 0.5  # neighbours stay neighbours
    assert not torch.equal(flow[0], flow[1])


def test_noise_costs_what_it_changes() -> None:
    """A deviation uniform from 0 to 2 NOISE (of a range of 2), and E|n| = 0.798 deviations."""
    torch.manual_seed(0)
    photo = torch.zeros(400, 3, 16, 16)

    loss = losses.noise_loss(lambda image: image, photo, photo)
    assert float(loss) == pytest.approx(0.798 * NOISE, rel=0.1)
    assert float(losses.noise_loss(torch.zeros_like, photo, photo)) == 0.0
