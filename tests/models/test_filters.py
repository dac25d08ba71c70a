"""The fixed filters: silent on flat areas, loud at edges, aware of direction."""

from __future__ import annotations

import pytest
import torch

from ganfx.models.filters import FilterBank, oriented_kernels
from ganfx.models.image import luma_chroma


def test_every_kernel_ignores_a_constant_and_answers_a_step_with_about_one() -> None:
    kernels = oriented_kernels()

    assert kernels.sum(dim=(1, 2, 3)).abs().max() < 1e-6
    assert kernels.abs().sum(dim=(1, 2, 3)).tolist() == pytest.approx([2.0] * len(kernels))


def test_a_flat_picture_has_luma_and_nothing_else() -> None:
    flat = torch.full((1, 3, 64, 64), 0.5)

    features = FilterBank()(flat)[0]
    assert torch.allclose(features[:, 0], torch.tensor(0.5))
    assert features[:, 1:].abs().max() < 1e-6


def test_a_vertical_edge_is_seen_across_and_not_along() -> None:
    edge = torch.full((1, 3, 32, 32), -1.0)
    edge[..., 16:] = 1.0

    responses = FilterBank()(edge)[0][0, :, 16].abs().amax(dim=-1)
    across, along = responses[1], responses[1 + 2 * 2]  # edge filters at 0 and 90 degrees
    assert across > 1.5
    assert along < 1e-5


def test_scales_halve() -> None:
    shapes = [tuple(f.shape) for f in FilterBank(scales=3)(torch.zeros(1, 3, 64, 96))]

    assert shapes == [(1, 9, 64, 96), (1, 9, 32, 48), (1, 9, 16, 24)]


def test_in_colour_every_channel_is_filtered_as_luma_is() -> None:
    torch.manual_seed(0)
    image = torch.rand(1, 3, 32, 32)
    red = image[:, :1].expand_as(image)

    seen, alone = FilterBank(color=True)(image), FilterBank()(red)
    assert [f.shape[1] for f in seen] == [27, 27, 27]
    for both, one in zip(seen, alone, strict=True):
        assert torch.allclose(both[:, 0], one[:, 0], atol=1e-5)  # the plane itself
        assert torch.allclose(both[:, 3:11], one[:, 1:9], atol=1e-5)  # its eight answers


def test_samples_are_places_of_the_maps_of_luma_and_of_chroma() -> None:
    torch.manual_seed(0)
    image = torch.rand(2, 3, 24, 32) * 2 - 1
    planes = luma_chroma(image).unbind(1)
    gray = [torch.stack([plane] * 3, dim=1) for plane in planes]
    maps = [FilterBank()(picture) for picture in gray]  # of each plane, as if it were luma

    for scale, drawn in enumerate(FilterBank().sample(image, 200)):
        y, blue, red = (of_plane[scale] for of_plane in maps)
        whole = torch.cat([y, blue[:, 1:], red[:, 1:]], dim=1)  # chroma's own values left out
        places = whole.movedim(1, -1).reshape(-1, whole.shape[1])
        nearest = torch.cdist(drawn, places).min(dim=1).indices
        assert drawn.shape == (200, 1 + 3 * 8)
        assert (drawn - places[nearest]).abs().max() < 1e-5
        assert nearest.unique().numel() > 20  # from all over


def test_samples_teach_the_picture_where_they_were_drawn() -> None:
    torch.manual_seed(0)
    image = torch.zeros(1, 3, 16, 16, requires_grad=True)

    drawn = FilterBank(scales=1).sample(image, 5000)[0]
    (gradient,) = torch.autograd.grad(drawn[:, 0].mean(), image)
    # The plane's own value at N random places: 1 / 256 of the mean a pixel, of luma.
    assert gradient.sum(dim=1).mean() == pytest.approx(1 / 256, rel=1e-4)
    assert gradient.sum(dim=1).std() < 0.5 / 256
