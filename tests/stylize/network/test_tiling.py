"""Tiled is untiled, at any size, tile and precision."""

from __future__ import annotations

import copy
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.errors import GanfxError
from ganfx.models.borders import round_up
from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig
from ganfx.stylize.network.tiling import (
    WINDOW_PIXELS,
    Band,
    TileGrid,
    _quartered,
    plan_tiles,
    stylize_image,
)
from tests.stylize.conftest import random_generator

NETWORK = Mock(stride=8, receptive_radius=92, border=32)
CPU = torch.device("cpu")
SMALL = random_generator()
DEEP = random_generator(ModelConfig(channels=(3, 4, 4, 5), blocks=1))
BORDERED = random_generator()
BORDERED.border = 5
BARE = random_generator(ModelConfig(channels=(3, 4, 4, 5), blocks=1, color_start=True))
BARE.border = 0
assert BARE.color_start is not None
BARE.color_start.fit(
    torch.linspace(-0.9, 0.6, 33),
    torch.rand(3, 3) - 0.2,
    torch.rand(3) - 0.5,
    torch.rand_like(BARE.color_start.table) - 0.5,
)
FLAT = random_generator(ModelConfig(channels=(3, 4, 4, 5), blocks=1, flatten=0.5, tones=6))


def random_picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)


def in_one_piece(generator: Generator, rgb: np.ndarray) -> np.ndarray:
    """The whole picture through the network, written independently of the tiles."""
    height, width = rgb.shape[:2]
    stride, border = generator.stride, generator.border
    halo = border + (-border) % stride
    sides = [(halo, halo + (-size) % stride) for size in (height, width)]
    padded = np.pad(rgb, (*sides, (0, 0)), mode="symmetric")
    photo = torch.from_numpy(padded * 2 - 1).permute(2, 0, 1).unsqueeze(0)
    with torch.inference_mode():
        styled = generator(photo)[0].permute(1, 2, 0).numpy() / 2 + 0.5
    return np.clip(styled[halo : halo + height, halo : halo + width], 0, 1)


@pytest.mark.parametrize(
    "generator",
    [SMALL, DEEP, BORDERED, BARE, FLAT],
    ids=["small", "deep", "bordered", "bare", "flat"],
)
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 300), (27, 37), (64, 64), (101, 16)])
def test_tiled_is_untiled(generator, size):
    rgb = random_picture(*size)
    whole = in_one_piece(generator, rgb)

    assert whole.std() > 0.05 or size == (1, 1)
    for tile in (None, 1, 16, 40, 4096):  # 1 and 16 are smaller than the halo
        if tile == 1 and rgb.size > 10_000:
            continue
        tiled = stylize_image(generator, rgb, tile=tile, device=CPU)
        assert tiled.dtype == np.float32
        assert np.abs(tiled - whole).max() <= 1e-5


@settings(max_examples=25)
@given(
    st.sampled_from([SMALL, BORDERED, BARE]),
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(1, 70),
    st.integers(0, 99),
)
def test_no_tile_size_shows(generator, height, width, tile, seed):
    rgb = random_picture(height, width, seed)
    tiled = stylize_image(generator, rgb, tile=tile, device=CPU)

    assert np.abs(tiled - in_one_piece(generator, rgb)).max() <= 1e-5


@given(st.integers(1, 300), st.integers(1, 90), st.integers(0, 96), st.booleans())
def test_every_tile_has_its_halo_as_far_as_there_is_a_border(size, tile, border, wraps):
    network = Mock(stride=8, receptive_radius=92, border=min(border, 92))
    grid = plan_tiles(size, (size, size), network, tile)
    lengths = set()
    for start in range(0, size, grid.height):
        span = grid.span(start, grid.height, size, wraps=wraps)
        first, end = start - grid.halo, start + grid.height + grid.halo
        if not wraps:  # the picture with its border
            first, end = (
                max(first, -grid.border),
                min(end, round_up(size, grid.stride) + grid.border),
            )
        assert span.start <= first
        assert span.stop >= end
        lengths.add(len(span))
    assert len(lengths) == 1  # compiled once
    assert lengths.pop() % grid.stride == 0
    assert grid.window(grid.height, size) <= size + 2 * grid.border + 2 * grid.stride


@pytest.mark.parametrize("generator", [SMALL, BORDERED, BARE], ids=["small", "bordered", "bare"])
def test_bands_are_the_whole_picture(generator):
    rgb = random_picture(400, 30)
    whole, halo = in_one_piece(generator, rgb), generator.receptive_radius + generator.stride
    for top in range(0, 400, 64):
        bottom = min(top + 64, 400)
        first = max(0, top - halo)
        band = Band(top, bottom, first, 400)
        part = stylize_image(generator, rgb[first : bottom + halo], band=band, device=CPU)
        assert np.abs(part - whole[top:bottom]).max() <= 1e-5


