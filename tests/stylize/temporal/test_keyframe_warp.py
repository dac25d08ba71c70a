"""Where pixels are in the keys of their shot, and lines that go with the scene."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from ganfx.media.flow import sample_at
from ganfx.preset import HatchConfig
from ganfx.stylize.effects.hatch import add_hatch
from ganfx.stylize.temporal.filter import HANDLES
from ganfx.stylize.temporal.keyframe_warp import PERIOD, KeyframeWarp, keyframe_warp
from ganfx.stylize.temporal.motion import Motion
from tests.stylize.conftest import laid
from tests.stylize.temporal.test_motion import pan

KEY = 1002  # 167 * 6
UPRIGHT = HatchConfig(amount=0.5, spacing=8.0, angles=(90.0,))


def moving(frames: int = 2 * PERIOD + 1, **kwargs: frozenset[int]) -> Motion:
    """A pan of 3 pixels a frame; the first frame is a key."""
    return Motion(guides=dict(enumerate(pan(frames), start=KEY)), **kwargs)


def middle(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return plane[30:-30, 30:-30]


def test_frames_that_the_period_divides_are_keys():
    assert KEY % PERIOD == 0
    shot = moving()
    assert keyframe_warp(KEY, shot) is None
    assert keyframe_warp(KEY + PERIOD, shot) is None


@pytest.mark.parametrize("past", [1, 2, 5])
def test_between_keys_a_pixel_has_its_place_in_both(past):
    warp = keyframe_warp(KEY + PERIOD + past, moving(3 * PERIOD + 1))

    assert warp is not None
    # the camera goes right: what is at x was 3 pixels a frame further right
    assert np.median(middle(warp.before[..., 0])) == pytest.approx(3 * past, abs=0.2)
    assert np.median(middle(warp.after[..., 0])) == pytest.approx(-3 * (PERIOD - past), abs=0.2)
    assert np.median(middle(warp.share)) == pytest.approx(past / PERIOD, abs=0.02)


def test_a_frame_depends_on_its_window_alone():
    guides = dict(enumerate(pan(25), start=KEY))
    frame = KEY + 9
    window = {n: guide for n, guide in guides.items() if abs(n - frame) <= HANDLES}
    whole, part = (keyframe_warp(frame, Motion(guides=dict(each))) for each in (guides, window))

    assert whole is not None
    assert part is not None
    for name in ("before", "after", "share"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(part, name))


def test_the_ends_of_a_shot_are_keys():
    shot = moving(15, starts=frozenset({KEY + 8}))
    assert keyframe_warp(KEY + 7, shot) is None
    assert keyframe_warp(KEY + 8, shot) is None
    warp = keyframe_warp(KEY + 10, shot)
    assert warp is not None
    assert np.median(middle(warp.before[..., 0])) == pytest.approx(6, abs=0.2)
    assert np.median(middle(warp.share)) == pytest.approx(2 / 4, abs=0.02)


def test_what_neither_key_shows_is_where_it_is():
    nothing = np.full((128, 160, 2), 1e7, np.float32)
    pairs = [(n, n + side) for n in range(KEY, KEY + PERIOD + 1) for side in (-2, -1, 1, 2)]
    shot = moving(PERIOD + 1, starts=frozenset())
    shot.known |= dict.fromkeys(pairs, nothing)

    warp = keyframe_warp(KEY + 2, shot)
    assert warp is not None
    for plane in (warp.before, warp.after, warp.share):
        assert not plane.any()


def test_where_the_flow_tears_a_pattern_is_not_carried():
    flow = np.zeros((64, 64, 2), np.float32)
    flow[:, 32:, 0] = 20.0
    shot = Motion(
        guides=dict.fromkeys(range(KEY, KEY + PERIOD + 1), np.zeros((64, 64, 3), np.uint8))
    )
    shot.known |= {(n, n + side): side * flow for n in range(KEY, KEY + 7) for side in (-1, 1)}
    shot.starts = frozenset()

    warp = keyframe_warp(KEY + 1, shot)
    assert warp is not None
    assert not warp.after[:, 31:33].any()
    steps = np.abs(np.diff(warp.before[..., 0], axis=1))
    assert ((steps < 0.5) | (steps > 4)).all()  # it lies on one side or the other


def test_a_larger_frame_has_the_same_drift_in_its_own_pixels():
    rng = np.random.default_rng(0)
    share = rng.random((4, 6), dtype=np.float32)
    flow = np.full((4, 6, 2), 1.5, np.float32)
    warp = KeyframeWarp(flow, -flow, share)
    large = warp.part(slice(0, 12), 12, 18)
    strips = [warp.part(slice(*rows), 12, 18) for rows in ((0, 5), (5, 12))]

    assert large.share.shape == (12, 18)
    np.testing.assert_array_equal(np.concatenate([each.share for each in strips]), large.share)
    np.testing.assert_allclose(large.before, 4.5, atol=1e-5)
    np.testing.assert_allclose(large.after, -4.5, atol=1e-5)
    np.testing.assert_allclose(large.share[1::3, 1::3], share, atol=1e-6)


def grey(width: int = 200) -> NDArray[np.float32]:
    return np.full((96, width, 3), 0.5, np.float32)


def constant(before: float, after: float, share: float, width: int = 200) -> KeyframeWarp:
    flows = [np.zeros((96, width, 2), np.float32) for _ in range(2)]
    for flow, right in zip(flows, (before, after), strict=True):
        flow[..., 0] = right
    return KeyframeWarp(*flows, np.full((96, width), share, np.float32))


@pytest.mark.parametrize("broken", [0.0, 0.9])
@pytest.mark.parametrize(("share", "right"), [(0.0, 5), (1.0, -11)])
def test_at_a_key_lines_are_those_of_the_key(broken, share, right):
    hatch = HatchConfig(amount=0.6, broken=broken)
    lines = 540
    flat = laid(add_hatch, grey(240), hatch, lines=lines)
    drawn = laid(add_hatch, grey(240), hatch, lines=lines, warp=constant(5, -11, share, 240))

    inner = slice(20, -20)
    difference = np.abs(drawn - np.roll(flat, -right, axis=1))[:, inner]
    assert np.mean(difference > 1e-4) < 1e-3  # but where rounding decides between two lines


def test_a_drift_of_whole_lines_carries_them_all_the_way():
    """24 pixels are 3 lines: the next key's are where these have come to."""
    hatch = UPRIGHT
    flat = laid(add_hatch, grey(), hatch, lines=1080)
    half = laid(add_hatch, grey(), hatch, lines=1080, warp=constant(12, -12, 0.5))
    carried = np.roll(flat, -12, axis=1)
    assert np.abs(half - carried)[:, 20:-20].mean() < 0.03  # but for what a hand strays


