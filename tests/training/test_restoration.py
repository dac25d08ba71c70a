"""Art worn down to what a photo of the same could be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch

from ganfx.models.color_start import CELLS, KNOTS
from ganfx.models.generator import Generator
from ganfx.models.image import luma
from ganfx.preset import ModelConfig
from ganfx.training import restoration
from ganfx.training.restoration import worn_down

Widened = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
FLAT_PHOTO = torch.full((1, 3, 64, 64), 0.1)
PLAIN = Generator(ModelConfig(channels=(4, 8), blocks=0))


def print_with_outline() -> torch.Tensor:
    """Two areas, and between them a black line of 3 pixels."""
    art = torch.full((1, 3, 64, 64), 0.6)
    art[..., 32:] = -0.2
    art[..., 31:34] = -1.0
    return art


@pytest.mark.parametrize("seed", range(4))
def test_dark_lines_go_and_areas_stay(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoration, "_widened", partial(_widened_by, 2.0, restoration._widened))
    torch.manual_seed(seed)
    worn = worn_down(print_with_outline(), FLAT_PHOTO, PLAIN, light=0.0)
    assert float(worn.min()) > -0.25  # the lighter of both sides took the line's place
    assert torch.allclose(worn[..., 6:24], torch.tensor(0.6), atol=0.01)
    assert torch.allclose(worn[..., 40:58], torch.tensor(-0.2), atol=0.01)


def test_light_lines_go_where_they_are_asked_for_and_dark_ones_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(restoration, "_widened", partial(_widened_by, 2.0, restoration._widened))
    torch.manual_seed(0)
    art = print_with_outline()
    assert float(worn_down(art, FLAT_PHOTO, PLAIN, light=1.0).min()) < -0.5
    negative = worn_down(-art, FLAT_PHOTO, PLAIN, light=1.0)
    assert float(negative.max()) < 0.25


def _widened_by(half: float, widened: Widened, image: torch.Tensor, _: object) -> torch.Tensor:
    return widened(image, torch.full((len(image), 1, 1, 1), half))


def test_each_crop_is_widened_by_its_own_width() -> None:
    """A point of light becomes a square of 2 times the width and 1; parts of a pixel do nothing."""
    points = torch.zeros(3, 1, 16, 16)
    points[..., 8, 8] = 1.0
    wide = restoration._widened(points, torch.tensor([1.0, 2.9, 3.0]).view(3, 1, 1, 1))
    assert wide.sum(dim=(1, 2, 3)).tolist() == [9.0, 25.0, 49.0]


def test_what_a_start_does_to_colors_is_undone() -> None:
    """Worn art goes through the start to the art's own colors again."""
    generator = Generator(ModelConfig(channels=(4, 8), blocks=0, color_start=True))
    assert generator.color_start is not None
    matrix = torch.tensor([[0.8, 0.1, 0.0], [0.1, 0.7, 0.1], [0.0, 0.1, 0.9]])
    grays = torch.linspace(-1, 1, KNOTS)
    offset, table = torch.tensor([0.05, 0.0, -0.1]), torch.zeros(3, CELLS, CELLS, CELLS)
    generator.color_start.fit(0.7 * grays + 0.1, matrix, offset, table)
    art = torch.tensor([0.3, -0.2, 0.1]).view(1, 3, 1, 1).expand(1, 3, 64, 64)
    worn = worn_down(art, FLAT_PHOTO, generator)
    assert not torch.allclose(worn, art, atol=0.05)
    assert torch.allclose(generator.color_start(worn), art, atol=1e-4)


def test_a_curve_that_is_flat_somewhere_is_undone_as_far_as_it_goes() -> None:
    generator = Generator(ModelConfig(channels=(4, 8), blocks=0, color_start=True))
    start = generator.color_start
    assert start is not None
    curve = torch.linspace(-1, 1, KNOTS).clamp(min=-0.5)
    start.fit(curve, start.matrix, start.offset, start.table)
    art = torch.full((1, 3, 64, 64), 0.5)
    assert torch.allclose(worn_down(art, FLAT_PHOTO, generator), art, atol=1e-4)
    dark = worn_down(torch.full((1, 3, 64, 64), -1.0), FLAT_PHOTO, generator)
    assert torch.isfinite(dark).all()
    assert float(dark.max()) <= -0.5


def test_a_photos_texture_is_laid_over_and_its_tone_is_not() -> None:
    torch.manual_seed(3)
    texture = 0.2 * torch.randn(1, 1, 64, 64).expand(1, 3, 64, 64)
    art = torch.zeros(1, 3, 64, 64)
    worn = worn_down(art, 0.5 + texture, PLAIN)
    amount = float((worn * texture).sum() / texture.square().sum())
    assert 0.25 < amount < 1.0
    assert float(worn.mean()) == pytest.approx(0.0, abs=0.02)


def test_for_a_monochrome_network_worn_prints_have_a_photos_hues() -> None:
    generator = Generator(ModelConfig(channels=(4, 8), blocks=0, monochrome=True))
    photo = torch.tensor([0.3, 0.1, -0.2]).view(1, 3, 1, 1).expand(1, 3, 64, 64)
    worn = worn_down(torch.full((1, 3, 64, 64), -0.1), photo, generator)
    assert torch.allclose(luma(worn), torch.tensor(-0.1), atol=1e-4)
    assert torch.allclose(worn - luma(worn), photo - luma(photo), atol=1e-4)
