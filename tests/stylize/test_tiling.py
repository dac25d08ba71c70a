"""Tiled is untiled, at any size, tile and precision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.errors import GanfxError
from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig
from ganfx.stylize.tiling import (
    WINDOW_PIXELS,
    TileGrid,
    _quartered,
    mirrored,
    plan_tiles,
    stylise_image,
)
from tests.stylize.conftest import random_generator

CPU = torch.device("cpu")
SMALL = random_generator()
DEEP = random_generator(ModelConfig(channels=(3, 4, 4, 5), blocks=1))


def random_picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)


def in_one_piece(generator: Generator, rgb: np.ndarray) -> np.ndarray:
    """The whole picture through the network, written independently of the tiles."""
    height, width = rgb.shape[:2]
    stride, radius = generator.stride, generator.receptive_radius
    halo = radius + (-radius) % stride
    sides = [(halo, halo + (-size) % stride) for size in (height, width)]
    padded = np.pad(rgb, (*sides, (0, 0)), mode="symmetric")
    photo = torch.from_numpy(padded * 2 - 1).permute(2, 0, 1).unsqueeze(0)
    with torch.inference_mode():
        styled = generator(photo)[0].permute(1, 2, 0).numpy() / 2 + 0.5
    return np.clip(styled[halo : halo + height, halo : halo + width], 0, 1)


@pytest.mark.parametrize("generator", [SMALL, DEEP], ids=["small", "deep"])
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 500), (37, 53), (64, 64), (101, 16)])
def test_tiled_is_untiled(generator, size):
    rgb = random_picture(*size)
    whole = in_one_piece(generator, rgb)

    assert whole.std() > 0.05 or size == (1, 1)
    for tile in (None, 1, 16, 40, 4096):  # 1 and 16 are smaller than the halo
        if tile == 1 and rgb.size > 10_000:
            continue
        tiled = stylise_image(generator, rgb, tile=tile, device=CPU)
        assert tiled.dtype == np.float32
        assert np.abs(tiled - whole).max() <= 1e-5


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 70), st.integers(0, 99))
def test_no_tile_size_shows(height, width, tile, seed):
    rgb = random_picture(height, width, seed)
    tiled = stylise_image(SMALL, rgb, tile=tile, device=CPU)

    assert np.abs(tiled - in_one_piece(SMALL, rgb)).max() <= 1e-5


def test_tiles_do_not_show_in_bfloat16_either():
    rgb = random_picture(50, 70)
    whole = stylise_image(SMALL, rgb, device=CPU, precision=torch.bfloat16)
    tiled = stylise_image(SMALL, rgb, tile=16, device=CPU, precision=torch.bfloat16)

    assert np.abs(tiled - whole).max() <= 1e-5
    assert 0 < np.abs(whole - stylise_image(SMALL, rgb, device=CPU)).mean() < 0.01


def test_threads_do_not_show():
    rgb = random_picture(80, 60)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = stylise_image(DEEP, rgb, device=CPU)
        torch.set_num_threads(2)
        two = stylise_image(DEEP, rgb, device=CPU)
    finally:
        torch.set_num_threads(before)
    assert np.abs(one - two).max() <= 1e-5


def test_an_untrained_network_returns_the_picture_clipped():
    rgb = random_picture(9, 11) * 1.5 - 0.2
    styled = stylise_image(Generator(ModelConfig(channels=(4, 8), blocks=1)), rgb, device=CPU)

    assert np.abs(styled - np.clip(rgb, 0, 1)).max() <= 1e-6


def test_the_edge_mirrors_without_end():
    expected = np.pad(np.arange(3), 8, mode="symmetric")
    assert mirrored(-8, 11, 3).tolist() == expected.tolist()
    assert mirrored(-3, 4, 1).tolist() == [0] * 7


@pytest.mark.parametrize("size", [(1080, 1920), (2160, 3840), (4320, 8192), (3, 5000), (1, 1)])
def test_the_planned_tiles_cover_the_picture_and_fit_the_window(size):
    grid = plan_tiles(*size, stride=8, radius=92, tile=None)

    assert grid.halo == 96
    assert grid.height % 8 == grid.width % 8 == 0
    assert (grid.height + 192) * (grid.width + 192) <= WINDOW_PIXELS
    rows, columns = -(-size[0] // grid.height), -(-size[1] // grid.width)
    assert rows * grid.height - size[0] < 8 * rows  # hardly anything is done in vain
    assert columns * grid.width - size[1] < 8 * columns


def test_a_1080p_frame_is_one_window():
    grid = plan_tiles(1080, 1920, stride=8, radius=92, tile=None)
    assert (grid.height, grid.width) == (1080, 1920)


def test_a_halo_wider_than_the_window_is_planned_too():
    grid = plan_tiles(4000, 4000, stride=16, radius=2000, tile=None)
    assert (grid.height, grid.width) == (4000, 4000)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: 12 bytes"),
    ],
)
def test_running_out_of_memory_says_how_to_go_on(monkeypatch, error):
    def exhausted(self, photo):
        raise error

    monkeypatch.setattr(Generator, "forward", exhausted)
    with pytest.raises(GanfxError, match="out of memory for a window of") as caught:
        stylise_image(SMALL, random_picture(8, 8), device=CPU)
    assert "--device" in str(caught.value.hint)


@pytest.mark.parametrize("wrap", ["", "xy"])
def test_a_window_that_does_not_fit_is_done_in_smaller_ones_with_the_same_pixels(monkeypatch, wrap):
    picture = random_picture(96, 128)
    whole = stylise_image(SMALL, picture, device=CPU, wrap=wrap)
    forward, sizes = Generator.forward, []

    def small_only(self, photo):
        sizes.append(tuple(photo.shape[2:]))
        if photo.shape[2] * photo.shape[3] > 0.6 * sizes[0][0] * sizes[0][1]:
            raise torch.OutOfMemoryError
        return forward(self, photo)

    monkeypatch.setattr(Generator, "forward", small_only)
    parts = stylise_image(SMALL, picture, device=CPU, wrap=wrap)
    np.testing.assert_allclose(parts, whole, atol=2e-6)
    assert sizes[0] > sizes[-1]


def test_quartering_comes_to_an_end():
    grid, seen = plan_tiles(4000, 3000, stride=8, radius=92, tile=None), []
    while grid not in seen:
        seen.append(grid)
        grid = _quartered(grid, 8)
    assert (grid.height, grid.width) == (48, 48)  # half of the halo of 96
    assert all(side % 8 == 0 for each in seen for side in (each.height, each.width))
    tiny = TileGrid(8, 16, 96)
    assert _quartered(tiny, 8) == tiny
