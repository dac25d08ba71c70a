"""FLIP, by values worked out from its definition."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.quality.flip import flip_map


def flat(*color: int) -> np.ndarray:
    return np.full((24, 24, 3), color, np.uint8)


def test_equal_pictures_have_no_difference() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    assert flip_map(picture, picture).max() == 0.0


def test_white_on_black_by_hand() -> None:
    """Flat pictures have no edges, and their color difference is of lightness alone: 100.

    It is raised to 0.7 and mapped onto 0 to 1: up to 0.4 of the most, that of green and blue, to
    0.95, the rest above. Green and blue are 203.3 apart (Hunt-adjusted L*a*b*, HyAB).
    """
    most = 203.3**0.7
    expected = 0.95 + 0.05 * (100**0.7 - 0.4 * most) / (most - 0.4 * most)
    found = flip_map(flat(255, 255, 255), flat(0, 0, 0))
    assert found.shape == (24, 24)
    assert found == pytest.approx(expected, abs=1e-4)


def test_codes_are_taken_as_srgb() -> None:
    """Code 188 is half of the light, L* = 76.1; 118 is L* = 49.7: both from white."""
    most = 203.3**0.7
    for code, lightness in ((188, 76.2), (118, 49.9)):
        apart = (100 - lightness) ** 0.7 * 0.95 / (0.4 * most)
        found = flip_map(flat(255, 255, 255), flat(code, code, code)).mean()
        assert found == pytest.approx(apart, rel=0.02)


def test_other_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="equal shapes"):
        flip_map(flat(0, 0, 0), flat(0, 0, 0)[:12])
