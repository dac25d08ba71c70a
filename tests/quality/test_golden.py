"""Approved pictures: what is seen, what is stored, and what cannot be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import GanfxError
from ganfx.media.frames import write_picture
from ganfx.quality.golden import GoldenScore, evaluate_golden


def write_floats(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    out = oiio.ImageOutput.create(str(path))
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], pixels.shape[2], "float")
    assert out.open(str(path), spec)
    assert out.write_image(pixels.astype(np.float32))
    out.close()


def judged(root: Path) -> list[GoldenScore]:
    return list(evaluate_golden(root / "golden", root / "new"))


def test_one_code_in_one_channel_of_a_quarter(tmp_path: Path) -> None:
    picture = np.full((16, 16, 3), 100, np.uint8)
    other = picture.copy()
    other[:8, :8, 1] += 51
    for name in ("golden", "new"):
        write_picture(tmp_path / name / "same.png", picture)
    write_picture(tmp_path / "golden/sub/other.png", picture)
    write_picture(tmp_path / "new/sub/other.png", other)
    write_picture(tmp_path / "new/more.png", other)
    same, changed = sorted(judged(tmp_path), key=lambda each: each.error)
    assert (same.flip, same.most_flip, same.error, same.differing) == (0.0, 0.0, 0.0, 0.0)
    assert changed.picture == tmp_path / "new/sub/other.png"
    assert changed.error == pytest.approx(51 / 255)
    assert changed.differing == 0.25
    assert 0.0 < changed.flip < changed.most_flip <= 1.0


def test_highlights_count_as_they_are_stored_and_what_is_no_number_is_infinitely_far(
    tmp_path: Path,
) -> None:
    golden = np.full((16, 16, 3), 4.0)
    brighter, broken = golden + 2.5, golden.copy()
    broken[0, 0, 0] = np.nan
    for name, pixels in (("a", brighter), ("b", broken), ("c", golden)):
        write_floats(tmp_path / "golden" / f"{name}.exr", golden)
        write_floats(tmp_path / "new" / f"{name}.exr", pixels)
    scores = judged(tmp_path)
    assert [score.error for score in scores] == [2.5, np.inf, 0.0]
    assert scores[0].flip == 0.0  # both are white on a display
    assert scores[1].differing == 1 / 256


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {"golden/a.png": (8, 8), "golden/b.png": (8, 8), "new/b.png": (8, 8)},
            "new lacks a, of",
        ),
        ({"golden/a.png": (8, 8), "new/a.png": (8, 9)}, "a.png: 9x8, and"),
        ({"golden/a.png": (8, 8), "golden/a.jpg": (8, 8), "new/a.png": (8, 8)}, "which of them"),
        ({"golden/a.png": (8, 8)}, "cannot find"),
    ],
)
def test_what_does_not_match_is_told(
    tmp_path: Path, files: dict[str, tuple[int, int]], says: str
) -> None:
    for name, size in files.items():
        write_picture(tmp_path / name, np.zeros((*size, 3), np.uint8))
    with pytest.raises(GanfxError, match=says):
        judged(tmp_path)


def test_a_video_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"")
    with pytest.raises(GanfxError, match="is a video"):
        list(evaluate_golden(tmp_path / "clip.mp4", tmp_path))
