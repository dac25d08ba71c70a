"""Videos of finished frames keep time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.farm.assembly import remarks_on, write_sheet, write_videos
from ganfx.media.frames import write_picture
from ganfx.media.video import read_video

RATE = Fraction(24)
LEVELS = {1: 40, 2: 80, 5: 200, 6: 240}
"""Code value of each frame that is there."""


def put(folder: Path, pattern: str, levels: dict[int, int]) -> None:
    for number, level in levels.items():
        picture = np.full((32, 48, 3), level, np.uint8)
        write_picture(folder / pattern.format(number), picture)


@pytest.mark.parametrize(
    ("missing", "levels"),
    [
        ("hold", [40, 80, 80, 80, 200, 240]),
        ("black", [40, 80, 0, 0, 200, 240]),
        ("skip", [40, 80, 200, 240]),
    ],
)
def test_missing_frames_are_held_black_or_left_out(
    tmp_path: Path, missing: Literal["hold", "black", "skip"], levels: list[int]
) -> None:
    put(tmp_path, "plate.{:04d}.png", LEVELS)
    out = tmp_path / "cut.mp4"
    assert list(write_videos(tmp_path / "plate.#.png", out, RATE, missing)) == [out]
    shown = [float(np.median(frame)) * 255 for frame in read_video(out)]
    assert shown == pytest.approx(levels, abs=6)


def test_every_sequence_has_a_video_of_its_own(tmp_path: Path) -> None:
    for pattern in ("a.{:04d}_L.png", "a.{:04d}_R.png", "frame ({}).png", "sub/{:04d}.png"):
        put(tmp_path / "in", pattern, dict.fromkeys(range(1, 4), 90))
    videos = write_videos(tmp_path / "in", tmp_path / "out", RATE)
    names = {path.relative_to(tmp_path / "out").as_posix() for path in videos}
    assert names == {"a_L.mp4", "a_R.mp4", "frame.mp4", "sub/sub.mp4"}


def test_gaps_and_what_is_no_sequence_are_told(tmp_path: Path) -> None:
    put(tmp_path, "a.{:02d}.png", {n: 90 for n in range(1, 31) if n not in (7, 8)})
    put(tmp_path, "b.{:02d}.png", LEVELS)
    assert list(remarks_on(tmp_path, "hold")) == [
        "a.01-30@@.png: missing frames 7-8; the frames before them are held",
        "b.01-06@@.png lacks 2 of 6 frames: no video",
    ]
    assert "the video is shorter" in next(iter(remarks_on(tmp_path, "skip")))
    with pytest.raises(UsageError, match="no sequence") as caught:
        list(write_videos(tmp_path / "b.01.png", tmp_path / "b.mp4", RATE))
    assert "plate.####.png" in str(caught.value.hint)


def test_a_sheet_is_made_of_one_sequence_too(tmp_path: Path) -> None:
    put(tmp_path, "b.{:02d}.png", LEVELS)
    assert write_sheet(tmp_path / "b.##.png", tmp_path / "sheet.png").exists()
