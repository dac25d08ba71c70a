"""Frames of a video as pictures, and ranges of one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_frame, read_header
from ganfx.media.video import read_video
from ganfx.stylize.events import FrameDone, FrameFailed, FrameSkipped
from tests.media.video.test_video import film
from tests.stylize.conftest import of_kind, run, visible


@pytest.mark.parametrize(
    "options",
    [
        {"consistency": 0.0},
        {"consistency": 0.5},
        {"strength": "2:0,9:1", "boil": "0.5,every=2", "hatch": 0.5},
        {"hold": 3, "strength": "2:0,9:1"},
        {"hold": 3, "hold_mode": "frame"},
    ],
)
def test_pictures_are_the_frames_of_the_video_whatever_is_selected(inked, options):
    path = film(Path("a.mkv"), codec="ffv1", pixels="bgr0", frames=12)
    run(path, inked, **options, out=Path("whole.mkv"))
    run(path, inked, **options, format="png", out=Path("all"))
    run(path, inked, **options, format="png", out=Path("some"), frames="2-10x4")
    run(path, inked, **options, out=Path("cut.mkv"), frames="7-9")

    whole = list(read_video(Path("whole.mkv")))
    assert visible(Path("all")) == [f"a.{n:04d}.png" for n in range(12)]
    assert visible(Path("some")) == ["a.0002.png", "a.0006.png", "a.0010.png"]
    for number in range(12):
        name = f"a.{number:04d}.png"
        assert np.array_equal(read_frame(Path("all") / name).rgb, whole[number])
        if (Path("some") / name).exists():
            assert (Path("some") / name).read_bytes() == (Path("all") / name).read_bytes()
    for before, after in zip(whole[7:10], read_video(Path("cut.mkv")), strict=True):
        assert np.array_equal(before, after)


def test_frames_of_a_video_are_held_whole(inked):
    path = film(Path("a.mkv"), codec="ffv1", pixels="bgr0", frames=8)
    run(path, inked, out=Path("held.mkv"), hold=4, hold_mode="frame", cuts="none")
    frames = [frame.tobytes() for frame in read_video(Path("held.mkv"))]
    assert len(set(frames[:4])) == len(set(frames[4:])) == 1
    assert frames[3] != frames[4]


def test_deep_video_becomes_deep_pictures_upright(plain):
    quarter = (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path = film(Path("a.mov"), codec="prores_ks", pixels="yuv422p10le", frames=2, matrix=quarter)
    run(path, plain, format="png", grain=0.0, consistency=0.0)

    (first, _) = [Path("a-plain") / name for name in visible(Path("a-plain"))]
    header = read_header(first)
    assert (header.width, header.height, header.depth) == (64, 96, "uint16")
    expected = np.rot90(next(read_video(path)), -1)
    assert np.abs(read_frame(first).rgb - expected).max() < 0.01


def test_finished_pictures_are_left_alone_and_missing_ones_made(inked):
    Path("clips").mkdir()
    path = film(Path("clips/a.mkv"), codec="ffv1", pixels="bgr0", frames=5)
    first = run("clips", inked, format="png", out=Path("out"))
    assert [event.frame for event in of_kind(first, FrameDone)] == [0, 1, 2, 3, 4]
    Path("out/a.0003.png").unlink()

    again = run(path.parent, inked, format="png", out=Path("out"))
    assert [event.frame for event in of_kind(again, FrameSkipped)] == [0, 1, 2, 4]
    assert [event.frame for event in of_kind(again, FrameDone)] == [3]


def test_what_makes_no_sense_is_refused(inked):
    path = film(Path("a.mkv"), codec="ffv1", frames=6)
    with pytest.raises(UsageError, match="cut to one range of frames"):
        run(path, inked, frames="0-4x2")
    with pytest.raises(UsageError, match="no frame on disk is in the range 10-12") as refused:
        run(path, inked, frames="10-12")
    assert refused.value.hint == "there is a.mkv"
    with pytest.raises(UsageError, match=r"--format png makes many pictures of a\.mkv"):
        run(path, inked, format="png", out=Path("b.mkv"))
    with pytest.raises(UsageError, match="cannot hold half"):
        run(path, inked, format="png", depth="half")


def test_a_damaged_video_fails_and_is_told(inked):
    path = film(Path("a.mkv"), codec="ffv1", frames=6)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    failed = of_kind(run(path, inked, format="png"), FrameFailed)
    assert failed
    assert "cut short" in failed[0].reason
