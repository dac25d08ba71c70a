import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.samples.pen import Pen, pen_lines

PEN = Pen(1.0, 4.0, faintest=0.006, crowded=1.75, begins=0.5, full=0.9, strong=0.03)


def halves(low, high, size=(64, 96)):
    light = np.full(size, high, dtype=np.float32)
    light[:, size[1] // 2 :] = low
    return light


def test_a_line_lies_on_the_dark_side_of_an_edge_and_nowhere_else():
    ink = pen_lines(halves(0.3, 0.7), PEN)

    assert ink[20:-20, 48:51].max(axis=1).min() > 0.9
    assert ink[:, :47].max() < 0.05
    assert ink[:, 56:].max() < 0.05


def test_a_faint_edge_in_an_empty_place_gets_a_whole_but_paler_line():
    strong = pen_lines(halves(0.3, 0.7), PEN)[20:-20, 48:51].max(axis=1)
    faint = pen_lines(halves(0.46, 0.54), PEN)[20:-20, 48:51].max(axis=1)

    assert faint.min() > 0.2
    assert faint.max() < 0.7 * strong.min()


def test_there_is_no_line_in_an_even_place_or_across_a_slow_change():
    slope = np.broadcast_to(np.linspace(0.1, 0.9, 200, dtype=np.float32), (64, 200))

    assert pen_lines(np.full((48, 48), 0.4, np.float32), PEN).max() == 0.0
    assert pen_lines(np.ascontiguousarray(slope), PEN)[:, 12:-12].max() < 0.05


def test_texture_gets_far_less_ink_than_an_edge_of_the_same_contrast():
    noise = np.random.default_rng(3).normal(0.0, 1.0, (160, 160)).astype(np.float32)
    leaves = cv2.GaussianBlur(noise, (0, 0), 1.5)
    leaves = np.where(leaves > 0.0, 0.7, 0.3).astype(np.float32)

    inked = pen_lines(leaves, PEN)[16:-16, 16:-16]

    assert (inked > 0.5).mean() < 0.08


def test_a_gap_of_two_pixels_in_an_edge_is_closed():
    light = halves(0.3, 0.7)
    light[31:33] = 0.5

    assert pen_lines(light, PEN)[30:34, 47:52].max(axis=1).min() > 0.5


@pytest.mark.parametrize("degrees", [0, 20, 45, 70, 90, 135])
def test_a_line_may_run_any_way(degrees):
    y, x = np.mgrid[-48:48, -48:48].astype(np.float32)
    angle = np.radians(degrees)
    side = x * np.cos(angle) + y * np.sin(angle)
    light = (0.5 - 0.2 * np.clip(side, -1.0, 1.0)).astype(np.float32)

    ink = pen_lines(light, PEN)

    near = (side > -1) & (side < 4) & (np.hypot(x, y) < 30)
    assert ink[near].max() > 0.9
    assert ink[(np.abs(side) > 8) & (np.hypot(x, y) < 30)].max() < 0.05
    # whole: each step along the edge has ink somewhere across it
    along = np.round(-x * np.sin(angle) + y * np.cos(angle)).astype(int)
    assert min(ink[near & (along == k)].max() for k in range(-20, 21)) > 0.7


@settings(max_examples=10)
@given(st.integers(4, 40), st.integers(4, 40), st.integers(0, 9))
def test_ink_is_between_nothing_and_black_on_pictures_of_any_size(height, width, seed):
    light = np.random.default_rng(seed).random((height, width), dtype=np.float32)

    ink = pen_lines(light, PEN)

    assert ink.shape == light.shape
    assert ink.min() >= 0.0
    assert ink.max() <= 1.0
