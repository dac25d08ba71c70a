"""Areas of one colour: flat ones stay, edges stay, texture goes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from ganfx.models.generator import Generator
from ganfx.models.kuwahara import LEAST_VARIANCE, KuwaharaFilter
from ganfx.preset import ModelConfig


def gray(plane: Tensor) -> Tensor:
    return plane.expand(1, 3, *plane.shape[-2:])


def test_without_passes_the_photo_is_the_photo() -> None:
    photo = torch.rand(1, 3, 8, 9)
    assert KuwaharaFilter(())(photo) is photo


@pytest.mark.parametrize("radii", [(2,), (5,), (5, 3)])
def test_an_edge_between_two_areas_stays_where_it_is(radii: tuple[int, ...]) -> None:
    # Next to it, too, windows lie on one side: all but 2.3 % of a Gaussian that is two sigmas
    # away. One blur in its place would leave an error of nearly 0.5.
    edge = gray(torch.cat([torch.full((40, 21), -0.5), torch.full((40, 19), 0.5)], dim=1))
    assert (KuwaharaFilter(radii)(edge) - edge).abs().max() < 0.08


def test_a_pixel_is_taken_for_noise_and_a_wide_bar_is_not() -> None:
    plane = torch.zeros(48, 48)
    plane[12, 12] = 1.0
    plane[:, 28:40] = 1.0
    seen = KuwaharaFilter((3,))(gray(plane))
    assert seen[0, 0, 12, 12] < 0.02
    assert seen[0, 0, 24, 34] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("radii", [(2,), (5,), (3, 2)])
def test_nothing_moves_beyond_the_published_radius_and_something_moves_at_it(
    radii: tuple[int, ...],
) -> None:
    torch.manual_seed(0)
    abstraction = KuwaharaFilter(radii)
    photo = torch.rand(1, 3, 65, 65, dtype=torch.float64) * 0.02
    changed = photo.clone()
    changed[..., 32, 32] += 0.01  # not so much that a window with it counts for nothing
    rows = (abstraction(changed) - abstraction(photo)).abs().sum(dim=(0, 1, 3)).nonzero()
    assert [int(rows.min()), int(rows.max())] == [32 - abstraction.radius, 32 + abstraction.radius]

    generator = Generator(ModelConfig(channels=(8, 16), blocks=1, abstraction=(8,)))
    plain = Generator(ModelConfig(channels=(8, 16), blocks=1))
    assert generator.receptive_radius == plain.receptive_radius + 18


def test_kept_detail_is_the_photo_itself_and_the_thick_of_a_texture_an_area() -> None:
    torch.manual_seed(0)
    plane = torch.zeros(96, 192)
    plane[46:50, 40:44] = -0.8  # a pupil on a cheek
    plane[:, 96:] = 0.3 * torch.randn(96, 96)
    photo = gray(plane)
    everywhere, kept = (KuwaharaFilter((2,), keep_detail=keep)(photo) for keep in (False, True))

    assert torch.equal(kept[..., :60], photo[..., :60])
    assert (everywhere - photo)[..., 40:56, 34:50].abs().max() > 0.05
    assert torch.equal(kept[..., 130:], everywhere[..., 130:])


def test_with_detail_kept_nothing_moves_beyond_the_published_radius() -> None:
    torch.manual_seed(0)
    abstraction = KuwaharaFilter((2,), keep_detail=True)
    assert abstraction.radius == 7 + 20
    photo = 0.2 * torch.randn(1, 3, 81, 81, dtype=torch.float64)  # neither texture nor none
    changed = photo.clone()
    changed[..., 40, 40] += 0.5
    rows = (abstraction(changed) - abstraction(photo)).abs().sum(dim=(0, 1, 3)).nonzero()
    assert [int(rows.min()), int(rows.max())] == [40 - 27, 40 + 27]


def test_without_passes_there_is_no_texture_to_look_for() -> None:
    photo = torch.rand(1, 3, 8, 9)
    abstraction = KuwaharaFilter((), keep_detail=True)
    assert abstraction.radius == 0
    assert torch.equal(abstraction(photo), photo)


def test_texture_goes() -> None:
    torch.manual_seed(0)
    texture = gray(0.2 * torch.randn(64, 64))
    left = [float(KuwaharaFilter(radii)(texture).std()) for radii in ((2,), (4,), (4, 4))]
    assert left[0] < 0.4 * float(texture.std())
    assert left[0] > left[1] > left[2]


def test_a_pass_is_what_its_formula_says() -> None:
    radius, sigma, at = 2, 1.0, 12
    rng = np.random.default_rng(0)
    photo = 0.05 * rng.standard_normal((3, 25, 25))

    rows, columns = np.mgrid[-3:4, -3:4]  # 2.5 sigmas, rounded up
    window = np.exp(-(rows**2 + columns**2) / (2 * sigma**2))
    window /= window.sum()
    total, weights = np.zeros(3), 0.0
    # Eight around, on a circle of radius 2 rounded to whole pixels, and the one in the middle.
    for row, column in [
        (0, 0),
        (0, 2),
        (1, 1),
        (2, 0),
        (1, -1),
        (0, -2),
        (-1, -1),
        (-2, 0),
        (-1, 1),
    ]:
        part = photo[:, at + row + rows, at + column + columns]
        mean = (window * part).sum(axis=(1, 2))
        variance = (window * part**2).sum(axis=(1, 2)) - mean**2
        weight = (1.0 + variance.sum() / LEAST_VARIANCE) ** -3
        total, weights = total + weight * mean, weights + weight

    seen = KuwaharaFilter((radius,))(torch.from_numpy(photo)[None])
    assert seen[0, :, at, at].numpy() == pytest.approx(total / weights, abs=1e-12)


@given(st.integers(0, 1000), st.lists(st.integers(2, 8), min_size=1, max_size=3))
def test_no_value_lies_outside_of_the_photos_range(seed: int, radii: list[int]) -> None:
    photo = torch.rand(1, 3, 20, 24, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    seen = KuwaharaFilter(tuple(radii))(photo)
    assert float(seen.max()) <= float(photo.max()) + 1e-5
    assert float(seen.min()) >= float(photo.min()) - 1e-5


def test_what_is_learned_through_it_is_shared_out_whole() -> None:
    # Means and weights both sum to one: no gradient is gained or lost on the way.
    photo = (torch.rand(1, 3, 24, 24) * 2 - 1).requires_grad_()
    KuwaharaFilter((4, 2))(photo).sum().backward()
    assert photo.grad is not None
    assert float(photo.grad.sum()) == pytest.approx(photo.numel(), rel=1e-4)


def test_half_precision_does_not_reach_it() -> None:
    photo = gray(torch.linspace(0.5, 0.51, 64).expand(32, 64))
    with torch.autocast("cpu", torch.bfloat16):
        half = KuwaharaFilter((3,))(photo)
    assert half.dtype == torch.float32
    assert torch.equal(half, KuwaharaFilter((3,))(photo))


def test_an_untrained_generator_returns_areas_and_a_trained_one_sees_nothing_else() -> None:
    photo = torch.rand(1, 3, 32, 48) * 2 - 1
    generator = Generator(ModelConfig(channels=(8, 16), blocks=1, abstraction=(3,)))
    areas = generator.abstraction(photo)
    assert torch.equal(generator(photo), areas)

    torch.nn.init.normal_(generator.change.weight)
    styled, features = generator(photo), generator.encode(photo)
    generator.abstraction = KuwaharaFilter(())
    assert torch.equal(generator(areas), styled)
    assert torch.equal(generator.encode(areas)[0], features[0])
