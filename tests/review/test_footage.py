"""Pictures of every kind as a display shows them: files, log, videos; in order, whatever fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.color_spaces import ColorSpace
from ganfx.media.file_color import ColorSettings
from ganfx.media.frames import new_frame, write_frame, write_picture
from ganfx.media.video.proxy import write_proxy
from ganfx.media.views import PLAIN, find_view
from ganfx.review.footage import Eye, Picture, Where, each_picture
from tests.review.made import BLUE, RED, plain

EYE = Eye(find_view(), ColorSettings())


def numbered(number: int, picture: Picture) -> tuple[int, int]:
    return number, int(picture.at()[20, 20, 0])


def test_pictures_come_in_order_and_a_damaged_one_as_its_reason(tmp_path: Path) -> None:
    frames = []
    for number in range(6):
        path = tmp_path / f"{number}.png"
        write_picture(path, plain((10 * number, 0, 0)))
        frames.append((number, Where(path)))
    (tmp_path / "3.png").write_bytes(b"\x89PNG cut short")
    with ThreadPoolExecutor(2) as pool:
        came = dict(each_picture(frames, EYE, numbered, pool, 2))

    assert list(came) == list(range(6))
    assert isinstance(came.pop(3), MediaError)
    assert came == {number: (number, 10 * number) for number in (0, 1, 2, 4, 5)}


def test_frames_of_a_video_and_those_that_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_proxy(path, [plain(c).astype(np.float32) / 255 for c in (RED, BLUE, RED)], Fraction(24))
    frames = [(1, Where(path, 1)), (2, Where(path, 2)), (9, Where(path, 9))]
    with ThreadPoolExecutor(2) as pool:
        came = dict(each_picture(frames, EYE, numbered, pool, 2))

    assert isinstance(came.pop(9), MediaError)
    levels = [value[1] for value in came.values() if not isinstance(value, MediaError)]
    assert np.abs(np.subtract(levels, [BLUE[0], RED[0]])).max() <= 4  # H.264


def test_log_goes_through_the_view_as_the_light_that_it_is(tmp_path: Path) -> None:
    grey = 0.4135884  # ACEScct of 0.18
    log = np.full((32, 32, 3), grey, np.float32)
    write_frame(tmp_path / "a.png", log, new_frame(log, depth="uint16"))
    eye = Eye(find_view(), ColorSettings(ColorSpace("ACEScct")))
    seen = eye.read(tmp_path / "a.png").at()

    assert np.abs(seen.astype(int) - 89).max() <= 2  # OpenColorIO: 0.3492 of 255
    assert eye.color_of(Where(tmp_path / "a.png"))[1]


def test_light_is_averaged_before_it_is_encoded() -> None:
    light = np.zeros((2, 2, 3), np.float32)
    light[0] = 0.5  # half of it
    small = Picture(light, find_view(PLAIN)).at((1, 1))
    assert small[0, 0, 0] == pytest.approx(137, abs=1)  # the sRGB code of 0.25
