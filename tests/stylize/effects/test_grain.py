"""Grain has the statistics that were asked for, and depends on place and time alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.preset import GrainConfig
from ganfx.stylize.effects.grain import add_grain, grain_field, grain_number
from tests.stylize.conftest import laid

GREY = np.full((1080, 480, 3), 0.5, np.float32)


def field(size=1.6, rows=(0, 300), columns=(0, 400), seed=1, frame=1001, layer=0):
    return grain_field(size, slice(*rows), slice(*columns), seed=seed, frame=frame, layer=layer)


@pytest.mark.parametrize("size", [1.0, 1.5, 2.5, 5.0])
def test_the_field_has_mean_0_and_variance_1(size):
    grain = field(size, rows=(0, 600), columns=(0, 800))

    assert abs(grain.mean()) < 0.03
    assert grain.std() == pytest.approx(1, abs=0.02)


def test_the_field_is_nearly_gaussian():
    grain = field(rows=(0, 600), columns=(0, 800)).astype(np.float64)

    assert abs((grain**3).mean()) < 0.03  # skewness
    assert (grain**4).mean() / grain.var() ** 2 == pytest.approx(3, abs=0.2)
    within = [np.mean(np.abs(grain) < deviations) for deviations in (1, 2)]
    assert within == pytest.approx([0.683, 0.954], abs=0.01)


def test_a_pixel_has_the_same_grain_whatever_is_computed_with_it():
    whole = field(2.0, rows=(-20, 180), columns=(-10, 200))
    part = field(2.0, rows=(57, 90), columns=(33, 121))

    np.testing.assert_array_equal(part, whole[77:110, 43:131])


def test_grain_is_computed_in_integers_alone():
    """One pixel by hand, in Python's own integers: what every machine has to give."""

    def mix(h: int) -> int:
        h = (h ^ (h >> 16)) * 0x7FEB352D % 2**32
        h = (h ^ (h >> 15)) * 0x846CA68B % 2**32
        return h ^ (h >> 16)

    key = 0
    for value in (3, 86400, 0):  # seed, frame, layer; each 64 bits, low half first
        for half in (value, 0):
            key = mix((key + 0x9E3779B9) % 2**32 ^ half)

    def white(x: int, y: int) -> int:
        return sum(mix(mix(mix(y) ^ key) ^ mix(x)).to_bytes(4, "little")) - 510

    taps = [0, 28, 455, 28, 0]  # of a Gaussian 1 px wide, in 512ths
    total = sum(
        taps[i] * taps[j] * white(7 + i - 2, 1000 + j - 2) for i in range(5) for j in range(5)
    )
    deviation = (4 * (256**2 - 1) / 12) ** 0.5 * sum(tap * tap for tap in taps)
    grain = field(1.0, rows=(1000, 1001), columns=(7, 8), seed=3, frame=86400)
    assert grain.item() == np.float32(total) * np.float32(1 / deviation)


@pytest.mark.parametrize("other", [{"frame": 1002}, {"seed": 2}, {"layer": 1}, {"frame": -1001}])
def test_another_frame_seed_or_layer_is_other_grain(other):
    a, b = field(), field(**other)

    assert abs((a * b).mean()) < 0.02  # no correlation
    assert not np.array_equal(a, b)


def test_neighbouring_rows_columns_and_frames_do_not_repeat():
    a = field(1.0)
    for shift in ((0, 7), (7, 0), (1, 64), (64, 1)):
        assert abs((a * np.roll(a, shift, (0, 1))).mean()) < 0.02
    for frame in range(1002, 1010):  # nor is the pattern of one frame a shift of another
        b = field(1.0, frame=frame)
        spectrum = np.fft.rfft2(a) * np.conj(np.fft.rfft2(b))
        assert np.abs(np.fft.irfft2(spectrum)).max() / a.size < 0.03


def test_paper_stays_where_film_grain_moves():
    grey = np.full((24, 32, 3), 0.5, np.float32)
    film, paper = (GrainConfig(amount=0.1, still=still) for still in (False, True))
    frames = [
        [laid(add_grain, grey, kind, seed=1, number=n) for n in (3, 4)] for kind in (film, paper)
    ]

    assert not np.array_equal(*frames[0])
    assert np.array_equal(*frames[1])
    assert np.array_equal(frames[1][0], laid(add_grain, grey, film, seed=1, number=0))


def test_larger_grain_is_correlated_farther():
    def correlation(size: float, distance: int) -> float:
        grain = field(size)
        return float((grain[:, distance:] * grain[:, :-distance]).mean())

    assert correlation(1.0, 1) < 0.2
    assert 0.3 < correlation(1.6, 1) < 0.8
    assert correlation(1.6, 4) < 0.05
    assert correlation(4.0, 2) > 0.6


def test_the_amount_is_the_standard_deviation_in_mid_tones():
    grain = laid(add_grain, GREY, GrainConfig(amount=0.05, size=1.6), seed=0, number=1) - GREY

    assert grain.std() == pytest.approx(0.05, rel=0.02)
    assert abs(grain.mean()) < 0.001


def test_grain_finer_than_a_pixel_is_fainter():
    quarter = GREY[:270]  # at 270 lines a grain of 2 px at 1080 is half a pixel
    grain = laid(add_grain, quarter, GrainConfig(amount=0.05, size=2.0), seed=0, number=1) - quarter

    assert grain.std() == pytest.approx(0.025, rel=0.02)


def test_black_and_white_have_little_grain():
    def deviation(value: float) -> float:
        flat = np.full((216, 384, 3), value, np.float32)
        return float(
            (laid(add_grain, flat, GrainConfig(amount=0.05), seed=0, number=1) - flat).std()
        )

    assert deviation(0.02) < 0.4 * deviation(0.5)
    assert deviation(0.98) < 0.4 * deviation(0.5)
    assert deviation(0.0) > 0


