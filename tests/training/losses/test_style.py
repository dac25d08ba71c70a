"""Texture statistics, against values worked out by hand."""

from __future__ import annotations

import pytest
import torch

from ganfx.training import losses


def test_style_is_zero_between_equal_sets_and_the_shift_between_shifted_ones() -> None:
    art = torch.tensor([-1.0, 1.0]).repeat(256).unsqueeze(1)  # a deviation of 1

    assert float(losses.style_loss([art], [art])) == 0.0
    assert float(losses.style_loss([art], [art + 0.25])) == pytest.approx(0.25, rel=0.03)


def test_style_takes_a_faint_feature_as_seriously_as_a_bold_one() -> None:
    torch.manual_seed(0)
    bold, faint = torch.randn(2048, 1), 0.1 * torch.randn(2048, 1)
    art = torch.cat([bold, faint], 1)

    without_faint = float(losses.style_loss([art], [torch.cat([bold, 0 * faint], 1)]))
    without_bold = float(losses.style_loss([art], [torch.cat([0 * bold, faint], 1)]))
    assert without_faint == pytest.approx(without_bold, rel=0.3)


def test_style_sees_the_distribution_and_not_the_positions() -> None:
    torch.manual_seed(0)
    art = torch.randn(4096, 3)
    shuffled = art[torch.randperm(len(art))]

    assert float(losses.style_loss([art], [shuffled])) < 1e-6
    assert float(losses.style_loss([art], [2 * art])) > 0.5


def test_style_sees_how_channels_go_together_and_not_each_alone() -> None:
    """Both channels are distributed alike in both sets, but equal in one and opposite in the other.

    On the axis (1, 1) one set spans twice the other's spread and the other none.
    """
    torch.manual_seed(0)
    values = torch.randn(4096, 1)
    equal, opposite = torch.cat([values, values], 1), torch.cat([values, -values], 1)

    assert float(losses.style_loss([equal], [opposite])) > 0.3


def test_texture_is_the_distance_in_units_of_the_spread_of_the_art() -> None:
    """Half of the art is -7 and half 7, a spread of 7; moving it all by 7 is a distance of 1."""
    art = torch.tensor([-7.0, 7.0]).repeat(2048).view(1, 1, 64, 64)

    torch.manual_seed(0)
    assert float(losses.texture_loss([art], [art + 7])) == pytest.approx(1.0, abs=0.05)
    torch.manual_seed(0)
    assert float(losses.texture_loss([10 * art], [10 * art + 70])) == pytest.approx(1.0, abs=0.05)


def test_a_gram_matrix_is_the_mean_product_of_channels() -> None:
    features = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).view(1, 2, 1, 2)

    expected = [[(1 + 4) / 2, (3 + 8) / 2], [(3 + 8) / 2, (9 + 16) / 2]]
    assert losses.gram_matrix(features).tolist() == expected


def test_a_gram_matrix_does_not_depend_on_the_size_of_the_set() -> None:
    features = torch.randn(1, 3, 8, 8)

    twice = losses.gram_matrix(features.repeat(2, 1, 2, 1))
    assert torch.allclose(losses.gram_matrix(features), twice, atol=1e-5)


@pytest.mark.parametrize(("scale", "expected"), [(1.0, 0.0), (2.0, 3.0), (0.0, 1.0)])
@pytest.mark.parametrize("magnitude", [0.01, 1.0, 300.0])
def test_gram_is_relative_to_the_art(scale: float, expected: float, magnitude: float) -> None:
    """Doubled features have four times the Gram matrix: a relative difference of 3."""
    torch.manual_seed(0)
    art = magnitude * torch.randn(2, 4, 8, 8)

    assert float(losses.gram_loss([art], [scale * art])) == pytest.approx(expected, abs=1e-3)


def test_gram_does_not_see_where_a_texture_lies() -> None:
    torch.manual_seed(0)
    art = torch.randn(1, 4, 8, 8)
    moved = art.flatten(2)[..., torch.randperm(64)].view_as(art)

    assert float(losses.gram_loss([art], [moved])) < 1e-5
