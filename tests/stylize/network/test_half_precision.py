"""Every look in half precision: finite, near the look in float32, and the same in tiles."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ganfx.media.color import fold_highlights
from ganfx.models.full_precision import HALF
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.styles import library
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.tiling import stylize_image

NETWORKS = [
    path
    for path in sorted(library.BUILT_IN.glob("*.safetensors"))
    if path.stem not in ("gouache", "ink", "oil", "woodcut")
]
"""The others have the network of one of these, under marks of their own."""
SIDE = 160
NEAR = 1.5 / 255
CPU = torch.device("cpu")
half = pytest.mark.parametrize("half", HALF, ids=str)


def extremes() -> NDArray[np.float32]:
    """Black, white, gray, checks, saturated colors, a ramp, noise, and the ends of linear light."""
    picture = np.zeros((SIDE, SIDE, 3), np.float32)
    squares = picture.reshape(4, 40, 4, 40, 3).swapaxes(1, 2)
    squares[0, 1], squares[0, 2] = 1.0, 0.5
    squares[0, 3] = np.indices((40, 40)).sum(axis=0)[..., np.newaxis] % 2
    squares[1] = np.eye(4, 3, dtype=np.float32).reshape(4, 1, 1, 3)
    squares[2, :2] = np.linspace(0, 1, 40, dtype=np.float32)[:, np.newaxis]
    squares[2, 2:] = np.random.default_rng(0).random((2, 40, 40, 3)).round()
    light = np.array([-1.0, 0.0, 6e-5, 1.0, 1e3, 65504.0], np.float32)
    squares[3] = fold_highlights(np.random.default_rng(1).choice(light, (4, 40, 40, 3)))[0]
    return picture


@cache
def pictures() -> dict[str, NDArray[np.float32]]:
    """Pictures of 160x160, display-encoded."""
    scene = develop(Scene(2, SIDE, SIDE).render(1001)).astype(np.float32) / np.float32(255)
    return {"scene": scene, "extremes": extremes()}


@half
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_look_is_finite_and_within_a_code_value_and_a_half(path: Path, half: torch.dtype) -> None:
    network = open_look(path, device="cpu").generator
    converted = copy.deepcopy(network).to(half)
    for name, picture in pictures().items():
        exact = stylize_image(network, picture, device=CPU)
        for made in (
            stylize_image(network, picture, device=CPU, precision=half),
            stylize_image(converted, picture, device=CPU),
        ):
            assert np.isfinite(made).all(), name
            assert np.abs(made - exact).max() <= NEAR, name


@half
def test_tiles_and_threads_change_no_pixel(half: torch.dtype) -> None:
    network = open_look("anime", device="cpu").generator  # it has every part
    picture, before = pictures()["scene"][:65, :43], torch.get_num_threads()
    whole = stylize_image(network, picture, device=CPU, precision=half)
    for threads, tile in ((1, 40), (2, None)):
        torch.set_num_threads(threads)
        tiled = stylize_image(network, picture, tile=tile, device=CPU, precision=half)
        torch.set_num_threads(before)
        np.testing.assert_array_equal(tiled, whole)
