from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from ganfx.media.arrays import ImageU8
from ganfx.quality.artifacts import color_variety, flat_area_noise, grid_energy, mean_chroma


@pytest.fixture(scope="module")
def photo() -> ImageU8:
    picture: ImageU8 = data.astronaut()
    return picture


def test_a_photo_and_noise_have_no_grid(photo: ImageU8) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (512, 512, 3), dtype=np.uint8)
    assert grid_energy(photo, 8) == pytest.approx(1.0, abs=0.35)
    assert grid_energy(noise, 8) == pytest.approx(1.0, abs=0.35)


@pytest.mark.parametrize("stride", [2, 4, 8])
def test_a_faint_grid_is_found_at_its_own_stride(photo: ImageU8, stride: int) -> None:
    tile = np.random.default_rng(4).integers(-3, 4, (stride, stride))
    gridded = np.clip(photo + np.tile(tile, (512 // stride,) * 2)[..., None], 0, 255)
    assert grid_energy(gridded.astype(np.uint8), stride) > 10 * grid_energy(photo, stride)


def test_a_texture_of_another_period_is_no_grid(photo: ImageU8) -> None:
    wave = 3 * np.sin(np.arange(512) * 2 * np.pi / 11.3)[:, None]
    textured = np.clip(photo + wave[..., None], 0, 255).astype(np.uint8)
    assert grid_energy(textured, 8) < 2 * grid_energy(photo, 8)


def test_stripes_are_a_grid_too(photo: ImageU8) -> None:
    striped = photo.copy()
    striped[::8] = np.clip(striped[::8].astype(int) + 6, 0, 255)
    assert grid_energy(striped, 8) > 5 * grid_energy(photo, 8)


def test_pictures_too_small_for_a_spectrum_are_refused() -> None:
    with pytest.raises(ValueError, match="16 times"):
        grid_energy(np.zeros((127, 512, 3), np.uint8), 8)


def test_unrest_is_the_deviation_where_the_photo_is_flat() -> None:
    photo = np.full((64, 64, 3), 120, np.uint8)
    photo[:32] = np.random.default_rng(5).integers(0, 255, (32, 64, 3))
    after = photo.copy()
    after[32::2] += 20  # every second row: a deviation of 10 / 255
    assert flat_area_noise(photo, after) == pytest.approx(10 / 255)
    assert flat_area_noise(photo, photo) == pytest.approx(0.0)
    assert flat_area_noise(photo[:32], after[:32]) is None


def test_chroma_of_greys_and_of_red() -> None:
    gray = np.repeat(np.arange(64, dtype=np.uint8)[None, :, None] * 4, 3, axis=2)
    assert mean_chroma(np.repeat(gray, 4, axis=0)) == pytest.approx((0.0, 0.0), abs=0.02)
    red = np.full((4, 4, 3), (255, 0, 0), np.uint8)
    assert mean_chroma(red) == pytest.approx((80.1, 67.2), abs=0.2)  # published values of sRGB red


def test_a_toned_print_has_no_variety_of_color(photo: ImageU8) -> None:
    gray = photo.mean(axis=2, keepdims=True)
    toned = (gray * [1.0, 0.9, 0.7]).astype(np.uint8)
    assert color_variety(np.repeat(gray, 3, axis=2).astype(np.uint8)) == pytest.approx(0, abs=0.1)
    assert color_variety(toned) < 1.0
    assert color_variety(photo) > 10.0
    # Two colors of one lightness, half and half: each is its distance from the gray between.
    halves = np.full((64, 64, 3), 128, np.uint8)
    halves[:, :32], halves[:, 32:] = (150, 110, 128), (90, 138, 124)
    assert color_variety(halves) > 10.0


@pytest.mark.parametrize("period", [4, 8])
@pytest.mark.parametrize("axis", [0, 1])
def test_ruled_lines_are_no_grid_but_a_network_s_grid_is(
    photo: ImageU8, period: int, axis: int
) -> None:
    ruled = np.clip(
        photo + np.expand_dims(20 * np.sin(2 * np.pi * np.arange(512) / period), (1 - axis, 2)),
        0,
        255,
    ).astype(np.uint8)
    assert grid_energy(ruled, 8) > 30
    assert grid_energy(ruled, 8, both_ways=True) < 1.5

    tile = np.random.default_rng(4).integers(-3, 4, (period, period))
    grid = np.tile(tile, (512 // period,) * 2)[..., None]
    gridded = np.clip(ruled + grid, 0, 255).astype(np.uint8)
    assert grid_energy(gridded, 8, both_ways=True) > 20


def test_noise_has_no_grid_both_ways(photo: ImageU8) -> None:
    rng = np.random.default_rng(3)
    energies = [
        grid_energy(rng.integers(0, 255, (256, 256, 3), dtype=np.uint8), 8, both_ways=True)
        for _ in range(8)
    ]
    assert float(np.mean(energies)) == pytest.approx(1.0, abs=0.2)
