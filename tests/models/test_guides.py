"""Local contrast, against values worked out by hand; guides see what they should."""

from __future__ import annotations

import pytest
import torch

from ganfx.models.guides import FAINTEST, REACH, Guides, local_contrast

FAR = 2 * REACH  # from the border, no value knows of it


def test_a_flat_picture_has_no_contrast_up_to_its_border() -> None:
    assert local_contrast(torch.full((1, 1, 40, 48), -0.4)).abs().max() < 1e-5


def test_a_checkerboard_of_any_strength_is_about_one() -> None:
    # Around 0 with amplitude a, the local deviation is a: contrast is a over the root of
    # a squared and the least one squared.
    board = (torch.arange(48).unsqueeze(1) + torch.arange(48)) % 2 * 2.0 - 1
    for amplitude in (0.05, 0.4):
        seen = local_contrast(amplitude * board.expand(1, 1, 48, 48) + 0.3)
        inner = seen[..., FAR:-FAR, FAR:-FAR].abs()
        expected = amplitude / (amplitude**2 + FAINTEST**2) ** 0.5
        assert inner.mean() == pytest.approx(expected, rel=0.02)


def test_noise_below_the_faintest_stays_faint() -> None:
    torch.manual_seed(0)
    assert local_contrast(0.004 * torch.randn(1, 1, 64, 64)).std() < 0.15


def test_local_contrast_takes_a_plane_and_knows_nothing_beyond_its_reach() -> None:
    torch.manual_seed(0)
    plane = torch.rand(1, 1, 64, 64, dtype=torch.float64)
    changed = plane.clone()
    changed[..., 32, 32] += 1.0

    rows = (local_contrast(changed) - local_contrast(plane)).abs().sum(dim=(0, 1, 3)).nonzero()
    assert [int(rows.min()), int(rows.max())] == [32 - FAR, 32 + FAR]


def test_guides_see_the_luma_of_a_photo_only() -> None:
    torch.manual_seed(0)
    photo = torch.rand(1, 3, 24, 32) * 2 - 1
    seen = Guides()(photo)
    assert seen.shape == (1, Guides.channels, 24, 32)

    colored = torch.tensor([0.7152, -0.2126, 0.0]).view(1, 3, 1, 1)  # it has no luma
    stripes = torch.tensor([1.0, -1.0]).repeat(16)
    other = Guides()(photo + 0.3 * stripes * colored)
    assert (other - seen).abs().max() < 1e-5


def test_guides_keep_their_precision_where_networks_do_not() -> None:
    sky = torch.linspace(0.5, 0.51, 64).expand(1, 3, 64, 64)
    with torch.autocast("cpu", torch.bfloat16):
        half = Guides()(sky)
    assert half.dtype == torch.float32
    assert torch.equal(half, Guides()(sky))
