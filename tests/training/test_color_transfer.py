"""The linear map from the photos' palette to the art's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganfx.training.color_transfer import (
    MOST_GAIN,
    ColorMoments,
    color_moments,
    fit_color_transfer,
    linear_transfer,
)
from ganfx.training.data import PictureSet
from ganfx.training.losses import TONE_AREA


def flat(*colors: tuple[int, int, int], size: int = 16) -> PictureSet:
    """Pictures of one colour each."""
    return PictureSet(tuple(np.full((size, size, 3), c, np.uint8) for c in colors), "a")


def varied(seed: int, low: int = 0, high: int = 256) -> PictureSet:
    """Pictures of random areas, their channels related."""
    rng = np.random.default_rng(seed)
    mix = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6]])
    noise = rng.uniform(low, high, (4, 12, 16, 3)) @ mix
    areas = noise.astype(np.uint8).repeat(TONE_AREA, axis=1).repeat(TONE_AREA, axis=2)
    return PictureSet(tuple(areas), "a")


def through(pictures: PictureSet, matrix: torch.Tensor, offset: torch.Tensor) -> ColorMoments:
    """Moments of what a map makes of pictures."""
    of = color_moments(pictures)
    weight = matrix.double().numpy()
    return ColorMoments(
        weight @ of.mean + offset.double().numpy(), weight @ of.covariance @ weight.T
    )


def test_moments_are_of_all_pictures_alike_in_the_range_of_the_network() -> None:
    """Black, and red of 255: means of -1 and 1 in red, so 0, with a variance of 1."""
    pictures = (*flat((0, 0, 0), size=64).pictures, *flat((255, 0, 0), size=16).pictures)
    moments = color_moments(PictureSet(pictures, "a"))

    assert moments.mean == pytest.approx([0.0, -1.0, -1.0])
    assert moments.covariance == pytest.approx(np.diag([1.0, 0.0, 0.0]), abs=1e-12)


def test_texture_is_not_contrast() -> None:
    """A fine checkerboard of ink on paper is an even grey from afar."""
    board = (255 * (np.indices((64, 64)).sum(0) % 2)).astype(np.uint8)
    moments = color_moments(PictureSet((board[..., None].repeat(3, axis=2),), "a"))

    assert moments.mean == pytest.approx(np.zeros(3), abs=1e-6)
    assert moments.covariance == pytest.approx(np.zeros((3, 3)), abs=1e-9)


def test_channels_that_are_independent_are_scaled_each_by_its_own_deviations() -> None:
    photos = ColorMoments(np.array([0.0, 0.1, -0.2]), np.diag([0.04, 0.09, 0.01]))
    art = ColorMoments(np.array([0.5, -0.3, 0.0]), np.diag([0.01, 0.09, 0.04]))

    matrix, offset = linear_transfer(photos, art)

    # deviations 0.2, 0.3, 0.1 become 0.1, 0.3, 0.2
    assert matrix == pytest.approx(np.diag([0.5, 1.0, 2.0]), abs=1e-3)
    assert offset == pytest.approx([0.5, -0.4, 0.4], abs=1e-3)


def test_a_related_pair_of_channels_as_worked_out_by_hand() -> None:
    """Photos of A = I / 4 give T = 2 B^1/2; here B is a matrix times itself, over 36."""
    root = np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 3.0]])
    photos = ColorMoments(np.zeros(3), np.eye(3) / 4)
    art = ColorMoments(np.ones(3), root @ root / 36)

    matrix, offset = linear_transfer(photos, art)

    assert matrix == pytest.approx(root / 3, abs=1e-4)
    assert offset == pytest.approx(np.ones(3))


def test_mean_and_covariance_of_the_art_are_met() -> None:
    photos, swapped = varied(1), varied(2, low=40, high=200)
    dimmed = [p[..., ::-1] // np.array([1, 2, 1], np.uint8) for p in swapped.pictures]
    art = PictureSet(tuple(dimmed), "a")

    result = through(photos, *fit_color_transfer(photos, art))

    wanted = color_moments(art)
    assert result.mean == pytest.approx(wanted.mean, abs=1e-5)
    assert result.covariance == pytest.approx(wanted.covariance, abs=1e-4)


def test_an_affine_map_without_rotation_is_found_again() -> None:
    """A symmetric positive matrix is the Monge-Kantorovich map of its own result."""
    truth = np.array([[0.7, 0.1, 0.0], [0.1, 0.5, 0.05], [0.0, 0.05, 0.6]])
    photos = color_moments(varied(3))
    art = ColorMoments(truth @ photos.mean + 0.1, truth @ photos.covariance @ truth)

    matrix, offset = linear_transfer(photos, art)

    assert matrix == pytest.approx(truth, abs=1e-3)
    assert offset == pytest.approx(np.full(3, 0.1), abs=1e-3)


EQUAL = [varied(4), flat((90, 40, 200)), flat((9, 9, 9), (99, 99, 99))]


@pytest.mark.parametrize("pictures", EQUAL)
def test_equal_sets_are_left_alone(pictures: PictureSet) -> None:
    matrix, offset = fit_color_transfer(pictures, pictures)

    assert matrix == pytest.approx(np.eye(3), abs=1e-4)
    assert offset == pytest.approx(np.zeros(3), abs=1e-4)


def test_grey_art_takes_all_colour_away() -> None:
    grays = PictureSet(tuple(p[..., :1].repeat(3, axis=2) for p in varied(5).pictures), "a")
    matrix, offset = fit_color_transfer(varied(6), grays)

    for color in ((0.8, -0.6, -0.6), (-0.5, 0.2, 0.9)):
        result = matrix @ torch.tensor(color) + offset
        assert float(result.max() - result.min()) < 2 / 255  # less than a code


def test_photos_of_one_colour_become_the_mean_of_the_art_without_amplified_noise() -> None:
    matrix, offset = fit_color_transfer(flat((128, 100, 90)), varied(7))

    photo = torch.tensor([128.0, 100.0, 90.0]) / 127.5 - 1.0
    assert matrix @ photo + offset == pytest.approx(color_moments(varied(7)).mean, abs=1e-5)
    assert torch.linalg.eigvalsh(matrix).max() <= MOST_GAIN + 1e-5


def test_a_matrix_and_an_offset_are_a_convolution_of_the_network() -> None:
    matrix, offset = fit_color_transfer(varied(8), varied(9, high=120))
    pixel = torch.tensor([0.3, -0.2, 0.6])

    convolved = torch.conv2d(pixel[None, :, None, None], matrix[:, :, None, None], offset)

    assert matrix.dtype == offset.dtype == torch.float32
    assert torch.allclose(convolved[0, :, 0, 0], matrix @ pixel + offset, atol=1e-6)
