"""The temporal filter on a device, beside the CPU's: here torch's CPU is the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.media.arrays import ImageF32
from ganfx.stylize.temporal.device_filter import device_stabilized
from ganfx.stylize.temporal.device_frame import HOST, DeviceFrame, device_frame, on_device
from ganfx.stylize.temporal.device_memory import DeviceMemory
from ganfx.stylize.temporal.device_motion import DeviceMotion
from ganfx.stylize.temporal.device_warp import device_keyframe_warp
from ganfx.stylize.temporal.filter import HANDLES, REACH, guide_of, stabilized, tone_of
from ganfx.stylize.temporal.keyframe_warp import keyframe_warp
from ganfx.stylize.temporal.motion import Motion
from tests.stylize.temporal.test_filter import error, flickering, pan, windowed

FILTER = "ganfx.stylize.temporal.filter"


def sent(
    source: Sequence[ImageF32],
    styled: Sequence[ImageF32],
    alpha: ImageF32 | None = None,
    memory: DeviceMemory | None = None,
) -> dict[int, DeviceFrame]:
    memory = memory or DeviceMemory(HOST)
    pairs = enumerate(zip(source, styled, strict=True))
    return {n: device_frame(*pair, alpha, memory) for n, pair in pairs}


def moving(window: Mapping[int, DeviceFrame]) -> DeviceMotion:
    return DeviceMotion(guides={n: frame.guide for n, frame in window.items()})


def held(
    window: Mapping[int, DeviceFrame], motion: DeviceMotion, memory: DeviceMemory | None = None
) -> list[ImageF32]:
    memory = memory or DeviceMemory(HOST)
    return [device_stabilized(n, window, motion, 0.5, memory) for n in window]


@pytest.fixture(scope="module")
def shot() -> tuple[list[ImageF32], list[ImageF32]]:
    source = [np.ascontiguousarray(frame[:56, :72]) for frame in pan(9)]
    return source, flickering(source)


@pytest.fixture(scope="module")
def whole(shot) -> list[ImageF32]:
    window = sent(*shot)
    return held(window, moving(window))


def test_a_flickering_look_holds_still(shot, whole):
    source, styled = shot
    inner = slice(REACH, -REACH)
    assert error(source[inner], whole[inner]) < 0.25 * error(source[inner], styled[inner])


@settings(max_examples=6)
@given(
    st.integers(16, 40), st.integers(16, 40), st.integers(1, 3), st.booleans(), st.integers(0, 99)
)
def test_given_the_same_motion_it_is_the_cpus_within_a_code_value(
    height, width, reduced, covered, seed
):
    """With or without alpha, and with guides of the full size or reduced, evenly or not."""
    rng = np.random.default_rng(seed)
    source = [frame[20 : 20 + height, 30 : 30 + width] for frame in pan(4)]
    styled = flickering(source)
    alpha = rng.random((height, width), dtype=np.float32) if covered else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{FILTER}.GUIDE_PIXELS", height * width / reduced**2)
        ours, theirs = sent(source, styled, alpha), windowed(source, styled, alpha)
    guides = {n: frame.guide for n, frame in theirs.items()}
    motion = np.array((1.3, -0.8)) + rng.normal(0, 0.3, (*guides[0].shape[:2], 2))
    known = {
        (n, n + step): (step * motion).astype(np.float32)
        for n in guides
        for step in (-2, -1, 1, 2)
        if n + step in guides
    }
    cpus = Motion(guides=guides, known=known)
    devices = moving(ours)
    devices.known = {pair: on_device(flow, HOST) for pair, flow in known.items()}
    devices.starts = cpus.starts = frozenset()
    for n, made in enumerate(held(ours, devices)):
        expected = stabilized(n, theirs, cpus, 0.5)
        assert np.abs(made - expected).max() * 255 < 0.5


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1.0, 2.0, 2.3, 7.9]))
def test_guides_and_tones_are_those_of_the_cpu(height, width, reduced):
    rng = np.random.default_rng(height)
    display, styled = (
        rng.uniform(-0.1, 1.1, (height, width, 3)).astype(np.float32) for _ in range(2)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{FILTER}.GUIDE_PIXELS", height * width / reduced**2)
        made = device_frame(display, styled, None, DeviceMemory(HOST))
        banded = device_frame(display, styled, None, DeviceMemory(HOST, pixels=3 * width))
        guide = guide_of(display)
    assert made.tone == banded.tone == tone_of(display, styled)
    assert torch.equal(made.guide, banded.guide)
    assert tuple(made.guide.shape) == guide.shape
    assert np.abs(made.guide.numpy().astype(int) - guide).max() <= 1


def test_any_split_gives_the_same_bytes(shot, whole):
    window = sent(*shot)
    for frame in (0, 8):
        near = {n: kept for n, kept in window.items() if abs(n - frame) <= HANDLES}
        alone = device_stabilized(frame, near, moving(near), 0.5, DeviceMemory(HOST))
        assert np.array_equal(alone, whole[frame])
    backwards = moving(window)
    for frame in (5, 4, 1):
        made = device_stabilized(frame, window, backwards, 0.5, DeviceMemory(HOST))
        assert np.array_equal(made, whole[frame])


@pytest.mark.parametrize("parks", [False, True])
def test_bands_of_any_height_give_the_same_bytes(shot, whole, parks):
    window = sent(*shot, memory=DeviceMemory(HOST, pixels=1000, parks=parks))
    memory = DeviceMemory(HOST, pixels=72 * 5)
    made = [device_stabilized(n, window, moving(window), 0.5, memory) for n in (2, 3)]
    assert all(np.array_equal(*pair) for pair in zip(made, (whole[2], whole[3]), strict=True))


def test_bytes_do_not_depend_on_the_number_of_threads(shot, whole):
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        window = sent(*shot)
        made = device_stabilized(4, window, moving(window), 0.5, DeviceMemory(HOST))
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(made, whole[4])


def test_without_consistency_a_frame_is_as_it_was(shot):
    window = sent(*shot)
    made = device_stabilized(3, window, moving(window), 0.0, DeviceMemory(HOST))
    assert np.array_equal(made, shot[1][3])


def test_a_cut_and_a_flash_are_found():
    source = [frame[:80, :112] for frame in pan(9)]
    cut = [*source[:4], *(1 - frame[::-1] for frame in source[4:])]
    window = sent(cut, cut)
    motion = moving(window)
    assert sorted(motion.shot(2, REACH)) == [0, 1, 2, 3]
    assert sorted(motion.shot(5, REACH)) == [4, 5, 6, 7, 8]
    source[4] = np.random.default_rng(1).random(source[4].shape, dtype=np.float32)
    window = sent(source, source)
    assert sorted(moving(window).shot(2, REACH)) == [0, 1, 2, 3, 5]


def test_warps_to_keyframes_are_the_cpus_given_the_same_motion(shot):
    ours, theirs = sent(*shot), windowed(*shot)
    cpus = Motion(guides={n: frame.guide for n, frame in theirs.items()})
    motion = moving(ours)
    expected = keyframe_warp(3, cpus)
    motion.known = {pair: on_device(flow, HOST) for pair, flow in cpus._flows.items()}
    made = device_keyframe_warp(3, motion)
    assert made is not None
    assert expected is not None
    assert np.abs(made.share - expected.share).max() < 0.02
    # OpenCV rounds places to 1/32 of a pixel where it samples a flow.
    assert np.abs(made.before - expected.before).max() < 0.02
    assert np.abs(made.after - expected.after).max() < 0.02
    assert device_keyframe_warp(0, motion) is None
