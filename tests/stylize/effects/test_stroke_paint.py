"""Strokes on a canvas: tiles, and what lies beside them."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.stylize.effects import stroke_paint
from ganfx.stylize.effects.stroke_paint import Paint, paint
from ganfx.stylize.effects.stroke_shapes import GRID


def scattered(count: int, height: int, width: int, size: int) -> Paint:
    """Quadrilaterals here and there, some of them beyond the canvas."""
    rng = np.random.RandomState(3)
    middles = rng.uniform(-size, [[[width + size, height + size]]], (count, 1, 2))
    corners = middles + rng.uniform(-size, size, (count, 4, 2))
    codes = rng.randint(0, 256, (count, 4)).astype(np.uint8)
    order = np.arange(count, dtype=np.uint32)
    return Paint(np.rint(corners * GRID).astype(np.int32), codes, order)


@pytest.mark.parametrize("tile", [(16, 500), (500, 16), (23, 37)])
def test_tiles_make_the_same_pixels_as_the_whole(tile, monkeypatch):
    brushes = [scattered(60, 120, 150, size=24), scattered(200, 120, 150, size=5)]
    whole, tiled = np.full((2, 120, 150, 4), 128, np.uint8)
    paint(whole, brushes)
    assert (whole != 128).mean() > 0.5

    monkeypatch.setattr(stroke_paint, "ROWS", tile[0])
    monkeypatch.setattr(stroke_paint, "COLUMNS", tile[1])
    paint(tiled, brushes)

    np.testing.assert_array_equal(tiled, whole)


def test_the_last_stroke_lies_on_top():
    square = np.array([[2, 2], [8, 2], [8, 8], [2, 8]], np.int32) * GRID
    codes = np.array([[10, 20, 30, 40], [50, 60, 70, 80]], np.uint8)
    canvas = np.zeros((11, 11, 4), np.uint8)

    paint(canvas, [Paint(np.stack([square, square]), codes, np.arange(2, dtype=np.uint32))])

    assert canvas[5, 5].tolist() == [50, 60, 70, 80]
    assert canvas[0, 0].tolist() == [0, 0, 0, 0]
