"""Which painted file is which frame, and which ones a frame depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.media.sequences import find_shots
from ganfx.stylize.job.painted import PaintedKey, find_painted, keys_around, match_painted
from tests.stylize.conftest import make_shot


@pytest.fixture
def shot(places):
    make_shot(Path("shot"), range(98, 113))
    return find_shots(Path("shot"))[0]


def matched(shot, *names: str) -> list[int]:
    return [key.frame for key in match_painted([Path("keys") / name for name in names], shot)]


def test_files_belong_to_the_frame_of_their_name_or_number(shot):
    assert matched(shot, "plate.112.exr") == [112]
    assert matched(shot, "hero_104_painted_v099.png", "99.tif") == [99, 104]  # v099 is a version
    assert matched(shot, "take2 plate 0105.png") == [105]  # there is no frame 2
    (key,) = match_painted([Path("keys/100.png")], shot)
    assert key == PaintedKey(100, Path("keys/100.png"), Path("shot/plate.100.png"))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["plate.113.png"], r"plate\.113\.png is no frame of the shot, which has 98-112"),
        (["hero.png"], r"hero\.png is no frame"),
        (["99-to-101.png"], r"99-to-101\.png may be frame 99 or 101"),
        (["plate.100.png", "100_b.png"], r"plate\.100\.png and 100_b\.png are both of frame 100"),
    ],
)
def test_files_of_no_frame_or_of_several_are_refused(shot, names, message):
    with pytest.raises(UsageError, match=message):
        matched(shot, *names)


def test_a_frame_depends_on_keys_in_its_window_and_on_the_next_on_either_side():
    keys = [PaintedKey(n, Path(f"{n}"), Path(f"{n}")) for n in (10, 20, 30, 40)]

    def around(frame: int, reach: int) -> list[int]:
        return [key.frame for key in keys_around(keys, frame, reach)]

    assert around(25, 0) == [20, 30]
    assert around(20, 0) == [20]
    assert around(5, 0) == [10]
    assert around(45, 0) == [40]
    assert around(25, 6) == [10, 20, 30, 40]
    assert around(24, 4) == [20, 30]
    assert around(50, 6) == [40]


def test_what_is_named_has_to_be_pictures(places):
    assert find_painted("") == ()
    with pytest.raises(UsageError, match="--painted: cannot find nowhere"):
        find_painted("nowhere")
    Path("keys").mkdir()
    Path("keys/clip.mp4").write_bytes(b"0")
    with pytest.raises(UsageError, match="is a video"):
        find_painted("keys")
