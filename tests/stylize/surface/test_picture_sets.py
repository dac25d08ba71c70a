"""Files that are one picture: UDIM tiles and faces of a cube map."""

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.stylize.events import FrameFailed
from ganfx.stylize.surface.cube import SIDES, faces_of
from ganfx.stylize.surface.tiles import around, span_of
from tests.stylize.conftest import run
from tests.stylize.surface_scenes import cube, cube_steps

SIDE = 64
KINDS = [{}, {"strokes": 1.0}, {"washes": 1.0}, {"lines": 1.0}, {"dabs": 1.0}, {"hatch": 0.8}]


def plane():
    y, x = np.mgrid[: 2 * SIDE, : 2 * SIDE] / 20
    waves = [0.5 + 0.4 * np.sin(x * a + y * b) for a, b in ((1, 0.3), (0.4, 1), (0.7, -0.8))]
    return (np.stack(waves, axis=-1) * 255).astype(np.uint8)


def put_tiles(folder=Path("tiles"), name="wood_albedo.{}.png", without=()):
    picture = plane()
    for v in range(2):
        for u in range(2):
            number = 1001 + u + 10 * v
            if number not in without:
                top = (1 - v) * SIDE
                tile = picture[top : top + SIDE, u * SIDE : (u + 1) * SIDE]
                write_picture(folder / name.format(number), np.ascontiguousarray(tile))
    return folder


def laid(folder, name="wood_albedo.{}.png"):
    rows = [[read_picture(folder / name.format(1001 + u + 10 * v)) for u in (0, 1)] for v in (1, 0)]
    return np.concatenate([np.concatenate(row, axis=1) for row in rows]) / 255


def steps(picture):
    """Mean steps over the borders of tiles, and elsewhere."""
    over, within = [], []
    for turned in (picture, picture.swapaxes(0, 1)):
        each = np.abs(np.diff(turned, axis=1)).mean(axis=(0, 2))
        over.append(each[SIDE - 1])
        within.append(np.delete(each, SIDE - 1).mean())
    return np.mean(over), np.mean(within)


def done(source, out, **options):
    return run(source, "inked.safetensors", out=Path(out), device="cpu", **options)


@pytest.mark.parametrize("marks", KINDS)
def test_inner_borders_of_tiles_match(inked, marks):
    tiles = put_tiles()
    done(tiles, "set", grain=0.0, **marks)
    done(tiles, "apart", grain=0.0, wrap="none", **marks)
    over, within = steps(laid(Path("set")))
    assert over <= 1.2 * within
    assert over < steps(laid(Path("apart")))[0]


@pytest.mark.parametrize("scale", [1.0, 1.7])
def test_a_tile_is_the_same_in_any_order_and_split(inked, scale):
    tiles = put_tiles()
    options = {"scale": scale, "strokes": 1.0, "lines": 0.5, "grain": 0.1}
    done(tiles, "all", **options)
    for number in (1012, 1001):
        one = tiles / f"wood_albedo.{number}.png"
        done(one, f"alone/{one.name}", tile=24, threads=1, **options)
        assert Path("alone", one.name).read_bytes() == Path("all", one.name).read_bytes()


