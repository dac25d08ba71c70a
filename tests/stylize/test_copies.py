"""Data textures go along as they are, and are known to resuming and verifying."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ganfx.media.frames import write_picture
from ganfx.stylize import Options
from ganfx.stylize.engine import rehearse
from ganfx.stylize.events import FrameDone, FramePlanned, FrameSkipped
from tests.stylize.conftest import make_shot, of_kind, photo, run


@pytest.fixture
def textures(inked: Path) -> Path:
    for name in ("T_Wall_D", "T_Wall_N", "T_Wall_ORM"):
        write_picture(Path(f"t/{name}.png"), photo())
    return inked


def test_data_textures_are_copied_byte_for_byte_and_only_once(textures: Path) -> None:
    done = of_kind(run("t", textures, out=Path("o")), FrameDone)
    assert {each.source.stem: each.copied for each in done} == {
        "T_Wall_D": False,
        "T_Wall_N": True,
        "T_Wall_ORM": True,
    }
    assert Path("o/T_Wall_N.png").read_bytes() == Path("t/T_Wall_N.png").read_bytes()
    assert Path("o/T_Wall_D.png").read_bytes() != Path("t/T_Wall_D.png").read_bytes()
    assert len(of_kind(run("t", textures, out=Path("o")), FrameSkipped)) == 3
    # Another look is another picture, and the same copy.
    again = run("t", textures, out=Path("o"), strength=0.5, overwrite=True)
    assert len(of_kind(again, FrameDone)) == 3


def test_copies_are_verified(textures: Path) -> None:
    options = Options(out=Path("o"))
    run("t", textures, out=Path("o"))
    assert not of_kind(list(rehearse("t", textures, options)), FramePlanned)
    Path("o/T_Wall_N.png").unlink()
    (lacking,) = of_kind(list(rehearse("t", textures, options)), FramePlanned)
    assert (lacking.output, lacking.copied) == (Path("o/T_Wall_N.png"), True)
    (done,) = of_kind(run("t", textures, out=Path("o")), FrameDone)
    assert done.copied


def test_a_copy_that_somebody_put_there_is_taken_for_one(textures: Path) -> None:
    Path("o").mkdir()
    shutil.copy("t/T_Wall_N.png", "o/T_Wall_N.png")
    assert len(of_kind(run("t", textures, out=Path("o")), FrameDone)) == 2


def test_a_sequence_of_data_is_copied_frame_by_frame(inked: Path) -> None:
    make_shot(Path("shot"), range(1, 5), name="wall_normal")
    done = of_kind(run("shot", inked, out=Path("o")), FrameDone)
    assert [each.copied for each in done] == [True] * 4
    for file in Path("shot").iterdir():
        assert (Path("o") / file.name).read_bytes() == file.read_bytes()
