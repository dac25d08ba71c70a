"""Which files are one picture, by what lies beside them."""

import numpy as np
import pytest

from ganfx.media.frames import write_picture
from ganfx.media.tile_sets import cube_files_of, tile_set_of


def put(folder, *names, side=4, width=None):
    for name in names:
        write_picture(folder / name, np.zeros((side, width or side, 3), np.uint8))


def test_udim_tiles_lie_in_rows_of_ten(tmp_path):
    put(tmp_path, *(f"wood_albedo.{n}.png" for n in (1001, 1002, 1010, 1011, 1023)))
    found = tile_set_of(tmp_path / "wood_albedo.1002.png")
    assert found.name == "wood_albedo.<UDIM>.png"
    assert sorted(found.tiles) == [(0, 0), (0, 1), (1, 0), (2, 2), (9, 0)]
    assert found.place_of(tmp_path / "wood_albedo.1023.png") == (2, 2)
    near = found.near(tmp_path / "wood_albedo.1011.png")
    assert sorted(near) == [(0, 0), (1, 0), (2, 2)]  # 1010 is the last of another row


def test_two_tiles_are_a_set_by_a_role_in_their_names(tmp_path):
    put(tmp_path, "wood_albedo.1001.png", "wood_albedo.1002.png", "me.1001.png", "me.1002.png")
    assert len(tile_set_of(tmp_path / "wood_albedo.1001.png").tiles) == 2
    assert tile_set_of(tmp_path / "me.1001.png") is None
    assert len(tile_set_of(tmp_path / "me.1001.png", named=True).tiles) == 2


def test_photos_and_footage_are_no_tiles(tmp_path):
    put(tmp_path, *(f"IMG_{n}.png" for n in (1234, 1301, 1777)), side=4, width=6)
    put(tmp_path, *(f"plate.{n}.png" for n in range(1001, 1006)), side=4, width=6)
    put(tmp_path, "wood_albedo_v1001.png", "wood_albedo_v1002.png", "alone_albedo.1001.png")
    for file in tmp_path.iterdir():
        assert tile_set_of(file) is None


def test_uv_tiles_are_told_by_their_names(tmp_path):
    put(tmp_path, "wood_u1_v1.png", "wood_U2_V1.png", "wood_u1_v3_n.png", "other_u1_v1.png")
    found = tile_set_of(tmp_path / "wood_U2_V1.png")
    assert (found.name, sorted(found.tiles)) == ("wood_<UVTILE>.png", [(1, 1), (2, 1)])
    assert tile_set_of(tmp_path / "other_u1_v1.png") is None


@pytest.mark.parametrize(
    "names",
    [
        ("px", "nx", "py", "ny", "pz", "nz"),
        ("sky_posx", "sky_negx", "sky_posy", "sky_negy", "sky_posz", "sky_negz"),
        ("sky-Right", "sky-Left", "sky-Up", "sky-Down", "sky-Front", "sky-Back"),
        ("RIGHT", "LEFT", "TOP", "BOTTOM", "FRONT", "BACK"),
    ],
)
def test_six_files_are_faces_in_their_order(tmp_path, names):
    put(tmp_path, *(f"{name}.png" for name in names))
    for name in names:
        found = cube_files_of(tmp_path / f"{name}.png")
        assert [file.stem for file in found] == list(names)


def test_five_files_and_words_are_no_cube(tmp_path):
    put(tmp_path, *(f"sky_{name}.png" for name in ("px", "nx", "py", "ny", "pz")), "bright.png")
    assert cube_files_of(tmp_path / "sky_px.png") is None
    assert cube_files_of(tmp_path / "bright.png") is None
