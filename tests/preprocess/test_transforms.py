import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from ganfx.preprocess.transforms import (
    flipped,
    resized,
    rotated_small,
    rotated_valid,
    scaled_size,
    turned_quarter,
    valid_size,
)

DTYPES = (np.uint8, np.uint16, np.float32)
WHITE = {np.uint8: 255, np.uint16: 65535, np.float32: 1}

angles = st.floats(-90, 90).filter(lambda degrees: abs(degrees) > 1e-3)
sides = st.integers(1, 60)


def picture(height, width, dtype=np.uint8, seed=0):
    values = np.random.default_rng(seed).random((height, width, 3)) * WHITE[dtype]
    return values.astype(dtype)


@pytest.mark.parametrize(
    ("size", "short_side", "long_side", "expected"),
    [
        ((300, 200), 0, 0, (300, 200)),
        ((300, 200), 100, 0, (150, 100)),
        ((300, 200), 0, 100, (100, 67)),  # 66.67
        ((300, 200), 100, 100, (100, 67)),  # the long side asks for less
        ((300, 200), 50, 100, (75, 50)),  # the short side asks for less
        ((300, 200), 250, 400, (300, 200)),  # never larger
        ((200, 300), 0, 100, (67, 100)),
        ((1000, 1), 0, 10, (10, 1)),  # never nothing
    ],
)
def test_a_picture_is_scaled_to_the_side_that_asks_for_less(size, short_side, long_side, expected):
    assert scaled_size(*size, short_side, long_side) == expected
    made = resized(picture(size[1], size[0]), expected)
    assert made.shape == (expected[1], expected[0], 3)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_scaled_pixel_is_the_mean_of_the_area_it_covers(dtype):
    blocks = np.zeros((4, 4, 3), dtype)
    blocks[:2, :2] = np.array([[10, 20], [30, 40]], dtype)[..., np.newaxis]
    half = resized(blocks, (2, 2))
    assert half.dtype == dtype
    assert half[..., 0].tolist() == [[25, 0], [0, 0]]


def test_a_picture_small_enough_is_left_as_it_is():
    pixels = picture(20, 30)
    assert resized(pixels, (30, 20)) is pixels
    assert rotated_valid(pixels, 0) is pixels
    assert turned_quarter(pixels, 0) is pixels


@pytest.mark.parametrize("dtype", DTYPES)
def test_quarters_turn_clockwise_and_lose_nothing(dtype):
    pixels = picture(4, 6, dtype)
    assert np.array_equal(turned_quarter(pixels, 90)[0, -1], pixels[0, 0])  # to the top right
    assert np.array_equal(turned_quarter(pixels, 90), np.rot90(pixels, -1))
    assert np.array_equal(turned_quarter(pixels, 180), pixels[::-1, ::-1])
    assert np.array_equal(turned_quarter(turned_quarter(pixels, 90), 270), pixels)
    assert turned_quarter(pixels, 270).dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_flip_mirrors_the_axis_it_names(dtype):
    pixels = picture(4, 6, dtype)
    assert np.array_equal(flipped(pixels, "horizontal"), pixels[:, ::-1])
    assert np.array_equal(flipped(pixels, "vertical"), pixels[::-1])
    assert flipped(pixels, "vertical").dtype == dtype


def test_the_valid_area_has_its_known_sizes():
    assert valid_size(102, 102, 45) == (70, 70)  # 100 / sqrt(2) = 70.7, of a square less its rim
    assert valid_size(102, 52, 90) == (50, 100)
    assert valid_size(102, 52, 180) == (100, 50)
    assert valid_size(302, 102, 30) == (100, 57)  # narrow: 100 / 2 / sin 30, 100 / 2 / cos 30
    assert valid_size(102, 302, 30) == (57, 100)
    assert valid_size(1502, 502, 20) == (730, 266)  # 730.95, 266.04: the example of the source
    assert valid_size(2, 50, 3) == (0, 0)


@given(sides, sides, angles)
def test_the_corners_of_the_valid_area_lie_in_the_picture_and_nothing_larger_does(
    width, height, degrees
):
    size = valid_size(width, height, degrees)
    wide, high = width - 2, height - 2
    if 0 not in size:
        assert fits(*size, wide, high, degrees)
    area = (size[0] + 1) * (size[1] + 1)  # sides are rounded down to whole pixels
    for across in range(1, 80):
        for down in (area // across + 1, area // across + 2):
            assert not fits(across, down, wide, high, degrees)


def fits(across, down, wide, high, degrees):
    """Whether a centred rectangle lies in one turned about the same middle."""
    sine, cosine = abs(math.sin(math.radians(degrees))), abs(math.cos(math.radians(degrees)))
    slack = 1e-6
    return (
        across * cosine + down * sine <= wide + slack
        and across * sine + down * cosine <= high + slack
    )


@given(sides, sides, angles, st.sampled_from(DTYPES))
def test_no_invented_border_pixel_is_in_a_rotated_picture(width, height, degrees, dtype):
    ones = np.full((height, width, 3), WHITE[dtype], dtype)
    made = rotated_valid(ones, degrees)  # what is beyond the edges counts as 0
    assert made.dtype == dtype
    assert made.shape[1::-1] == valid_size(width, height, degrees)
    assert np.allclose(made, ones[0, 0], rtol=1e-5)
    assert dtype == np.float32 or (made == ones[0, 0]).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_positive_angle_turns_counter_clockwise(dtype):
    bar = np.zeros((101, 101, 3), dtype)
    bar[49:52, 80:90] = WHITE[dtype]  # on the right of the middle
    made = rotated_valid(bar, 10)
    rows, columns = np.nonzero(made[..., 0])
    height, width = made.shape[:2]
    # 34.5 pixels from the middle: to the right by 34.5 cos 10, and up by 34.5 sin 10
    assert columns.mean() - (width - 1) / 2 == pytest.approx(33.98, abs=0.7)
    assert rows.mean() - (height - 1) / 2 == pytest.approx(-5.99, abs=0.7)


@given(sides, sides, angles, st.integers(1, 30), st.sampled_from(DTYPES))
def test_none_is_in_a_small_one_either(width, height, degrees, divisor, dtype):
    valid = valid_size(4 * width, 4 * height, degrees)
    size = valid[0] // 2 // divisor, valid[1] // 2 // divisor
    if min(size) > 0:
        made = rotated_small(
            np.full((4 * height, 4 * width, 3), WHITE[dtype], dtype), degrees, size
        )
        assert made.shape[1::-1] == size
        assert made.dtype == dtype
        assert np.allclose(made, WHITE[dtype], rtol=1e-5)


@pytest.mark.parametrize("degrees", [-4.5, 1.0, 30.0])
def test_rotating_small_shows_the_same_as_rotating_large(degrees):
    photo = data.astronaut()[:400]
    size = valid_size(512, 400, degrees)
    small = size[0] // 3, size[1] // 3
    made = rotated_small(photo, degrees, small).astype(int)
    expected = resized(rotated_valid(photo, degrees), small).astype(int)
    assert np.abs(made - expected).mean() < 1.5
    for axis in (0, 1):  # a third of a pixel aside would be seen
        aside = np.abs(made - (2 * expected + np.roll(expected, 1, axis)) / 3)
        assert np.abs(made - expected).mean() < 0.5 * aside.mean()


def test_floats_stay_between_0_and_1_where_the_cubic_filter_overshoots():
    stripes = np.zeros((40, 40, 3), np.float32)
    stripes[::4] = 1
    made = rotated_valid(stripes, 3)
    assert made.min() == 0
    assert made.max() <= 1
