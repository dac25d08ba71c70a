"""Parts that stay in float32 where a network is put into half precision."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from ganfx.models.color_start import KNOTS, ColorStart
from ganfx.models.full_precision import HALF, in_full
from ganfx.models.generator import Generator
from ganfx.models.guides import Guides
from ganfx.models.kuwahara import KuwaharaFilter
from ganfx.preset import ModelConfig

EVERY_PART = ModelConfig(
    channels=(8, 16), blocks=1, abstraction=(3, 2), keep_detail=True, color_start=True, guides=True
)
CODE = 2 / 255
"""A step of 8 bits, in [-1, 1]."""
half = pytest.mark.parametrize("half", HALF, ids=str)


@half
def test_only_half_precision_is_made_more_of(half: torch.dtype) -> None:
    assert in_full(torch.ones(2, dtype=half)).dtype == torch.float32
    for dtype in (torch.float32, torch.float64):
        values = torch.ones(2, dtype=dtype)
        assert in_full(values) is values


@half
def test_fixed_filters_and_colors_are_not_rounded_with_the_network(half: torch.dtype) -> None:
    guides, start = Guides(), ColorStart()
    table = torch.full_like(start.table, 0.1)
    start.fit(torch.linspace(-1, 0.9, KNOTS), torch.eye(3) / 3, torch.full((3,), 0.1), table)
    before = copy.deepcopy([guides.kernels, start.curve, start.matrix, start.table])
    nn.ModuleList([guides, start]).to(half)
    after = [guides.kernels, start.curve, start.matrix, start.table]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_they_follow_to_double_precision_and_back() -> None:
    guides = Guides().double()
    assert guides.kernels.dtype == torch.float64
    assert guides.half().kernels.dtype == torch.float32


@half
@pytest.mark.parametrize("radii", [(2,), (3, 2)])
def test_areas_of_a_picture_in_half_precision_are_those_of_its_values(
    half: torch.dtype, radii: tuple[int, ...]
) -> None:
    # A step from black to white: nothing weighs less than a window across it.
    photo = torch.cat([torch.full((1, 3, 32, 20), -1.0), torch.ones(1, 3, 32, 20)], dim=3)
    photo[..., 28:, :] = 2 * torch.rand(1, 3, 4, 40) - 1
    photo = photo.to(half)
    areas = KuwaharaFilter(radii, keep_detail=True).to(half)(photo)
    assert areas.dtype == torch.float32
    assert torch.equal(areas, KuwaharaFilter(radii, keep_detail=True)(photo.float()))


@half
def test_the_change_is_added_in_float32_to_what_it_changes(half: torch.dtype) -> None:
    # It is 0 as yet: a sky of 1/32 of a code value a pixel would come out in steps.
    sky = torch.linspace(0.5, 0.5 + 2 * CODE, 64).expand(1, 3, 64, 64)
    assert torch.equal(
        Generator(ModelConfig(channels=(8, 16), blocks=1)).to(half)(sky).float(), sky
    )


@half
@pytest.mark.parametrize("converted", [False, True], ids=["autocast", "converted"])
@torch.inference_mode()
def test_a_network_with_every_part_is_near_itself(half: torch.dtype, converted: bool) -> None:
    torch.manual_seed(0)
    network = Generator(EVERY_PART)
    # A part of the size that trained looks have, or a code value would be nothing to go by.
    nn.init.normal_(network.change.weight, std=0.02)
    photo = torch.rand(1, 3, 48, 64) * 2 - 1
    photo[..., :16], photo[..., 16:32] = -1, 1
    exact = network(photo)
    rounded = copy.deepcopy(network).to(half) if converted else network
    with torch.autocast("cpu", half, enabled=not converted):
        made = rounded(photo)
    assert made.dtype == torch.float32
    assert (exact - photo).abs().max() > 20 * CODE
    assert (made - exact).abs().max() < 1.5 * CODE
