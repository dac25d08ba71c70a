"""Dabs: colour kept on the whole, strokes as they were asked for, the same in every strip."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.preset import DabsConfig
from ganfx.stylize.effects.dabs import _WIDEST, CELL, CELLS, _Laid, add_dabs
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp
from tests.stylize.conftest import laid, photo

DABS = DabsConfig(amount=1.0, size=20.0)


def flat(tone: float, height: int = 270, width: int = 320) -> np.ndarray:
    return np.full((height, width, 3), tone, np.float32)


def likeness(plane: np.ndarray, down: int, right: int) -> float:
    """Correlation of a plane with itself, moved."""
    height, width = plane.shape
    one, other = plane[: height - down, : width - right], plane[down:, right:]
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_without_an_amount_the_picture_is_the_same():
    picture = flat(0.5)
    assert laid(add_dabs, picture, DabsConfig()) is picture


@pytest.mark.parametrize("tone", [0.2, 0.5, 0.8])
def test_the_mean_colour_is_kept(tone):
    painted = laid(add_dabs, flat(tone, 1080, 1280), DABS, lines=1080)
    np.testing.assert_allclose(painted.mean(axis=(0, 1)), tone, atol=0.012)


@pytest.mark.parametrize("tone", [0.0, 1.0])
def test_white_and_black_have_no_dabs(tone):
    np.testing.assert_array_equal(laid(add_dabs, flat(tone), DABS), flat(tone))


def test_the_amount_is_how_far_dabs_differ():
    full, half = (
        laid(add_dabs, flat(0.5), DABS.model_copy(update={"amount": amount})) - 0.5
        for amount in (1.0, 0.5)
    )
    np.testing.assert_allclose(half, full / 2, atol=1e-6)
    assert 0.03 < full.std() < 0.1
    assert np.abs(full).max() <= 0.11 + 0.06


def test_without_hues_grey_stays_grey():
    painted = laid(add_dabs, flat(0.5), DABS.model_copy(update={"hue": 0.0}))
    np.testing.assert_array_equal(painted[..., 0], painted[..., 2])
    hues = laid(add_dabs, flat(0.5), DABS)
    assert np.abs(hues[..., 0] - hues[..., 2]).max() > 0.05


@pytest.mark.parametrize(("lines", "scale"), [(540, 1.0), (270, 2.0)])
def test_the_size_goes_by_the_height_and_the_brush(lines, scale):
    large = laid(add_dabs, flat(0.5), DABS, lines=lines, scale=scale)
    drawn = DABS.model_copy(update={"size": 10.0})
    np.testing.assert_array_equal(large, laid(add_dabs, flat(0.5), drawn, lines=1080))


def test_dabs_lie_along_their_angle():
    for angle, (down, right) in ((0.0, (0, 1)), (90.0, (1, 0))):
        dabs = DABS.model_copy(update={"angle": angle, "spread": 0.0})
        plane = laid(add_dabs, flat(0.5), dabs, lines=1080)[..., 0]
        along, across = (likeness(plane, 20 * a, 20 * b) for a, b in ((down, right), (right, down)))
        assert along > across + 0.15


@settings(max_examples=15)
@given(rows=st.lists(st.integers(1, 200), max_size=4), wrap=st.sampled_from(["", "x", "xy"]))
def test_strips_are_the_picture(rows, wrap):
    picture = photo(203, 97)
    whole = laid(add_dabs, picture, DABS, lines=203, wrap=wrap)
    cuts = [0, *sorted(set(rows)), 203]
    strips = [
        laid(add_dabs, picture[top:bottom], DABS, first=top, lines=203, wrap=wrap)
        for top, bottom in pairwise(cuts)
    ]
    np.testing.assert_array_equal(np.concatenate(strips), whole)


@pytest.mark.parametrize(("height", "width"), [(270, 333), (1080, 1000)])
def test_where_a_picture_tiles_its_dabs_do(height, width):
    plane = laid(add_dabs, flat(0.5, height, width), DABS, lines=height, wrap="xy")[..., 0]
    for axis in (0, 1):
        steps = np.abs(np.diff(plane, axis=axis)).mean(axis=1 - axis)
        seam = np.abs(plane.take(0, axis) - plane.take(-1, axis)).mean()
        assert seam <= steps.max()


@pytest.mark.parametrize("width", [17, 40, 333])
def test_a_canvas_comes_again_where_the_picture_does(width):
    laid = _Laid(DABS, 5.0, (width, None))
    twice = laid.at(slice(0, 30), slice(0, 2 * width), None)
    np.testing.assert_allclose(twice[:, :width], twice[:, width:], atol=1e-3)
    assert twice.std() > 0.1


def test_dabs_go_with_the_scene():
    height, width = 135, 200
    moved = np.zeros((height, width, 2), np.float32)
    moved[..., 0] = 7  # what is here was 7 pixels further right in the key before
    still = np.zeros((height, width), np.float32)
    drifted = laid(add_dabs, flat(0.5, height, width), DABS, warp=KeyframeWarp(moved, moved, still))
    lying = laid(add_dabs, flat(0.5, height, width + 7), DABS)
    np.testing.assert_allclose(drifted, lying[:, 7:], atol=1e-3)


def test_between_two_keys_dabs_fade_from_one_to_the_other():
    height, width = 135, 200
    here, there = np.zeros((2, height, width, 2), np.float32)
    there[..., 1] = 11
    first, last, between = (
        laid(
            add_dabs,
            flat(0.5, height, width),
            DABS,
            warp=KeyframeWarp(here, there, np.full((height, width), share, np.float32)),
        )
        for share in (0.0, 1.0, 0.25)
    )
    np.testing.assert_allclose(between, 0.75 * first + 0.25 * last, atol=1e-6)


def test_a_very_wide_picture_is_painted_on():
    width = _WIDEST + 300
    wide = laid(add_dabs, flat(0.5, 8, width), DABS, lines=1080)
    # The canvas is a whole number of pixels at this size: it comes again.
    period = round(CELL * 20 * CELLS)
    np.testing.assert_allclose(wide[:, period:], wide[:, :-period], atol=1e-6)
    assert wide[:, _WIDEST:].std() > 0.02