def test_a_whole_picture_in_tiles_is_the_picture_of_its_tiles(inked):
    """Without marks and where the brush is 1: tiles are cut out of what the plane becomes."""
    done(put_tiles(), "set", grain=0.0, scale=1.0)
    write_picture(Path("whole.png"), plane())
    done("whole.png", "whole-done.png", grain=0.0, scale=1.0)
    apart = np.abs(laid(Path("set")) - read_picture(Path("whole-done.png")) / 255)
    inside = slice(SIDE // 2, -SIDE // 2)
    assert apart[inside, inside].max() <= 1.01 / 255


def test_missing_tiles_are_fine(inked):
    done(put_tiles(without=(1012,)), "set", strokes=1.0)
    assert len(list(Path("set").glob("*.png"))) == 3


def test_a_changed_neighbor_is_seen(inked):
    tiles = put_tiles()
    done(tiles, "set")
    assert not any(type(event).__name__ == "FrameDone" for event in done(tiles, "set"))
    write_picture(tiles / "wood_albedo.1002.png", np.zeros((SIDE, SIDE, 3), np.uint8))
    again = [event for event in done(tiles, "set") if type(event).__name__ == "FrameDone"]
    assert len(again) == 4


def test_uv_tiles_are_sets(inked):
    tiles = put_tiles()
    for number, tile in {1001: "u1_v1", 1002: "u2_v1", 1011: "u1_v2", 1012: "u2_v2"}.items():
        (tiles / f"wood_albedo.{number}.png").rename(tiles / f"wood_{tile}.png")
    done(tiles, "set", strokes=1.0, grain=0.0)
    rows = [["u1_v2", "u2_v2"], ["u1_v1", "u2_v1"]]
    read = [[read_picture(Path("set", f"wood_{tile}.png")) for tile in row] for row in rows]
    over, within = steps(np.concatenate([np.concatenate(row, axis=1) for row in read]) / 255)
    assert over <= 1.2 * within


def test_tiles_of_several_sizes_are_refused(inked):
    tiles = put_tiles()
    write_picture(tiles / "wood_albedo.1003.png", np.zeros((32, 32, 3), np.uint8))
    with pytest.raises(UsageError, match=r"wood_albedo.<UDIM>.png: .* 64x64, and .* 32x32"):
        done(tiles, "set")
    assert not Path("set").exists()
    done(tiles, "set", wrap="none")


def test_a_damaged_tile_is_a_bad_frame_and_no_more(inked):
    tiles = put_tiles()
    (tiles / "wood_albedo.1012.png").write_bytes(b"no picture")
    events = done(tiles, "set")
    failed = [event.source.name for event in events if isinstance(event, FrameFailed)]
    assert failed == ["wood_albedo.1012.png"]
    assert len(list(Path("set").glob("*.png"))) == 3


def test_a_missing_tile_is_filled_from_those_beside_it():
    left, above = np.full((8, 8, 3), 0.25, np.float32), np.full((8, 8, 3), 0.75, np.float32)
    tiles = {(0, 0): left, (1, 1): above}
    spans = span_of(100, 8, 0, 1.0, 1), span_of(1, 8, 0, 1.0, 1)
    filled = around((1, 0), (8, 8), tiles.get, spans).display[..., 0]
    # Nearest to its left neighbor, nearest to the upper one, and as far from both.
    assert filled[7, 0] == pytest.approx(0.25, abs=0.01)
    assert filled[0, 7] == pytest.approx(0.75, abs=0.01)
    assert filled[3, 3] == pytest.approx(0.5, abs=1e-6)


def put_cube(folder=Path("sky"), names=SIDES, side=32):
    faces = faces_of(6 * side, side)
    picture = (cube(faces, side) * 255).astype(np.uint8)
    for number, name in enumerate(names):
        face = picture[number * side : (number + 1) * side]
        write_picture(folder / f"sky_{name}.png", np.ascontiguousarray(face))
    return folder


@pytest.mark.parametrize("names", [SIDES, ("Right", "Left", "Top", "Bottom", "Front", "Back")])
def test_six_files_are_a_cube_map(inked, names):
    done(put_cube(names=names), "cube", wrap="cube", grain=0.0, strokes=1.0)
    read = [read_picture(Path("cube", f"sky_{name}.png")) / 255 for name in names]
    over, within = cube_steps(np.concatenate(read), faces_of(192, 32), 32)
    assert over <= 1.3 * within


def test_a_face_by_itself_is_the_same(inked):
    sky = put_cube()
    done(sky, "cube", wrap="cube", strokes=1.0, grain=0.1)
    done(sky / "sky_ny.png", "alone/sky_ny.png", wrap="cube", strokes=1.0, grain=0.1)
    assert Path("alone/sky_ny.png").read_bytes() == Path("cube/sky_ny.png").read_bytes()


def test_faces_of_unequal_size_are_refused(inked):
    sky = put_cube()
    write_picture(sky / "sky_nz.png", np.zeros((16, 16, 3), np.uint8))
    with pytest.raises(UsageError, match=r"the cube map of .* 32x32, and sky_nz.png is 16x16"):
        done(sky, "cube", wrap="cube")
