"""Maps of all directions and sprite sheets: what lies beyond a border, and that no seam shows."""

import numpy as np
import pytest

from ganfx.errors import MediaError, UsageError
from ganfx.stylize import Options
from ganfx.stylize.in_memory import stylize_array
from ganfx.stylize.network.look import open_look
from ganfx.stylize.surface.canvas import laid_together
from ganfx.stylize.surface.cube import cube_canvases, faces_of
from ganfx.stylize.surface.latlong import latlong_canvas
from ganfx.stylize.surface.surfaces import surface_of
from tests.stylize.surface_scenes import cube, cube_steps, latlong

MARKS = {"strokes": 1.0, "washes": 1.0, "lines": 0.5, "dabs": 1.0, "hatch": 0.5}
LAYOUTS = [(6, 1), (1, 6), (3, 4), (4, 3)]


def done(picture, look, **options):
    return stylize_array(picture, look, Options(device="cpu", grain=0.0, **options))


def as_codes(picture):
    return (picture * 255 + 0.5).astype(np.uint8)


def test_over_a_pole_the_other_half_goes_on():
    canvas = latlong_canvas(4, 2, 1)
    # Rows 1 and 0 of 8 columns, half a turn on; then the map itself; then rows 3 and 2.
    assert canvas.index[0].tolist() == [12, 13, 14, 15, 8, 9, 10, 11]
    assert canvas.index[1].tolist() == [4, 5, 6, 7, 0, 1, 2, 3]
    assert canvas.index[2:6].ravel().tolist() == list(range(32))
    assert canvas.index[6].tolist() == [28, 29, 30, 31, 24, 25, 26, 27]


@pytest.mark.parametrize("openexr", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_faces_of_every_layout_go_on_over_their_edges(layout, openexr):
    rows, columns = layout
    faces = faces_of(rows * 32, columns * 32, openexr=openexr)
    over, within = cube_steps(cube(faces, 32), faces, 32)
    assert over <= 1.1 * within


def test_edges_of_a_cube_are_those_of_both_faces():
    """Right of +Z is +X, from its left column on; above +Z the lowest row of +Y."""
    faces = faces_of(24, 4)
    picture = np.arange(24 * 4, dtype=np.float32).reshape(24, 4)
    front = list(cube_canvases(faces, 4, 2, 2))[4].of(picture)
    np.testing.assert_array_equal(front[2:6, 2:6], picture[16:20])
    np.testing.assert_array_equal(front[2:6, 6:], picture[0:4, :2])
    np.testing.assert_array_equal(front[:2, 2:6], picture[10:12])
    assert len(np.unique(front)) == 48  # around corners there is nothing else


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pieces_that_are_left_alone_are_the_picture(layout):
    picture = np.random.default_rng(1).random((layout[0] * 8, layout[1] * 8, 3), np.float32)
    surface = surface_of(*picture.shape[:2], wrap="cube")
    made = laid_together(surface.canvases(*picture.shape[:2], 3), picture, lambda _, piece: piece)
    np.testing.assert_allclose(made, picture, atol=1e-6)


@pytest.mark.parametrize("marks", [{}, *({name: size} for name, size in MARKS.items())])
def test_a_lat_long_map_shows_no_seam(inked, marks):
    look, picture = open_look(inked), as_codes(latlong(64))
    made = done(picture, look, wrap="latlong", **marks) / 255
    flat = done(picture, look, **marks) / 255
    inner = np.abs(np.diff(made, axis=1)).mean()
    assert np.abs(made[:, 0] - made[:, -1]).mean() <= 1.5 * inner
    over, before = (
        np.mean([np.abs(each[row] - np.roll(each[row], 64, axis=0)).mean() for row in (0, -1)])
        for each in (made, flat)
    )
    steps = np.abs(np.diff(made, axis=0)).mean()
    assert over <= 1.5 * steps
    assert over < before


@pytest.mark.parametrize("marks", [{}, *({name: size} for name, size in MARKS.items())])
def test_a_cube_map_shows_no_seam(inked, marks):
    look, faces = open_look(inked), faces_of(96, 128)
    picture = as_codes(cube(faces, 32))
    over, within = cube_steps(done(picture, look, wrap="cube", **marks) / 255, faces, 32)
    assert over <= 1.3 * within
    assert over < cube_steps(done(picture, look, **marks) / 255, faces, 32)[0]


@pytest.mark.parametrize("tile", [16, 40])
@pytest.mark.parametrize("wrap", ["latlong", "cube"])
def test_maps_do_not_depend_on_tiles(inked, wrap, tile):
    look = open_look(inked)
    picture = as_codes(latlong(48) if wrap == "latlong" else cube(faces_of(16, 96), 16))
    whole = done(picture, look, wrap=wrap, strokes=1.0)
    np.testing.assert_array_equal(done(picture, look, wrap=wrap, strokes=1.0, tile=tile), whole)


def test_light_of_a_map_is_kept(inked):
    light = np.float32(20) * latlong(32)
    assert done(light, open_look(inked), wrap="latlong").max() > 5


@pytest.mark.parametrize("marks", [{}, MARKS])
def test_cells_are_pictures_by_themselves(inked, marks):
    look, sheet = open_look(inked), np.random.default_rng(2).random((48, 64, 4))
    sheet[:20, :20, 3] = 0  # a fill under alpha does not cross either
    codes = as_codes(sheet)
    made = done(codes, look, cells="32x24", **marks)
    for top in (0, 24):
        for left in (0, 32):
            cell = codes[top : top + 24, left : left + 32]
            alone = done(np.ascontiguousarray(cell), look, **marks)
            np.testing.assert_array_equal(made[top : top + 24, left : left + 32], alone)


@pytest.mark.parametrize(
    ("size", "options", "said"),
    [
        ((100, 150), {"wrap": "latlong"}, "150x100: a lat-long map"),
        ((60, 61), {"wrap": "cube"}, "no cube map, which is 6:1 or 1:6"),
        ((60, 64), {"cells": "16x16"}, "cells of 16x16 do not divide it"),
    ],
)
def test_pictures_of_other_proportions_are_refused(inked, size, options, said):
    with pytest.raises(MediaError, match=said) as caught:
        done(np.zeros((*size, 3), np.uint8), open_look(inked), **options)
    assert caught.value.hint


@pytest.mark.parametrize("cells", ["0x4", "x", "4x", "16 x 16", "-2"])
def test_what_is_no_size_of_cells_is_refused(cells):
    with pytest.raises(UsageError, match="no size of cells"):
        Options(cells=cells)


def test_cells_are_no_maps():
    with pytest.raises(UsageError, match="--cells does not go with --wrap cube"):
        Options(cells="16", wrap="cube")
