"""Noise of a hashed lattice: mean, variance, period; carried with its contrast."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.stylize.effects import Place
from ganfx.stylize.effects.lattice import Texture, texture
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

OCTAVES = ((1, 1.0), (2, 0.5))


def noise(*, wrap: str = "", seed: int = 0, layer: int = 0, width: int = 400) -> Texture:
    place = Place(300, wrap=wrap, seed=seed)
    return texture(
        (OCTAVES, OCTAVES), cell=10.0, cells=64, drawn=8, place=place, width=width, layer=layer
    )


def test_mean_is_none_and_variance_one():
    plane = noise().canvas
    assert plane.shape == (512, 512, 2)
    np.testing.assert_allclose(plane.mean(axis=(0, 1)), 0, atol=0.08)
    np.testing.assert_allclose(plane.var(axis=(0, 1)), 1, atol=0.12)


@pytest.mark.parametrize("change", [{"seed": 1}, {"layer": 1}])
def test_channels_seeds_and_layers_are_independent(change):
    here, there = noise().canvas, noise(**change).canvas
    for other in (here[..., 1], there[..., 0]):
        assert abs(np.mean(here[..., 0] * other)) < 0.1


def test_any_rectangle_is_that_of_the_whole():
    whole = noise().at(slice(0, 120), slice(0, 90))
    part = noise().at(slice(50, 80), slice(20, 60))
    np.testing.assert_array_equal(part, whole[50:80, 20:60])


def test_a_square_has_the_value_of_its_middle():
    """Of 2 pixels a side: half way between its pixels."""
    x = noise().at(slice(0, 1), slice(0, 8))[0, :, 0]
    fine = noise().at(slice(0, 4), slice(0, 8))[..., 0]
    squares = noise().at(slice(0, 2), slice(0, 4), factor=2)[..., 0]
    middles = fine.reshape(2, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(squares, middles, atol=0.05)
    assert np.ptp(x) > 0.1


@pytest.mark.parametrize(("wrap", "period"), [("x", (0, 400)), ("y", (300, 0)), ("xy", (300, 400))])
def test_it_closes_where_the_picture_tiles(wrap, period):
    plane = noise(wrap=wrap)
    here = plane.at(slice(0, 20), slice(0, 20))
    there = plane.at(slice(period[0], period[0] + 20), slice(period[1], period[1] + 20))
    np.testing.assert_allclose(there, here, atol=0.02)


def warp(before: float, after: float, share: float, side: int = 300) -> KeyframeWarp:
    flows = (np.full((side, side, 2), moved, np.float32) for moved in (before, after))
    return KeyframeWarp(*flows, np.full((side, side), share, np.float32))


def at(plane: Texture, carried: KeyframeWarp | None) -> np.ndarray:
    return plane.at(slice(0, 300), slice(0, 300), carried)


def test_what_does_not_move_keeps_its_noise():
    np.testing.assert_allclose(at(noise(), warp(0, 0, 0.5)), at(noise(), None), atol=1e-5)


def test_it_is_where_it_was_in_the_keyframe():
    carried = at(noise(), warp(-4, 40, 0.0))
    np.testing.assert_allclose(carried[4:, 4:], at(noise(), None)[:-4, :-4], atol=1e-5)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_blends_keep_their_contrast(share):
    """Of two textures that know nothing of one another; a plain mean at a half has half of it."""
    assert at(noise(), warp(0, 60, share)).var() == pytest.approx(1, abs=0.2)