def test_tiles_do_not_show_in_bfloat16_either():
    rgb = random_picture(50, 70)
    whole = stylize_image(SMALL, rgb, device=CPU, precision=torch.bfloat16)
    tiled = stylize_image(SMALL, rgb, tile=16, device=CPU, precision=torch.bfloat16)

    assert np.abs(tiled - whole).max() <= 1e-5
    assert 0 < np.abs(whole - stylize_image(SMALL, rgb, device=CPU)).mean() < 0.01


def test_threads_do_not_show():
    rgb = random_picture(80, 60)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = stylize_image(DEEP, rgb, device=CPU)
        torch.set_num_threads(2)
        two = stylize_image(DEEP, rgb, device=CPU)
    finally:
        torch.set_num_threads(before)
    assert np.abs(one - two).max() <= 1e-5


def test_an_untrained_network_returns_the_picture_clipped():
    rgb = random_picture(9, 11) * 1.5 - 0.2
    styled = stylize_image(Generator(ModelConfig(channels=(4, 8), blocks=1)), rgb, device=CPU)

    assert np.abs(styled - np.clip(rgb, 0, 1)).max() <= 1e-6


@pytest.mark.parametrize("size", [(1080, 1920), (2160, 3840), (4320, 8192), (3, 5000), (1, 1)])
def test_the_planned_tiles_cover_the_picture_and_fit_the_window(size):
    grid = plan_tiles(size[0], size, NETWORK, tile=None)

    assert grid.halo == 96
    assert grid.height % 8 == grid.width % 8 == 0
    window = grid.window(grid.height, size[0]) * grid.window(grid.width, size[1])
    assert window <= WINDOW_PIXELS
    rows, columns = -(-size[0] // grid.height), -(-size[1] // grid.width)
    assert rows * grid.height - size[0] < 8 * rows  # hardly anything is done in vain
    assert columns * grid.width - size[1] < 8 * columns


def test_a_1080p_frame_is_one_window():
    grid = plan_tiles(1080, (1080, 1920), NETWORK, tile=None)
    assert (grid.height, grid.width) == (1080, 1920)
    assert (grid.window(1080, 1080), grid.window(1920, 1920)) == (1080 + 64, 1920 + 64)


def test_a_halo_wider_than_the_window_is_planned_too():
    network = Mock(stride=16, receptive_radius=2000, border=2000)
    grid = plan_tiles(4000, (4000, 4000), network, tile=None)
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
        stylize_image(SMALL, random_picture(8, 8), device=CPU)
    assert "--device" in str(caught.value.hint)


@pytest.mark.parametrize("wrap", ["", "xy"])
def test_a_window_that_does_not_fit_is_done_in_smaller_ones_with_the_same_pixels(monkeypatch, wrap):
    picture, network = random_picture(96, 128), copy.deepcopy(SMALL)
    whole = stylize_image(network, picture, device=CPU, wrap=wrap)
    forward, sizes = Generator.forward, []

    def small_only(self, photo):
        sizes.append(tuple(photo.shape[2:]))
        if photo.shape[2] * photo.shape[3] > 0.6 * sizes[0][0] * sizes[0][1]:
            raise torch.OutOfMemoryError
        return forward(self, photo)

    monkeypatch.setattr(Generator, "forward", small_only)
    parts = stylize_image(network, picture, device=CPU, wrap=wrap)
    np.testing.assert_allclose(parts, whole, atol=2e-6)
    assert sizes[0] > sizes[-1]


def test_what_did_not_fit_is_not_tried_again(monkeypatch):
    network, picture = copy.deepcopy(SMALL), random_picture(96, 128)
    forward, refused = Generator.forward, []

    def small_only(self, photo):
        if photo.shape[2] * photo.shape[3] > 0.6 * 96 * 128:
            refused.append(photo.shape)
            raise torch.OutOfMemoryError
        return forward(self, photo)

    monkeypatch.setattr(Generator, "forward", small_only)
    first = stylize_image(network, picture, device=CPU)
    assert len(refused) >= 1
    del refused[:]
    again = stylize_image(network, picture, device=CPU)
    np.testing.assert_allclose(again, first, atol=2e-6)
    stylize_image(network, random_picture(120, 96), device=CPU)
    assert refused == []
    stylize_image(copy.deepcopy(SMALL), picture, device=CPU)  # another network has its own
    assert len(refused) >= 1


def test_windows_are_never_planned_smaller_than_worth_while():
    grid = plan_tiles(4000, (4000, 3000), NETWORK, tile=None, most=1)
    assert (grid.height, grid.width) == (48, 48)  # half of the halo of 96


def test_quartering_comes_to_an_end():
    grid, seen = plan_tiles(4000, (4000, 3000), NETWORK, tile=None), []
    while grid not in seen:
        seen.append(grid)
        grid = _quartered(grid, 8)
    assert (grid.height, grid.width) == (48, 48)  # half of the halo of 96
    assert all(side % 8 == 0 for each in seen for side in (each.height, each.width))
    tiny = TileGrid(8, 16, 96, 96, 8)
    assert _quartered(tiny, 8) == tiny
