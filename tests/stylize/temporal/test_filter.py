"""The temporal filter, on shots whose motion and flicker are known."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from ganfx.media.arrays import ImageF32
from ganfx.quality.flicker import warp_errors
from ganfx.stylize.temporal.filter import (
    HANDLES,
    REACH,
    StylizedFrame,
    band_weights,
    guide_of,
    stabilized,
    tone_of,
)
from ganfx.stylize.temporal.motion import Motion


def pan(frames: int) -> list[ImageF32]:
    """A camera that goes 2 pixels right and 1 down a frame, with a sensor's noise."""
    photo = data.astronaut().astype(np.float32) / 255
    rng = np.random.default_rng(5)
    shots = [photo[100 + t : 228 + t, 60 + 2 * t : 220 + 2 * t] for t in range(frames)]
    noisy = [shot + rng.normal(0, 0.005, shot.shape) for shot in shots]
    return [np.clip(shot, 0, 1).astype(np.float32) for shot in noisy]


def flickering(source: Sequence[ImageF32], *, tone: float = 0.02, texture: float = 0.05):
    """A look that is new in every frame: of another tone, with other strokes."""
    rng = np.random.default_rng(3)
    return [
        np.clip(
            0.8 * frame + 0.1 + rng.normal(0, tone) + rng.normal(0, texture, (*frame.shape[:2], 1)),
            0,
            1,
        ).astype(np.float32)
        for frame in source
    ]


def windowed(source: Sequence[ImageF32], styled: Sequence[ImageF32], alpha: ImageF32 | None = None):
    return {
        number: StylizedFrame(after, guide_of(before), tone_of(before, after), alpha)
        for number, (before, after) in enumerate(zip(source, styled, strict=True))
    }


def filtered(window: dict[int, StylizedFrame], consistency: float = 0.5) -> list[ImageF32]:
    motion = Motion(guides={n: frame.guide for n, frame in window.items()})
    return [stabilized(n, window, motion, consistency) for n in window]


def codes(frames: Sequence[ImageF32]) -> list[NDArray[np.uint8]]:
    return [(frame * 255 + 0.5).astype(np.uint8) for frame in frames]


def error(source: Sequence[ImageF32], output: Sequence[ImageF32]) -> float:
    steps = warp_errors(codes(source), codes(output))
    return float(np.mean([step.output for step in steps if step.output is not None]))


def tone_flicker(frames: Sequence[ImageF32]) -> float:
    return float(np.std(np.diff([frame.mean() for frame in frames])))


@pytest.fixture(scope="module")
def shot() -> tuple[list[ImageF32], list[ImageF32]]:
    source = pan(12)
    return source, flickering(source)


def test_a_flickering_look_holds_still(shot):
    source, styled = shot
    inner = slice(REACH, -REACH)
    before = error(source[inner], styled[inner])
    after = error(source[inner], filtered(windowed(source, styled), 1.0)[inner])
    assert after < 0.2 * before


def test_its_tone_does_not_pump(shot):
    source, styled = shot
    result = filtered(windowed(source, styled))
    assert tone_flicker(result) < 0.2 * tone_flicker(styled)


def test_more_consistency_is_steadier(shot):
    source, styled = shot
    errors = [error(source, filtered(windowed(source, styled), c)) for c in (0.0, 0.25, 0.5, 1.0)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] == error(source, styled)


def test_a_look_that_is_steady_keeps_its_detail():
    source = pan(7)
    styled = [np.clip(1.2 * frame - 0.1, 0, 1) for frame in source]
    result = filtered(windowed(source, styled))[3]
    inner = (slice(8, -8), slice(8, -8))
    assert np.abs(result - styled[3])[inner].mean() < 0.01
    assert np.diff(result[inner], axis=1).std() > 0.9 * np.diff(styled[3][inner], axis=1).std()


def test_a_shot_that_stands_still_stands_still():
    source = [pan(1)[0]] * 9
    result = filtered(windowed(source, flickering(source)), 1.0)
    areas = [frame[32:96, 32:96].mean(axis=(0, 1)) for frame in result]
    assert np.std(areas, axis=0).max() < 1 / 255
    same = filtered(windowed(source, source))
    assert np.abs(np.array(same) - source[0]).max() < 1e-5


def test_a_light_that_fades_up_keeps_its_slope():
    source = [np.full((64, 64, 3), 0.2 + 0.02 * t, np.float32) for t in range(12)]
    styled = [np.clip(1.3 * frame, 0, 1).astype(np.float32) for frame in source]
    result = filtered(windowed(source, styled))
    slopes = np.diff([frame.mean() for frame in result])[REACH : -REACH - 1]
    assert slopes == pytest.approx(1.3 * 0.02, rel=0.05)


def test_a_light_that_comes_on_is_not_foreseen():
    source = [np.full((64, 64, 3), 0.2 if t < 6 else 0.8, np.float32) for t in range(12)]
    result = filtered(windowed(source, source), 1.0)
    assert [round(float(frame.mean()), 3) for frame in result] == [0.2] * 6 + [0.8] * 6


