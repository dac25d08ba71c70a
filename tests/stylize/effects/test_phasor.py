"""Phasor noise: evenly spaced lines along any field of directions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.stylize.effects import Place
from ganfx.stylize.effects.phasor import axis_of, phasor_field, reach_of, unit
from ganfx.stylize.effects.phasor_distance import distances
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp


def at(degrees: float):
    """The same direction everywhere."""
    turn = np.radians(degrees)
    vector = np.array([[np.cos(turn), np.sin(turn)]])
    return lambda x, y: np.broadcast_to(vector, (len(x), 2))


def swirl(x, y):
    angle = 0.012 * x + 0.3 * np.sin(y / 40)
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def lines(spacing, size, directions, layer=0, **place):
    where = Place(place.pop("height", size[0]), **place)
    return distances(phasor_field(spacing, size, where, directions, layer))


@given(st.floats(-1000, 1000))
def test_units_are_cosine_and_sine(turns):
    cosine, sine = unit(np.array([turns]))
    assert cosine[0] == pytest.approx(np.cos(2 * np.pi * turns), abs=1e-5)
    assert sine[0] == pytest.approx(np.sin(2 * np.pi * turns), abs=1e-5)


@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0, -60.0])
def test_lines_are_a_spacing_apart_and_run_along_the_direction(degrees):
    """The strongest frequency of the pattern is across the lines, and one in a spacing."""
    pattern = lines(8.0, (256, 256), at(degrees))
    power = np.abs(np.fft.fft2(pattern - pattern.mean())) ** 2
    fy, fx = np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256), indexing="ij")
    turn = np.radians(degrees)
    across = np.abs(-np.sin(turn) * fx + np.cos(turn) * fy)
    along = np.abs(np.cos(turn) * fx + np.sin(turn) * fy)
    near = (np.abs(across - 1 / 8) < 0.03) & (along < 0.03)
    assert power[near].sum() > 0.7 * power.sum()


def test_every_distance_is_as_frequent():
    counts, _ = np.histogram(lines(7.0, (300, 300), swirl), bins=10, range=(0, 1))
    np.testing.assert_allclose(counts / 90_000, 0.1, atol=0.01)


@given(st.integers(0, 400), st.integers(1, 60))
def test_rows_with_their_reach_are_the_rows_of_the_whole(top, count):
    def down(first):
        return lambda x, y: swirl(x, y + first)

    whole = lines(6.0, (480, 40), down(0))
    count = min(count, 480 - top)
    reach = reach_of(6.0)
    first, last = max(0, top - reach), min(480, top + count + reach)
    part = lines(6.0, (last - first, 40), down(first), height=480, first=first)
    np.testing.assert_array_equal(part[top - first : top - first + count], whole[top : top + count])


def test_a_pattern_that_wraps_goes_on_at_its_other_end():
    """Rolled by whole cells in a constant direction, neighbors across the seam stay neighbors."""
    pattern = lines(8.0, (208, 208), at(30.0), wrap="xy")
    inner = np.abs(np.diff(pattern, axis=0)).mean(), np.abs(np.diff(pattern, axis=1)).mean()
    seams = np.abs(pattern[0] - pattern[-1]).mean(), np.abs(pattern[:, 0] - pattern[:, -1]).mean()
    np.testing.assert_allclose(seams, inner, rtol=0.15)


def test_layers_and_seeds_are_other_lines():
    first = lines(7.0, (120, 120), at(0.0))
    for other in (lines(7.0, (120, 120), at(0.0), 1), lines(7.0, (120, 120), at(0.0), seed=1)):
        assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.5


def test_lines_are_carried_along():
    """A frame that shows the keyframe three pixels to the right has its lines there."""
    still = lines(8.0, (200, 200), at(80.0))
    move = np.broadcast_to(np.array([-3.0, 0.0], np.float32), (200, 200, 2)).copy()
    warp = KeyframeWarp(move, move, np.zeros((200, 200), np.float32))
    moved = lines(8.0, (200, 200), at(80.0), warp=warp)
    inner = slice(60, 140)
    carried = np.corrcoef(moved[inner, 63:143].ravel(), still[inner, 60:140].ravel())[0, 1]
    assert carried > 0.9
    assert np.corrcoef(moved[inner, inner].ravel(), still[inner, inner].ravel())[0, 1] < 0.7


def test_a_scene_that_stands_still_keeps_its_lines_between_keyframes():
    still = lines(8.0, (120, 120), swirl)
    nothing = np.zeros((120, 120, 2), np.float32)
    for share in (0.0, 0.5, 1.0):
        warp = KeyframeWarp(nothing, nothing, np.full((120, 120), share, np.float32))
        np.testing.assert_allclose(lines(8.0, (120, 120), swirl, warp=warp), still, atol=1e-4)


def test_cells_of_an_axis_that_repeats_fill_it():
    axis = axis_of(7.0, 0, 100, 100)
    assert axis.count == 11
    assert axis.side == pytest.approx(100 / 11)
    assert axis_of(7.0, 0, 3, 3).count == 1
