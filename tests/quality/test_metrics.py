import numpy as np
import pytest

from ganfx.quality.metrics import structure, style_distance


def gray(plane):
    return np.repeat(np.asarray(plane, dtype=np.uint8)[..., None], 3, axis=2)


RAMP = gray(np.tile(np.arange(0, 200, 5), (40, 1)))  # rises to the right by 5 a pixel


def test_a_picture_keeps_all_of_its_own_structure():
    assert structure(RAMP, RAMP) == pytest.approx(1.0)


def test_contrast_and_brightness_do_not_change_structure():
    assert structure(RAMP, RAMP // 5 + 40) == pytest.approx(1.0)


def test_a_negative_has_opposite_structure():
    assert structure(RAMP, 255 - RAMP) == pytest.approx(-1.0)


def test_a_ramp_to_the_right_and_one_downwards_are_unrelated():
    assert structure(RAMP, RAMP.transpose(1, 0, 2).copy()) == pytest.approx(0.0, abs=1e-9)


def test_a_ramp_turned_by_45_degrees_keeps_the_cosine_of_45_degrees():
    x, y = np.meshgrid(np.arange(40), np.arange(40))

    assert structure(gray(2 * x), gray(2 * x + 2 * y)) == pytest.approx(np.sqrt(0.5))


def test_flat_pictures_have_equal_structure_and_none_in_common_with_others():
    flat = gray(np.full((40, 40), 90))

    assert structure(flat, flat + 30) == 1.0
    assert structure(RAMP, flat) == 0.0


def test_structure_needs_pictures_of_one_size():
    with pytest.raises(ValueError, match="equal shapes"):
        structure(RAMP, RAMP[1:])


def test_equal_sets_are_at_no_distance():
    assert style_distance([RAMP, RAMP[::-1]], [RAMP, RAMP[::-1]]) == 0.0


def test_the_distance_of_two_greys_is_half_the_length_of_their_difference():
    # In three dimensions a random unit axis sees half of a vector's length, on average.
    first, second = gray(np.full((8, 8), 51)), gray(np.full((8, 8), 102))

    distance = style_distance([first], [second], patch=1, patches=64, directions=4096)

    assert distance == pytest.approx(0.5 * 0.2 * np.sqrt(3.0), rel=0.03)


def test_distance_is_symmetric_and_grows_with_the_difference():
    black, dark, bright = (gray(np.full((16, 16), v)) for v in (0, 60, 180))

    assert style_distance([black], [dark]) == pytest.approx(style_distance([dark], [black]))
    assert style_distance([black], [bright]) == pytest.approx(3 * style_distance([black], [dark]))


def test_where_things_lie_does_not_matter():
    rng = np.random.default_rng(3)
    texture = rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)
    moved = np.roll(texture, (31, 17), axis=(0, 1))
    smooth = gray(np.full((96, 96), 128))

    assert style_distance([texture], [moved]) < 0.1 * style_distance([texture], [smooth])


def test_a_set_must_hold_pictures_larger_than_a_patch():
    with pytest.raises(ValueError, match="at least 7"):
        style_distance([RAMP], [RAMP[:5]])
    with pytest.raises(ValueError, match="at least 7"):
        style_distance([], [RAMP])
