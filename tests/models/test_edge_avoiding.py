"""Edge-avoiding smoothing."""

from __future__ import annotations

import pytest
import torch

from ganfx.models.edge_avoiding import EdgeAvoidingFilter


def test_texture_fainter_than_an_edge_goes_and_the_edge_stays_where_it_is() -> None:
    torch.manual_seed(1)
    picture = torch.full((1, 3, 64, 64), -0.5)
    picture[..., 30:] = 0.7
    noisy = picture + 0.05 * torch.randn(1, 1, 64, 64)
    flat = EdgeAvoidingFilter(0.3)(noisy)
    assert float((flat - picture)[..., :28].std()) < 0.2 * 0.05
    assert float((flat - picture)[..., 32:].std()) < 0.2 * 0.05
    assert torch.allclose(flat[..., 29:31], picture[..., 29:31], atol=0.05)


def test_one_level_as_worked_out_by_hand() -> None:
    """A pixel 0.2 lighter in all channels, squared distance 0.12, on gray; contrast 0.3."""
    picture = torch.zeros(1, 3, 5, 5)
    picture[..., 2, 2] = 0.2
    weight = torch.exp(torch.tensor(-0.12 / (2 * 0.09)))
    made = EdgeAvoidingFilter(0.3)._level(picture, 1)
    assert float(made[0, 0, 2, 2]) == pytest.approx(0.2 * 0.25 / float(0.25 + 0.75 * weight))
    side, corner = 0.125 * weight, 0.0625 * weight
    assert float(made[0, 0, 2, 1]) == pytest.approx(float(0.2 * side / (0.875 + side)))
    assert float(made[0, 0, 1, 1]) == pytest.approx(float(0.2 * corner / (0.9375 + corner)))


def test_no_value_depends_on_a_pixel_beyond_the_radius() -> None:
    torch.manual_seed(2)
    smooth = EdgeAvoidingFilter(0.5)
    assert smooth.radius == 15
    picture = torch.rand(1, 3, 80, 80) * 2 - 1
    other = picture.clone()
    other[..., 40 + 16 :] = 1.0
    assert torch.equal(smooth(picture)[..., :41], smooth(other)[..., :41])
    assert not torch.equal(smooth(picture)[..., 41], smooth(other)[..., 41])
    part = smooth(picture[..., 20:70])
    assert torch.equal(part[..., 15:35], smooth(picture)[..., 35:55])


def test_without_contrast_nothing_is_done() -> None:
    picture = torch.rand(1, 3, 8, 8)
    assert EdgeAvoidingFilter(0.0)(picture) is picture
    assert EdgeAvoidingFilter(0.0).radius == 0
