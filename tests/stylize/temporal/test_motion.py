"""Paths between frames: how far they reach, and where they may be trusted."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from ganfx.media.arrays import ImageU8
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.paths import Path


def pan(frames: int, *, left: int = 60, photo: ImageU8 | None = None) -> list[ImageU8]:
    """A camera that goes 3 pixels right a frame: what it sees goes left."""
    photo = data.astronaut() if photo is None else photo
    return [photo[120:248, left + 3 * t : left + 160 + 3 * t] for t in range(frames)]


def motion(frames: list[ImageU8], **kwargs: frozenset[int]) -> Motion:
    return Motion(guides=dict(enumerate(frames, start=1001)), **kwargs)


def reached(shot: Motion, frame: int, reach: int = 3) -> list[int]:
    return sorted(path.distance for path in shot.paths(frame, reach))


def path(shot: Motion, frame: int, distance: int) -> Path:
    return next(p for p in shot.paths(frame, 3) if p.distance == distance)


def test_paths_add_up_the_motion_of_every_step():
    shot = motion(pan(7))
    assert reached(shot, 1004) == [-3, -2, -1, 1, 2, 3]
    inner = (slice(20, -20), slice(20, -20))
    for distance in (-3, 1, 3):
        x, y = np.moveaxis(path(shot, 1004, distance).flow[inner], -1, 0)
        assert np.median(x) == pytest.approx(-3 * distance, abs=0.1)
        assert np.median(y) == pytest.approx(0, abs=0.1)


def test_what_stays_in_view_is_trusted_and_what_leaves_is_not():
    shot = motion(pan(7))
    trust = path(shot, 1004, 3).trust
    assert np.median(trust[20:-20, 20:-20]) > 0.9
    assert trust[:, :6].max() == 0.0  # 9 pixels on, it is out of the frame


def test_a_path_ends_with_the_shot_and_where_a_frame_is_missing():
    frames = pan(7)
    assert reached(motion(frames), 1001) == [1, 2, 3]
    assert reached(motion(frames), 1006) == [-3, -2, -1, 1]
    gap = motion(frames)
    del gap.guides[1003]
    assert reached(gap, 1004) == [1, 2, 3]
    assert reached(gap, 1002) == [-1]


def test_a_path_ends_at_a_cut():
    frames = pan(4) + pan(4, photo=data.coffee())
    assert reached(motion(frames), 1004) == [-3, -2, -1]
    assert reached(motion(frames), 1005) == [1, 2, 3]
    assert list(motion(frames).shot(1006, 3)) == [1006, 1005, 1007, 1008]


def test_cuts_that_are_told_are_the_only_ones():
    shot = motion(pan(7), starts=frozenset({1003}))
    assert reached(shot, 1004) == [-1, 1, 2, 3]
    assert reached(shot, 1002) == [-1]
    told = motion(pan(4) + pan(4, photo=data.coffee()), starts=frozenset())
    assert reached(told, 1004) == [-3, -2, -1, 1, 2, 3]
    assert path(told, 1004, 1).trust.mean() < 0.2  # and still nothing to see there


def test_a_flash_is_stepped_over():
    frames = pan(7)
    frames[4] = 255 - frames[4]
    shot = motion(frames)
    assert reached(shot, 1004) == [-3, -2, -1, 2, 3]
    x = path(shot, 1004, 2).flow[20:-20, 20:-20, 0]
    assert np.median(x) == pytest.approx(-6, abs=0.1)
    assert reached(shot, 1005) == []  # it is like none of its neighbours


def test_a_light_that_comes_on_is_not_trusted_across():
    frames = pan(3)
    frames[2] = np.clip(frames[2].astype(int) + 60, 0, 255).astype(np.uint8)
    after = path(motion(frames), 1002, 1)
    before = path(motion(frames), 1002, -1)
    assert np.median(after.trust) == 0.0
    assert np.median(before.trust) > 0.9


def test_known_vectors_take_the_place_of_estimated_ones():
    flow = np.zeros((128, 160, 2), np.float32)
    flow[..., 0] = 5.0

    still = [np.full((128, 160, 3), 90, np.uint8)] * 4
    known = {(n, n + 1): flow for n in range(1001, 1004)}
    known |= {(n + 1, n): -flow for n in range(1001, 1004)}
    shot = Motion(guides=dict(enumerate(still, start=1001)), known=known)
    assert path(shot, 1002, 2).flow[64, 80].tolist() == [10.0, 0.0]


def test_frames_too_small_to_follow_stand_alone():
    assert reached(motion([np.zeros((8, 40, 3), np.uint8)] * 3), 1002) == []


def test_frames_that_are_done_with_are_forgotten():
    shot = motion(pan(5))
    whole = path(shot, 1004, 1)
    shot.drop_before(1003)
    assert sorted(shot.guides) == [1003, 1004, 1005]
    again = path(shot, 1004, 1)
    assert np.array_equal(whole.flow, again.flow)
    assert np.array_equal(whole.trust, again.trust)


def test_a_black_frame_is_a_flash_and_a_first_frame_may_be_a_shot():
    frames = pan(7)
    frames[4] = np.zeros_like(frames[4])
    assert reached(motion(frames), 1004) == [-3, -2, -1, 2, 3]
    alone = [data.coffee()[100:228, 60:220], *pan(4)]
    assert reached(motion(alone), 1001) == []
    assert reached(motion(alone), 1002) == [1, 2, 3]


def test_frames_that_are_equal_do_not_move():
    still = motion(pan(1) * 5)
    assert reached(still, 1003) == [-2, -1, 1, 2]
    assert np.abs(path(still, 1003, 2).flow).max() == 0.0
    assert path(still, 1003, 2).trust.min() == 1.0
