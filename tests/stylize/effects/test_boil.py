"""Marks that are drawn anew over time: which, when, and how many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.curve import Curve
from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.stylize import Options
from ganfx.stylize.declared.boil import Boil, read_boil
from ganfx.stylize.effects.effect import Redraw
from ganfx.stylize.effects.hashing import drawn_anew, mixed
from tests.stylize.conftest import make_shot, photo, run

LOOK = "plain.safetensors"
MARKS = {
    "strokes": {"strokes": 1.0},
    "washes": {"washes": 1.0},
    "lines": {"lines": 1.0},
    "dabs": {"dabs": 1.0},
    "hatch": {"hatch": 1.0},
}


@pytest.fixture
def still(plain) -> list[Path]:
    """Six frames of one picture."""
    files = [Path("shot") / f"plate.{frame}.png" for frame in range(1002, 1008)]
    for file in files:
        write_picture(file, photo(40, 56))
    return files


def frames(out: str, **options) -> list[bytes]:
    options = {"consistency": 0.0, "grain": 0.0, **options}
    run("shot", LOOK, out=Path(out), **options)
    return [read_picture(file).tobytes() for file in sorted(Path(out).glob("*.png"))]


def test_notation():
    assert read_boil("0.5") == Boil(0.5)
    assert read_boil("1,every=3,fade") == Boil(1.0, 3, fade=True)
    keyed = Boil(Curve(((1, 0.0), (9, 1.0)), "linear"), 2)
    assert read_boil("1:0,9:1,linear,every=2") == keyed
    assert str(keyed) == "1:0,9:1,linear,every=2"
    assert keyed.at(5) == Boil(0.5, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2", "--boil 2.0: expected from 0 to 1"),
        ("1:0,2:7", "expected from 0 to 1"),
        ("0.5,every=0", "every=0: expected at least 1"),
        ("0.5,every=two", "every=two is no number of frames"),
        ("0.5,faded", "expected a number"),
        ("", "expected a number"),
        ("9:0,2:1", "frame 2 is after 9"),
    ],
)
def test_what_is_no_boil_is_told(text, told):
    with pytest.raises(UsageError, match=told):
        Options(boil=text)


def test_marks_that_are_drawn_in_each_frame_have_nothing_to_add():
    with pytest.raises(UsageError, match="per-frame"):
        Options(boil=0.5, marks="per-frame")


def test_drawings_begin_at_multiples_and_fade_by_frames():
    assert Boil(1.0, 3).drawings(7) == ((2, 1.0),)
    assert Boil(1.0, 3).drawings(-1) == ((-1, 1.0),)
    fading = Boil(1.0, 4, fade=True)
    assert fading.drawings(8) == ((2, 1.0),)
    assert fading.drawings(9) == ((2, 0.75), (3, 0.25))


def test_a_share_of_hashes_is_replaced():
    one, other = (mixed(np.arange(100_000, dtype=np.uint32) + np.uint32(k)) for k in (0, 1 << 20))
    assert np.array_equal(drawn_anew(one, other, 0.0), one)
    assert np.array_equal(drawn_anew(one, other, 1.0), other)
    assert np.mean(drawn_anew(one, other, 0.3) == other) == pytest.approx(0.3, abs=0.01)


def test_a_hand_strays_by_less_than_half_a_spacing():
    strays = [Redraw(int(mixed(np.full(1, k, np.uint32))[0]), 0.5).strayed(40) for k in range(200)]
    assert 9 < max(abs(each) for stray in strays for each in stray) <= 10


@pytest.mark.parametrize("share", [1.0, 0.4])
@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_marks_stay_for_a_drawing_and_change_with_the_next(still, marks, share):
    boiled = frames("boiled", boil=f"{share},every=3", **marks)
    # 334 times 3 is 1002: one drawing to 1004, the next from 1005 on.
    assert boiled[0] == boiled[1] == boiled[2]
    assert boiled[2] != boiled[3]
    assert boiled[3] == boiled[4] == boiled[5]


def test_fading_frames_lie_between_two_drawings(still):
    hard = frames("hard", boil="1,every=3", hatch=1.0)
    soft = frames("soft", boil="1,every=3,fade", hatch=1.0)
    assert soft[0] == hard[0]
    assert soft[3] == hard[3]
    first, second, between = (
        read_picture(Path(folder) / f"plate.{frame}.png").astype(float)
        for folder, frame in (("hard", 1002), ("hard", 1005), ("soft", 1003))
    )
    assert np.abs(between - (2 * first + second) / 3).max() <= 1.0  # codes are rounded


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_any_split_gives_the_same_files_in_a_stabilized_shot(plain, contents, marks):
    make_shot(Path("shot"))
    boil = "1001:0.2,1005:0.8,every=2"
    run("shot", LOOK, out=Path("whole"), boil=boil, **marks)
    for part in ("1004", "1001-1005x2", "1002"):
        run("shot", LOOK, out=Path("parts"), frames=part, boil=boil, **marks)
    assert contents(Path("parts")) == contents(Path("whole"))


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_nothing_boils_at_0(still, marks):
    assert frames("none", boil="0,every=3,fade", **marks) == frames("plain", **marks)
