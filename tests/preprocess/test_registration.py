"""One thumbnail laid over another."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.preprocess.registration import SIDE, similarity


def clouds(seed, side=8 * SIDE):
    """Smooth noise, with structure at every scale that a thumbnail has."""
    plane = np.random.default_rng(seed).standard_normal((side, side)).astype(np.float32)
    return sum(cv2.GaussianBlur(plane, (0, 0), sigma) * sigma for sigma in (5.0, 10.0, 20.0))


def thumbnail(plane):
    return cv2.resize(plane, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


@given(seed=st.integers(0, 1000), gain=st.floats(0.1, 10), offset=st.floats(-5, 5))
@settings(max_examples=20)
def test_brightness_and_contrast_do_not_matter(seed, gain, offset):
    first = thumbnail(clouds(seed))
    found = similarity(first, first * np.float32(gain) + np.float32(offset), 1.0)
    assert found == pytest.approx((1, 1), abs=1e-3)


@given(
    seed=st.integers(0, 1000),
    crop=st.tuples(*[st.integers(0, 24)] * 4),
)
@settings(max_examples=20)
def test_a_crop_is_found_in_the_whole(seed, crop):
    plane = clouds(seed)
    left, top, right, bottom = crop
    part = plane[top : 256 - bottom, left : 256 - right]
    stretch = part.shape[0] / part.shape[1]  # of the whole, 1, by the part's
    found = similarity(thumbnail(plane), thumbnail(part), stretch)
    assert found.overall > 0.97
    assert found.detail > 0.9
    back = similarity(thumbnail(part), thumbnail(plane), 1 / stretch)
    assert back == pytest.approx(found, abs=0.01)


def test_other_clouds_are_not_alike():
    planes = [thumbnail(clouds(seed)) for seed in range(12)]
    values = [similarity(a, b, 1.0) for i, a in enumerate(planes) for b in planes[:i]]
    assert max(value.overall for value in values) < 0.77


def test_a_picture_stretched_out_of_proportion_is_another():
    plane = clouds(5)
    assert similarity(thumbnail(plane), thumbnail(plane), 1.0).overall > 0.99
    assert similarity(thumbnail(plane), thumbnail(plane), 1.6).overall < 0.77


@pytest.mark.parametrize("scale", [0.0, 1.0])
def test_a_horizon_or_nothing_at_all_is_no_likeness(scale):
    across = np.repeat(np.linspace(0, scale, SIDE, dtype=np.float32)[:, np.newaxis], SIDE, axis=1)
    down = np.where(across > scale / 2, np.float32(scale), across)
    assert similarity(across, down, 1.0) == (0, 0)