def test_nothing_is_left_behind_where_something_passes():
    # A bright disc crosses a dark textured ground; the look is the source itself.
    ground = data.astronaut()[100:228, 0:160].astype(np.float32) / 255 * 0.4
    y, x = np.mgrid[:128, :160]
    source = []
    for t in range(9):
        frame = ground.copy()
        frame[(x - 20 - 8 * t) ** 2 + (y - 64) ** 2 < 15**2] = 0.95
        source.append(frame)
    result = filtered(windowed(source, source), 1.0)
    for before, after in zip(source, result, strict=True):
        assert np.abs(after - before).mean() < 0.01
        uncovered = before.max(axis=-1) < 0.9
        assert np.abs(after - before)[uncovered].mean() < 0.03


def test_any_split_gives_the_same_pixels(shot):
    source, styled = shot
    window = windowed(source, styled)
    whole = filtered(window)
    rng = random.Random(1)
    for frame in rng.sample(range(len(source)), 4):
        near = {n: kept for n, kept in window.items() if abs(n - frame) <= HANDLES}
        motion = Motion(guides={n: frame.guide for n, frame in near.items()})
        assert np.array_equal(stabilized(frame, near, motion, 0.5), whole[frame])
    backwards = Motion(guides={n: frame.guide for n, frame in window.items()})
    for frame in reversed(range(len(source))):
        assert np.array_equal(stabilized(frame, window, backwards, 0.5), whole[frame])


def test_pixels_do_not_depend_on_the_number_of_cores(shot, monkeypatch):
    source, styled = shot
    window = windowed(source, styled)
    whole = filtered(window)  # too small for threads
    monkeypatch.setattr("ganfx.stylize.temporal.parallel.SMALL", 0)
    for cores in (1, 5):
        monkeypatch.setattr(
            "ganfx.stylize.temporal.parallel.usable_cores", lambda cores=cores: cores
        )
        assert all(np.array_equal(*pair) for pair in zip(filtered(window), whole, strict=True))


def test_what_a_neighbour_does_not_cover_is_not_taken_from_it():
    source = [pan(1)[0]] * 3
    styled = [frame.copy() for frame in source]
    styled[0][...] = styled[2][...] = 1.0  # of no meaning: nothing there
    window = windowed(source, styled)
    bare = np.zeros(source[0].shape[:2], np.float32)
    for number in (0, 2):
        window[number] = StylizedFrame(styled[number], window[number].guide, window[1].tone, bare)
    motion = Motion(guides={n: frame.guide for n, frame in window.items()})
    assert np.array_equal(stabilized(1, window, motion, 1.0), styled[1])


def test_one_frame_and_two_frames_are_shots_too():
    source = pan(2)
    assert np.allclose(filtered(windowed(source[:1], source[:1]))[0], source[0], atol=1e-6)
    assert len(filtered(windowed(source, flickering(source)))) == 2


def test_large_frames_are_followed_in_smaller_ones():
    assert guide_of(np.zeros((540, 960, 3), np.float32)).shape == (540, 960, 3)
    assert guide_of(np.zeros((1080, 1920, 3), np.float32)).shape == (540, 960, 3)
    assert guide_of(np.zeros((2160, 3840, 3), np.float32)).shape == (720, 1280, 3)


def test_in_smaller_ones_the_motion_is_the_same(monkeypatch):
    source = pan(3)
    styled = flickering(source)
    monkeypatch.setattr("ganfx.stylize.temporal.filter.GUIDE_PIXELS", 128 * 160 / 4)
    window = windowed(source, styled)
    assert window[0].guide.shape == (64, 80, 3)
    assert error(source, filtered(window, 1.0)) < 0.5 * error(source, styled)


@pytest.mark.parametrize("consistency", [0.0, 0.1, 0.5, 0.75, 1.0])
def test_areas_are_held_longer_than_detail(consistency):
    areas, detail = band_weights(consistency)
    assert len(areas) == len(detail) == REACH + 1
    assert areas[0] == detail[0] == 1.0
    for weights in (areas, detail):
        assert all(a >= b for a, b in itertools.pairwise(weights))
    assert all(a >= d for a, d in zip(areas, detail, strict=True))


def test_whole_consistency_holds_both_alike():
    areas, detail = band_weights(1.0)
    assert areas == detail == pytest.approx((1, np.exp(-1 / 8), np.exp(-1 / 2), np.exp(-9 / 8)))


PORTABLE = """
import hashlib
import numpy as np
from tests.stylize.temporal.test_filter import filtered, flickering, pan, windowed
source = pan(6)
frames = filtered(windowed(source, flickering(source)))
print(hashlib.sha256(np.stack(frames).tobytes()).hexdigest())
"""


def test_a_processor_without_wide_vectors_gives_the_same_pixels():
    masked = {
        "OPENCV_CPU_DISABLE": "AVX2,FMA3,AVX,FP16,AVX512_SKX",
        "NPY_DISABLE_CPU_FEATURES": " ".join(_wide_features()),
    }
    hashes = [
        subprocess.run(
            [sys.executable, "-c", PORTABLE],
            env={**os.environ, **changes},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for changes in ({}, masked)
    ]
    assert len(hashes[0].strip()) == 64
    assert hashes[0] == hashes[1]


def _wide_features() -> list[str]:
    """What NumPy may be told to do without on this machine."""
    from numpy._core._multiarray_umath import __cpu_baseline__, __cpu_dispatch__, __cpu_features__

    known = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    return [name for name in known if name not in __cpu_baseline__]
