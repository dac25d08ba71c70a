"""Washes: layers of tone over paper, the same in any strip, split and tile; lines stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.preset import WashesConfig
from ganfx.stylize.effects import Place
from ganfx.stylize.effects.wash_areas import thin
from ganfx.stylize.effects.washes import add_washes, washes_reach
from tests.stylize.conftest import laid, photo, still_warp

WASHES = WashesConfig(amount=1.0)
SMALL = WashesConfig(amount=1.0, size=6.0)
BARE = WashesConfig(amount=1.0, wet=0.0, rim=0.0, granulation=0.0, hue=0.0, line=0.0)
PAPER = np.array(WASHES.paper, np.float32)
LOOK = "inked.safetensors"


def picture(height: int = 160, width: int = 200) -> np.ndarray:
    return photo(height, width).astype(np.float32) / np.float32(255)


def flat(color: float | tuple[float, ...], height: int = 120, width: int = 160) -> np.ndarray:
    return np.ascontiguousarray(np.broadcast_to(np.float32(color), (height, width, 3)))


def test_none_at_all_is_the_picture_itself():
    rgb = picture()
    assert laid(add_washes, rgb, WashesConfig()) is rgb


def test_half_of_it_is_half_way():
    rgb = picture()
    half = laid(add_washes, rgb, WASHES.model_copy(update={"amount": 0.5}))
    whole = laid(add_washes, rgb, WASHES)
    np.testing.assert_allclose(half, (rgb + whole) / 2, atol=1e-6)


def test_white_is_left_as_paper():
    painted = laid(add_washes, flat(1.0), WASHES)
    assert np.abs(painted - PAPER).max() < 0.08  # its tooth, lit
    assert np.abs(painted.mean(axis=(0, 1)) - PAPER).max() < 0.005


@pytest.mark.parametrize("tone", [0.2, 0.4, 0.6, 0.8])
def test_a_tone_stays_within_a_step(tone):
    """Of five, the widest spans a quarter of the range; means are of its paint on the paper."""
    painted = laid(add_washes, flat(PAPER * np.float32(tone)), BARE)
    assert abs((painted / PAPER).mean() - tone) < 0.13


def test_tones_become_steps():
    """Along a ramp most of the change is at a few borders."""
    ramp = np.linspace(0.05, 1, 1600, dtype=np.float32)[None, :, None] * PAPER
    painted = laid(add_washes, np.ascontiguousarray(np.repeat(ramp, 270, axis=0)), BARE)
    change = np.sort(np.abs(np.diff(painted[..., 1].mean(axis=0))))[::-1]
    assert change[: len(change) // 3].sum() > 0.5 * change.sum()


def test_hues_stay():
    painted = laid(add_washes, flat((0.3, 0.5, 0.8)), BARE).mean(axis=(0, 1))
    assert painted[2] > painted[1] > painted[0]


def lightness_chroma_hue(colors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """CIELAB, hue in degrees."""
    lab = cv2.cvtColor(np.float32(colors)[None], cv2.COLOR_RGB2Lab)[0]
    return lab[:, 0], np.hypot(lab[:, 1], lab[:, 2]), np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))


def test_colors_over_the_gamut_keep_hue_and_chroma():
    """Deep ones become lighter, and chroma with them; their ratio stays."""
    levels = np.linspace(0.1, 1, 6, dtype=np.float32)
    colors = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)
    colors = colors[np.ptp(colors, axis=1) > 0.15]
    painted = np.stack(
        [
            (laid(add_washes, flat(PAPER * each, 16, 16), BARE) / PAPER).mean(axis=(0, 1))
            for each in colors
        ]
    )
    light, chroma, hue = lightness_chroma_hue(colors)
    painted_light, painted_chroma, painted_hue = lightness_chroma_hue(painted)
    turned = np.abs((painted_hue - hue + 180) % 360 - 180)
    richer, lighter = painted_chroma / chroma, np.maximum(painted_light / light, 1)
    assert turned.max() < 10
    assert turned.mean() < 2
    for lowest, most in ((85, 1.15), (60, 1.2), (0, 1.3)):
        assert (richer / lighter)[light >= lowest].max() < most


def test_a_light_yellow_stays_the_yellow_it_is():
    """Much darker in blue than in luma, so that layers told from luma lay it on too thick."""
    painted = laid(add_washes, flat((0.933, 0.945, 0.537)), BARE).mean(axis=(0, 1))
    np.testing.assert_allclose(painted, (0.933, 0.945, 0.537), atol=0.06)


def test_borders_dry_darker_at_their_rim():
    rgb = np.concatenate([flat(PAPER * np.float32(0.38)), flat(PAPER)], axis=1)
    rims = [
        laid(add_washes, rgb, BARE.model_copy(update={"rim": rim}), lines=540)[..., 1].mean(axis=0)
        for rim in (0.0, 1.0)
    ]
    darker = rims[0] - rims[1]
    assert darker[150:160].max() > 0.03
    assert np.abs(darker[40:120]).max() < 0.01
    assert darker[170:].max() < 0.01  # none outside


def test_lines_lie_over_the_washes():
    """A thin dark line on a light ground is as dark as before, and as thin."""
    rgb = flat(0.8, 200, 200).copy()
    rgb[60:140, 100:102] = 0.1
    inked, bare = (
        laid(add_washes, rgb, WASHES.model_copy(update={"line": line})) for line in (1.0, 0.0)
    )
    assert inked[70:130, 100:102].mean() < 0.3
    assert bare[70:130, 100:102].mean() > 0.6
    assert inked[70:130, 94:97].mean() > 0.6
    assert inked[70:130, 105:108].mean() > 0.6


@pytest.mark.parametrize(("width", "radius"), [(5, 2), (6, 2), (8, 3), (10, 4)])
def test_a_curve_is_as_thin_along_diagonals_as_along_axes(width, radius):
    """A pen's ring does not change from ink to wash on its way round."""
    y, x = np.mgrid[-50:51, -50:51].astype(np.float32)
    light = np.clip(np.abs(np.hypot(x, y) - 40) - width / 2 + 0.5, 0, 1) * np.float32(0.8)
    thinness = thin(light, radius)[light == 0]
    diagonal = (np.minimum(abs(x), abs(y)) > 20)[light == 0]
    assert abs(thinness[diagonal].mean() - thinness[~diagonal].mean()) < 0.15


