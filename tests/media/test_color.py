import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.media.color import (
    display_to_linear,
    fold_highlights,
    linear_to_display,
    unfold_highlights,
)


def picture(*pixels):
    return np.array([pixels], dtype=np.float32)


@pytest.mark.parametrize(
    ("linear", "display"),
    [
        (0.0, 0.0),
        (1.0, 1.0),
        (0.002, 0.02584),
        (0.18, 0.461356),
        (0.5, 0.735357),
        (-0.5, -0.735357),
    ],
)  # worked by hand from IEC 61966-2-1
def test_the_srgb_curve_has_its_known_values(linear, display):
    assert linear_to_display(np.float32([linear]))[0] == pytest.approx(display, abs=1e-6)
    assert display_to_linear(np.float32([display]))[0] == pytest.approx(linear, abs=1e-6)


@given(st.floats(-65504, 65504, width=32))
def test_the_curve_and_its_inverse_agree_to_rounding(value):
    linear = np.float32([value])
    back = display_to_linear(linear_to_display(linear))
    assert back[0] == pytest.approx(linear[0], rel=1e-6, abs=1e-37)


def test_every_half_and_every_16_bit_code_survives_the_round_trip():
    half = np.arange(0x7C00, dtype=np.uint16).view(np.float16)
    back = display_to_linear(linear_to_display(half.astype(np.float32))).astype(np.float16)
    assert np.array_equal(back, half)

    codes = np.arange(65536)
    back = linear_to_display(display_to_linear((codes / 65535).astype(np.float32)))
    assert np.array_equal(np.floor(back * 65535 + 0.5), codes)


def test_the_curve_never_goes_down_where_line_and_power_meet():
    assert (
        np.diff(linear_to_display(np.linspace(0.0031, 0.0032, 100_000, dtype=np.float32))) >= 0
    ).all()


def test_folding_divides_by_the_brightest_channel_and_keeps_pixels_below_one():
    display, gain = fold_highlights(picture((4.0, 2.0, 0.0), (0.18, 0.5, 1.0)))

    assert gain[0, :, 0].tolist() == [4.0, 1.0]
    assert display[0, 0] == pytest.approx([1.0, 0.735357, 0.0], abs=1e-6)
    assert display[0, 1] == pytest.approx([0.461356, 0.735357, 1.0], abs=1e-6)


def test_unfolding_gives_a_lamp_its_brightness_back():
    rng = np.random.default_rng(5)
    linear = (rng.random((9, 7, 3)) ** 4 * 300 - 0.2).astype(np.float32)
    back = unfold_highlights(*fold_highlights(linear))
    assert back.dtype == np.float32
    assert np.allclose(back, linear, rtol=1e-6, atol=1e-7)


def test_portable_opencv_turns_every_dispatch_off():
    code = """
import cv2
from ganfx.media.portable import use_portable_opencv
use_portable_opencv()
assert not cv2.useOptimized() and not cv2.ipp.useIPP() and not cv2.ocl.useOpenCL()
"""
    subprocess.run([sys.executable, "-c", code], check=True)
