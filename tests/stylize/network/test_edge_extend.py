"""What lies under a matte is continued from what is covered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.stylize.network.edge_extend import BLOCK, edge_extend


def test_one_covered_colour_fills_everything():
    rgb = np.zeros((13, 22, 3), np.float32)
    alpha = np.zeros((13, 22), np.float32)
    rgb[5, 9], alpha[5, 9] = (0.25, 0.5, 0.75), 0.5

    np.testing.assert_allclose(
        edge_extend(rgb, alpha), np.broadcast_to(rgb[5, 9], rgb.shape), rtol=1e-6
    )


def test_what_is_uncovered_takes_the_nearest_colour():
    rgb = np.full((8, 16, 3), 9.0, np.float32)  # junk under the matte
    rgb[:, :2], rgb[:, -2:] = 0.2, 0.8
    alpha = np.zeros((8, 16), np.float32)
    alpha[:, :2] = alpha[:, -2:] = 1
    filled = edge_extend(rgb, alpha)

    np.testing.assert_allclose(filled[:, :4], 0.2, rtol=1e-6)
    np.testing.assert_allclose(filled[:, -4:], 0.8, rtol=1e-6)


def test_nothing_to_fill_is_the_same_picture():
    rgb = np.ones((4, 4, 3), np.float32)
    assert edge_extend(rgb, np.ones((4, 4), np.float32)) is rgb
    assert not edge_extend(rgb, np.zeros((4, 4), np.float32)).any()  # nothing to fill it with


def test_an_empty_block_takes_the_mean_of_those_around_it_and_no_more():
    rgb, alpha = np.full((640, 128, 3), 9.0, np.float32), np.zeros((640, 128), np.float32)
    for row, value in ((0, 0.25), (383, 0.75)):  # first and third block of 128 pixels
        rgb[row, 5], alpha[row, 5] = value, 1.0
    filled = edge_extend(rgb, alpha)

    np.testing.assert_allclose(filled[128:256], 0.5)
    np.testing.assert_allclose(filled[384:512], 0.75)
    assert not filled[512:].any()


@settings(max_examples=25)
@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 50))
def test_some_rows_are_filled_as_all_are(first, blocks, seed):
    random = np.random.default_rng(seed)
    rgb = random.random((700, 9, 3), dtype=np.float32)
    alpha = np.repeat(random.random((70, 9)) > 0.97, 10, axis=0).astype(np.float32)
    whole = edge_extend(rgb, alpha)
    top, bottom = first * BLOCK, (first + 3 + blocks) * BLOCK
    some = edge_extend(rgb[top:bottom], alpha[top:bottom])
    # all but the blocks at its ends
    inner = slice(BLOCK if top else 0, None if bottom >= 700 else -BLOCK)
    np.testing.assert_array_equal(some[inner], whole[top:bottom][inner])


@pytest.mark.parametrize(("wrap", "shift"), [("x", (0, 256)), ("y", (256, 0)), ("xy", (256, 512))])
def test_what_is_filled_tiles_as_the_texture_does(wrap, shift):
    random = np.random.default_rng(3)
    rgb = random.random((384, 640, 3), dtype=np.float32)
    alpha = np.ones((384, 640), np.float32)
    alpha[100:300], alpha[:, 500:], alpha[:, :40] = 0, 0, 0
    filled = edge_extend(rgb, alpha, wrap=wrap)
    rolled = edge_extend(*(np.roll(each, shift, (0, 1)) for each in (rgb, alpha)), wrap=wrap)

    np.testing.assert_array_equal(rolled, np.roll(filled, shift, (0, 1)))
    np.testing.assert_array_equal(filled[alpha > 0], rgb[alpha > 0])


@pytest.mark.parametrize(("height", "width"), [(50, 70), (1, 130), (300, 129)])
def test_colour_is_continued_across_the_seam_of_any_size(height, width):
    rgb, alpha = np.full((height, width, 3), 9.0, np.float32), np.zeros((height, width), np.float32)
    rgb[:, 0], alpha[:, 0] = 0.25, 1
    rgb[:, width // 2], alpha[:, width // 2] = 0.75, 1
    filled = edge_extend(rgb, alpha, wrap="x")

    assert filled.shape == rgb.shape
    np.testing.assert_allclose(filled[:, -1], 0.25, rtol=1e-6)  # its neighbour across the seam
    assert edge_extend(rgb, alpha)[0, -1, 0] > 0.3


@settings(max_examples=30)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 50))
def test_covered_pixels_stay_and_filled_ones_are_between_them(height, width, seed):
    random = np.random.default_rng(seed)
    rgb = random.random((height, width, 3), dtype=np.float32)
    alpha = (random.random((height, width)) > 0.7).astype(np.float32)
    rgb[alpha == 0] = 50.0
    filled = edge_extend(rgb, alpha)

    np.testing.assert_array_equal(filled[alpha > 0], rgb[alpha > 0])
    if alpha.any():
        assert filled.max() <= 1.0 + 1e-6
