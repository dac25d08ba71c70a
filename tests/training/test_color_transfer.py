"""The linear map from the photos' palette to the art's."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.training.color_transfer import (
    MOST_GAIN,
    ColorMoments,
    area_colors,
    linear_transfer,
)

GRAY = np.ones((3, 3))
"""The covariance of grays: red, green and blue rise and fall as one."""


def related(seed: int) -> ColorMoments:
    """Moments of colours whose channels are related."""
    root = np.random.default_rng(seed).uniform(0.05, 0.5, (3, 3))
    return ColorMoments(root[0] - 0.2, root @ root.T)


def test_colors_are_those_of_areas_in_the_range_of_the_network() -> None:
    """Red of 255 without green is 1 and -1; there are 2 by 3 areas of 8 pixels."""
    picture = np.zeros((16, 24, 3), np.uint8)
    picture[..., 0], picture[..., 2] = 255, 51

    assert area_colors(picture) == pytest.approx(np.tile([1.0, -1.0, -0.6], (6, 1)), abs=1e-6)


def test_texture_is_not_contrast() -> None:
    """A fine checkerboard of ink on paper is an even grey from afar."""
    board = (255 * (np.indices((64, 64)).sum(0) % 2)).astype(np.uint8)

    assert area_colors(board[..., None].repeat(3, axis=2)) == pytest.approx(0.0, abs=1e-6)


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


@pytest.mark.parametrize("seed", range(3))
def test_mean_and_covariance_of_the_art_are_met(seed: int) -> None:
    art = related(seed)
    photos = ColorMoments(np.full(3, 0.1), art.covariance[::-1, ::-1] + np.eye(3) / 20)

    matrix, offset = linear_transfer(photos, art)

    assert matrix @ photos.mean + offset == pytest.approx(art.mean)
    assert matrix @ photos.covariance @ matrix.T == pytest.approx(art.covariance, abs=1e-4)
    assert matrix == pytest.approx(matrix.T)


def test_an_affine_map_without_rotation_is_found_again() -> None:
    """A symmetric positive matrix is the Monge-Kantorovich map of its own result."""
    truth = np.array([[0.7, 0.1, 0.0], [0.1, 0.5, 0.05], [0.0, 0.05, 0.6]])
    photos = ColorMoments(np.array([0.2, 0.0, -0.4]), related(3).covariance + np.eye(3) / 20)
    art = ColorMoments(truth @ photos.mean + 0.1, truth @ photos.covariance @ truth)

    matrix, offset = linear_transfer(photos, art)

    assert matrix == pytest.approx(truth, abs=1e-3)
    assert offset == pytest.approx(np.full(3, 0.1), abs=1e-3)


@pytest.mark.parametrize("covariance", [related(4).covariance, GRAY / 4, np.zeros((3, 3))])
def test_equal_sets_are_left_alone(covariance: np.ndarray) -> None:
    moments = ColorMoments(np.array([-0.3, 0.2, 0.5]), covariance)

    matrix, offset = linear_transfer(moments, moments)

    assert matrix == pytest.approx(np.eye(3), abs=1e-4)
    assert offset == pytest.approx(np.zeros(3), abs=1e-4)


def test_grey_art_takes_all_colour_away() -> None:
    photos = ColorMoments(np.zeros(3), related(5).covariance + np.eye(3) / 20)
    matrix, offset = linear_transfer(photos, ColorMoments(np.zeros(3), GRAY / 16))

    for color in ((0.8, -0.6, -0.6), (-0.5, 0.2, 0.9)):
        result = matrix @ np.array(color) + offset
        assert float(result.max() - result.min()) < 2 / 255  # less than a code


def test_photos_of_one_colour_become_the_mean_of_the_art_without_amplified_noise() -> None:
    photos, art = ColorMoments(np.array([0.0, -0.2, -0.3]), np.zeros((3, 3))), related(6)
    matrix, offset = linear_transfer(photos, art)

    assert matrix @ photos.mean + offset == pytest.approx(art.mean)
    assert np.linalg.eigvalsh(matrix).max() <= MOST_GAIN + 1e-9