def test_lines_slide_by_no_more_than_half_of_their_distance():
    """Against the scene, from one key to the next."""
    hatch, worst = UPRIGHT, 0.0
    for speed in (0.5, 1.0, 1.7, 2.9, 4.4):
        offsets = []
        for past in range(PERIOD + 1):
            warp = constant(speed * past, -speed * (PERIOD - past), past / PERIOD)
            row = laid(add_hatch, grey(), hatch, lines=1080, warp=warp)[48, 36:164, 0]
            phase = np.angle(np.fft.fft(row)[16]) / (2 * np.pi) * 8.0  # 128 pixels, 16 lines
            offsets.append(phase - speed * past)  # seen from the scene
        slid = (np.diff(offsets) + 4) % 8 - 4
        worst = max(worst, abs(slid.sum()))
    assert worst <= 4.3


@pytest.mark.parametrize("hatch", [UPRIGHT, UPRIGHT.model_copy(update={"broken": 0.8})])
def test_lines_flicker_far_less_than_lines_that_stay_with_the_picture(hatch):
    shot = moving(2 * PERIOD + 1)
    flow = np.zeros((128, 160, 2), np.float32)
    flow[..., 0] = -3.0
    tone = np.full((128, 160, 3), 0.5, np.float32)

    def change(frames: list[NDArray[np.float32]]) -> float:
        moved = [(a - sample_at(b, flow, smooth=True))[20:-20, 20:-20] for a, b in pairwise(frames)]
        return float(np.mean(np.square(moved)))

    numbers = range(KEY, KEY + 2 * PERIOD + 1)
    fixed = [laid(add_hatch, tone, hatch, lines=1080) for _ in numbers]
    carried = [
        laid(add_hatch, tone, hatch, lines=1080, warp=keyframe_warp(n, shot)) for n in numbers
    ]
    assert change(carried) < 0.2 * change(fixed)
