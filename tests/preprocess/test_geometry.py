from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from ganfx.preprocess.geometry import plan, render
from ganfx.preprocess.options import Options
from ganfx.preprocess.transforms import resized, scaled_size, turned_quarter

AS_IT_IS = Options()

options = st.builds(
    Options,
    turn=st.sampled_from([0, 90, 180, 270]),
    angle=st.sampled_from([0.0, 3.0, 45.0]),
    flip=st.sampled_from(["none", "horizontal", "vertical", "random"]),
    short_side=st.sampled_from([0, 1, 20, 50]),
    long_side=st.sampled_from([0, 7, 30, 64]),
    crop=st.sampled_from(["none", "center", "random", "grid", "smart"]),
    crop_width=st.integers(1, 50),
    crop_height=st.integers(1, 50),
    overlap=st.sampled_from([0.0, 0.25, 0.5]),
    copies=st.integers(1, 3),
    seed=st.integers(0, 5),
)


def picture(height, width, dtype=np.uint8, seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3))
    return values.astype(dtype) / np.float32(255) if dtype == np.float32 else values.astype(dtype)


@given(
    st.integers(1, 90), st.integers(1, 90), options, st.sampled_from(["u1", "u2", "f4"]), st.text()
)
@settings(max_examples=300)
def test_a_plan_names_what_rendering_makes(height, width, options, dtype, key):
    pixels = picture(height, width, np.dtype(dtype).type)
    before = pixels.copy()
    made = render(pixels, options, key)
    assert [suffix for suffix, _ in made] == plan(width, height, options, key)
    assert np.array_equal(pixels, before)
    for _, one in made:
        assert one.dtype == pixels.dtype
        if options.crop != "none":
            assert one.shape == (options.crop_height, options.crop_width, 3)
        elif options.long_side:
            assert 1 <= max(one.shape[:2]) <= options.long_side


def test_one_picture_keeps_its_name_and_several_are_numbered():
    grid = replace(AS_IT_IS, crop="grid", crop_width=10, crop_height=10)
    assert plan(10, 10, grid, "a") == [""]
    assert plan(30, 10, grid, "a") == ["-01", "-02", "-03"]
    assert plan(30, 10, replace(grid, copies=2), "a")[-1] == "-06"
    assert plan(1000, 10, grid, "a")[::99] == ["-001", "-100"]


@pytest.mark.parametrize("crop", ["center", "random", "grid", "smart"])
def test_a_picture_smaller_than_the_crop_gives_nothing(crop):
    crops = replace(AS_IT_IS, crop=crop, crop_width=40, crop_height=20)
    assert plan(39, 100, crops, "a") == []
    assert plan(100, 19, crops, "a") == []
    assert render(picture(100, 39), crops, "a") == []
    assert len(render(picture(20, 40), crops, "a")) == 1


def test_what_nothing_is_asked_of_stays_as_it_is():
    pixels = picture(20, 30)
    ((suffix, made),) = render(pixels, AS_IT_IS, "a")
    assert suffix == ""
    assert made is pixels


def test_a_picture_is_turned_then_flipped_then_cut():
    corner = np.zeros((40, 60, 3), np.uint8)
    corner[0, 0] = 255
    steps = replace(
        AS_IT_IS, turn=90, flip="horizontal", crop="center", crop_width=40, crop_height=60
    )
    ((_, made),) = render(corner, steps, "a")
    assert made.shape == (60, 40, 3)
    assert made[0, 0, 0] == 255  # turned to the top right, then mirrored to the top left
    assert made.sum() == 255 * 3


def test_tiles_are_the_picture_cut_row_by_row():
    pixels = picture(20, 30)
    tiles = [
        tile
        for _, tile in render(
            pixels, replace(AS_IT_IS, crop="grid", crop_width=10, crop_height=10), "a"
        )
    ]
    rows = [np.hstack(tiles[:3]), np.hstack(tiles[3:])]
    assert np.array_equal(np.vstack(rows), pixels)


def test_scaling_first_changes_a_turned_picture_by_rounding_only():
    photo = data.astronaut()
    turned = replace(AS_IT_IS, turn=270, flip="vertical", long_side=200)
    ((_, made),) = render(photo, turned, "a")
    expected = resized(turned_quarter(photo, 270)[::-1], (200, 200))
    assert np.abs(made.astype(int) - expected).max() <= 1


def test_scaling_first_hardly_changes_a_rotated_picture():
    photo = cv2.resize(data.astronaut(), (1600, 1200), interpolation=cv2.INTER_CUBIC)
    small = replace(AS_IT_IS, angle=5.0, long_side=200)
    ((_, large),) = render(photo, replace(small, long_side=0), "a")
    ((_, made),) = render(photo, small, "a")
    expected = resized(large, scaled_size(large.shape[1], large.shape[0], 0, 200))
    assert made.shape == expected.shape
    assert np.abs(made.astype(int) - expected).mean() < 1


def angle_of(options, key):
    """The angle that chance takes, read off a bar that is turned by it."""
    bar = np.zeros((401, 401, 3), np.uint8)
    bar[200] = 255
    ((_, made),) = render(bar, options, key)
    rows, columns = np.nonzero(made[..., 0] > 60)
    return -np.degrees(np.arctan(np.polyfit(columns, rows, 1)[0]))


def test_chance_hangs_on_seed_key_and_copy_alone():
    chances = replace(
        AS_IT_IS,
        angle=4.0,
        flip="random",
        crop="random",
        crop_width=20,
        crop_height=20,
        copies=3,
    )
    pixels = picture(60, 80)
    first = [made for _, made in render(pixels, chances, "a/b.jpg")]
    again = [made for _, made in render(pixels, chances, "a/b.jpg")]
    fewer = [made for _, made in render(pixels, replace(chances, copies=2), "a/b.jpg")]
    for one, same in zip(first, again, strict=True):
        assert np.array_equal(one, same)
    for one, same in zip(first[:2], fewer, strict=True):
        assert np.array_equal(one, same)
    others = [
        *first,
        render(pixels, chances, "a/c.jpg")[0][1],
        render(pixels, replace(chances, seed=2), "a/b.jpg")[0][1],
    ]
    assert len({made.tobytes() for made in others}) == 5


def test_random_angles_and_flips_are_spread_over_their_range():
    tilted = replace(AS_IT_IS, angle=10.0)
    angles = [angle_of(tilted, str(key)) for key in range(40)]
    assert -10.1 < min(angles) < -6
    assert 6 < max(angles) < 10.1
    pixels = picture(4, 4)
    mirrored = [
        np.array_equal(render(pixels, replace(AS_IT_IS, flip="random"), str(key))[0][1], pixels)
        for key in range(100)
    ]
    assert 30 < sum(mirrored) < 70


def test_a_name_that_is_no_unicode_can_be_a_key():
    assert plan(10, 10, AS_IT_IS, "caf\udce9.jpg") == [""]


def test_a_read_only_window_of_a_larger_picture_can_be_rendered():
    pixels = picture(100, 100)[10:90, 10:70]
    pixels.flags.writeable = False
    everything = replace(
        AS_IT_IS,
        turn=90,
        angle=2.0,
        flip="horizontal",
        long_side=50,
        crop="smart",
        crop_width=20,
        crop_height=20,
    )
    assert render(pixels, everything, "a")[0][1].shape == (20, 20, 3)
    assert render(pixels, replace(AS_IT_IS, turn=90), "a")[0][1].shape == (60, 80, 3)
    assert render(pixels, replace(AS_IT_IS, flip="vertical"), "a")[0][1].shape == (80, 60, 3)
