"""What a name leaves open, the names beside it tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.stylize.job.data_textures import is_data


@pytest.mark.parametrize(
    ("name", "beside", "data"),
    [
        ("wall_n.png", (), False),  # a photo of the north wall, for all that is known
        ("wall_n.png", ("wall_diff.png",), True),
        ("wall_N.1001.png", ("wall_BaseColor.1001.png",), True),
        ("wall_arm.jpg", ("wall_rough.jpg",), True),
        ("wall_n.png", ("floor_diff.png",), False),
        ("broken_arm.jpg", ("broken_leg.jpg",), False),
        ("house_n.jpg", ("house_s.jpg", "house_d.jpg"), False),  # points of the compass
        ("face_r.png", ("face_l.png", "face_d.png"), False),
        ("normal.png", (), False),
        ("normal.png", ("albedo.png", "roughness.png"), True),
        ("arm.png", ("leg.png",), False),
        ("wall_diff.png", ("wall_n.png",), False),
    ],
)
def test_neighbors_tell_what_a_name_leaves_open(tmp_path: Path, name, beside, data):
    for each in (name, *beside):
        (tmp_path / each).touch()
    assert is_data(tmp_path / name) is data


def test_files_that_come_later_count(tmp_path: Path):
    (tmp_path / "wall_n.png").touch()
    assert not is_data(tmp_path / "wall_n.png")
    (tmp_path / "wall_diff.png").touch()
    assert is_data(tmp_path / "wall_n.png")
