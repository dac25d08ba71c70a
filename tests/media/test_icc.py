"""From the colours of a profile to sRGB."""

import numpy as np
import pytest
from icc_profiles import (
    DISPLAY_P3,
    SRGB,
    black_profile,
    gamma_curve,
    gray_profile,
    matrix_profile,
    primaries_to_xyz,
    table_profile,
)
from PIL import ImageCms

from ganfx.media.color import display_to_linear, linear_to_display
from ganfx.media.icc import find_problem, from_srgb, is_invertible, is_srgb, to_srgb


def picture(*colors):
    return np.array([colors], np.float32)


def cube(steps=6):
    levels = np.linspace(0, 1, steps, dtype=np.float32)
    return np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(steps, -1, 3)


def in_display_p3(rgb):
    """The same colours, encoded for Display P3: by the matrices of the primaries alone."""
    matrix = np.linalg.solve(primaries_to_xyz(DISPLAY_P3), primaries_to_xyz(SRGB))
    linear = display_to_linear(rgb).astype(np.float64) @ matrix.T
    return linear_to_display(linear.astype(np.float32))


def test_colors_of_display_p3_come_back_as_they_are_in_srgb():
    brick = picture((200, 50, 50)) / np.float32(255)
    encoded = in_display_p3(brick)
    found = to_srgb(encoded, matrix_profile(DISPLAY_P3))

    assert np.abs(encoded * 255 - (184, 63, 57)).max() < 1  # its red reaches further: less of it
    assert np.abs(found * 255 - (200, 50, 50)).max() < 0.2
    assert find_problem(matrix_profile(DISPLAY_P3)) == ""
    assert not is_srgb(matrix_profile(DISPLAY_P3))


def test_all_of_srgb_survives_the_way_through_display_p3():
    found = to_srgb(in_display_p3(cube()), matrix_profile(DISPLAY_P3))
    assert np.abs(found - cube()).max() < 0.5 / 255


def test_what_srgb_cannot_show_is_clipped():
    (red, white, green) = to_srgb(
        picture((1, 0, 0), (1, 1, 1), (0, 1, 0)), matrix_profile(DISPLAY_P3)
    )[0]
    assert red.tolist() == [1, 0, 0]
    assert white == pytest.approx([1, 1, 1], abs=1e-3)
    assert green.tolist() == [0, 1, 0]


def test_another_curve_is_undone():
    half = to_srgb(picture((0.5, 0.5, 0.5)), matrix_profile(SRGB, curve=gamma_curve(1.8)))
    # 0.5 ** 1.8 = 0.2872, and 1.055 * 0.2872 ** (1 / 2.4) - 0.055 = 0.5723
    assert half[0, 0] == pytest.approx([0.5723] * 3, abs=1e-3)


@pytest.mark.parametrize(
    "profile",
    [
        None,
        matrix_profile(SRGB),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
    ids=["none", "by hand", "LittleCMS"],
)
def test_srgb_stays_as_it_is_to_the_bit(profile):
    rgb = cube()
    assert to_srgb(rgb, profile) is rgb
    assert is_srgb(profile)


def test_a_gray_profile_is_a_curve():
    found = to_srgb(picture((0, 0, 0), (0.5, 0.5, 0.5), (1, 1, 1)), gray_profile(1.8))
    assert found[0, :, 1] == pytest.approx([0, 0.5723, 1], abs=0.003)
    assert np.ptp(found, axis=-1).max() == 0


def test_a_table_is_followed():
    found = to_srgb(picture((0, 0, 0), (0.5, 0.5, 0.5), (1, 1, 1)), table_profile())[0]
    assert found[:, 1] == pytest.approx([0, 0.466, 1], abs=0.01)  # L* 50 is Y 0.1842


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (b"", "damaged"),
        (b"not a profile", "damaged"),
        (matrix_profile(DISPLAY_P3)[:200], "damaged"),
        (matrix_profile(DISPLAY_P3)[:180] + bytes(400), "damaged"),
        (black_profile(), "damaged"),
        (ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), "for Lab pixels"),
        (matrix_profile(SRGB).replace(b"RGB XYZ", b"CMYKXYZ", 1), "for CMYK pixels"),
    ],
    ids=["empty", "text", "cut", "zeros", "black", "Lab", "CMYK"],  # bytes would hold the time
)
def test_a_profile_of_no_use_leaves_the_picture_alone_and_says_why(profile, reason):
    rgb = cube()
    assert to_srgb(rgb, profile) is rgb
    assert reason in find_problem(profile)


def test_display_p3_goes_to_srgb_and_back():
    profile = matrix_profile(DISPLAY_P3)
    rgb = np.random.default_rng(0).uniform(0.3, 0.6, (8, 8, 3)).astype(np.float32)
    assert is_invertible(profile)
    np.testing.assert_allclose(from_srgb(to_srgb(rgb, profile), profile), rgb, atol=2e-5)
    assert not is_invertible(matrix_profile(SRGB))  # nothing to convert
    assert not is_invertible(None)
    assert not is_invertible(b"nonsense")
