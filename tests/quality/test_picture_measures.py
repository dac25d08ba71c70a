"""Statistics of pictures, on pictures whose values are known."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest

from ganfx.quality.picture_measures import measure_picture, median_measures


def gray(values: np.ndarray) -> np.ndarray:
    return np.repeat(np.round(values).astype(np.uint8)[..., None], 3, axis=2)


def ruled(angle: float, period: float, size: int = 240) -> np.ndarray:
    """A wave whose lines fall to the right by an angle."""
    down, right = np.mgrid[:size, :size]
    turn = math.radians(angle)
    across = down * math.cos(turn) - right * math.sin(turn)
    return gray(127 + 100 * np.sin(2 * np.pi * across / period))


@pytest.mark.parametrize("angle", [0, 20, 45, -30, 90])
@pytest.mark.parametrize("period", [6, 10])
def test_ruled_lines_have_their_width_and_direction(angle: int, period: int) -> None:
    found = measure_picture(ruled(angle, period))

    assert (found.marked, found.parallel) == (1.0, 1.0)
    assert found.mark_width == pytest.approx(period / 2, rel=0.12)
    pointing = math.degrees(math.atan2(found.mark_sine, found.mark_cosine)) / 2
    assert pointing == pytest.approx(angle, abs=1.5)


def test_dark_lines_on_white_cover_their_share_and_light_ones_do_not_count() -> None:
    page = np.full((200, 200), 255.0)
    page[:, ::20] = page[:, 1::20] = 0  # 2 of 20 columns

    drawn, negative = measure_picture(gray(page)), measure_picture(gray(255 - page))
    assert drawn.line == pytest.approx(0.1)
    assert drawn.line_bias == pytest.approx(1.0, abs=1e-4)
    assert (negative.line, negative.line_bias) == (0.0, pytest.approx(-1.0, abs=1e-4))
    assert drawn.ink == 0.0


def test_ink_is_the_luma_of_lines_and_without_any_the_darks() -> None:
    page = np.full((200, 200), 255.0)
    page[:, ::20] = 51
    assert measure_picture(gray(page)).ink == pytest.approx(0.2, abs=1e-3)
    assert measure_picture(gray(np.full((50, 50), 102.0))).ink == pytest.approx(0.4, abs=1e-3)


def test_bare_paper_is_pale_and_of_one_tone() -> None:
    rng = np.random.default_rng(0)
    page = np.full((200, 200), 235.0)
    page[:, 100:] = rng.integers(0, 256, (200, 100))

    assert measure_picture(gray(page)).paper == pytest.approx(0.5, abs=0.03)
    assert measure_picture(gray(page)).flat == pytest.approx(0.5, abs=0.03)
    assert measure_picture(gray(page * 0.5)).paper < 0.01  # a dark wall is no paper


def test_flat_areas_have_edges_and_texture_has_none() -> None:
    """Squares of 30 pixels in two tones, and the same with noise that is no edge."""
    rows, columns = np.indices((300, 300)) // 30
    squares = np.where((rows + columns) % 2, 0.3, 0.7).astype(np.float32)
    noisy = squares + np.random.default_rng(1).normal(0, 0.08, squares.shape)
    assert measure_picture(gray(255 * squares)).edged > 2
    # Half of the pixels are within reach of an edge, all of the others are uneven.
    assert measure_picture(gray(255 * noisy.clip(0, 1))).edged < 1


def test_a_toned_print_has_a_cast_and_no_variety() -> None:
    tones = np.linspace(20, 235, 256)[None].repeat(64, axis=0)
    toned = np.stack([tones, tones * 0.9, tones * 0.7], axis=2).astype(np.uint8)

    print_in_one_ink, plain = measure_picture(toned), measure_picture(gray(tones))
    assert print_in_one_ink.cast > 10
    assert print_in_one_ink.variety < 4
    assert (round(plain.chroma, 1), round(plain.cast, 1)) == (0.0, 0.0)


def test_touches_of_other_hues_are_broken_color_and_an_even_hue_is_not() -> None:
    even = np.full((96, 96, 3), (180, 90, 40), np.uint8)
    touched = even.copy()
    touched[::4], touched[1::4] = (40, 90, 180), (40, 90, 180)

    assert measure_picture(even).broken_color == pytest.approx(0, abs=1e-3)
    assert measure_picture(touched).broken_color > 20


def test_only_the_middle_of_a_large_picture_is_looked_at() -> None:
    large = gray(np.zeros((1300, 1300)))
    large[138:-138, 138:-138] = ruled(0, 8, 1024)

    found = measure_picture(large)
    assert (found.height, found.width) == (1300, 1300)
    assert found.marked == 1.0


@pytest.mark.parametrize("shape", [(2, 2), (5, 3), (23, 40), (32, 32)])
def test_a_tiny_picture_has_finite_measures(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)

    assert np.isfinite(astuple(measure_picture(picture))).all()


def test_the_typical_picture_has_the_median_of_every_measure() -> None:
    sizes = ((10, 0), (20, 51), (90, 255))
    pages = [measure_picture(gray(np.full((20, width), tone))) for width, tone in sizes]

    typical = median_measures(pages)
    assert (typical.height, typical.width) == (20, 20)
    assert typical.middle == pytest.approx(0.2)
    with pytest.raises(ValueError, match="at least one"):
        median_measures([])
