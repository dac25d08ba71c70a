from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from ganfx.media.flow import enlarged, optical_flow, sample_at


def test_a_shifted_photo_has_one_flow_everywhere() -> None:
    photo = data.astronaut()
    first, second = photo[40:360, 40:360], photo[35:355, 47:367]  # the scene goes 7 left, 5 down
    flow = optical_flow(first, second)
    inner = flow[16:-16, 16:-16]
    assert flow.dtype == np.float32
    assert np.abs(np.median(inner, axis=(0, 1)) - (-7.0, 5.0)).max() < 0.05
    assert np.mean(np.abs(inner - np.float32([-7, 5])).max(axis=-1) < 0.5) > 0.95


def test_a_still_camera_has_no_flow() -> None:
    photo = data.astronaut()[:128, :160]
    assert np.abs(optical_flow(photo, photo)).max() < 1e-3


@pytest.mark.parametrize("other", [(64, 65, 3), (65, 64, 3)])
def test_frames_of_two_sizes_are_refused(other: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="equal shapes"):
        optical_flow(np.zeros((64, 64, 3), np.uint8), np.zeros(other, np.uint8))


def test_frames_that_are_too_small_are_refused() -> None:
    tiny = np.zeros((15, 64, 3), np.uint8)
    with pytest.raises(ValueError, match="16 pixels"):
        optical_flow(tiny, tiny)


def test_sampling_takes_values_from_where_the_flow_points() -> None:
    image = np.arange(12, dtype=np.float32).reshape(3, 4)
    flow = np.zeros((3, 4, 2), np.float32)
    flow[..., 0] = 0.5  # half a pixel right
    flow[..., 1] = 1.0  # one down
    assert sample_at(image, flow).tolist() == [
        [4.5, 5.5, 6.5, 7.0],  # the border is continued
        [8.5, 9.5, 10.5, 11.0],
        [8.5, 9.5, 10.5, 11.0],
    ]


def test_some_rows_are_sampled_as_in_the_whole() -> None:
    rng = np.random.default_rng(0)
    image = rng.random((40, 30, 3), dtype=np.float32)
    flow = rng.normal(0, 6, (40, 30, 2)).astype(np.float32)
    whole = sample_at(image, flow, smooth=True)
    for first, last in ((0, 7), (7, 40)):
        part = sample_at(image, flow[first:last], smooth=True, first=first)
        assert np.array_equal(part, whole[first:last])


def test_a_plane_is_enlarged_linearly_and_its_border_goes_on() -> None:
    plane = np.float32([[0, 4], [8, 12]])
    rows = [0, 2, 6, 8]  # twice as many: a quarter and three quarters of the way
    assert enlarged(plane, slice(0, 4), 4, 4)[:, 0].tolist() == rows
    assert enlarged(plane, slice(0, 4), 4, 4)[0].tolist() == [0, 1, 3, 4]
    assert np.array_equal(
        enlarged(plane, slice(1, 3), 4, 4), enlarged(plane, slice(0, 4), 4, 4)[1:3]
    )


def test_a_plane_of_that_size_is_left_as_it_is() -> None:
    plane = np.random.default_rng(0).random((5, 6, 2), dtype=np.float32)
    assert np.array_equal(enlarged(plane, slice(2, 4), 5, 6), plane[2:4])