def test_grain_without_colour_leaves_grey_grey_and_with_colour_does_not():
    grey = laid(add_grain, GREY[:90, :160], GrainConfig(amount=0.05), seed=0, number=1)
    assert np.ptp(grey, axis=-1).max() == 0

    colored = laid(add_grain, GREY, GrainConfig(amount=0.05, color=1.0), seed=0, number=1) - GREY
    assert abs(np.corrcoef(colored[..., 0].ravel(), colored[..., 1].ravel())[0, 1]) < 0.02
    half = laid(add_grain, GREY, GrainConfig(amount=0.05, color=0.5), seed=0, number=1) - GREY
    correlation = np.corrcoef(half[..., 0].ravel(), half[..., 2].ravel())[0, 1]
    assert correlation == pytest.approx(0.5, abs=0.03)
    assert half.std() == pytest.approx(0.05, rel=0.02)


def test_grain_scales_with_the_picture():
    tall = np.full((2160, 64, 3), 0.5, np.float32)

    def neighbors(rgb: np.ndarray) -> float:
        grain = (laid(add_grain, rgb, GrainConfig(amount=0.05, size=1.6), seed=0, number=1) - rgb)[
            ..., 0
        ]
        return float((grain[:, 1:] * grain[:, :-1]).mean() / grain.var())

    assert neighbors(tall) > neighbors(tall[:1080]) + 0.2


def seams(grain: np.ndarray) -> list[float]:
    """The step across the seam by the largest one elsewhere: down, and across."""
    found = []
    for axis in (0, 1):
        steps = np.abs(grain - np.roll(grain, -1, axis)).mean(axis=1 - axis)
        found.append(float(steps[-1] / steps[:-1].max()))
    return found


@pytest.mark.parametrize("size", [1.0, 2.4, 12.0])
@pytest.mark.parametrize("tile", [(256, None), (None, 512), (256, 512)])
def test_grain_tiles_along_the_axes_that_wrap(size, tile):
    grain = grain_field(size, slice(0, 256), slice(0, 512), seed=1, frame=1, tile=tile)
    for period, seam in zip(tile, seams(grain), strict=True):
        assert (seam <= 1.5) == (period is not None or size == 1.0)  # the finest hides its seam


@pytest.mark.parametrize("size", [1.0, 2.4, 8.0])
def test_a_flat_texture_tiles_with_its_grain(size):
    flat, config = np.full((256, 512, 3), 0.5, np.float32), GrainConfig(amount=0.05, size=size)
    plain = laid(add_grain, flat, config, seed=0, number=1)
    for wrap in ("x", "y", "xy"):
        grained = laid(add_grain, flat, config, seed=0, number=1, wrap=wrap)
        down, across = seams(grained[..., 0])
        assert (down if wrap == "y" else across) <= 1.5
        assert grained.std() == pytest.approx(plain.std(), rel=0.02)
        np.testing.assert_array_equal(grained[8:-8, 8:-8], plain[8:-8, 8:-8])


def test_grain_that_tiles_goes_on_as_if_the_picture_was_repeated():
    whole = field(2.0, rows=(0, 40), columns=(0, 60))
    twice = grain_field(2.0, slice(-40, 40), slice(0, 120), seed=1, frame=1001, tile=(40, 60))

    np.testing.assert_array_equal(twice[:40, :60], twice[40:, 60:])
    np.testing.assert_array_equal(twice[45:75, 5:55], whole[5:35, 5:55])  # the same as ever inside


def test_rows_of_grain_that_tiles_are_those_of_the_whole():
    rgb = np.full((400, 80, 3), 0.5, np.float32)
    config = GrainConfig(amount=0.05, size=8)
    whole = laid(add_grain, rgb, config, seed=0, number=1, wrap="xy")
    rows = laid(add_grain, rgb[32:70], config, seed=0, number=1, first=32, lines=400, wrap="xy")
    np.testing.assert_array_equal(rows, whole[32:70])


def test_no_amount_is_no_change_and_the_range_is_kept():
    assert laid(add_grain, GREY, GrainConfig(amount=0.0), seed=0, number=1) is GREY
    noisy = laid(
        add_grain,
        np.eye(40, dtype=np.float32)[..., None].repeat(3, -1),
        GrainConfig(amount=1.0),
        seed=0,
        number=1,
    )
    assert noisy.min() >= 0
    assert noisy.max() <= 1


@settings(max_examples=20)
@given(st.integers(1, 200), st.integers(1, 60), st.integers(-(2**40), 2**40), st.integers())
def test_any_size_seed_and_frame_will_do(height, width, seed, frame):
    rgb = np.full((height, width, 3), 0.4, np.float32)
    grain = GrainConfig(amount=0.1, size=1.6)
    once, again = (laid(add_grain, rgb, grain, seed=seed, number=frame) for _ in range(2))

    assert once.shape == rgb.shape
    assert once.dtype == np.float32
    np.testing.assert_array_equal(once, again)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("plate.1001.exr", 1001),
        ("shot_0042.png", 42),
        ("a.-5.exr", -5),
        ("IMG_20240101.jpg", 20240101),
    ],
)
def test_a_numbered_file_has_the_grain_of_its_frame(name, number):
    assert grain_number(Path("anywhere") / name) == number


def test_other_files_have_the_grain_of_their_name():
    a, b = grain_number(Path("x/forest.jpg")), grain_number(Path("x/forests.jpg"))

    assert a != b
    assert a == grain_number(Path("y/forest.png"))
