from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from ganfx.media.arrays import ImageU8
from ganfx.quality.flicker import visible, warp_errors


def pan(steps: int = 3) -> list[ImageU8]:
    """A camera that goes 4 pixels right and 2 down a frame."""
    photo = data.astronaut()
    return [photo[100 + 2 * t : 356 + 2 * t, 60 + 4 * t : 380 + 4 * t] for t in range(steps)]


def test_a_look_that_moves_with_the_scene_is_as_steady_as_the_source() -> None:
    shot = pan()
    errors = warp_errors(shot, [255 - frame for frame in shot])
    assert len(errors) == 2
    for error in errors:
        assert error.source == pytest.approx(error.output, rel=1e-4)
        assert error.source is not None
        assert error.source < 1e-3
        assert error.followed > 0.7


def test_a_change_of_all_pixels_is_its_own_square() -> None:
    shot = [np.full((64, 64, 3), 100, np.uint8)] * 2
    (error,) = warp_errors(shot, [np.zeros_like(shot[0]), np.full_like(shot[0], 51)])
    assert error.source == 0.0
    assert error.output == pytest.approx(0.2**2)  # 51 / 255
    assert error.followed == 1.0


def test_a_cut_is_not_followed() -> None:
    (error,) = warp_errors(*2 * [[pan(1)[0], data.chelsea()[:256, :320]]])
    assert error.followed < 0.3


def test_what_comes_out_from_behind_is_hidden() -> None:
    # A square goes 6 pixels right over a still ground: the flow back from its old place is 0,
    # and the flow there is 6.
    forward, backward = np.zeros((2, 40, 40, 2), np.float32)
    forward[10:30, 10:20, 0] = 6.0
    backward[10:30, 16:26, 0] = -6.0
    seen = visible(forward, backward)
    assert not seen[15:25, 21:25].any()  # ground that the square will cover
    assert seen[15:25, 12:18].all()  # the square itself
    assert seen[:8].all()
    assert not seen[15, 19]  # the square's edge: a motion boundary


def test_what_leaves_the_frame_does_not_count() -> None:
    forward = np.zeros((20, 20, 2), np.float32)
    forward[..., 0] = 5.0
    seen = visible(forward, -forward)
    assert seen[:, :15].all()
    assert not seen[:, 15:].any()


def test_bad_shots_are_refused() -> None:
    frame, wide = np.zeros((32, 32, 3), np.uint8), np.zeros((32, 33, 3), np.uint8)
    with pytest.raises(ValueError, match="2 frames or more"):
        warp_errors([frame], [frame])
    with pytest.raises(ValueError, match="2 frames or more"):
        warp_errors([frame, frame], [frame])
    with pytest.raises(ValueError, match="one size"):
        warp_errors([frame, frame], [frame, wide])
