"""Every look on one sheet."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.models.generator import Generator
from ganfx.quality.sheets import GAP
from ganfx.stylize.preview import preview_styles, write_strip
from tests.media.video.test_video import film
from tests.stylize.conftest import SMALL, photo, random_generator, save_look


@pytest.fixture
def frame(places: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ganfx.styles.library.BUILT_IN", places / "builtin")
    write_picture(Path("frame.png"), photo())
    return Path("frame.png")


def test_the_sheet_has_the_frame_and_every_usable_look(frame):
    for number in range(4):
        save_look(Path("styles"), f"look{number}", random_generator(seed=number))
    Path("styles/broken.safetensors").write_bytes(b"")
    four = read_picture(preview_styles(frame, Path("four.png")))
    Path("styles/look3.safetensors").unlink()
    Path("styles/look2.safetensors").unlink()
    two = read_picture(preview_styles(frame, Path("two.jpg")))

    assert four.shape[1] == two.shape[1]  # two across, each as a whole and in part
    assert four.shape[0] == pytest.approx(1.5 * two.shape[0], abs=20)  # in three rows, and in two


def test_the_sheet_shows_the_middle_pixel_by_pixel(frame):
    save_look(Path("styles"), "plain", Generator(SMALL))
    noise = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    write_picture(Path("noise.png"), noise)
    sheet = read_picture(preview_styles(Path("noise.png"), Path("sheet.png")))
    middle = noise[180:540, 320:960]  # 640 x 360: the width of a cell
    row = sheet[GAP : GAP + 360]
    assert (row[:, 2 * GAP + 640 : 2 * GAP + 1280] == middle).all()
    assert (row[:, 4 * GAP + 1920 : 4 * GAP + 2560] == middle).all()


def test_without_styles_the_error_says_how_to_get_one(frame):
    with pytest.raises(UsageError, match="no styles to show"):
        preview_styles(frame, Path("sheet.png"))
    save_look(Path("styles"), "plain", Generator(SMALL))
    with pytest.raises(UsageError):
        preview_styles(frame, Path("sheet.xyz"))


def test_a_file_that_is_there_is_replaced_only_when_asked_and_the_picture_never(frame):
    save_look(Path("styles"), "plain", Generator(SMALL))
    before = frame.read_bytes()
    sheet = Path("sheet.png")
    sheet.write_bytes(b"mine")
    for write in (partial(preview_styles, frame), partial(write_strip, "plain", photo=frame)):
        with pytest.raises(UsageError, match="is the picture that is to be shown"):
            write(out=frame, overwrite=True)
        with pytest.raises(UsageError, match="is there already"):
            write(out=sheet)
        assert sheet.read_bytes() == b"mine"
    preview_styles(frame, sheet, overwrite=True)
    assert read_picture(sheet).shape[1] > 640
    assert frame.read_bytes() == before


def test_a_strip_has_the_photo_and_what_the_look_makes_of_it(frame):
    same = save_look(Path("styles"), "same", Generator(SMALL))  # untrained: the identity
    other = save_look(Path("styles"), "other", random_generator(seed=1))

    def halves(style: Path) -> tuple[np.ndarray, np.ndarray]:
        sheet = read_picture(
            write_strip(str(style), Path("strip.png"), photo=frame, overwrite=True)
        ).astype(int)
        cell = np.argwhere((sheet != sheet[0, 0]).any(axis=2))  # the ground surrounds both
        top, left = cell.min(axis=0)
        bottom, right = cell.max(axis=0) + 1
        width = (right - left - 8) // 2
        bottom -= 40  # without the labels
        return sheet[top:bottom, left : left + width], sheet[top:bottom, right - width : right]

    before, after = halves(same)
    assert np.abs(before - after).max() <= 1
    before, after = halves(other)
    assert np.abs(before - after).mean() > 5


def test_without_a_photo_a_strip_is_of_a_rendered_street(frame):
    save_look(Path("styles"), "plain", Generator(SMALL))
    assert read_picture(write_strip("plain", Path("strip.jpg"))).std() > 20


def test_of_a_video_a_frame_is_shown(frame):
    save_look(Path("styles"), "plain", Generator(SMALL))
    clip = film(Path("clip.mp4"), frames=8)
    sheet = read_picture(preview_styles(clip, Path("sheet.png")))
    height, width = 64, 96  # enlarged to a cell
    assert sheet.shape[1] > 2 * width
    assert sheet.shape[0] > height
    assert sheet.std() > 30
