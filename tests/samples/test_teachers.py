import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from sklearn.datasets import load_sample_image

from ganfx.errors import UsageError
from ganfx.samples import TEACHERS, teach

PHOTOS = {
    "astronaut": data.astronaut,
    "coffee": data.coffee,
    "cat": data.chelsea,
    "china": lambda: load_sample_image("china.jpg"),
    "flower": lambda: load_sample_image("flower.jpg"),
}


def photo(name, width=320):
    picture = PHOTOS[name]()
    height = round(picture.shape[0] * width / picture.shape[1])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def saturation(picture):
    lab = cv2.cvtColor(picture.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab)
    return np.hypot(lab[..., 1], lab[..., 2]).mean()


def roughness(picture):
    """Median step between neighbours: how busy the areas between edges are."""
    luma = picture.astype(float).mean(axis=-1)
    return np.median(np.abs(np.diff(luma, axis=1)))


@pytest.mark.parametrize("name", PHOTOS)
def test_noir_is_grey_low_in_key_with_black_blacks_and_bright_lights(name):
    picture = teach("noir", photo(name))

    assert (picture == picture[..., :1]).all()
    tones = picture[..., 0] / 255.0
    assert 0.05 < (tones < 0.06).mean() < 0.6
    assert np.median(tones) < 0.45
    assert np.percentile(tones, 99.5) > 0.7


def test_noir_sees_through_a_red_filter():
    halves = np.zeros((64, 128, 3), dtype=np.uint8)
    halves[:, :64], halves[:, 64:] = (70, 110, 190), (160, 98, 70)  # sky and skin, equal in luma

    picture = teach("noir", halves)

    assert picture[32, 110, 0] > picture[32, 20, 0] + 60


def test_noir_keeps_a_black_frame_black():
    assert teach("noir", np.zeros((40, 60, 3), dtype=np.uint8)).max() <= 2


def test_noir_glows_around_a_lamp_and_not_far_from_it():
    night = np.full((200, 300, 3), 6, dtype=np.uint8)
    cv2.circle(night, (150, 100), 5, (255, 240, 200), -1)

    picture = teach("noir", night)[..., 0].astype(int)

    assert picture[100, 150] > 200
    assert picture[100, 160] > picture[100, 10] + 8
    assert picture[100, 10] < 25


def test_noir_of_a_mirrored_photo_is_the_mirrored_noir():
    picture = photo("coffee", 256)

    mirrored = teach("noir", np.ascontiguousarray(picture[:, ::-1]))[:, ::-1]

    assert np.abs(mirrored.astype(int) - teach("noir", picture)).max() <= 2


@pytest.mark.parametrize("name", ["coffee", "china"])
def test_anime_paints_areas_flat_and_strong_in_colour(name):
    before = photo(name)
    after = teach("anime", before)

    assert roughness(after) <= 0.5 * roughness(before) + 0.5
    assert saturation(after) > 1.15 * saturation(before)


def test_anime_leaves_no_specks_in_a_noisy_flat_area():
    grain = np.random.default_rng(1).normal(0.0, 3.0, (80, 80, 1))
    sky = np.clip(np.array([90, 150, 220]) + grain, 0, 255).astype(np.uint8)

    after = teach("anime", sky).astype(float)

    assert after.std(axis=(0, 1)).max() < 2.0


def test_anime_draws_a_dark_line_beside_an_edge():
    halves = np.full((64, 96, 3), 200, dtype=np.uint8)
    halves[:, 48:] = 90

    after = teach("anime", halves).astype(int).mean(axis=-1)[32]

    assert after.min() < min(after[10], after[85]) - 20


@pytest.mark.parametrize("teacher", TEACHERS)
def test_the_same_photo_gives_the_same_painting(teacher):
    picture = photo("cat", 160)

    assert np.array_equal(teach(teacher, picture), teach(teacher, picture))


@pytest.mark.parametrize("teacher", TEACHERS)
def test_another_seed_prints_a_little_lighter_or_darker(teacher):
    picture = photo("cat", 160)
    plain = teach(teacher, picture).astype(int)

    shift = (teach(teacher, picture, seed=3) - plain).ravel()

    assert 0 < np.abs(shift).max() < 25
    assert (shift >= 0).all() or (shift <= 0).all()


@settings(deadline=None, max_examples=12)
@given(st.integers(16, 70), st.integers(16, 70), st.integers(0, 9), st.sampled_from(TEACHERS))
def test_any_picture_of_16_pixels_and_more_can_be_painted(height, width, seed, teacher):
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)

    painting = teach(teacher, noise)

    assert painting.shape == noise.shape
    assert painting.dtype == np.uint8


def test_a_painting_does_not_change_the_photo():
    picture = photo("cat", 64)
    before = picture.copy()

    for teacher in TEACHERS:
        teach(teacher, picture)

    assert np.array_equal(picture, before)


def test_a_picture_too_small_to_paint_is_refused():
    with pytest.raises(UsageError, match="15x40"):
        teach("noir", np.zeros((40, 15, 3), dtype=np.uint8))


def test_an_unknown_teacher_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError) as caught:
        teach("nior", np.zeros((40, 40, 3), dtype=np.uint8))

    assert "nior" in caught.value.message
    assert "noir" in str(caught.value.hint)
