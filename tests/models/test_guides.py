"""Local contrast, against values worked out by hand; guides see what they should."""

from __future__ import annotations

import pytest
import torch

from ganfx.models.filters import ORIENTATIONS
from ganfx.models.guides import FAINTEST, FLATTENED, REACH, Guides, flattened, local_contrast

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


def test_guides_stand_behind_the_photo_and_lines_see_its_luma_only() -> None:
    torch.manual_seed(0)
    photo = torch.rand(1, 3, 24, 32) * 2 - 1
    seen = Guides()(photo)
    assert seen.shape == (1, 3 + Guides.channels, 24, 32)
    assert torch.equal(seen[:, :3], photo)

    colored = torch.tensor([0.7152, -0.2126, 0.0]).view(1, 3, 1, 1)  # it has no luma
    stripes = torch.tensor([1.0, -1.0]).repeat(16)
    other = Guides()(photo + 0.3 * stripes * colored)
    assert (other - seen)[:, 3 : 4 + 2 * ORIENTATIONS].abs().max() < 1e-5


def test_guides_keep_their_precision_where_networks_do_not() -> None:
    sky = torch.linspace(0.5, 0.51, 64).expand(1, 3, 64, 64)
    with torch.autocast("cpu", torch.bfloat16):
        half = Guides()(sky)
    assert half.dtype == torch.float32
    assert torch.equal(half, Guides()(sky))


def test_faint_texture_becomes_flat_and_an_edge_stays() -> None:
    torch.manual_seed(0)
    steps = torch.where(torch.arange(128) < 64, -0.5, 0.5).expand(1, 3, 96, 128)
    texture = 0.08 * torch.randn(1, 3, 96, 128)
    for smooth, (_, faintest) in zip(flattened(steps + texture), FLATTENED, strict=True):
        inner = smooth[..., 24:-24, :]
        # a far coarse pixel holds little of the noise: about faintest squared is lost to it
        assert inner[..., 16:44].std() < 0.5 * texture.std()
        assert inner[..., 84:112].std() < 0.5 * texture.std()
        edge = inner[..., 66:70].mean() - inner[..., 58:62].mean()
        assert edge > 1.0 - 4 * faintest


def test_smoothing_by_hand_where_an_area_differs_by_its_faintest() -> None:
    # Waves of 8 coarse pixels and more are seen in full by an area: gain is v / (v + f^2).
    for index, (_, faintest) in enumerate(FLATTENED):
        board = (torch.arange(256) // 128) % 2 * 2.0 - 1  # one step, far from everything else
        flat = flattened(torch.full((1, 3, 256, 256), 0.3))[index]
        assert flat.sub(0.3).abs().max() < 1e-5
        photo = (faintest * board).expand(1, 3, 256, 256)
        smooth = flattened(photo)[index]
        # far from the step both sides are flat and keep their values
        assert smooth[..., 128, :64].sub(-faintest).abs().max() < 1e-5
        # at the step an area differs by about its faintest: half of the difference is left
        jump = float(smooth[0, 0, 128, 128] - smooth[0, 0, 128, 127])
        assert 0.2 < jump / (2 * faintest) < 0.6


def test_guides_need_what_they_say() -> None:
    torch.manual_seed(0)
    photo = torch.rand(1, 3, 128, 128, dtype=torch.float64)
    guides = Guides().double()
    for at in range(60, 64):
        seen = photo.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(guides(seen)[..., at, at].sum(), seen)
        rows = gradient.abs().sum(dim=(0, 1, 3)).nonzero()
        assert (int(rows.min()), int(rows.max())) == Guides.needed(at, at)
