"""Drawn lines: their ink has the picture's tone, white stays bare, and any strip is the whole's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ganfx.preset import LinesConfig
from ganfx.stylize.effects import Place
from ganfx.stylize.effects.lines import add_lines, lines_reach, spacing_of
from tests.stylize.conftest import laid, photo

PLAIN = LinesConfig(amount=1.0, white=1.0, black=0.0, contour=0.0)
PENCIL = LinesConfig(amount=1.0, cross=0.8, crossing=12.0, soft=0.5, tooth=0.5, form=0.3)
LOOK = "inked.safetensors"


def picture(height: int = 160, width: int = 200) -> np.ndarray:
    return photo(height, width).astype(np.float32) / np.float32(255)


def grey(tone: float, height: int = 200, width: int = 200) -> np.ndarray:
    return np.full((height, width, 3), tone, np.float32)


def test_none_at_all_is_the_picture_itself():
    rgb = picture()
    assert laid(add_lines, rgb, LinesConfig()) is rgb


@pytest.mark.parametrize("cross", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("tone", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_as_much_paper_is_left_as_the_tone_says(tone, cross):
    config = PLAIN.model_copy(update={"cross": cross, "spacing": 40.0})
    assert laid(add_lines, grey(tone), config).mean() == pytest.approx(tone, abs=0.03)


def test_ink_and_paper_are_all_there_is_beside_the_edges_of_lines():
    drawn = laid(add_lines, grey(0.5), PLAIN.model_copy(update={"spacing": 64.0}))
    assert np.isin(drawn, (0.0, 1.0)).mean() > 0.7


def test_white_is_bare_and_black_is_full():
    config = LinesConfig(amount=1.0, white=0.9, black=0.1, ink=(0.1, 0.0, 0.2), paper=(1, 0.9, 0.8))
    np.testing.assert_allclose(
        laid(add_lines, grey(0.9), config), grey(1) * np.float32([1, 0.9, 0.8]), atol=1e-6
    )
    np.testing.assert_allclose(
        laid(add_lines, grey(0.1), config), grey(1) * np.float32([0.1, 0, 0.2]), atol=1e-6
    )


def test_a_contour_is_drawn_where_a_thin_line_is_a_little_darker():
    rgb = grey(0.97)
    rgb[:, 100:102] = 0.7
    bare = LinesConfig(amount=1.0, white=0.6, contour=0.0)
    assert laid(add_lines, rgb, bare).min() == 1.0
    drawn = laid(add_lines, rgb, bare.model_copy(update={"contour": 1.0}))
    assert drawn[:, 100:102].mean() < 0.3
    assert drawn[:, :90].min() == 1.0


def test_lines_run_across_the_darks_of_the_first_where_they_are_crossed():
    """In the darks there are two directions, in the lights one."""

    def directions(tone):
        drawn = laid(add_lines, grey(tone, 256, 256), config)[..., 0]
        power = np.abs(np.fft.fft2(drawn - drawn.mean())) ** 2
        strong = power > 0.05 * power.max()
        fy, fx = np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256), indexing="ij")
        base = strong & (np.abs(np.hypot(fx, fy) - 1 / 10) < 0.03)
        return np.degrees(np.arctan2(fy[base], fx[base])) % 180

    config = PLAIN.model_copy(
        update={"cross": 0.4, "crossing": 90.0, "spacing": 42.2, "angle": 0.0}
    )
    assert np.ptp(directions(0.7)) < 45
    assert np.ptp(directions(0.15)) > 60


def test_half_of_it_is_half_way():
    rgb = picture()
    half = laid(add_lines, rgb, PENCIL.model_copy(update={"amount": 0.5}))
    np.testing.assert_allclose(half, (rgb + laid(add_lines, rgb, PENCIL)) / 2, atol=1e-6)


def test_over_the_picture_white_shows_what_is_there():
    rgb = grey(0.95)
    np.testing.assert_allclose(laid(add_lines, rgb, LinesConfig(amount=1.0, over=1.0)), rgb)


def test_colored_ink_has_the_hue_of_the_picture():
    rgb = np.tile(np.float32([0.8, 0.2, 0.1]), (60, 60, 1))
    drawn = laid(add_lines, rgb, LinesConfig(amount=1.0, colored=1.0, black=0.9, white=1.0))
    np.testing.assert_allclose(drawn[0, 0] / drawn[0, 0, 0], rgb[0, 0] / 0.8, atol=1e-5)


@pytest.mark.parametrize("config", [PLAIN, PENCIL])
@settings(max_examples=10)
@given(top=st.integers(0, 35).map(lambda n: 8 * n))
def test_rows_with_their_reach_are_the_rows_of_the_whole(config, top):
    rgb, place = picture(320, 60), Place(320)
    reach, whole = -(-lines_reach(config, place) // 8) * 8, add_lines(rgb, config, place)
    first, last = max(0, top - reach), min(320, top + 40 + reach)
    part = add_lines(rgb[first:last], config, place.rows(first))
    np.testing.assert_array_equal(part[top - first : top - first + 40], whole[top : top + 40])


def test_nothing_beyond_the_reach_matters():
    rgb = picture(360, 48)
    reach = lines_reach(PENCIL, Place(360))
    other = rgb.copy()
    other[200:] = 1 - other[200:]
    before, after = (laid(add_lines, each, PENCIL) for each in (rgb, other))
    assert 200 - reach > 0
    np.testing.assert_array_equal(before[: 200 - reach], after[: 200 - reach])


def test_a_picture_that_tiles_is_drawn_as_if_its_neighbor_were_there():
    """Of two copies side by side each is drawn like the one that wraps, within the ink's edges."""
    rgb = picture(130, 130)
    wrapped = laid(add_lines, rgb, PLAIN, wrap="x")
    seam = np.abs(wrapped[:, 0] - wrapped[:, -1]).mean()
    inner = np.abs(np.diff(wrapped, axis=1)).mean(axis=(0, 2))
    step = np.abs(rgb[:, 0] - rgb[:, -1]).mean()
    assert seam < np.percentile(inner, 95) + step


def test_lines_run_along_a_direction_that_is_told():
    told = np.zeros((200, 200, 2), np.float32)
    told[..., 1] = -3.0
    drawn = laid(add_lines, grey(0.5), PLAIN, direction=told)[..., 0]
    along, across = (np.abs(np.diff(drawn, axis=axis)).mean() for axis in (0, 1))
    assert along < 0.3 * across


def test_spacing_goes_by_the_height_and_is_never_finer_than_shows():
    assert spacing_of(LinesConfig(), Place(2160)) == 14.0
    assert spacing_of(LinesConfig(), Place(1080, scale=2.0)) == 14.0
    assert spacing_of(LinesConfig(), Place(240)) == 4.0


@pytest.mark.parametrize(
    ("key", "value"), [("white", 1.5), ("spacing", 0.5), ("ink", (0, 0)), ("contour", -1.0)]
)
def test_values_out_of_range_are_refused_by_their_key(key, value):
    with pytest.raises(ValidationError, match=key):
        LinesConfig(**{key: value})
