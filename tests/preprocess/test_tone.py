"""Tones of a set come together, and no picture loses its range."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scanned_pages import drawing, on_paper, photo
from skimage import data

from ganfx.preprocess.tone import Tone, common_tone, full_range, match, measure_tone


def scanned(picture, white, black):
    """A picture as a scanner with this white and black gives it."""
    levels = np.asarray(black) + picture / 255 * (np.asarray(white) - np.asarray(black))
    return np.round(levels).clip(0, 255).astype(np.uint8)


def as_floats(picture):
    return picture.astype(np.float32) / np.float32(255)


def test_paper_is_measured_with_its_tint_and_the_ink_as_black():
    page = on_paper(np.full((60, 60, 3), 30), (90, 90, 90, 90), tone=(230, 220, 190), noise=0)
    tone = measure_tone(page)
    assert tone[:3] == pytest.approx((230 / 255, 220 / 255, 190 / 255), abs=0.01)
    assert tone.black == pytest.approx(30 / 255, abs=0.01)
    assert tone.paper == 1.0


def test_a_full_dark_picture_has_hardly_any_paper():
    assert measure_tone(cv2.GaussianBlur(data.rocket() // 2, (0, 0), 2)).paper < 0.6


def test_a_color_that_is_light_is_no_paper():
    yellow = measure_tone(np.full((80, 90, 3), (240, 210, 60), np.uint8))
    cream = measure_tone(np.full((80, 90, 3), (240, 226, 200), np.uint8))
    dusk = measure_tone(np.full((80, 90, 3), (100, 100, 104), np.uint8))
    assert (yellow.paper, cream.paper, dusk.paper) == (0.0, 1.0, 0.0)


def test_the_tone_of_a_set_is_a_light_white_of_it_and_a_dark_black():
    tones = [Tone(v, v, v, 0.5 - 0.5 * v, 1.0) for v in (0.5, 0.6, 0.7, 0.8, 0.9)]
    # the fourth of five is the upper quartile
    assert common_tone(tones) == pytest.approx((0.8, 0.8, 0.8, 0.1, 1.0))


def test_the_tint_of_a_set_is_its_median():
    tones = [Tone(0.9, 0.9, blue, 0.1, 1.0) for blue in (0.9, 0.8, 0.4)]
    common = common_tone(tones)
    assert common.blue / common.red == pytest.approx(0.8 / 0.9)


def test_pictures_without_paper_do_not_set_the_tone_of_pages_with_it():
    page, night = Tone(0.9, 0.9, 0.9, 0.1, 1.0), Tone(0.3, 0.3, 0.3, 0.0, 0.1)
    assert common_tone([page, page, night]) == pytest.approx(page, abs=1e-6)


def grays(*levels):
    return np.repeat(np.array(levels, np.float32)[np.newaxis, :, np.newaxis], 3, axis=2)


def test_white_and_black_of_paper_far_off_arrive_where_the_set_has_them():
    own, common = Tone(0.6, 0.6, 0.6, 0.2, 1.0), Tone(0.9, 0.9, 0.9, 0.1, 1.0)
    # slope (0.9 - 0.1) / (0.6 - 0.2) = 2
    matched = match(grays(0.2, 0.4, 0.6), own, common)
    np.testing.assert_allclose(matched, grays(0.1, 0.5, 0.9), atol=1e-6)


def test_without_paper_both_move_part_of_the_way():
    own, common = Tone(0.7, 0.7, 0.7, 0.2, 0.0), Tone(0.9, 0.9, 0.9, 0.1, 1.0)
    # 0.6 of the way: white 0.7 + 0.6 * 0.2, black 0.2 - 0.6 * 0.1
    matched = match(grays(0.2, 0.7), own, common)
    np.testing.assert_allclose(matched, grays(0.14, 0.82), atol=1e-6)


def test_lightly_pressed_pencil_on_good_paper_stays_light():
    own, common = Tone(1.0, 1.0, 1.0, 0.4, 1.0), Tone(1.0, 1.0, 1.0, 0.0, 1.0)
    # a quarter of the way
    np.testing.assert_allclose(match(grays(0.4, 1.0), own, common), grays(0.3, 1.0), atol=1e-6)


def test_paper_is_brought_to_the_tint_of_the_set_if_it_is_near():
    page = np.full((1, 1, 3), (0.9, 0.9, 0.85), np.float32)
    own = Tone(0.9, 0.9, 0.85, 0.1, 1.0)
    near = match(page, own, Tone(0.9, 0.9, 0.88, 0.1, 1.0))[0, 0]
    far = match(page, own, Tone(0.9, 0.9, 0.4, 0.1, 1.0))[0, 0]
    assert near[2] / near[0] == pytest.approx(0.88 / 0.9, abs=0.005)
    assert far[2] / far[0] > 0.8


def test_colors_of_pictures_without_paper_are_kept():
    night_cafe = np.array([[[0.5, 0.4, 0.15], [0.2, 0.3, 0.5]]], np.float32)
    matched = match(night_cafe, Tone(0.5, 0.4, 0.15, 0.1, 0.0), Tone(0.9, 0.9, 0.85, 0.1, 1.0))
    before, after = (picture[..., :2] - picture[..., 1:] for picture in (night_cafe, matched))
    slopes = after / before
    assert slopes.min() == pytest.approx(slopes.max(), rel=1e-4)


def test_ends_bend_instead_of_being_cut_off():
    own, common = Tone(0.6, 0.6, 0.6, 0.3, 1.0), Tone(0.9, 0.9, 0.9, 0.1, 1.0)
    matched = match(grays(*np.linspace(0, 1, 101)), own, common)[0, :, 0]
    assert (np.diff(matched) > 0).all()
    assert matched[0] == pytest.approx(0, abs=1e-6)
    assert matched[-1] == pytest.approx(1, abs=1e-6)
    assert np.abs(np.diff(matched, 2)).max() < 0.02  # no corner


def test_in_full_range_a_gray_print_has_white_paper_and_black_ink_of_its_tint():
    print_ = Tone(0.6, 0.6, 0.54, 0.28, 0.0)
    common = full_range(common_tone([print_] * 3))
    assert common.white == pytest.approx(0.97)
    assert common.blue / common.red == pytest.approx(0.9, abs=0.01)
    white = print_.white
    # all the way, though there is no paper to be sure of: 0.03 and 0.97
    matched = match(grays(0.28, white), print_, common, fully=True)[0, :, 0]
    np.testing.assert_allclose(matched, (0.03, 0.97), atol=1e-5)
    assert match(grays(0.28, white), print_, common)[0, 1, 0] < 0.9


def test_full_range_stops_before_the_grain_of_the_paper_becomes_a_picture():
    faint, common = Tone(0.5, 0.5, 0.5, 0.4, 1.0), Tone(0.97, 0.97, 0.97, 0.03, 1.0)
    # contrast may rise 3.5 times: from 0.1 to 0.35, below white
    matched = match(grays(0.4, 0.5), faint, common, fully=True)[0, :, 0]
    np.testing.assert_allclose(matched, (0.62, 0.97), atol=1e-5)


def test_two_scans_of_one_drawing_come_together():
    page = drawing(400, 300)
    dark, light = scanned(page, (150, 148, 140), 55), scanned(page, (244, 240, 228), 12)
    tones = [measure_tone(dark), measure_tone(light)]
    common = common_tone(tones)
    matched = [match(as_floats(p), t, common) for p, t in zip((dark, light), tones, strict=True)]
    before = np.abs(as_floats(dark) - as_floats(light)).mean()
    after = np.abs(matched[0] - matched[1]).mean()
    assert after < 0.3 * before


def test_a_picture_of_the_common_tone_stays_as_it_is():
    picture = as_floats(photo())
    tone = measure_tone(photo())
    np.testing.assert_allclose(match(picture, tone, tone), picture, atol=1e-6)


def test_a_night_scene_is_not_driven_to_white():
    night = (photo() // 4).astype(np.uint8)
    own = measure_tone(night)._replace(paper=0.0)
    bright = Tone(0.95, 0.95, 0.95, 0.05, 1.0)
    assert match(as_floats(night), own, bright).mean() < 2.5 * as_floats(night).mean()


def test_gray_stays_gray_in_a_gray_set():
    gray = np.repeat(data.camera()[..., np.newaxis], 3, axis=2)
    tones = [measure_tone(picture) for picture in (gray, gray // 2, gray // 3 + 99)]
    matched = match(as_floats(gray), tones[0], common_tone(tones))
    assert np.ptp(matched, axis=2).max() == 0


@settings(max_examples=40)
@given(
    st.floats(0.4, 1), st.floats(0, 0.25), st.floats(0.4, 1), st.floats(0, 0.25), st.floats(0, 1)
)
def test_order_is_kept_and_range_is_not_flattened(white, black, to_white, to_black, paper):
    own = Tone(white, white, white, black, paper)
    common = Tone(to_white, to_white, to_white, to_black, 1.0)
    ramp = np.linspace(black, white, 64, dtype=np.float32)[np.newaxis, :, np.newaxis]
    matched = match(np.repeat(ramp, 3, axis=2), own, common)[0, :, 0]
    assert (np.diff(matched) >= 0).all()
    # 0.95 is the flattest line; an end that reaches 0 or 1 bends by half of a knee of 0.02.
    assert np.ptp(matched) >= 0.95 * (white - black) - 2 * 0.01 - 1e-6
