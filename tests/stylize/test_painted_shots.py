"""Shots with painted frames laid over them, from files to files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import new_frame, read_frame, read_picture, write_frame, write_picture
from ganfx.stylize import prove_chunks
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped
from ganfx.stylize.options import Options
from tests.stylize.conftest import make_shot, of_kind, photo, run

LOOK = "inked.safetensors"
KEYS = (1004, 1020)


def paint(frame: int, *, folder: str = "keys", name: str = "") -> Path:
    """A negative of a frame."""
    path = Path(folder) / (name or f"plate.{frame}.png")
    write_picture(path, 255 - read_picture(Path(f"shot/plate.{frame}.png")))
    return path


@pytest.fixture
def shot(inked) -> list[Path]:
    files = make_shot(Path("shot"), range(1001, 1025))
    for frame in KEYS:
        paint(frame)
    return files


def pixels(folder: str, frame: int) -> np.ndarray:
    return read_picture(Path(folder) / f"plate.{frame}.png").astype(int)


@pytest.mark.parametrize("options", [{}, {"consistency": 0.0}, {"hatch": 1.0, "grain": 1.0}])
def test_painted_frames_come_out_as_painted(shot, options):
    run("shot", LOOK, painted="keys", out=Path("out"), frames="1003-1021", **options)
    for frame in KEYS:
        assert np.array_equal(pixels("out", frame), pixels("keys", frame))


def test_frames_between_follow_them(shot):
    run("shot", LOOK, painted="keys", out=Path("out"), frames="1010-1012", grain=0.0)
    run("shot", LOOK, out=Path("bare"), frames="1010-1012", grain=0.0)
    inner = np.s_[8:-8, 12:-24]  # what every frame shows
    for frame in (1010, 1012):
        negative = 255 - pixels("shot", frame)
        near, far = (np.abs(pixels(f, frame) - negative)[inner].mean() for f in ("out", "bare"))
        assert near < 0.5 * far


def test_any_split_gives_the_same_files(shot):
    options = Options(painted="keys", frames="1001-1012")
    (split,) = prove_chunks("shot", LOOK, options, splits=1)
    assert split.files == 12
    assert split.different == ()


def test_another_painting_makes_anew_only_what_it_reaches(shot):
    run("shot", LOOK, painted="keys", out=Path("out"))
    paint(1023)
    events = run("shot", LOOK, painted="keys", out=Path("out"))
    # From the last key before it on, and those that are averaged with such a frame.
    assert len(of_kind(events, FrameSkipped)) == 1020 - 6 - 1000
    assert len(of_kind(events, FrameDone)) == 24 - 14
    events = run("shot", LOOK, painted="keys", out=Path("out"))
    assert len(of_kind(events, FrameSkipped)) == 24


def test_keys_of_scene_linear_plates_are_painted_as_they_look(plain):
    Path("shot").mkdir()
    rgb = (photo().astype(np.float32) / 255) ** 2.2
    for frame in (1, 2, 3):
        write_frame(Path(f"shot/a.{frame}.exr"), rgb, new_frame(rgb, depth="half"))
    write_picture(Path("keys/a.2.png"), np.full((48, 64, 3), 188, np.uint8))
    run("shot", "plain.safetensors", painted="keys", out=Path("out"))
    # sRGB 188 is 0.503 of the light that white has.
    np.testing.assert_allclose(read_frame(Path("out/a.2.exr")).rgb, 0.503, atol=2e-3)


def test_what_cannot_be_laid_over_is_refused_before_anything_is_made(shot):
    make_shot(Path("shots/a"))
    make_shot(Path("shots/b"))
    with pytest.raises(UsageError, match="--painted is of one shot, and there are 2"):
        run("shots", LOOK, painted="keys", out=Path("out"))
    with pytest.raises(UsageError, match="is no frame sequence"):
        run("shot/plate.1001.png", LOOK, painted="keys", out=Path("out"))
    with pytest.raises(UsageError, match="no frame of the shot"):
        run("shot", LOOK, painted=str(paint(1001, folder="more", name="9.png")), out=Path("out"))
    assert not Path("out").exists()


def test_a_painting_of_another_size_fails_the_frames_that_need_it(shot):
    write_picture(Path("keys/plate.1020.png"), photo(24, 32))
    events = run("shot", LOOK, painted="keys", out=Path("out"), frames="1001-1003", consistency=0.0)
    assert len(of_kind(events, FrameDone)) == 3
    events = run("shot", LOOK, painted="keys", out=Path("out"), frames="1010", consistency=0.0)
    (failed,) = of_kind(events, FrameFailed)
    assert "plate.1020.png" in failed.reason
    assert "32x24" in failed.reason
