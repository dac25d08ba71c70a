"""The looks that come with ganfx: what each must have, and must never do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from ganfx.quality.artifacts import grid_energy
from ganfx.quality.metrics import structure
from ganfx.styles import library
from ganfx.styles.header import read_style_header
from ganfx.stylize import Options
from ganfx.stylize.effects import unmarked
from ganfx.stylize.network.look import open_look
from ganfx.stylize.render.finish import stylize_picture

FILES = sorted(library.BUILT_IN.glob("*.safetensors"))
NETWORKS = [path for path in FILES if path.stem not in ("gouache", "ink", "oil", "woodcut")]
"""The others have the network of anime, engraving or pencil, under marks of their own."""
CLEAN = unmarked(Options(scale=1.0))
pytestmark = pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)


@pytest.fixture
def look(path: Path):
    return open_look(path)


def flat(value, height=96, width=128):
    return np.full((height, width, 3), value, dtype=np.uint8)


def halved(picture):
    return cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def test_it_is_small_and_says_where_it_comes_from(path):
    header = read_style_header(path)
    made = header.provenance

    assert header.name == path.stem
    assert path.stat().st_size <= 5_000_000
    assert header.description
    assert header.licence
    assert made.notes
    assert made.photos
    for source in (*made.photos, *made.art):
        assert sum(source.licences.values()) == source.count
        assert "not stated" not in source.licences
        assert not Path(source.source).is_absolute()


def test_black_white_and_grey_stay_flat_and_are_not_swapped(look):
    means = []
    for value in (0, 64, 128, 192, 255):
        result = stylize_picture(look, flat(value), CLEAN).astype(float)
        assert result.std(axis=(0, 1)).max() < 6.0
        means.append(result.mean())
    assert means == sorted(means)
    assert means[-1] - means[0] > 120  # graphite is no black, but far from paper
    assert means[-1] > 200


def test_neutral_grey_gets_no_strong_cast(look, path):
    most = 25.0 if path.stem == "ukiyoe" else 12.0  # whose prints are on toned paper
    for value in (64, 128, 192):
        result = stylize_picture(look, flat(value), CLEAN).astype(np.float32) / 255
        lab = cv2.cvtColor(result, cv2.COLOR_RGB2Lab)
        assert np.hypot(*lab[..., 1:].mean(axis=(0, 1))) < most


@pytest.mark.parametrize("photo", ["astronaut", "coffee", "rocket"])
def test_photos_keep_their_drawing_and_get_no_grid(look, photo):
    picture = np.ascontiguousarray(getattr(data, photo)()[:384, :384])
    result = stylize_picture(look, picture, CLEAN)

    assert structure(halved(picture), halved(result)) > 0.55
    if not look.style.header.model.abstraction:  # it leaves out noise, and the thinnest lines
        assert structure(picture, result) > 0.4
    assert grid_energy(result, look.generator.stride) < 2.0 * grid_energy(picture, 8)
    assert np.abs(result.astype(float) - picture).mean() > 5.0  # it is a look


def test_a_third_of_the_strength_is_a_third_of_the_way(look):
    picture = data.astronaut()[:96, 160:256]
    full = stylize_picture(look, picture, CLEAN).astype(float)
    third = stylize_picture(look, picture, replace(CLEAN, strength=0.3)).astype(float)
    np.testing.assert_allclose(third, picture + 0.3 * (full - picture), atol=1.01)
