import cv2
import numpy as np
import pytest

from ganfx.samples import teach
from tests.samples.conftest import PHOTOS, photo


@pytest.mark.parametrize("name", PHOTOS)
def test_noir_is_grey_low_in_key_with_black_blacks_and_bright_lights(name):
    picture = teach("noir", photo(name))

    assert (picture == picture[..., :1]).all()
    tones = picture[..., 0] / 255.0
    assert 0.02 < (tones < 0.06).mean() < 0.6
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


def test_noir_shades_dark_places_so_that_form_in_them_stays_readable():
    sky_and_face = np.full((160, 240, 3), (205, 210, 220), dtype=np.uint8)
    cv2.circle(sky_and_face, (120, 80), 60, (84, 54, 42), -1)  # dark skin
    cv2.circle(sky_and_face, (100, 70), 22, (125, 84, 66), -1)  # a lit cheek

    picture = teach("noir", sky_and_face)[..., 0].astype(int)

    assert 15 < picture[115, 140] < 90
    assert picture[70, 100] > picture[115, 140] + 40


def test_noir_prints_an_even_wall_evenly_beside_a_dark_coat():
    studio = np.full((200, 300, 3), 170, dtype=np.uint8)
    studio[60:, 110:180] = 22

    wall = teach("noir", studio)[130, :, 0].astype(int)

    assert np.ptp(wall[:104]) <= 8
    assert wall[145] < 25


def test_noir_gives_a_bright_room_its_black():
    room = np.full((160, 240, 3), 225, dtype=np.uint8)
    room[90:, 80:150] = 75

    assert teach("noir", room)[125, 115, 0] < 40


def test_noir_of_a_mirrored_photo_is_the_mirrored_noir():
    picture = photo("coffee", 256)

    mirrored = teach("noir", np.ascontiguousarray(picture[:, ::-1]))[:, ::-1]

    assert np.abs(mirrored.astype(int) - teach("noir", picture)).max() <= 2
