"""Sampling on a device, beside OpenCV's on the CPU."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganfx.media import flow as on_cpu
from ganfx.media.portable import use_portable_opencv
from ganfx.stylize.temporal.device_sampling import (
    blurred,
    enlarged,
    eroded,
    inside,
    length_of,
    root,
    sample_at,
    sample_batch,
)

SIZES = st.integers(1, 40)


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def nearly(made: torch.Tensor, expected: np.ndarray, within: float = 2e-6) -> None:
    assert tuple(made.shape) == expected.shape
    assert np.abs(made.numpy() - expected).max(initial=0) <= within


@given(SIZES, SIZES, st.sampled_from([1, 3]), st.booleans(), st.sampled_from([0.3, 5, 1e7]))
def test_pictures_are_sampled_as_by_opencv(height, width, channels, smooth, far):
    image = random(height, width, channels)
    flow = (random(height, width, 2, seed=1) - 0.5) * np.float32(2 * far)
    flow[::2, ::3] = np.round(flow[::2, ::3])  # on pixels, and beyond the edges
    expected = on_cpu.sample_at(image, flow, smooth=smooth).reshape(image.shape)
    across, down = torch.from_numpy(flow).unbind(-1)
    nearly(sample_at(torch.from_numpy(image), across, down, smooth=smooth), expected)


@given(st.integers(2, 40), SIZES, st.data())
def test_bands_of_rows_are_those_of_the_whole(height, width, data):
    top = data.draw(st.integers(0, height - 1))
    image = torch.from_numpy(random(height, width, 3))
    across, down = torch.from_numpy(9 * random(2, height, width, seed=1) - 4).unbind()
    whole = sample_at(image, across, down, smooth=True)
    part = sample_at(image, across[top:], down[top:], smooth=True, first=top)
    assert torch.equal(part, whole[top:])
    assert torch.equal(blurred(image, 1.7, slice(top, height)), blurred(image, 1.7)[top:])


@given(SIZES, SIZES, SIZES, SIZES, st.data())
def test_planes_are_enlarged_as_by_opencv(height, width, wanted_height, wanted_width, data):
    top = data.draw(st.integers(0, wanted_height - 1))
    plane = random(height, width, 2)
    rows = slice(top, wanted_height)
    expected = on_cpu.enlarged(plane, rows, wanted_height, wanted_width)
    made = enlarged(torch.from_numpy(plane), rows, wanted_height, wanted_width)
    nearly(made, expected.reshape(made.shape))


@given(SIZES, SIZES, st.sampled_from([1.0, 1.5, 4.0]))
def test_blurs_are_those_of_opencv_however_small_the_picture(height, width, sigma):
    use_portable_opencv()
    image = random(height, width, 3)
    expected = cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    nearly(blurred(torch.from_numpy(image), sigma), expected)


@given(SIZES, SIZES)
def test_the_least_of_a_square_is_that_of_opencv(height, width):
    plane = random(height, width)
    expected = cv2.erode(plane, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REFLECT)
    assert np.array_equal(eroded(torch.from_numpy(plane), 1).numpy(), expected)


def test_roots_are_rounded_as_ieee_754_has_it():
    squares = random(200_000) * np.float32(1e4)
    assert np.array_equal(root(torch.from_numpy(squares)).numpy(), np.sqrt(squares))
    assert length_of(torch.tensor([[3.0, 4.0]])).tolist() == [5.0]


def test_each_of_a_batch_goes_by_its_own_flow():
    frames = torch.arange(12.0).reshape(2, 2, 3)
    flow = torch.zeros(2, 2, 3, 2)
    flow[1, ..., 0] = 1.0
    assert sample_batch(frames, flow).tolist() == [
        [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]],
        [[7.0, 8.0, 8.0], [10.0, 11.0, 11.0]],
    ]


@pytest.mark.parametrize(("right", "expected"), [(0.0, [True] * 3), (1.0, [True, True, False])])
def test_what_leads_out_of_the_frame_is_told(right, expected):
    flow = torch.zeros(1, 3, 2)
    flow[..., 0] = right
    assert inside(flow).tolist() == [expected]
