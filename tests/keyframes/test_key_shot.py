"""A shot, its keys, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.keyframes.alignment import alignment_notices
from ganfx.keyframes.key_shot import open_key_shot
from ganfx.media.frames import new_frame, read_picture, write_frame, write_picture
from tests.keyframes.conftest import paint, scene


def test_keys_are_in_the_order_of_their_frames(shot):
    paint(1009)
    paint(1002, name="hero_1002_v003.png")
    found = open_key_shot("shot", "keys")
    assert [key.frame for key in found.keys] == [1002, 1009]
    assert found.frames == tuple(range(1001, 1013))
    assert np.array_equal(found.plate(1009), read_picture(Path("shot/plate.1009.png")))
    assert np.array_equal(found.painting(found.keys[1]), 255 - found.plate(1009))


def test_the_color_space_is_that_of_plates_not_of_paintings_in_another_format(place):
    rgb = np.full((40, 40, 3), 0.18, np.float32)
    for frame in (1, 2, 3):
        write_frame(Path(f"shot/a.{frame}.exr"), rgb, new_frame(rgb, depth="half"))
    write_picture(Path("keys/a.2.png"), np.full((40, 40, 3), 77, np.uint8))
    found = open_key_shot("shot", "keys", colorspace="ACEScg")
    assert found.painting(found.keys[0])[0, 0].tolist() == [77, 77, 77]
    assert found.plate(2)[0, 0].tolist() == [118, 118, 118]  # sRGB of 0.18


@pytest.mark.parametrize(
    ("source", "message"), [("shots", "holds 2 sequences"), ("alone", "is no frame sequence")]
)
def test_keys_are_of_one_sequence(shot, source, message):
    for frame in range(3):
        for name in "ab":
            write_picture(Path(f"shots/{name}.{frame}.png"), scene(0))
    write_picture(Path("alone/a.png"), scene(0))
    with pytest.raises(UsageError, match=message):
        open_key_shot(source)


def test_a_painting_of_another_size_is_refused(shot):
    write_picture(Path("keys/plate.1003.png"), scene(0)[:36, :48])
    with pytest.raises(UsageError, match=r"plate\.1003\.png is 48x36, and its frame 96x72"):
        open_key_shot("shot", "keys")


def test_a_painting_beside_its_frame_is_told_by_how_much(shot):
    paint(1003, shift=(5, -2))
    (notice,) = alignment_notices(open_key_shot("shot", "keys"))
    assert notice == (
        "plate.1003.png lies 5 pixels to the right and 2 pixels up from its frame: move it back"
    )


def test_a_painting_of_another_frame_is_told(place):
    for step in range(6):
        picture = scene(60 * step, of="astronaut" if step < 3 else "coffee")
        write_picture(Path(f"shot/plate.{1001 + step}.png"), picture)
    write_picture(Path("keys/plate.1005.png"), 255 - read_picture(Path("shot/plate.1002.png")))
    (notice,) = alignment_notices(open_key_shot("shot", "keys"))
    assert "resembles frame 1002 more than 1005" in notice


def test_a_painting_that_lies_where_it_should_is_not_talked_about(shot):
    paint(1001)
    paint(1012)
    assert list(alignment_notices(open_key_shot("shot", "keys"))) == []
