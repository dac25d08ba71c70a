"""Optimal transport of colors."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.training.color_transport import agreement, fit_transport


def test_two_inks_share_a_ramp_of_tones_between_them() -> None:
    """Half of the photos' tones are nearer to either; inks that are far apart do not mix."""
    tones = np.linspace(-0.9, 0.9, 200)[:, None] * np.ones(3)
    inks = np.repeat([[-0.5] * 3, [0.7] * 3], 100, axis=0)
    moved = fit_transport(tones, inks)(tones)
    assert moved[:80] == pytest.approx(np.full((80, 3), -0.5), abs=0.01)
    assert moved[-80:] == pytest.approx(np.full((80, 3), 0.7), abs=0.01)


def test_a_rare_ink_goes_to_fewer() -> None:
    """Of two inks that are as far from the middle of a ramp, each gets half; the rare one less."""
    tones = np.linspace(-0.9, 0.9, 200)[:, None] * np.ones(3)
    shares = []
    for rare in (100, 20):
        art = np.repeat([[-0.6] * 3, [0.6] * 3], (200 - rare, rare), axis=0)
        shares.append(float((fit_transport(tones, art)(tones)[:, 0] > 0).mean()))
    assert shares[0] == pytest.approx(0.5, abs=0.01)
    assert 0.1 < shares[1] < 0.49


def test_colors_far_from_all_that_was_fitted_go_to_the_art_too() -> None:
    rng = np.random.default_rng(1)
    art = rng.uniform(-0.2, 0.2, (50, 3))
    moved = fit_transport(rng.uniform(-0.2, 0.2, (60, 3)), art)(np.array([[9.0, -9.0, 9.0]]))
    assert np.isfinite(moved).all()
    assert (np.abs(moved) <= 0.2).all()


def test_the_map_does_not_go_by_the_order_of_the_colors() -> None:
    rng = np.random.default_rng(2)
    photos, art = rng.uniform(-1, 1, (40, 3)), rng.uniform(-1, 1, (30, 3))
    moved = fit_transport(photos, art)(photos)
    assert fit_transport(photos[::-1], art[::-1])(photos) == pytest.approx(moved, abs=1e-9)


def test_agreement_is_the_cosine_and_never_less_than_none() -> None:
    one = np.array([[0.3, 0.0, 0.0], [0.0, 0.4, 0.0]])
    assert agreement(one, 2 * one) == pytest.approx(1.0)
    assert agreement(one, -one) == 0.0
    assert agreement(one, np.array([[0.5, 0.0, 0.0], [0.0, 0.0, 0.5]])) == pytest.approx(
        0.15 / (0.5 * np.sqrt(0.5))
    )
    assert agreement(one, np.zeros((2, 3))) == 0.0
