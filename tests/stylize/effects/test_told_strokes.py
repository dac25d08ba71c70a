"""Strokes that are told where the finest go (a detail matte), and which way (a direction)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.preset import StrokesConfig
from ganfx.stylize.effects import Place
from ganfx.stylize.effects.orientation import directions, doubled, orientation
from ganfx.stylize.effects.strokes import add_strokes, strokes_reach
from tests.stylize.conftest import photo

STROKES = StrokesConfig(amount=1.0, tone=0.0, hue=0.0, relief=0.0, detail=0.1)


def picture(height: int = 160, width: int = 200) -> np.ndarray:
    return photo(height, width).astype(np.float32) / np.float32(255)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def strayed(rgb: np.ndarray, config: StrokesConfig = STROKES, **place: object) -> np.ndarray:
    """How far the painting of a picture is from it."""
    return np.abs(add_strokes(rgb, config, Place(len(rgb), **place)) - rgb).mean(axis=-1)


def test_a_black_detail_matte_changes_nothing_and_a_white_one_draws_more():
    rgb = picture()
    plain = add_strokes(rgb, STROKES, Place(160))
    black = add_strokes(rgb, STROKES, Place(160, detail=0 * ones(160, 200)))
    np.testing.assert_array_equal(plain, black)
    assert strayed(rgb, detail=ones(160, 200)).mean() < 0.8 * strayed(rgb).mean()


def test_a_detail_matte_draws_more_where_it_is_white_and_only_there():
    rgb, half = picture(), 0 * ones(160, 200)
    half[:, 100:] = 1
    plain, told = (add_strokes(rgb, STROKES, Place(160, detail=d)) for d in (None, half))
    reach = 20  # of the fine strokes that are added
    np.testing.assert_array_equal(plain[:, : 100 - reach], told[:, : 100 - reach])
    assert np.abs(plain - told)[:, 110:].mean() > 0.005


def test_nothing_is_drawn_where_a_matte_wants_detail_and_the_picture_has_none():
    grey = np.full((90, 120, 3), 0.5, np.float32)
    plain = add_strokes(grey, STROKES, Place(90))
    told = add_strokes(grey, STROKES, Place(90, detail=ones(90, 120)))
    np.testing.assert_array_equal(plain, told)


@settings(max_examples=8)
@given(st.integers(8, 150).map(lambda n: n // 8 * 8))
def test_told_rows_with_their_reach_are_the_rows_of_the_whole(top):
    rgb, config = picture(320, 90), STROKES.model_copy(update={"size": 20.0})
    y, x = np.mgrid[0:320, 0:90].astype(np.float32)
    detail, direction = x / 90, np.stack([y - 160, x - 45], axis=-1)
    place = Place(320, detail=detail, direction=direction)
    whole = add_strokes(rgb, config, place)
    reach = -(-strokes_reach(config, place) // 8) * 8
    rows = slice(max(0, top - reach), min(320, top + 40 + reach))
    cut = Place(320, first=rows.start, detail=detail[rows], direction=direction[rows])
    part = add_strokes(rgb[rows], config, cut)
    np.testing.assert_array_equal(
        part[top - rows.start : top - rows.start + 40], whole[top : top + 40]
    )


@pytest.mark.parametrize("wrap", ["x", "y", "xy"])
def test_a_texture_that_tiles_is_told_across_its_seam(wrap):
    rgb = np.roll(picture(128, 128), 31, axis=1)
    told = {"detail": rgb[..., 0], "direction": rgb[..., 1:] - np.float32(0.5)}
    painted = add_strokes(rgb, STROKES, Place(128, wrap=wrap, **told))
    assert painted.shape == rgb.shape
    assert np.isfinite(painted).all()


@pytest.mark.parametrize(("x", "y"), [(1, 0), (0, -2), (3, 3), (-1, 1), (1e-30, 1e-30), (1e30, 0)])
def test_doubled_vectors_agree_with_their_opposites(x, y):
    one, other = (doubled(np.array([[v]], np.float32))[0, 0] for v in ((x, y), (-x, -y)))
    np.testing.assert_array_equal(one, other)
    turn = 2 * np.arctan2(y, x)
    np.testing.assert_allclose(one, [np.cos(turn), np.sin(turn)], atol=1e-6)


def test_a_vector_of_no_length_says_nothing():
    np.testing.assert_array_equal(doubled(0 * ones(2, 3, 2)), 0)
    rgb = picture(64, 64)
    np.testing.assert_array_equal(orientation(rgb, 8.0), orientation(rgb, 8.0, 0 * ones(64, 64, 2)))


@pytest.mark.parametrize("degrees", [0, 30, 90, 135])
def test_marks_run_as_they_are_told_whatever_the_picture_says(degrees):
    turn = np.radians(degrees)
    vectors = np.broadcast_to(np.float32([np.cos(turn), np.sin(turn)]), (160, 200, 2))
    field = orientation(picture(), 8.0, doubled(vectors))
    places = np.mgrid[20:140:10, 20:180:10].reshape(2, -1).astype(np.float64)
    found = field[places[0].astype(int), places[1].astype(int)].astype(np.float64)
    along = directions(found, places[1], places[0], -12.0, 160)
    assert (np.abs(along @ [np.cos(turn), np.sin(turn)]) > 0.98).all()


def test_strokes_lie_as_they_are_told():
    """Of noise, strokes along x leave rows smoother along x than down, and the other way round."""
    noise = np.random.default_rng(3).uniform(0.3, 0.7, (120, 160, 1)).astype(np.float32)
    rgb = np.repeat(noise, 3, axis=2)
    smooth = {}
    for axis, vector in ((1, (1.0, 0.0)), (0, (0.0, 1.0))):
        direction = np.broadcast_to(np.float32(vector), (120, 160, 2))
        painted = add_strokes(rgb, STROKES, Place(120, direction=direction))
        along, across = (np.abs(np.diff(painted, axis=a)).mean() for a in (axis, 1 - axis))
        smooth[axis] = along / across
    assert max(smooth.values()) < 0.85
