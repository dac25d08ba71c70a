"""Terms that hold on to the photo or its painting, against values worked out by hand."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ganfx.models.image import luma
from ganfx.training import losses


def scene(seed: int = 0) -> Tensor:
    torch.manual_seed(seed)
    small = torch.rand(2, 3, 8, 8) * 2 - 1
    return torch.nn.functional.interpolate(small, (64, 64), mode="bicubic").clamp(-1, 1)


def test_content_allows_any_contrast_but_no_inversion() -> None:
    photo = scene()

    assert float(losses.content_loss(photo, photo)) == pytest.approx(0.0, abs=1e-3)
    assert float(losses.content_loss(photo, 0.5 * photo + 0.2)) < 0.02
    assert float(losses.content_loss(photo, -photo)) == pytest.approx(2.0, abs=0.02)


def test_content_leaves_fine_texture_free() -> None:
    photo = scene()
    stripes = 0.3 * torch.tensor([1.0, -1.0]).repeat(32)

    assert float(losses.content_loss(photo, photo + stripes)) < 0.01


def test_structure_allows_any_contrast_but_no_inversion() -> None:
    photo = scene()

    assert float(losses.structure_loss(photo, photo)) == pytest.approx(0.0, abs=1e-6)
    assert float(losses.structure_loss(photo, 0.5 * photo)) < 0.01
    assert float(losses.structure_loss(photo, -photo)) == pytest.approx(2.0, abs=0.02)


def test_structure_sees_what_was_drawn_into_a_flat_area_and_content_does_not() -> None:
    """Waves along x, and in the result as many along y: the correlation is 1 over root 2."""
    wave = torch.sin(torch.arange(256) * (2 * torch.pi / 64)).mul(0.4)
    photo = wave.expand(1, 3, 256, 256)
    invented = photo + photo.transpose(2, 3)

    loss = float(losses.structure_loss(photo, invented))
    assert loss == pytest.approx(1 - 0.5**0.5, abs=0.03)
    assert float(losses.structure_loss(torch.zeros_like(photo), photo)) > 0.6
    assert float(losses.content_loss(torch.zeros_like(photo), photo)) == pytest.approx(1, abs=0.01)


def test_two_flat_pictures_have_the_same_structure() -> None:
    flat = torch.zeros(2, 3, 64, 64)

    assert float(losses.structure_loss(flat, flat)) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("fake", "expected"),
    [
        ([1.0, -1.0, 1.0, -1.0], 0.0),
        ([5.0, 1.0, 5.0, 1.0], 0.0),  # stronger and brighter: the same places
        ([-1.0, 1.0, -1.0, 1.0], 2.0),
        ([1.0, 1.0, -1.0, -1.0], 1.0),  # unrelated
        ([3.0, 3.0, 3.0, 3.0], 0.5),  # nothing left
    ],
)
def test_perceptual_is_one_minus_the_correlation(fake: list[float], expected: float) -> None:
    photo = torch.tensor([1.0, -1.0, 1.0, -1.0]).view(1, 1, 2, 2)

    loss = losses.perceptual_loss(photo, torch.tensor(fake).view(1, 1, 2, 2))
    assert float(loss) == pytest.approx(expected, abs=1e-4)


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


def test_color_wants_chroma_as_vivid_as_the_art_has_it() -> None:
    photo = scene()
    gray = photo.mean(dim=1, keepdim=True)
    gray, half = gray.expand_as(photo), (photo + luma(photo)) / 2  # half the distance to grey

    assert float(losses.color_loss(photo, gray, vividness=0.0)) < 1e-6
    assert float(losses.color_loss(photo, half, vividness=0.5)) < 1e-6
    assert float(losses.color_loss(photo, photo, vividness=0.5)) > 0.01


def test_tone_compares_areas_with_the_photo_through_a_curve() -> None:
    photo = torch.zeros(1, 3, 16, 16)
    photo[..., 8:] = 0.5  # areas of tone 0 and 0.5
    negative = torch.tensor([1.0, -1.0])
    stripes = torch.tensor([0.2, -0.2]).repeat(8)

    assert float(losses.tone_loss(photo, -photo + stripes, negative)) == pytest.approx(0, abs=1e-6)
    assert float(losses.tone_loss(photo, photo, negative)) == pytest.approx(0.5)  # 0 and 1
    # Through three points, 0 becomes 0.4, and 0.5, half of the way to 1, 0.7.
    bent = torch.tensor([-1.0, 0.4, 1.0])
    assert float(losses.tone_loss(photo, photo, bent)) == pytest.approx((0.4 + 0.2) / 2)


def test_tones_beyond_the_range_are_those_at_its_ends() -> None:
    photo = torch.full((1, 3, 8, 8), 1.2)
    wanted = torch.full((1, 3, 8, 8), 0.3)

    assert float(losses.tone_loss(photo, wanted, torch.tensor([0.0, 0.3]))) == pytest.approx(
        0, abs=1e-6
    )


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
