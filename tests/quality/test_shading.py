"""How steeply tones slope inside areas, on pictures whose slopes are known."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.media.arrays import ImageU8
from ganfx.quality.shading import MOST, SIDE, shading


def gray(values: np.ndarray) -> ImageU8:
    return np.repeat(np.round(values * 255).astype(np.uint8)[..., None], 3, axis=2)


def test_a_ramp_has_its_slope_whatever_its_size_up_to_the_side_that_is_looked_at() -> None:
    ramp = np.tile(np.linspace(0.2, 0.8, 301), (80, 1))  # 0.002 from pixel to pixel
    assert shading([gray(ramp)]) == pytest.approx(0.002, rel=0.03)

    wide = np.tile(np.linspace(0.0, 1.0, 2 * SIDE), (200, 1))
    assert shading([gray(wide)]) == pytest.approx(1 / SIDE, rel=0.03)  # halved


def test_flat_areas_do_not_slope_with_edges_between_them_and_grain_on_them() -> None:
    rows, columns = np.indices((240, 240)) // 40
    squares = np.where((rows + columns) % 2, 0.3, 0.7)
    grain = np.random.default_rng(0).normal(0, 0.02, squares.shape)

    assert shading([gray(squares)]) == pytest.approx(0, abs=1e-5)
    assert shading([gray(squares + grain)]) == pytest.approx(0, abs=5e-4)


def test_the_typical_picture_counts_and_those_without_areas_do_not() -> None:
    ramps = [
        gray(np.tile(np.arange(200) * slope + 0.2, (60, 1))) for slope in (0.001, 0.002, 0.003)
    ]
    checkers = gray((np.indices((60, 60)).sum(axis=0) // 2 % 2).astype(float))

    assert shading([*ramps, checkers]) == pytest.approx(0.002, rel=0.05)
    assert shading([checkers]) is None
    assert shading([gray(np.full((3, 3), 0.5))]) is None
    assert shading([checkers] + [ramps[0]] * MOST * 2) == pytest.approx(0.001, rel=0.1)
