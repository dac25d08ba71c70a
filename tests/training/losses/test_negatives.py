"""Art with blurred edges: where it is blurred, and how far."""

from __future__ import annotations

import math

import pytest
import torch

from ganfx.training import losses


def step(height: float) -> torch.Tensor:
    """Dark on the left, light from column 16 on."""
    image = torch.full((1, 3, 24, 32), -height / 2)
    image[..., 16:] = height / 2
    return image


def test_the_mask_is_the_edge_and_two_pixels_on_each_side() -> None:
    columns = losses.edge_mask(step(1.0))[0, 0, 10]

    assert columns.nonzero().flatten().tolist() == [13, 14, 15, 16, 17, 18]


@pytest.mark.parametrize("height", [0.0, 0.2])
def test_what_is_flat_or_soft_is_left_alone(height: float) -> None:
    image = step(height)
    mask = losses.edge_mask(image)

    assert float(mask.max()) == 0.0
    assert torch.equal(losses.smooth_edges(image, mask), image)


def test_an_edge_is_blurred_by_a_gaussian_and_the_rest_stays() -> None:
    image = step(2.0)
    blurred = losses.smooth_edges(image, losses.edge_mask(image))[0, 0, 12]

    taps = [math.exp(-(k**2) / (2 * 1.5**2)) for k in range(-4, 5)]
    # The last dark column sees itself and 4 dark ones to its left, 4 light ones to its right.
    expected = (sum(taps[5:]) - sum(taps[:5])) / sum(taps)
    assert float(blurred[15]) == pytest.approx(expected, abs=1e-5)
    assert float(blurred[16]) == pytest.approx(-expected, abs=1e-5)
    assert torch.equal(blurred[:13], image[0, 0, 12, :13])
    assert torch.equal(blurred[19:], image[0, 0, 12, 19:])
