"""Brush strokes: one color each, along the form, the same in any strip, split and keyframe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.media.frames import write_picture
from ganfx.preset import StrokesConfig
from ganfx.stylize.effects import Place
from ganfx.stylize.effects.orientation import directions, orientation, turned
from ganfx.stylize.effects.strokes import add_strokes, brushes, strokes_reach
from ganfx.stylize.network import brush_scale
from ganfx.stylize.render import strips
from tests.stylize.conftest import laid, photo, run, still_warp

STROKES = StrokesConfig(amount=1.0, calm=0.5)
PLAIN = StrokesConfig(amount=1.0, tone=0.0, hue=0.0, relief=0.0)
LOOK = "inked.safetensors"


def picture(height: int = 160, width: int = 200) -> np.ndarray:
    return photo(height, width).astype(np.float32) / np.float32(255)


def test_none_at_all_is_the_picture_itself():
    rgb = picture()
    assert laid(add_strokes, rgb, StrokesConfig()) is rgb


def test_a_flat_picture_stays_flat_where_colors_have_no_jitter():
    grey = np.full((90, 120, 3), 0.5, np.float32)
    painted = laid(add_strokes, grey, PLAIN)
    assert np.abs(painted - 0.5).max() <= 1 / 255  # paint has 8 bits


def test_jitter_is_within_its_bounds():
    grey = np.full((120, 160, 3), 0.5, np.float32)
    config = PLAIN.model_copy(update={"tone": 0.1})
    painted = laid(add_strokes, grey, config)
    assert np.abs(painted - 0.5).max() <= 0.1 + 1 / 255
    assert painted.std() > 0.02


def test_strokes_differ_half_as_much_where_it_is_plain_and_as_before_where_it_is_not():
    lively, calm = (
        PLAIN.model_copy(update={"tone": 0.1, "relief": 1.0, "calm": each}) for each in (0.0, 0.5)
    )
    plain = np.full((120, 160, 3), 0.5, np.float32)
    waves = np.sin(np.arange(120, dtype=np.float32))[:, None, None]
    busy = np.ascontiguousarray(plain + np.float32(0.45) * waves)
    whole, half = (laid(add_strokes, plain, each) - 0.5 for each in (lively, calm))
    assert half.std() == pytest.approx(0.5 * whole.std(), rel=0.05)
    np.testing.assert_array_equal(laid(add_strokes, busy, calm), laid(add_strokes, busy, lively))


@pytest.mark.parametrize(
    ("color", "warms"),
    [((0.05, 0.1, 0.12), True), ((0.02, 0.05, 0.5), False), ((0.5, 0.55, 0.6), False)],
)
def test_dull_darks_become_earth_and_night_blue_and_lights_stay(color, warms):
    rgb = np.broadcast_to(np.float32(color), (60, 60, 3)).copy()
    earthen = laid(add_strokes, rgb, PLAIN.model_copy(update={"earth": 1.0}))[30, 30]
    plain = laid(add_strokes, rgb, PLAIN)[30, 30]
    assert (earthen[2] < plain[2] and earthen[0] > plain[0]) == warms
    assert abs(float((earthen - plain) @ np.array([0.2126, 0.7152, 0.0722]))) < 2 / 255


def test_half_of_it_is_half_way():
    rgb = picture()
    half = laid(add_strokes, rgb, STROKES.model_copy(update={"amount": 0.5}))
    whole = laid(add_strokes, rgb, STROKES)
    np.testing.assert_allclose(half, (rgb + whole) / 2, atol=1e-6)


def test_strokes_have_one_color_each():
    """A gradient becomes steps: most neighbors are equal, where the picture has none."""
    ramp = np.broadcast_to(np.linspace(0, 1, 400, dtype=np.float32)[None, :, None], (200, 400, 3))
    painted = laid(add_strokes, np.ascontiguousarray(ramp), PLAIN)
    steps = np.abs(np.diff(painted[..., 0], axis=1))
    assert (np.diff(ramp[..., 0], axis=1) > 0).all()
    assert (steps < 1e-6).mean() > 0.7


def test_an_edge_stays_where_it_is():
    rgb = np.zeros((160, 160, 3), np.float32)
    rgb[:, 80:] = 1.0
    painted = laid(add_strokes, rgb, PLAIN)
    assert np.abs(painted[:, :70]).max() < 0.25
    assert np.abs(painted[:, 90:] - 1).max() < 0.25


def test_strokes_keep_to_their_side_of_an_edge():
    """Beside an upright edge, half of the strokes would lie over it by some of their width."""
    rgb = np.full((160, 160, 3), 0.2, np.float32)
    rgb[:, 80:] = 0.8
    painted = laid(add_strokes, rgb, PLAIN)
    assert np.abs(painted - rgb)[:, :78].max() < 0.1
    assert np.abs(painted - rgb)[:, 82:].max() < 0.1
    assert np.abs(painted - rgb)[:, 72:88].mean() < 0.022


def test_a_little_noise_moves_strokes_a_little():
    """Ends, sizes and sides are continuous: no stroke comes or goes at once."""
    rgb = picture()
    noisy = rgb + np.random.default_rng(2).normal(0, 0.004, rgb.shape).astype(np.float32)
    one, two = (laid(add_strokes, np.clip(each, 0, 1), PLAIN) for each in (rgb, noisy))
    assert np.sqrt(np.mean((one - two) ** 2)) < 2.1 * 0.004


@pytest.mark.parametrize(
    ("degrees", "right", "down"), [(0, 1, 0), (90, 0, 1), (45, 0.7071, 0.7071)]
)
def test_marks_run_along_edges(degrees, right, down):
    y, x = np.mgrid[0:120, 0:120].astype(np.float32)
    turn = np.radians(degrees)
    across = -x * np.sin(turn) + y * np.cos(turn)
    stripes = np.repeat((0.5 + 0.4 * np.sin(across / 5))[..., None], 3, axis=-1).astype(np.float32)
    doubled = orientation(stripes, 12.0)[60:61, 60].astype(np.float64)
    (along,) = directions(doubled, np.array([60.0]), np.array([60.0]), -12.0, 120)
    assert abs(along @ np.array([right, down])) > 0.98


def test_where_nothing_leads_strokes_fall_about_as_they_are_told():
    nothing = np.zeros((400, 2))
    x, y = (plane.ravel().astype(np.float64) for plane in np.mgrid[0:1080:54, 0:1920:96])
    along = directions(nothing, x, y, 30.0, 1080)
    mean = along.mean(axis=0)
    assert np.degrees(np.arctan2(mean[1], mean[0])) == pytest.approx(30, abs=15)


def test_turning_by_an_eighth():
    tangent = np.array([np.tan(np.pi / 8)])
    np.testing.assert_allclose(turned(np.array([[1.0, 0.0]]), tangent), [[0.5**0.5] * 2])


def test_brushes_are_relative_to_the_height_and_none_is_finer_than_paint_shows():
    assert [round(b.width, 1) for b in brushes(STROKES, Place(1080))] == [46, 24.8, 13.4, 7.2, 3.9]
    assert brushes(STROKES, Place(2160))[0].width == 92
    assert [round(b.width, 1) for b in brushes(STROKES, Place(270))] == [11.5, 6.2, 3.4, 1.8]
    assert len(brushes(STROKES, Place(1))) == 1


@settings(max_examples=12)
@given(st.integers(8, 150).map(lambda n: n // 8 * 8))
def test_rows_with_their_reach_are_the_rows_of_the_whole(top):
    rgb, place = picture(320, 90), Place(320, number=3)
    config = STROKES.model_copy(update={"size": 20.0})
    reach = -(-strokes_reach(config, place) // 8) * 8
    whole = add_strokes(rgb, config, place)
    first, last = max(0, top - reach), min(320, top + 40 + reach)
    part = add_strokes(rgb[first:last], config, place.rows(first))
    np.testing.assert_array_equal(part[top - first : top - first + 40], whole[top : top + 40])


@pytest.mark.parametrize("height", [333, 480])
def test_every_strip_of_a_picture_is_that_of_the_whole(height):
    """To the last bit, whatever row a strip begins with: places are sums that are exact."""
    rgb, place = picture(height, 72), Place(height)
    config = STROKES.model_copy(update={"size": 14.0})
    reach, whole = -(-strokes_reach(config, place) // 8) * 8, add_strokes(rgb, config, place)
    for top in range(0, height, 40):
        first, last = max(0, top - reach), min(height, top + 40 + reach)
        part = add_strokes(rgb[first:last], config, place.rows(first))
        rows = whole[top : top + 40]
        np.testing.assert_array_equal(part[top - first : top - first + len(rows)], rows)


def test_nothing_beyond_the_reach_matters():
    rgb, config = picture(320, 64), STROKES.model_copy(update={"size": 16.0})
    reach = strokes_reach(config, Place(320))
    other = rgb.copy()
    other[160:] = 1 - other[160:]
    before, after = (laid(add_strokes, each, config) for each in (rgb, other))
    assert 160 - reach > 0
    np.testing.assert_array_equal(before[: 160 - reach], after[: 160 - reach])
    assert np.abs(before[150:160] - after[150:160]).max() > 0.01


def test_strips_begin_where_the_squares_of_broad_brushes_do(inked, monkeypatch):
    """Whatever the stride of the network: here it is 2, and squares have 8 pixels."""
    tall = np.resize(photo(300, 24), (2000, 24, 3))
    write_picture(Path("still.png"), tall)
    options = {"strokes": 1.0, "stroke_size": 24.0, "stroke_length": 1.0, "device": "cpu"}
    run("still.png", LOOK, out=Path("whole.png"), **options)
    monkeypatch.setattr(brush_scale, "LARGEST", 0)
    monkeypatch.setattr(strips, "ROWS", 258)
    run("still.png", LOOK, out=Path("strips.png"), **options)
    assert Path("whole.png").read_bytes() == Path("strips.png").read_bytes()


@pytest.mark.parametrize("wrap", ["x", "y", "xy"])
def test_a_texture_that_tiles_shows_no_seam(wrap):
    """Neighbors across the seam differ no more than neighbors elsewhere do."""
    # Level at the seam: elsewhere neighbors differ by more.
    waves = np.cos((np.arange(128) + 0.5) * (2 * np.pi * 3 / 128)).astype(np.float32)
    rgb = np.repeat((0.5 + 0.2 * (waves[:, None] + waves[None]))[..., None], 3, axis=2)
    painted = laid(add_strokes, rgb, STROKES, wrap=wrap)
    for axis in (1 if each == "x" else 0 for each in wrap):
        seam = np.abs(painted.take(0, axis) - painted.take(-1, axis)).mean()
        assert seam < np.abs(np.diff(painted, axis=axis)).mean()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9])
def test_what_stands_still_is_painted_with_the_same_strokes_between_keyframes(share):
    rgb = picture()
    flat = laid(add_strokes, rgb, STROKES)
    between = laid(add_strokes, rgb, STROKES, warp=still_warp(share, *rgb.shape[:2]))
    assert np.abs(between - flat).mean() < 0.15 * np.abs(flat - rgb).mean()


def test_strokes_go_with_the_scene():
    """A picture that moved by (8, 0) since both keyframes is the keyframe's painting, moved."""
    wide = picture(160, 240)
    key, later = wide[:, 20:220], wide[:, 12:212]  # everything is 8 pixels further right
    painted = laid(add_strokes, np.ascontiguousarray(key), STROKES)
    warp = still_warp(0.0, 160, 200, (-8, 0))
    carried = laid(add_strokes, np.ascontiguousarray(later), STROKES, warp=warp)
    left_behind = laid(add_strokes, np.ascontiguousarray(later), STROKES)
    inner = (slice(30, -30), slice(60, -60))
    moved = np.roll(painted, 8, axis=1)
    assert np.abs(carried - moved)[inner].mean() < 0.3 * np.abs(left_behind - moved)[inner].mean()
