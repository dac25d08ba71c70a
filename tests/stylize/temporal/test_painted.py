"""Painted frames carried along the motion."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from ganfx.stylize.temporal.filter import guide_of
from ganfx.stylize.temporal.painted import Painting, as_painted, lay_over

HEIGHT, WIDTH = 64, 96


def view(left: int) -> np.ndarray:
    """A part of a photograph, as a pan shows it."""
    whole = data.astronaut()[20 : 20 + HEIGHT, 150 + left : 150 + left + WIDTH]
    return np.ascontiguousarray(whole).astype(np.float32) / np.float32(255)


def painting(frame: int, picture: np.ndarray, *, left: int = 0, cover: float = 1.0) -> Painting:
    covered = np.full((HEIGHT, WIDTH), cover, np.float32)
    return Painting(frame, guide_of(view(left)), picture, covered)


def flat(value: float) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), value, np.float32)


def test_between_two_paintings_of_a_still_shot_each_has_its_smooth_share():
    keys = [painting(0, flat(0.2)), painting(4, flat(0.8))]
    guide = guide_of(view(0))
    # A smooth step: 3/32 + ... at a quarter is 3/16 - 2/64 = 0.15625.
    for frame, share in ((0, 0.0), (1, 0.15625), (2, 0.5), (3, 0.84375), (4, 1.0)):
        result, shown = lay_over(flat(0.0), frame, guide, keys)
        np.testing.assert_allclose(result, 0.2 + 0.6 * share, atol=1e-5)
        assert shown is not None
        np.testing.assert_allclose(shown, 1, atol=1e-3)


def test_before_the_first_and_after_the_last_there_is_one():
    keys = [painting(10, flat(0.25)), painting(20, flat(0.75))]
    for frame, value in ((1, 0.25), (30, 0.75)):
        result, _ = lay_over(flat(0.0), frame, guide_of(view(0)), keys)
        np.testing.assert_allclose(result, value, atol=1e-5)


def test_what_is_painted_goes_with_the_scene():
    """A pan by three pixels: the painting is where its scene is."""
    painted = 1 - view(6)
    result, shown = lay_over(flat(0.5), 0, guide_of(view(9)), [painting(2, painted, left=6)])
    inner = np.s_[12:-12, 12:-16]
    assert shown is not None
    assert float(shown[inner].mean()) > 0.9
    moved = np.abs(result - (1 - view(9)))[inner].mean()
    assert moved < 0.25 * np.abs(painted - (1 - view(9)))[inner].mean()


@pytest.mark.parametrize("cover", [0.0, 0.25, 1.0])
def test_it_shows_as_far_as_it_covers(cover):
    key = painting(3, flat(1.0), cover=cover)
    result, shown = lay_over(flat(0.0), 3, guide_of(view(0)), [key])
    np.testing.assert_allclose(result, cover, atol=1e-6)
    assert shown is not None
    np.testing.assert_allclose(shown, cover, atol=1e-3)
    np.testing.assert_allclose(as_painted(flat(0.0), key), cover, atol=1e-6)


def test_across_a_cut_nothing_is_carried():
    other = np.random.default_rng(1).random((HEIGHT, WIDTH, 3)).astype(np.float32)
    key = Painting(1, guide_of(other), flat(1.0), np.ones((HEIGHT, WIDTH), np.float32))
    result, _ = lay_over(flat(0.0), 0, guide_of(view(0)), [key])
    assert result.max() < 0.02


def test_without_paintings_a_frame_is_as_it_was():
    styled = view(3)
    result, shown = lay_over(styled, 5, guide_of(styled), [])
    assert result is styled
    assert shown is None


def test_a_painted_frame_is_as_painted_to_the_last_bit():
    picture = view(2) * np.float32(0.7)
    assert np.array_equal(as_painted(view(0), painting(0, picture)), picture)