def test_dots_that_stand_close_together_are_no_lines():
    rng = np.random.RandomState(3)
    rgb = flat(0.7, 200, 200).copy()
    rgb[rng.rand(200, 200) < 0.08] = 0.3
    painted = laid(add_washes, rgb, WASHES)
    assert (painted.max(axis=-1) < 0.35).mean() < 0.02


@settings(max_examples=10)
@given(st.integers(0, 60), st.sampled_from([6.0, 16.0]))
def test_rows_with_their_reach_are_the_rows_of_the_whole(start, size):
    rgb, place = picture(400, 80), Place(1300)
    config = WashesConfig(amount=1.0, size=size)
    reach = washes_reach(config, place)
    top = 130 + start
    whole = add_washes(rgb, config, place.rows(300))
    first, last = max(0, top - reach), min(400, top + 30 + reach)
    part = add_washes(rgb[first:last], config, place.rows(300 + first))
    np.testing.assert_array_equal(part[top - first : top - first + 30], whole[top : top + 30])


@pytest.mark.parametrize(("lines", "size"), [(360, 16.0), (2400, 6.0), (2400, 4.0)])
def test_every_strip_of_a_picture_is_that_of_the_whole(lines, size):
    """To the last bit, whatever row a strip begins with."""
    rgb, place = picture(360, 72), Place(lines)
    config = WashesConfig(amount=1.0, size=size)
    reach, whole = washes_reach(config, place), add_washes(rgb, config, place)
    assert 2 * reach < 360 or lines > 360
    for top in range(0, 360, 45):
        first, last = max(0, top - reach), min(360, top + 45 + reach)
        part = add_washes(rgb[first:last], config, place.rows(first))
        np.testing.assert_array_equal(part[top - first : top - first + 45], whole[top : top + 45])


def test_nothing_beyond_the_reach_matters():
    rgb = picture(400, 64)
    reach = washes_reach(SMALL, Place(400))
    assert reach < 200
    other = rgb.copy()
    other[200:] = 1 - other[200:]
    before, after = (laid(add_washes, each, SMALL) for each in (rgb, other))
    np.testing.assert_array_equal(before[: 200 - reach], after[: 200 - reach])
    assert np.abs(before[190:200] - after[190:200]).max() > 0.01


@pytest.mark.parametrize("size", [16.0, 40.0])
@pytest.mark.parametrize("wrap", ["x", "y", "xy"])
def test_a_texture_that_tiles_shows_no_seam(wrap, size):
    """Neighbors across the seam differ no more than neighbors elsewhere do."""
    waves = 0.2 * np.sin(np.arange(270) * (2 * np.pi * 3 / 270))
    rgb = np.repeat((0.5 + waves[:, None] + waves)[..., None], 3, axis=2).astype(np.float32)
    painted = laid(add_washes, rgb, WASHES.model_copy(update={"size": size}), wrap=wrap)
    for axis in (1 if each == "x" else 0 for each in wrap):
        change = np.abs(painted - np.roll(painted, 1, axis)).mean(axis=(1 - axis, 2))
        alike = change[[45, 90, 135, 180, 225]]  # as steep as where it closes
        assert change[0] < 1.3 * alike.max()


def test_a_detail_matte_keeps_detail_where_it_is_white_and_only_there():
    rgb = picture(160, 320)
    half = np.zeros((160, 320), np.float32)
    half[:, :160] = 1
    nothing, told = (
        add_washes(rgb, WASHES, Place(160, detail=plane)) for plane in (0 * half, half)
    )
    plain = add_washes(rgb, WASHES, Place(160))
    np.testing.assert_array_equal(nothing, plain)
    reach = washes_reach(WASHES, Place(160))
    np.testing.assert_array_equal(told[:, 160 + reach :], plain[:, 160 + reach :])
    errors = [np.abs(each - rgb)[:, :150].mean() for each in (told, plain)]
    assert errors[0] < errors[1]


def test_black_and_white_are_finite():
    rgb = picture(60, 60).round()
    painted = laid(add_washes, rgb, WASHES)
    assert np.isfinite(painted).all()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9])
def test_what_stands_still_is_painted_alike_between_keyframes(share):
    rgb = picture()
    between = laid(add_washes, rgb, WASHES, warp=still_warp(share, *rgb.shape[:2]))
    np.testing.assert_allclose(between, laid(add_washes, rgb, WASHES), atol=1e-4)


def test_paper_goes_with_the_scene():
    """A picture that moved by (8, 0) since both keyframes is the keyframe's painting, moved."""
    wide = picture(160, 240)
    key, later = (np.ascontiguousarray(wide[:, left : left + 200]) for left in (20, 12))
    painted = laid(add_washes, key, WASHES)
    carried = laid(add_washes, later, WASHES, warp=still_warp(0.0, 160, 200, (-8, 0)))
    inner = (slice(None), slice(70, -70))
    np.testing.assert_allclose(carried[inner], np.roll(painted, 8, axis=1)[inner], atol=1e-4)
